import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { applyMigrations } from './migrations.js';
import { HANGS, migrate, openPool, openPostgresLog } from './postgres/index.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const first = 'CREATE TABLE shop.things (id int)';
const second = 'ALTER TABLE shop.things ADD COLUMN name text; INSERT INTO shop.things VALUES (1, $$a$$)';
const things = async () => (await database.pool.query('SELECT * FROM shop.things')).rows as unknown[];

describe('applyMigrations', () => {
  it('runs each step once, also when several start together', async () => {
    await Promise.all(Array.from({ length: 5 }, () => applyMigrations(database.pool, 'shop', [first])));
    await Promise.all(
      Array.from({ length: 5 }, () => applyMigrations(database.pool, 'shop', [first, second])),
    );
    expect(await things()).toEqual([{ id: 1, name: 'a' }]);
  });

  it('takes nothing of a list whose last step fails', async () => {
    const steps = [first, second, 'DELETE FROM shop.things', 'SELECT nonsense'];
    await expect(applyMigrations(database.pool, 'shop', steps)).rejects.toThrow('nonsense');
    expect(await things()).toHaveLength(1);
  });

  it('refuses a schema that other steps have made, and lets a newer one be', async () => {
    await expect(applyMigrations(database.pool, 'shop', ['SELECT 1', second])).rejects.toThrow(
      'Step 1 of schema "shop"',
    );
    await applyMigrations(database.pool, 'shop', [first]);
    expect(await things()).toHaveLength(1);
  });

  it('takes as long as its steps take, and waits as long for those of another process', async () => {
    const pool = openPool({ connectionString: database.url, ...HANGS, query_timeout: 300 });
    try {
      const slowly = ['SELECT pg_sleep(0.5)', 'SELECT pg_sleep(0.4)'];
      await Promise.all([applyMigrations(pool, 'slow', slowly), applyMigrations(pool, 'slow', slowly)]);
    } finally {
      await pool.end();
    }
  });

  it('refuses what is no name', async () => {
    await expect(applyMigrations(database.pool, 'a; DROP TABLE b', [])).rejects.toThrow(TypeError);
  });
});

describe('migrate', () => {
  it('makes a log of a higher generation than the one that was there before', async () => {
    const generation = async () => {
      await migrate(database.pool);
      await migrate(database.pool);
      return openPostgresLog({ pool: database.pool }).generation();
    };
    const before = await generation();
    await database.pool.query('DROP SCHEMA log CASCADE');
    // Generations are seconds since 2020, of the database's clock.
    const second = async () => {
      const { rows } = await database.pool.query<{ second: number }>(
        `SELECT floor(extract(epoch FROM clock_timestamp() - timestamptz '2020-01-01 00:00:00Z'))::int AS second`,
      );
      return rows[0]!.second;
    };
    while ((await second()) <= before) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await generation()).toBeGreaterThan(before);
  });
});
