import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { applyMigrations } from '../migrations.js';
import { START, type Position } from '../port.js';
import { stepsOf } from './imported-schema.js';
import {
  type ImportedEvent,
  type ImportedLog,
  inTransaction,
  migrateImported,
  openImportedLog,
  type PublishedEnvelope,
} from './index.js';

interface Envelope extends PublishedEnvelope {
  readonly data: { readonly n: number; readonly text?: string };
}

let database: TestDatabase;
let log: ImportedLog<Envelope>;
beforeAll(async () => {
  database = await testDatabase();
  await migrateImported(database.pool);
  log = openImportedLog<Envelope>({ connectionString: database.url });
});
afterAll(async () => {
  await log.close();
  await database.drop();
});

let count = 0;
/** `amount` events of a source, one after another in its log. */
const published = (amount: number, options: { source?: string; recordedtime?: string } = {}): Envelope[] =>
  Array.from({ length: amount }, () => ({
    source: options.source ?? '/cairn/sessions',
    log: '7',
    logposition: String((count += 1)).padStart(16, '0'),
    logindex: 0,
    recordedtime: options.recordedtime ?? '2026-03-31T23:59:59.999Z',
    data: { n: count },
  }));

async function take(envelopes: readonly Envelope[], end: 'COMMIT' | 'ROLLBACK' = 'COMMIT'): Promise<number> {
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN');
    const appended = await log.appendIn(client, envelopes);
    await client.query(end);
    return appended;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
const since = async (position: Position) =>
  (await log.readAll(position, 10_000)).map(({ envelope }) => envelope.data.n);
const numbers = (envelopes: readonly Envelope[]) => envelopes.map(({ data }) => data.n);

describe('a log of imported events', () => {
  it('keeps each envelope as it was published, in the order of arrival', async () => {
    const start = await log.head();
    const envelopes = published(3);
    expect(await take(envelopes)).toBe(3);
    const stored: ImportedEvent<Envelope>[] = await log.readAll(start, 10);
    expect(stored.map(({ envelope }) => envelope)).toEqual(envelopes);
    expect(stored.map(({ recordedAt }) => recordedAt)).toEqual(
      envelopes.map(({ recordedtime }) => recordedtime),
    );
    expect(stored.at(-1)!.position).toBe(await log.head());
  });

  it('leaves out what is there already, by its place in its own log', async () => {
    const start = await log.head();
    const [first, ...rest] = published(4);
    expect(await take([first!, first!])).toBe(1);
    expect(await take([rest[0]!, first!, ...rest, rest[2]!])).toBe(3);
    expect(await take([first!, ...rest])).toBe(0);
    const others: Envelope[] = [
      { ...first!, source: '/cairn/goals', data: { n: 1 } },
      { ...first!, log: '8', data: { n: 2 } },
      { ...first!, logindex: 1, data: { n: 3 } },
    ];
    expect(await take(others)).toBe(3);
    expect(await since(start)).toEqual([...numbers([first!, ...rest]), 1, 2, 3]);
  });

  it('hides nothing of an append from a reader who has planned before it, and runs after it', async () => {
    const start = await log.head();
    await take(published(1, { recordedtime: '2026-03-05T00:00:00.000Z' }));
    // PostgreSQL asks for the value already when it estimates, with the tables that it has found by then.
    await database.pool.query(`CREATE FUNCTION planned(at bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
      BEGIN PERFORM pg_advisory_xact_lock(1); RETURN at; END $$`);
    const holder = await database.pool.connect();
    await holder.query('SELECT pg_advisory_lock(1)');
    const reading = database.pool.query<{ n: number }>(
      `SELECT (envelope->'data'->>'n')::int AS n FROM log.events WHERE position > planned(${Number(start)}) ORDER BY position`,
    );
    const isWaiting = async () =>
      (await holder.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).rowCount === 1;
    while (!(await isWaiting())) await sleep(5);
    // Months that the log has had nothing of yet, and one that it has.
    const months = ['2026-03-06', '2031-02-28', '2026-03-07', '2031-03-01'];
    await take(months.flatMap((day) => published(1, { recordedtime: `${day}T00:00:00.000Z` })));
    await holder.query('SELECT pg_advisory_unlock(1)');
    holder.release();
    expect((await reading).rows.map(({ n }) => n)).toEqual(await since(start));
  });

  describe('of an earlier release', () => {
    let earlier: TestDatabase;
    let months: ImportedLog<Envelope>;
    beforeEach(async () => {
      earlier = await testDatabase();
      await applyMigrations(earlier.pool, 'log', stepsOf('log').slice(0, 3));
      months = openImportedLog<Envelope>({ connectionString: earlier.url });
    });
    afterEach(async () => {
      await months.close();
      await earlier.drop();
    });
    const takeThere = (envelopes: readonly Envelope[]) =>
      inTransaction(earlier.pool, (client) => months.appendIn(client, envelopes));
    const read = async (after = START) => (await months.readAll(after, 100)).map(({ envelope }) => envelope);
    /** Begins the last step, and answers once it waits for such a lock. */
    async function migratingUntilItWaits(
      lock: string,
    ): Promise<{ migrated: Promise<void>; isDone(): boolean }> {
      let done = false;
      const migrated = migrateImported(earlier.pool).then(() => void (done = true));
      const waits = () => earlier.pool.query(`SELECT FROM pg_locks WHERE ${lock} AND NOT granted`);
      while ((await waits()).rowCount !== 1) await sleep(5);
      return { migrated, isDone: () => done };
    }

    it('keeps its months, and attaches no more', async () => {
      const partitions = async () => {
        const { rows } = await earlier.pool.query<{ name: string; events: number }>(
          'SELECT tableoid::regclass::text AS name, count(*)::int AS events FROM log.events GROUP BY 1 ORDER BY 1',
        );
        return Object.fromEntries(rows.map(({ name, events }) => [name, events]));
      };
      const envelopes = ['2026-03-31', '2026-02-01', '2026-03-01'].flatMap((day) =>
        published(2, { recordedtime: `${day}T23:59:59.999Z` }),
      );
      for (const part of [envelopes.slice(0, 3), envelopes]) await takeThere(part);
      const before = await months.readAll(START, 100);
      expect(before.map(({ envelope }) => envelope)).toEqual(envelopes);
      await migrateImported(earlier.pool);
      expect(await months.readAll(START, 100)).toEqual(before);
      const more = ['2026-03-15', '2026-04-01', '2031-01-01'].flatMap((day) =>
        published(1, { recordedtime: `${day}T00:00:00.000Z` }),
      );
      expect(await takeThere([...envelopes, ...more])).toBe(3);
      expect(await takeThere([...envelopes, ...more])).toBe(0);
      expect(await read(before.at(-1)!.position)).toEqual(more);
      expect(await partitions()).toEqual({
        'log.events_2026_02': 2,
        'log.events_2026_03': 5,
        'log.events_rest': 2,
      });
    });

    it('waits with its last step for whoever appends', async () => {
      const appending = await earlier.pool.connect();
      await appending.query('BEGIN');
      const first = published(1);
      await months.appendIn(appending, first);
      const { migrated, isDone } = await migratingUntilItWaits(`locktype = 'advisory'`);
      expect(isDone()).toBe(false);
      await appending.query('COMMIT');
      appending.release();
      await migrated;
      const second = published(1, { recordedtime: '2031-01-01T00:00:00.000Z' });
      await takeThere(second);
      expect(await read()).toEqual([...first, ...second]);
    });

    it('lets others go first while a long reader keeps its last step waiting', async () => {
      const backup = await earlier.pool.connect();
      await backup.query('BEGIN; SELECT FROM log.events');
      const { migrated, isDone } = await migratingUntilItWaits(`mode = 'AccessExclusiveLock'`);
      const one = published(1);
      await takeThere(one);
      expect(await read()).toEqual(one);
      expect(isDone()).toBe(false);
      await backup.query('COMMIT');
      backup.release();
      await migrated;
      expect(await read()).toEqual(one);
    });
  });

  it('skips and repeats nothing while several transactions append, some of them rolled back', async () => {
    const start = await log.head();
    const stop = new AbortController();
    const seen: number[] = [];
    const following = (async () => {
      for await (const batch of log.subscribe(start, { batchSize: 7, signal: stop.signal })) {
        seen.push(...batch.map(({ envelope }) => envelope.data.n));
        if (seen.at(-1) === -1) stop.abort();
      }
    })();
    const kept: number[] = [];
    await Promise.all(
      Array.from({ length: 8 }, async (_, worker) => {
        for (let n = 0; n < 10; n += 1) {
          const envelopes = published(3, {
            recordedtime: `2026-0${1 + ((worker + n) % 6)}-10T00:00:00.000Z`,
          });
          const end = (worker + n) % 10 === 0 ? 'ROLLBACK' : 'COMMIT';
          await take(envelopes, end);
          if (end === 'COMMIT') kept.push(...numbers(envelopes));
          await sleep(n % 3);
        }
      }),
    );
    await take([{ ...published(1)[0]!, data: { n: -1 } }]);
    await following;
    expect(seen.slice(0, -1).sort((a, b) => a - b)).toEqual(kept.sort((a, b) => a - b));
    expect(seen).toEqual(await since(start));
  });

  it('refuses what PostgreSQL could not read again', async () => {
    const [envelope] = published(1);
    const withText = (text: string): Envelope => ({ ...envelope!, data: { n: 0, text } });
    await expect(take([withText('a\0b')])).rejects.toMatchObject({ reason: 'nul' });
    await expect(take([withText('\ud83d')])).rejects.toMatchObject({ reason: 'lone-surrogate' });
    expect(await take([withText('\\u0000 is only written so')])).toBe(1);
  });

  it.each(['events', 'events_rest'])('refuses changes of %s', async (table) => {
    for (const sql of [
      `UPDATE log.${table} SET log_index = 9`,
      `DELETE FROM log.${table}`,
      `TRUNCATE log.${table}`,
    ]) {
      await expect(database.pool.query(sql)).rejects.toMatchObject({ code: 'CA003' });
    }
  });
});
