import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { STANDS_SECONDS } from '@cairn/event-store/postgres';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { readByHand } from '../conformance/by-hand.js';
import { prepareEffects, writeEffects } from '../conformance/effects.js';
import { messagesOf, send, Story, uniqueName } from '../conformance/events.js';
import { PermanentFault } from '../faults.js';
import { migrate } from '../migrate.js';
import { ReplayUnderWay, resetConsumer, rewindConsumer } from '../operate/consumers.js';
import { listDeadLetters } from '../operate/dead-letters.js';
import type { Bus } from '../port.js';
import { postgresBus, type PostgresBus } from '../postgres/index.js';
import { sleep } from '../waiting.js';
import type { BatchHandler } from './received.js';
import { readCheckpoints } from './checkpoints.js';
import { redrive } from './redrive.js';
import { positionsOf, registerGroup, registerInbox } from './start.js';

const OURS = '11111111-1111-4111-8111-111111111111';
const THEIRS = '22222222-2222-4222-8222-222222222222';

let database: TestDatabase;
let bus: PostgresBus;
beforeAll(async () => {
  database = await testDatabase();
  await prepareEffects(database.pool);
  bus = postgresBus({ connectionString: database.url, partitions: 1 });
});
afterAll(async () => {
  await bus?.close();
  await database?.drop();
});

let story: Story;
let group: string;
let stored: ReturnType<typeof messagesOf>;
// Six events of two streams in turn, of which nothing is read yet.
beforeEach(async () => {
  story = new Story(uniqueName(), 2, [OURS, THEIRS]);
  group = uniqueName();
  await bus.ensureTopics([{ name: story.topic }]);
  await registerGroup(database.pool, group, [story.topic]);
  stored = messagesOf(story, story.take(6), 1);
  await send(bus, stored);
});

/** Lets the group handle what comes next, up to `next`. */
const read = (next: number, handle: BatchHandler = writeEffects('one')) =>
  readByHand({ pool: database.pool, bus, group, topic: story.topic }, stored, next, handle);
const begin = async (over: Pick<Bus, 'describe' | 'offsetsSince'> = bus) =>
  (await positionsOf(database.pool, over, group, [{ topic: story.topic, partition: 0 }])).get(
    `${story.topic}/0`,
  );
/** With one partition. */
const makeTopicAgain = async (name = story.topic) => {
  await database.pool.query('DELETE FROM bus.topics WHERE name = $1', [name]);
  await bus.ensureTopics([{ name }]);
};

describe('a group that goes back to a time', () => {
  const tomorrow = () => new Date(Date.now() + 86_400_000);

  it('is placed by one of its members alone: none that was about to do so throws it back', async () => {
    await read(6);
    await rewindConsumer(database.pool, group, { to: new Date(0) });
    const entered = Promise.withResolvers<void>();
    const mayGoOn = Promise.withResolvers<void>();
    const one = begin({
      describe: (topics) => bus.describe(topics),
      offsetsSince: async (topic, at) => {
        entered.resolve();
        await mayGoOn.promise;
        return bus.offsetsSince(topic, at);
      },
    });
    await entered.promise;
    const other = read(6);
    await Promise.race([other, sleep(500)]);
    mayGoOn.resolve();
    expect(await one).toBe(0);
    expect(await other).toMatchObject({ kind: 'handled', events: 6 });
    expect(await begin()).toBe(6);
  });

  it('takes as long as the search for it takes', async () => {
    await read(6);
    await rewindConsumer(database.pool, group, { to: new Date(0) });
    const found = await begin({
      describe: (topics) => bus.describe(topics),
      offsetsSince: async (topic, at) => {
        await sleep((STANDS_SECONDS + 2) * 1000);
        return bus.offsetsSince(topic, at);
      },
    });
    expect(found).toBe(0);
  }, 60_000);

  it('that lies ahead skips nothing that it had not come to', async () => {
    await read(2);
    await rewindConsumer(database.pool, group, { to: tomorrow() });
    expect(await begin()).toBe(2);
  });

  it('that lies ahead has nothing to do where it had come to the end: another may go back', async () => {
    await read(6);
    await rewindConsumer(database.pool, group, { to: tomorrow(), tenantId: OURS });
    expect(await begin()).toBe(6);
    await rewindConsumer(database.pool, group, { tenantId: THEIRS });
    expect(await begin()).toBe(0);
  });

  it('of one tenant that lies ahead keeps another from going back while there is something to do', async () => {
    await read(6);
    await rewindConsumer(database.pool, group, { tenantId: OURS });
    await read(2);
    await rewindConsumer(database.pool, group, { to: tomorrow(), tenantId: OURS });
    expect(await begin()).toBe(2);
    await expect(rewindConsumer(database.pool, group, { tenantId: THEIRS })).rejects.toThrow(ReplayUnderWay);
  });

  it('that lies ahead skips nothing where it had not begun', async () => {
    await rewindConsumer(database.pool, group, { to: tomorrow() });
    expect(await begin()).toBe(0);
  });

  it('that lies ahead skips nothing of a topic that was made again since', async () => {
    await read(2);
    await makeTopicAgain();
    await send(bus, stored.slice(0, 4));
    await rewindConsumer(database.pool, group, { to: tomorrow() });
    expect(await begin()).toBe(0);
  });
});

