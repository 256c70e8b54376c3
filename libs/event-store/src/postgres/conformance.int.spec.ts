import { testDatabase } from '@cairn/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeEventStore } from '../conformance/index.js';
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
    dispose: async () => {
      await writer.close();
      await database.drop();
    },
  };
});
