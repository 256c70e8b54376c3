import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { migrate } from '../migrate.js';
import { Lease } from './lease.js';

describe('the lease of a relay', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    await migrate(database.pool);
  });
  afterAll(() => database.drop());

  const acquire = async () => (await Lease.acquire(database.pool, 'sessions', new AbortController().signal))!;
  const row = async () =>
    (await database.pool.query(`SELECT position, expires_at > now() AS held FROM relay.relays`)).rows[0];

  it('lets nobody who has lost it move the checkpoint, nor give it back', async () => {
    const first = await acquire();
    expect(await first.moveTo({ log: 1, position: '10' })).toBe(true);
    // As after six seconds in which its holder stood still.
    await database.pool.query(`UPDATE relay.relays SET expires_at = '-infinity'`);
    const second = await acquire();
    expect(second.checkpoint).toEqual({ log: 1, position: '10', settled: false });
    expect(await second.moveTo({ log: 1, position: '20' })).toBe(true);
    expect(await first.moveTo({ log: 1, position: '15' })).toBe(false);
    expect(first.signal.aborted).toBe(true);
    await first.release();
    expect(await row()).toEqual({ position: '20', held: true });
    await second.release();
    expect(await row()).toEqual({ position: '20', held: false });
  });
});
