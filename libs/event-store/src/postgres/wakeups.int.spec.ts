import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { events, newStream, request } from '../conformance/fixtures.js';
import type { EventLog, Position } from '../port.js';
import {
  inTransaction,
  migrate,
  migrateImported,
  openImportedLog,
  openPostgresLog,
  transact,
  type ImportedLog,
  type PostgresEventStore,
  type PublishedEnvelope,
} from './index.js';
import { Wakeups } from './wakeups.js';

/** So long that only a notice ends a wait: readers do not look by themselves. */
const NEVER = 3_600_000;

let database: TestDatabase;
let writer: PostgresEventStore;
let imported: ImportedLog<PublishedEnvelope>;
/** Those of other processes: nothing that is appended here wakes them. */
let reader: PostgresEventStore;
let importedReader: ImportedLog<PublishedEnvelope>;
beforeAll(async () => {
  const { wait } = Wakeups.prototype;
  jest.spyOn(Wakeups.prototype, 'wait').mockImplementation(function (this: Wakeups, seen, _, signal) {
    return wait.call(this, seen, NEVER, signal);
  });
  database = await testDatabase();
  await migrate(database.pool);
  await migrateImported(database.pool, 'imported');
  const { url: connectionString, pool } = database;
  [writer, reader] = [openPostgresLog({ pool }), openPostgresLog({ connectionString })];
  imported = openImportedLog({ pool, schema: 'imported' });
  importedReader = openImportedLog({ connectionString, schema: 'imported' });
});
afterAll(async () => {
  jest.restoreAllMocks();
  for (const log of [writer, imported, reader, importedReader]) await log?.close();
  await database?.drop();
});

/** Appends again and again, each time when the one before has been heard of; answers how many were. */
async function heard(log: EventLog<{ position: Position }>, append: () => Promise<unknown>): Promise<number> {
  const after = await log.head();
  // Nobody waits so long unless nothing comes.
  const signal = AbortSignal.timeout(20_000);
  let count = 0;
  await append();
  for await (const batch of log.subscribe(after, { batchSize: 10, signal })) {
    count += batch.length;
    if (count >= 4) break;
    await append();
  }
  return count;
}

it.each<[string, () => Promise<unknown>]>([
  ['by itself', () => writer.append(newStream(), events(1), 0)],
  ['with rows', () => transact(database.pool, writer, async () => [request(newStream(), 0)])],
  [
    'in a transaction of the caller’s',
    () => inTransaction(database.pool, (client) => writer.appendIn(client, [request(newStream(), 0)])),
  ],
])('what is appended %s wakes the readers of other processes', async (_, append) => {
  expect(await heard(reader, append)).toBe(4);
});

it('what is taken into a log of imported events wakes the readers of other processes', async () => {
  let n = 0;
  const take = () =>
    inTransaction(database.pool, (client) =>
      imported.appendIn(client, [
        {
          source: '/cairn/sessions',
          log: '7',
          logposition: String((n += 1)).padStart(16, '0'),
          logindex: 0,
          recordedtime: '2026-03-31T23:59:59.999Z',
        },
      ]),
    );
  expect(await heard(importedReader, take)).toBe(4);
});
