import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { events, everything, newStream } from './conformance/fixtures.js';
import { copyLog } from './copy-log.js';
import { START } from './port.js';
import { migrate, openPostgresLog } from './postgres/index.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.drop());

it('copies a log of several pages in its order, and finds the places that others keep in each of them', async () => {
  const { pool } = database;
  const [from, to] = ['one', 'other'].map((schema) => openPostgresLog({ pool, schema }));
  for (const schema of ['one', 'other']) await migrate(pool, schema);
  const streams = [newStream(), newStream(), newStream()];
  for (let version = 0; version < 410; version += 41)
    for (const stream of streams) await from!.append(stream, events(41), version);
  const before = await everything(from!, START);
  const kept = [0, 1, 499, 500, 501, 999, 1_000, 1_229, 1_230];
  const placeIn = (log: typeof before, count: number) => log[count - 1]?.position ?? START;
  const told: number[] = [];
  const copied = await copyLog(
    from!,
    to!,
    kept.map((count) => placeIn(before, count)),
    (count) => told.push(count),
  );
  const after = await everything(to!, START);
  const withoutPlace = (log: typeof before) => log.map((event) => ({ ...event, position: undefined }));
  expect(withoutPlace(after)).toEqual(withoutPlace(before));
  expect(copied.events).toBe(1_230);
  for (const count of kept) expect(copied.places.get(placeIn(before, count))).toBe(placeIn(after, count));
  expect(told).toEqual(kept.slice(1));
  expect(copied.generation).toBeGreaterThan(await from!.generation());
  await Promise.all([from!.close(), to!.close()]);
});
