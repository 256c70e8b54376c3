import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { uniqueName } from '../conformance/events.js';
import { partitionKey, type Consumption } from '../port.js';
import { sleep } from '../waiting.js';
import { postgresBus, type PostgresBus } from './bus.js';
import { POLLS } from './consumption.js';

let database: TestDatabase;
let bus: PostgresBus;
beforeAll(async () => {
  database = await testDatabase();
  bus = postgresBus({ connectionString: database.url });
});
afterAll(async () => {
  await bus?.close();
  await database?.drop();
});

it('what is published at once is sent in statements that a string can hold, however large the messages are', async () => {
  const topic = uniqueName();
  await bus.ensureTopics([{ name: topic, partitions: 2 }]);
  const value = Buffer.alloc(900_000, 'x');
  const messages = Array.from({ length: 30 }, (_, n) => ({
    topic,
    partition: n % 2,
    key: String(n),
    value,
    headers: {},
  }));
  const query = jest.spyOn(bus.pool, 'query');
  const last = await bus.publish(messages);
  const sent = query.mock.calls.map(([, values]) => (values as unknown as Buffer[][])[4]!);
  query.mockRestore();
  expect(last).toEqual(
    new Map([
      [`${topic}/0`, 14],
      [`${topic}/1`, 14],
    ]),
  );
  expect(sent.flat()).toHaveLength(messages.length);
  for (const values of sent) expect(Buffer.concat(values).length).toBeLessThan(9_000_000);
  for (const partition of [0, 1]) {
    const keys = (await bus.read(topic, partition, 0, 100)).map(({ key }) => Number(key));
    expect(keys).toEqual(Array.from({ length: 15 }, (_, n) => n * 2 + partition));
  }
});

it('a page is read, and what is old is dropped, without a look at all the rest', async () => {
  const [kept, shortLived] = [uniqueName(), uniqueName()];
  await bus.ensureTopics([
    { name: kept, partitions: 2 },
    { name: shortLived, partitions: 1, retentionMs: 60_000 },
  ]);
  const fill = (topic: string, partition: number, from: number, to: number, minutesAgo: number) =>
    database.pool.query(
      `INSERT INTO bus.messages (topic_id, partition, "offset", headers, value, published_at)
       SELECT t.id, $2, g, '{}', 'x', now() - $5 * interval '1 minute'
         FROM bus.topics t, generate_series($3::int, $4::int) g WHERE t.name = $1`,
      [topic, partition, from, to, minutesAgo],
    );
  for (const partition of [0, 1]) await fill(kept, partition, 0, 29_999, 60);
  await fill(shortLived, 0, 0, 9, 2);
  await fill(shortLived, 0, 10, 19, 0);
  await database.pool.query('ANALYZE');
  const touched = async () => {
    // By the connection that the bus goes on with.
    await bus.pool.query('SELECT pg_stat_force_next_flush()');
    await bus.pool.query('SELECT');
    const { rows } = await database.pool.query<{ rows: string }>(
      `SELECT seq_tup_read + idx_tup_fetch AS rows FROM pg_stat_user_tables WHERE relid = 'bus.messages'::regclass`,
    );
    return Number(rows[0]!.rows);
  };
  const before = await touched();
  expect((await bus.read(kept, 1, 12_000, 500)).map(({ offset }) => offset)).toEqual(
    Array.from({ length: 500 }, (_, n) => 12_000 + n),
  );
  await bus.expire();
  expect((await touched()) - before).toBeLessThan(1_000);
  expect((await bus.read(shortLived, 0, 0, 100)).map(({ offset }) => offset)).toEqual(
    Array.from({ length: 10 }, (_, n) => 10 + n),
  );
  expect((await bus.describe([shortLived])).get(shortLived)!.partitions[0]).toMatchObject({ low: 10 });
});

