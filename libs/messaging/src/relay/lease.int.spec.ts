import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { networkTo, testDatabase, type TestDatabase } from '@cairn/testing';
import { Client, Pool } from 'pg';
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

  it('is not kept from its checkpoint by one that stands still while it asks for the lease', async () => {
    const first = await acquire();
    const pool = new Pool({ connectionString: database.url });
    const stands = Promise.withResolvers<void>();
    const query = Client.prototype.query as (...asked: unknown[]) => Promise<unknown>;
    const spy = jest.spyOn(Client.prototype, 'query').mockImplementation(async function (
      this: Client,
      ...asked: unknown[]
    ) {
      const answer = await query.apply(this, asked);
      if (!String(asked[0]).includes('FOR UPDATE')) return answer;
      stands.resolve();
      return new Promise(() => undefined);
    } as never);
    void Lease.acquire(pool, 'sessions', new AbortController().signal).catch(() => undefined);
    await stands.promise;
    spy.mockRestore();
    expect(await first.moveTo({ log: 1, position: '30' })).toBe(true);
    await first.release();
    await pool.end();
  });

  it('ends where the network swallows what its session says', async () => {
    const network = await networkTo(database.url);
    const pool = new Pool({ connectionString: network.url });
    try {
      const lease = (await Lease.acquire(pool, 'goals', new AbortController().signal, undefined, 1_000))!;
      network.swallow(true);
      await expect(lease.moveTo({ log: 1, position: '10' })).rejects.toThrow('timeout');
      expect(lease.signal.aborted).toBe(true);
      expect(lease.failure).toMatchObject({ message: 'Query read timeout' });
      await lease.release();
    } finally {
      network.close();
      await pool.end();
    }
  });
});
