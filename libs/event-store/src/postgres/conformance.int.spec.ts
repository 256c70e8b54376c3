import { testDatabase } from '@cairn/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeEventStore, stoppedWriter } from '../conformance/index.js';
import { migrate, openPostgresLog } from './index.js';

describeEventStore('PostgreSQL', async () => {
  const database = await testDatabase();
  await migrate(database.pool);
  const writer = openPostgresLog({ pool: database.pool });
  return {
    open: async () => openPostgresLog({ connectionString: database.url }),
    inTransaction: async (requests, { holdMs, commit }) => {
      const client = await database.pool.connect();
      try {
        await client.query('BEGIN');
        await writer.appendIn(client, requests);
        await sleep(holdMs);
        await client.query(commit ? 'COMMIT' : 'ROLLBACK');
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      } finally {
        client.release();
      }
    },
    stoppedWriter: (requests) => stoppedWriter(STOPPED, { URL: database.url }, requests),
    dispose: async () => {
      await writer.close();
      await database.drop();
    },
  };
});

const STOPPED = `
  import { openPostgresLog, openPool } from '@cairn/event-store/postgres';
  const pool = openPool({ connectionString: process.env.URL });
  const client = await pool.connect();
  await client.query('BEGIN');
  await openPostgresLog({ pool }).appendIn(client, JSON.parse(process.env.REQUESTS));
  console.log('appended');
  setTimeout(() => client.query('COMMIT').then(() => process.exit(0), () => process.exit(7)), 500);`;
