import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@cairn/event-store';
import { HANGS, migrate, openPostgresLog, type PostgresEventStore } from '@cairn/event-store/postgres';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './database.js';
import { Transactions } from './transact.js';

let database: TestDatabase;
let dataSource: DataSource;
let log: PostgresEventStore;

beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.pool);
  dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  log = openPostgresLog({ connectionString: database.url });
});
afterAll(async () => {
  await log.close();
  await dataSource.destroy();
  await database.drop();
});

const now = '2026-01-05T09:00:00.000Z';
const identity = {
  commandId: newId(),
  tenantId: newId(),
  actor: { subject: 'spec', role: 'hr' },
  correlationId: newId(),
  occurredAt: now,
  now,
};

describe('a transaction of enrolment', () => {
  it('is tried again where its connection is lost between two statements', async () => {
    let attempts = 0;
    const { one } = await new Transactions(dataSource, log).run(identity, async ({ manager, client }) => {
      attempts += 1;
      if (attempts === 1) {
        const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        const gone = new Promise((resolve) => client.once('end', resolve));
        await database.pool.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
        await gone;
      }
      return (await manager.query<{ one: number }[]>('SELECT 1 AS one'))[0]!;
    });
    expect(one).toBe(1);
    expect(attempts).toBe(2);
  });

  it('is tried again on another connection where its own hangs, and sees nothing of the first try', async () => {
    const hanging = new DataSource(dataSourceOptions(database.url, { ...HANGS, query_timeout: 1_000 }));
    await hanging.initialize();
    try {
      await database.pool.query('CREATE TABLE tried (attempt int)');
      let attempts = 0;
      const seen = await new Transactions(hanging, log).run(identity, async ({ manager }) => {
        attempts += 1;
        const { length } = await manager.query<object[]>('SELECT FROM tried');
        await manager.query('INSERT INTO tried VALUES ($1)', [attempts]);
        // For longer than both it and a ROLLBACK are waited for.
        if (attempts === 1) await manager.query('SELECT pg_sleep(2.5)');
        return length;
      });
      expect(seen).toBe(0);
      await delay(3_000);
      const { rows } = await database.pool.query('SELECT attempt FROM tried');
      expect(rows).toEqual([{ attempt: 2 }]);
    } finally {
      await hanging.destroy();
    }
  });
});