it('a group that begins a topic again keeps no place in partitions that it does not have any more', async () => {
  const topic = `cairn.${uniqueName()}.v1`;
  await bus.ensureTopics([{ name: topic, partitions: 3 }]);
  await registerGroup(database.pool, group, [topic]);
  const begun = async () => {
    await positionsOf(database.pool, bus, group, [{ topic, partition: 0 }]);
    const places = await readCheckpoints(database.pool, group);
    return places
      .filter((place) => place.topic === topic)
      .map(({ partition }) => partition)
      .sort();
  };
  expect(await begun()).toEqual([0, 1, 2]);
  await makeTopicAgain(topic);
  await resetConsumer(database.pool, group, 'beginning');
  expect(await begun()).toEqual([0]);
});

it('of two services that are given one database, one has it, also where both begin at once', async () => {
  const shared = await testDatabase();
  try {
    await migrate(shared.pool);
    const begun = () =>
      Promise.allSettled(
        ['goals', 'sessions'].map((name) => registerInbox(shared.pool, `${name}.inbox`, [])),
      );
    // Both have looked before the first has written, if nothing keeps them apart.
    const holding = await shared.pool.connect();
    await holding.query('BEGIN; LOCK TABLE bus_in.groups IN SHARE MODE');
    const beginning = begun();
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    while ((await shared.pool.query(waiting)).rowCount! < 2) await sleep(20);
    await holding.query('COMMIT');
    holding.release();
    const first = await beginning;
    expect(first.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const { reason } = first.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(String(reason)).toMatch(
      /^DatabaseOfAnother: DATABASE_URL is the database of (goals: sessions|sessions: goals) needs one of its own/,
    );
    expect((await begun()).map(({ status }) => status)).toEqual(first.map(({ status }) => status));
  } finally {
    await shared.drop();
  }
});

describe('dead letters of a group that begins again', () => {
  /** By offset, with the kind. */
  const open = async () => {
    const { rows } = await database.pool.query<{ letter: string }>(
      `SELECT "offset" || ' ' || kind AS letter FROM bus_in.dead_letters
        WHERE group_name = $1 AND settled_at IS NULL ORDER BY "offset"`,
      [group],
    );
    return rows.map(({ letter }) => letter);
  };

  // Our second event, at 2, cannot be handled, and the third, at 4, is held behind it.
  beforeEach(async () => {
    await read(6, async ({ events }) => {
      if (events.some(({ offset }) => offset === 2))
        throw new PermanentFault('too-much', 'cannot be handled');
    });
    expect(await open()).toEqual(['2 poison', '4 held']);
  });

  it('stay open, with what is held behind them, where another tenant is replayed', async () => {
    await rewindConsumer(database.pool, group, { tenantId: THEIRS });
    await read(6);
    expect(await open()).toEqual(['2 poison', '4 held']);
  });

  it.each<[string, () => Promise<void>]>([
    ['another tenant alone is replayed', () => rewindConsumer(database.pool, group, { tenantId: THEIRS })],
    ['the group skips what it has not come to', () => resetConsumer(database.pool, group, 'end')],
  ])('are open again where a replay had closed them, and before it comes to them %s', async (_, instead) => {
    await rewindConsumer(database.pool, group, {});
    await read(2);
    expect(await open()).toEqual([]);
    await instead();
    if ((await begin())! < 6) await read(6);
    expect(await open()).toEqual(['2 poison', '4 held']);
    const handled: unknown[] = [];
    await redrive(database.pool, group, undefined, async ({ events }) => {
      handled.push(...events.map(({ offset, replay }) => [offset, replay]));
    });
    expect(handled).toEqual([[2, false], [4, false]]); // prettier-ignore
  });

  it('are shown though they were merely held, where what they were held behind is replayed and they are not', async () => {
    await rewindConsumer(database.pool, group, {});
    await read(3);
    await resetConsumer(database.pool, group, 'end');
    await begin();
    expect(await listDeadLetters(database.pool, group)).toMatchObject([
      { offset: 4, reason: 'replay-broken-off' },
    ]);
  });

  it('are replayed once more where a replay that has closed them begins again', async () => {
    await rewindConsumer(database.pool, group, {});
    await read(3);
    await rewindConsumer(database.pool, group, {});
    await read(6);
    expect(await open()).toEqual([]);
  });

  it('stay open where the topic was made again, which does not hold them', async () => {
    await makeTopicAgain();
    await resetConsumer(database.pool, group, 'beginning');
    expect(await begin()).toBe(0);
    expect(await open()).toEqual(['2 poison', '4 held']);
  });
});
