import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { standInEventStore, testDatabase, type StandInEventStore, type TestDatabase } from '@cairn/testing';
import { everything, request } from '../conformance/fixtures.js';
import { START } from '../port.js';
import { inTransaction } from '../postgres/index.js';
import { migrateOwed, openEventStoreDb, openEventStoreDbBesideRows } from './index.js';
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

it('what the log refuses for good does not keep what is left later from being paid', async () => {
  const { connectionString } = standIn;
  const other = openEventStoreDb({ connectionString, log: 'goals' });
  const left = async (stream: string) => {
    await inTransaction(database.pool, (client) => owe(client, [request(stream, 0)]));
  };
  const refused = Array.from({ length: 120 }, (_, n) => `goal-${n}`);
  // As somebody leaves it who writes to the service's streams past the service.
  for (const stream of refused) {
    await left(stream);
    await other.append(stream, request(stream, 0).events, 0);
  }
  await left('goal-left');
  await other.close();
  const log = await openEventStoreDbBesideRows({ connectionString, log: 'goals', databaseUrl: database.url });
  try {
    const owed = async () => (await log.owed()).appends;
    for (const end = Date.now() + 30_000; (await owed()) > refused.length && Date.now() < end;)
      await sleep(50);
    expect((await everything(log, START)).map(({ stream }) => stream)).toContain('goal-left');
    expect(await owed()).toBe(refused.length);
    await expect(log.payAll()).rejects.toThrow('refuses what was committed for stream goal-0');
  } finally {
    await log.close();
  }
});
