import { describe, it } from '@jest/globals';
import { eventStoreDbOrSkip, standInEventStore, testDatabase } from '@cairn/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeEventStore, stoppedWriter } from '../conformance/index.js';
import { newId } from '../ids.js';
import { transact } from '../postgres/index.js';
import { migrateOwed, openEventStoreDb, openEventStoreDbBesideRows } from './index.js';

describeEventStore('EventStoreDB (its stand-in)', async () => {
  const server = await standInEventStore();
  return {
    open: async () => openEventStoreDb({ connectionString: server.connectionString, log: 'sessions' }),
    dispose: () => server.remove(),
  };
});

describeEventStore('EventStoreDB (its stand-in) beside rows in PostgreSQL', async () => {
  const [server, database] = await Promise.all([standInEventStore(), testDatabase()]);
  await migrateOwed(database.pool);
  const { connectionString } = server;
  const open = () =>
    openEventStoreDbBesideRows({ connectionString, log: 'sessions', databaseUrl: database.url });
  const writer = await open();
  return {
    open,
    inTransaction: async (requests, { holdMs, commit }) => {
      await transact(database.pool, writer, async () => {
        await sleep(holdMs);
        if (!commit) throw new RolledBack();
        return requests;
      }).catch((error: unknown) => {
        if (!(error instanceof RolledBack)) throw error;
      });
    },
    stoppedWriter: (requests) =>
      stoppedWriter(STOPPED, { URL: database.url, SERVER: connectionString }, requests),
    dispose: async () => {
      await writer.close();
      await Promise.all([server.remove(), database.drop()]);
    },
  };
});

class RolledBack extends Error {}

const STOPPED = `
  import { openEventStoreDbBesideRows } from '@cairn/event-store/eventstoredb';
  import { openPool, transact } from '@cairn/event-store/postgres';
  const pool = openPool({ connectionString: process.env.URL });
  const store = await openEventStoreDbBesideRows({
    connectionString: process.env.SERVER, log: 'sessions', databaseUrl: process.env.URL });
  // Its rows, and what it owes to the stream, are written; COMMIT is not sent yet.
  pool.on('connect', (client) => {
    const query = client.query.bind(client);
    client.query = (...asked) => asked[0] === 'COMMIT'
      ? (console.log('owes'), new Promise((resolve) => setTimeout(resolve, 500)).then(() => query(...asked)))
      : query(...asked);
  });
  transact(pool, store, async () => JSON.parse(process.env.REQUESTS))
    .then(() => process.exit(0), () => process.exit(7));`;

const real = await eventStoreDbOrSkip();
if (real === undefined) describe.skip('EventStoreDB', () => it.todo('EVENTSTOREDB_URL, or Docker'));
else {
  describeEventStore('EventStoreDB', async () => {
    const { connectionString, stop } = await real.start();
    const log = `conformance-${newId()}`; // the server may be there for longer than this run
    return { open: async () => openEventStoreDb({ connectionString, log }), dispose: stop };
  });
}
