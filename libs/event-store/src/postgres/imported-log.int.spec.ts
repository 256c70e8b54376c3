import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from '../port.js';
import {
  type ImportedEvent,
  type ImportedLog,
  migrateImported,
  openImportedLog,
  openPool,
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

  it('is partitioned by the month in which the event was recorded, in UTC, whatever comes first', async () => {
    const start = await log.head();
    const moments = ['2027-02-28T23:59:59.999Z', '2026-11-01T00:00:00.000Z', '2027-03-01T00:00:00.000Z'];
    const envelopes = moments.flatMap((recordedtime) => published(2, { recordedtime }));
    const client = openPool({ connectionString: database.url, max: 1 });
    await client.query("SET TimeZone = 'Pacific/Auckland'");
    await client.query('BEGIN');
    await log.appendIn(client, envelopes);
    await client.query('COMMIT');
    await client.end();
    const { rows } = await database.pool.query<{ name: string; events: number }>(
      `SELECT tableoid::regclass::text AS name, count(*)::int AS events FROM log.events WHERE position > $1 GROUP BY 1 ORDER BY 1`,
      [start],
    );
    expect(rows).toEqual([
      { name: 'log.events_2026_11', events: 2 },
      { name: 'log.events_2027_02', events: 2 },
      { name: 'log.events_2027_03', events: 2 },
    ]);
    expect(await since(start)).toEqual(numbers(envelopes));
    expect(await take(envelopes)).toBe(0);
  });

  it('reads over all its months by index alone', async () => {
    const months = Array.from({ length: 24 }, (_, n) => new Date(Date.UTC(2020, n, 5)).toISOString());
    for (const recordedtime of months) await take(published(2, { recordedtime }));
    const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(
      'EXPLAIN SELECT envelope FROM log.events WHERE position > 5 ORDER BY position LIMIT 10',
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Merge Append');
    expect(plan).not.toMatch(/Seq Scan|> +Sort/);
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

  it.each(['events', 'events_2020_01'])('refuses changes of %s', async (table) => {
    for (const sql of [
      `UPDATE log.${table} SET log_index = 9`,
      `DELETE FROM log.${table}`,
      `TRUNCATE log.${table}`,
    ]) {
      await expect(database.pool.query(sql)).rejects.toMatchObject({ code: 'CA003' });
    }
  });
});