describe('what is published is read for the notice of it, not at the next look', () => {
  let topic: string;
  let polls: ReturnType<typeof jest.replaceProperty<typeof POLLS, 'everyMs'>>;
  let consumption: Consumption | undefined;
  let handled: string[];
  beforeEach(() => {
    topic = uniqueName();
    polls = jest.replaceProperty(POLLS, 'everyMs', 3_600_000);
    handled = [];
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await consumption?.close();
    polls.restore();
  });

  const consume = (group = uniqueName()) => {
    consumption = bus.consume({
      group,
      topics: [topic],
      position: async (assigned) =>
        new Map(
          assigned.map((each) => [
            partitionKey(each),
            handled.filter((one) => one.startsWith(`${each.partition}:`)).length,
          ]),
        ),
      handle: async ({ messages, next }) => {
        handled.push(...messages.map(({ partition, offset }) => `${partition}:${offset}`));
        return { next };
      },
      trouble: () => undefined,
    });
  };
  const publish = (...partitions: number[]) =>
    bus.publish(
      partitions.map((partition) => ({ topic, partition, key: 'k', value: Buffer.from('x'), headers: {} })),
    );
  /** As if its notice had been lost. */
  const unheard = async (partition: number) => {
    await database.pool.query(
      `WITH next AS (UPDATE bus.partitions p SET next = next + 1 FROM bus.topics t
          WHERE t.id = p.topic_id AND t.name = $1 AND p.partition = $2 RETURNING p.topic_id, next - 1 AS "offset")
       INSERT INTO bus.messages (topic_id, partition, "offset", headers, value) SELECT topic_id, $2, "offset", '{}', 'x' FROM next`,
      [topic, partition],
    );
  };
  const untilHandled = async (...all: string[]) => {
    while (!all.every((each) => handled.includes(each))) await sleep(10);
    expect(handled.sort()).toEqual(all.sort());
  };

  const readFirstOf = async (partitions: number) => {
    await bus.ensureTopics([{ name: topic, partitions }]);
    consume();
    await publish(0);
    await untilHandled('0:0');
  };

  it('message by message, without asking how far the partitions reach', async () => {
    await readFirstOf(1);
    const describe = jest.spyOn(bus, 'describe');
    await publish(0);
    await untilHandled('0:0', '0:1');
    await publish(0);
    await untilHandled('0:0', '0:1', '0:2');
    expect(describe).not.toHaveBeenCalled();
  }, 30_000);

  it('of so many partitions that a notice cannot name them', async () => {
    await readFirstOf(400);
    const others = Array.from({ length: 399 }, (_, n) => n + 1);
    await publish(...others);
    await untilHandled('0:0', ...others.map((partition) => `${partition}:0`));
  }, 30_000);

  it('whatever else is said there', async () => {
    await readFirstOf(1);
    await database.pool.query(`NOTIFY cairn_bus, '{'`);
    await publish(0);
    await untilHandled('0:0', '0:1');
  }, 30_000);

  it('of its own topics alone, whatever else is published', async () => {
    await readFirstOf(1);
    const other = uniqueName();
    await bus.ensureTopics([{ name: other, partitions: 2 }]);
    await bus.publish([{ topic: other, partition: 1, key: 'k', value: Buffer.from('x'), headers: {} }]);
    const read = jest.spyOn(bus, 'read');
    // Until it has beaten again, for all that it knows of by now.
    await sleep(2_500);
    await publish(0);
    await untilHandled('0:0', '0:1');
    expect(read.mock.calls.map(([of]) => of)).not.toContain(other);
  }, 30_000);

  it('also what was told while it did not listen', async () => {
    const group = uniqueName();
    await bus.ensureTopics([{ name: topic, partitions: 1 }]);
    consume(group);
    await publish(0);
    await untilHandled('0:0');
    await database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE '%bus.beat%' AND pid <> pg_backend_pid()`,
    );
    await unheard(0);
    await untilHandled('0:0', '0:1');
  }, 30_000);

  it('or at the next look, where nothing tells of it', async () => {
    await readFirstOf(1);
    polls.replaceValue(100);
    await unheard(0);
    await untilHandled('0:0', '0:1');
  }, 30_000);

  it('also where the notice comes while it is looked how far they reach', async () => {
    await bus.ensureTopics([{ name: topic, partitions: 1 }]);
    const states = await bus.describe([topic]);
    jest.spyOn(bus, 'describe').mockImplementationOnce(async () => {
      await publish(0);
      await sleep(300);
      return states;
    });
    consume();
    await untilHandled('0:0');
  }, 30_000);
});

it('where all that is wanted has been dropped, it is asked once where to go on, and not read again and again', async () => {
  const topic = uniqueName();
  await bus.ensureTopics([{ name: topic, partitions: 1, retentionMs: 1 }]);
  const message = { topic, partition: 0, key: 'k', value: Buffer.from('x'), headers: {} };
  await bus.publish([message, message]);
  await sleep(10);
  await bus.expire();
  const read = jest.spyOn(bus, 'read');
  const asked: number[] = [];
  const handled: number[] = [];
  const consumption = bus.consume({
    group: uniqueName(),
    topics: [topic],
    position: async ([each]) => new Map([[partitionKey(each!), asked.push(1) === 1 ? 0 : 2]]),
    handle: async ({ messages, next }) => {
      handled.push(...messages.map(({ offset }) => offset));
      return { next };
    },
    trouble: () => undefined,
  });
  try {
    while (asked.length < 2) await sleep(10);
    await bus.publish([message]);
    while (handled.length === 0) await sleep(10);
    expect(handled).toEqual([2]);
    expect(read.mock.calls.length).toBeLessThan(5);
  } finally {
    read.mockRestore();
    await consumption.close();
  }
}, 30_000);
