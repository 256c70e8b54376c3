import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { standInEventStore, testDatabase, type StandInEventStore, type TestDatabase } from '@cairn/testing';
import { everything, request } from '../conformance/fixtures.js';
import { START } from '../port.js';
import { inTransaction } from '../postgres/index.js';
import { migrateOwed, openEventStoreDbBesideRows } from './index.js';
import { owe } from './owed.js';

let standIn: StandInEventStore;
let database: TestDatabase;
beforeAll(async () => {
  [standIn, database] = await Promise.all([standInEventStore(), testDatabase()]);
  await migrateOwed(database.pool);
});
afterAll(async () => {
  await Promise.all([standIn?.remove(), database?.drop()]);
});

it('what transactions have left unpaid is paid in their order, the oldest first, each in its own', async () => {
  // As writers leave it that are killed right after their COMMIT.
  const left = Array.from({ length: 6 }, (_, n) =>
    ['m', 'z', 'a', 'q'].map((name) => `session-${name}${9 - n}`),
  );
  for (const streams of left)
    await inTransaction(database.pool, (client) =>
      owe(
        client,
        streams.map((stream) => request(stream, 0)),
      ),
    );

  const { connectionString } = standIn;
  const log = await openEventStoreDbBesideRows({
    connectionString,
    log: 'sessions',
    databaseUrl: database.url,
  });
  try {
    await log.payAll();
    expect((await everything(log, START)).map(({ stream }) => stream)).toEqual(left.flat());
    expect(await log.owed()).toMatchObject({ appends: 0 });
  } finally {
    await log.close();
  }
});
