import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startPostgres, testDatabase, type TestDatabase } from '../index.js';

const databases: TestDatabase[] = [];
afterAll(async () => {
  for (const database of databases) await database.drop();
});

async function make(): Promise<TestDatabase> {
  const database = await testDatabase();
  databases.push(database);
  return database;
}

describe('testDatabase', () => {
  it('gives each caller an empty database of its own on one server', async () => {
    const [one, other] = [await make(), await make()];
    await one.pool.query('create table mine (id int)');
    const seen = await other.pool.query(`select to_regclass('mine') as mine`);
    expect(seen.rows).toEqual([{ mine: null }]);
    expect(new URL(one.url).host).toBe(new URL(other.url).host);
  });

  it('is PostgreSQL 18 with UTF-8 and the same order of text everywhere', async () => {
    const { pool } = await make();
    const { rows } = await pool.query(
      `select current_setting('server_version_num')::int / 10000 as major, pg_encoding_to_char(encoding) as encoding,
              datlocprovider as provider, datlocale as locale from pg_database where datname = current_database()`,
    );
    expect(rows).toEqual([{ major: 18, encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8' }]);
  });

  it('is removed by drop, though somebody is still connected', async () => {
    const database = await testDatabase();
    const lingering = new Client({ connectionString: database.url });
    lingering.on('error', () => undefined);
    await lingering.connect();
    await database.drop();
    const { pool } = await make();
    const left = await pool.query('select 1 from pg_database where datname = $1', [database.name]);
    expect(left.rowCount).toBe(0);
  });
});

describe('startPostgres', () => {
  it('keeps the data over a restart, and leaves nothing behind', async () => {
    const server = await startPostgres();
    const client = async (sql: string) => {
      const connection = new Client({ connectionString: server.url });
      await connection.connect();
      try {
        return (await connection.query(sql)).rows as unknown[];
      } finally {
        await connection.end();
      }
    };
    await client('create table kept as select 42 as id');
    await server.restart();
    expect(await client('select id from kept')).toEqual([{ id: 42 }]);
    expect((await stat(server.dataDir)).isDirectory()).toBe(true);
    await server.stop();
    expect(existsSync(server.dataDir)).toBe(false);
  });

  it('removes what a killed run left behind', async () => {
    const abandoned = join(tmpdir(), 'cairn-test-4194305-postgres-abandoned');
    await mkdir(abandoned, { recursive: true });
    const server = await startPostgres();
    await server.stop();
    expect(existsSync(abandoned)).toBe(false);
  });
});
