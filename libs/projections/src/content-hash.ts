import { inTransaction } from '@cairn/event-store/postgres';
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { useBuilds, type Build } from './build.js';
import type { ProjectionTable } from './projection.js';

const PAGE = 10_000;

/**
 * SHA-256 over all rows of the tables, each table's in order: equal for equal content, whatever order it was written in
 * and whatever the session's time zone.
 * @param build whose tables they are; as the pool's clients find them without it
 */
export function contentHash(
  pool: Pool,
  tables: readonly Pick<ProjectionTable, 'name'>[],
  build?: Build,
): Promise<string> {
  return inTransaction(pool, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    await client.query(
      `SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL extra_float_digits = 1`,
    );
    if (build) await useBuilds(client, [build]);
    const sha256 = createHash('sha256');
    for (const { name } of [...tables].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      sha256.update(`${name}\n`);
      await client.query(
        `DECLARE content NO SCROLL CURSOR FOR SELECT t::text AS line FROM ${name} t ORDER BY t::text COLLATE "C"`,
      );
      for (let rows: { line: string }[] = []; ;) {
        ({ rows } = await client.query<{ line: string }>(`FETCH ${PAGE} FROM content`));
        for (const { line } of rows) sha256.update(`${line}\n`);
        if (rows.length < PAGE) break;
      }
      await client.query('CLOSE content');
    }
    return sha256.digest('hex');
  });
}
