import { randomBytes } from 'node:crypto';
import { Client, Pool } from 'pg';
import { askShared } from '../shared/ask.js';

export interface TestDatabase {
  /** A superuser's address of the database. */
  url: string;
  name: string;
  /** Connections to it, made as they are needed. */
  pool: Pool;
  /** Ends the pool, and removes the database with whoever is still connected to it. */
  drop(): Promise<void>;
}

/**
 * Makes an empty database for a spec, on the one PostgreSQL that a run of Jest shares (some 50 ms; the first also
 * starts the server, 1 to 2 s). Drop it in `afterAll`.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const { url: server } = await askShared<{ url: string }>('postgres');
  const name = `cairn_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = new Pool({ connectionString: url.href, max: 20 });
  // Without a listener, a connection that breaks while idle would end the process.
  pool.on('error', () => undefined);
  return {
    url: url.href,
    name,
    pool,
    drop: async () => {
      await pool.end();
      await onServer(server, `drop database if exists ${name} with (force)`);
    },
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
