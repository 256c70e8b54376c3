import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { readCheckpoints } from './consumer/checkpoints.js';
import { discardDeadLetters, listDeadLetters } from './operate/dead-letters.js';
import { registerGroup } from './consumer/start.js';
import { handleWatermarks } from './consumer/handle-watermarks.js';
import { migrate } from './migrate.js';
import { WATERMARKS } from './topics.js';
import { freshness, remember, watermarkOf, type Watermark } from './watermarks.js';

const SECOND = 1000;
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * SECOND);

describe('watermarks', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    await migrate(database.pool);
  });
  afterAll(() => database?.drop());

  const watermark = (service: string, seconds: number, offsets: Record<string, number>): Watermark => ({
    service,
    log: '1',
    head: 'x',
    published: 'x',
    covered: at(seconds).toISOString(),
    at: at(seconds).toISOString(),
    offsets,
  });
  const handled = (group: string, topic: string, offsets: number[]) =>
    database.pool.query(
      `INSERT INTO bus_in.checkpoints (group_name, topic, partition, cluster_id, topic_id, "offset")
       SELECT $1, $2, nr - 1, 'c', 't', o FROM unnest($3::bigint[]) WITH ORDINALITY AS u (o, nr)
       ON CONFLICT (group_name, topic, partition) DO UPDATE SET "offset" = excluded."offset"`,
      [group, topic, offsets],
    );
  const take = async (group: string, mark: Watermark) =>
    remember(database.pool, group, mark, await readCheckpoints(database.pool, group));
  const fresh = (group: string) => freshness(database.pool, group, at(100));

  it('count once every partition that the group reads has been handled', async () => {
    await handled('a.in', 'cairn.a.v1', [3, 7]);
    await take(
      'a.in',
      watermark('a', 10, { 'cairn.a.v1/0': 3, 'cairn.a.v1/1': 7, 'cairn.a.sensitive.v1/0': 50 }),
    );
    await take('a.in', watermark('a', 20, { 'cairn.a.v1/0': 4, 'cairn.a.v1/1': 7 }));
    expect(await fresh('a.in')).toEqual([{ source: 'a', covered: at(10), ageSeconds: 90 }]);
    await handled('a.in', 'cairn.a.v1', [4, 7]);
    expect(await fresh('a.in')).toEqual([{ source: 'a', covered: at(20), ageSeconds: 80 }]);
  });

  it('cover nothing before the first has been handled', async () => {
    await handled('b.in', 'cairn.b.v1', [-1]);
    await take('b.in', watermark('b', 10, { 'cairn.b.v1/0': 0 }));
    expect(await fresh('b.in')).toEqual([{ source: 'b', covered: undefined, ageSeconds: Infinity }]);
    await take('b.in', watermark('b', 5, { 'cairn.b.v1/0': -1 }));
    expect((await fresh('b.in'))[0]!.covered).toBeUndefined();
  });

  it('stay few, however far behind a group is', async () => {
    await handled('c.in', 'cairn.c.v1', [0]);
    for (let beat = 0; beat <= 1_000; beat += 1)
      await take('c.in', watermark('c', beat * 2, { 'cairn.c.v1/0': beat }));
    const count = async () =>
      (await database.pool.query(`SELECT FROM bus_in.watermarks WHERE group_name = 'c.in'`)).rowCount!;
    expect(await count()).toBeLessThan(400);
    await handled('c.in', 'cairn.c.v1', [700]);
    const { covered } = (await fresh('c.in'))[0]!;
    expect(covered!.getTime()).toBeLessThanOrEqual(at(1_400).getTime());
    expect(covered!.getTime()).toBeGreaterThan(at(1_370).getTime());
    await handled('c.in', 'cairn.c.v1', [1_000]);
    await take('c.in', watermark('c', 2_002, { 'cairn.c.v1/0': 1_001 }));
    expect(await count()).toBeLessThanOrEqual(2);
  }, 60_000);

  it('cover nothing that is yet to come, however far ahead the clock was that they are from', async () => {
    await handled('d.in', 'cairn.d.v1', [-1]);
    const before = Date.now();
    await take('d.in', { ...watermark('d', 0, { 'cairn.d.v1/0': -1 }), covered: '2999-01-01T00:00:00.000Z' });
    const covered = (await fresh('d.in'))[0]!.covered!.getTime();
    expect(covered - before).toBeLessThan(60 * SECOND);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await take('d.in', {
      ...watermark('d', 0, { 'cairn.d.v1/0': -1 }),
      covered: new Date(covered + 1).toISOString(),
    });
    expect((await fresh('d.in'))[0]!.covered!.getTime()).toBe(covered + 1);
  });

  it('of no service that the group reads are passed over, and what is none is put aside; either is got past', async () => {
    await handled('e.in', 'cairn.e.v1', [3]);
    await handled('e.in', WATERMARKS.name, [-1]);
    const values = [
      JSON.stringify(watermark('payroll', 10, {})),
      JSON.stringify(watermark('e\0', 10, {})),
      JSON.stringify(watermark(randomBytes(9_000).toString('base64'), 10, {})),
      '['.repeat(100_000),
      JSON.stringify(watermark('e', 10, { 'cairn.e.v1/0': 3, '\0': -1 })),
    ];
    const messages = values.map((value, offset) => ({
      topic: WATERMARKS.name,
      partition: 0,
      offset,
      key: randomBytes(9_000).toString('base64'),
      headers: { a: '\0' },
      value: Buffer.from(value),
    }));
    const run = {
      topic: WATERMARKS.name,
      topicId: 't',
      partition: 0,
      from: 0,
      next: messages.length,
      messages,
    };
    expect(await handleWatermarks(database.pool, 'e.in', run)).toMatchObject({ kind: 'handled', dead: 1 });
    expect(await fresh('e.in')).toEqual([{ source: 'e', covered: at(10), ageSeconds: 90 }]);
    const kept = await database.pool.query(`SELECT FROM bus_in.watermarks WHERE group_name = 'e.in'`);
    expect(kept.rowCount).toBe(1);
    // What is given up stays so when the topic is read again.
    await registerGroup(database.pool, 'e.in', []);
    const letters = () => listDeadLetters(database.pool, 'e.in');
    await discardDeadLetters(database.pool, 'e.in', [(await letters())[0]!.id], 'none of ours', 0);
    await database.pool.query(`UPDATE bus_in.checkpoints SET "offset" = -1 WHERE group_name = 'e.in'`);
    expect(await handleWatermarks(database.pool, 'e.in', run)).toMatchObject({ kind: 'handled', dead: 0 });
    expect(await letters()).toEqual([]);
    // One that was kept before the group knew better.
    await database.pool.query(
      `INSERT INTO bus_in.watermarks VALUES ('e.in', 'payroll', '2026-01-01T00:00:05Z', '{}')`,
    );
    expect((await fresh('e.in')).map(({ source }) => source)).toEqual(['e']);
  });

  it.each([
    ['no JSON', '{'],
    ['no such day', JSON.stringify({ service: 'a', covered: '9999-99-99T99:99:99.999Z', offsets: {} })],
    ['no offsets', JSON.stringify({ service: 'a', covered: at(0).toISOString() })],
    ['no time', JSON.stringify({ service: 'a', covered: 'now', offsets: {} })],
    ['null', 'null'],
  ])('are not read from %s', (_, text) => expect(watermarkOf(Buffer.from(text))).toBeUndefined());
});
