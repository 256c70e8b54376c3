import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { migrate } from '@cairn/messaging';
import {
  installProjections,
  listProjections,
  runProjections,
  type RunningProjections,
} from '@cairn/projections';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROGRAM, TENANT, WORKED_EXAMPLE } from '../../test/worked-example.js';
import { migrateLog, openLog, type IntakeLog } from '../intake/log.js';
import { PROJECTIONS } from '../projections/index.js';
import { sessions } from '../projections/participation/sessions.js';
import { isAside, keptIn } from './kept.js';
import type { Snapshot } from './snapshot.js';
import { Snapshots } from './snapshots.js';

let database: TestDatabase;
let log: IntakeLog;
let running: RunningProjections;
beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.pool);
  await migrateLog(database.pool);
  await installProjections(database.pool, PROJECTIONS);
  log = openLog(database.pool);
  running = runProjections({ pool: database.pool, log, projections: PROJECTIONS });
});
afterAll(async () => {
  await running?.stop();
  await log?.close();
  await database?.drop();
});

/** Takes these events of the example in; answers once they are in every projection. */
async function take(from: number, to?: number): Promise<void> {
  const envelopes = WORKED_EXAMPLE.slice(from, to).map(({ envelope }) => envelope);
  const client = await database.pool.connect();
  await log.appendIn(client, envelopes).finally(() => client.release());
  const all = () => listProjections(database.pool, log, new Date());
  while ((await all()).some(({ state }) => state !== 'live')) await sleep(20);
}

/** What an answer is made of: how far everything has come, rows, and the history of a programme. */
async function seenIn({ client, history, moment }: Snapshot) {
  const { position } = await keptIn(client);
  const facts = await sessions.read(client, TENANT, 'true');
  const programme = (await history(TENANT, PROGRAM))?.(moment);
  return {
    position,
    facts: facts.length,
    sessions: programme?.participants.flatMap((each) => each.sessions).length,
  };
}

it('an answer comes from one state of the database, whatever is taken in while it is made', async () => {
  const snapshots = new Snapshots(database.pool, { now: () => new Date() }, keptIn, isAside);
  const read = <T>(work: (snapshot: Snapshot) => Promise<T>) =>
    snapshots.read(TENANT, { asOf: '2026-12-31T00:00:00.000Z', basis: 'occurredAt' }, work);
  const half = Math.floor(WORKED_EXAMPLE.length / 2);
  await take(0, half);

  const [before, meanwhile] = await read(async (snapshot) => {
    const seen = await seenIn(snapshot);
    await take(half);
    return [seen, await seenIn(snapshot)];
  });

  expect(meanwhile).toEqual(before);
  const after = await read(seenIn);
  expect(after.position > before!.position).toBe(true);
  expect(after.facts).toBeGreaterThan(before!.facts);
  expect(after.sessions).toBeGreaterThan(before!.sessions!);
});
