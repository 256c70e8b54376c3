import { describe, expect, it } from '@jest/globals';
import { Servers } from './servers.js';

describe("the bench's PostgreSQL", () => {
  it('writes as durably as in production', async () => {
    const servers = new Servers(() => undefined);
    try {
      const database = await servers.database();
      const { rows } = await database.pool.query(
        `SELECT name, setting FROM pg_settings
          WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') ORDER BY name`,
      );
      expect(rows).toEqual(
        ['fsync', 'full_page_writes', 'synchronous_commit'].map((name) => ({ name, setting: 'on' })),
      );
      await database.drop();
    } finally {
      await servers.stop();
    }
  });
});
