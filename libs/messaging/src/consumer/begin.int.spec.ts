import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { prepareEffects, writeEffects } from '../conformance/effects.js';
import { messagesOf, send, Story, uniqueName } from '../conformance/events.js';
import { PermanentFault } from '../faults.js';
import { resetConsumer, rewindConsumer } from '../operate/consumers.js';
import { listDeadLetters } from '../operate/dead-letters.js';
import { postgresBus, type PostgresBus } from '../postgres/index.js';
import { handleRun } from './batch.js';
import type { BatchHandler } from './received.js';
import { redrive } from './redrive.js';
import { positionsOf, registerGroup } from './start.js';

const OURS = '11111111-1111-4111-8111-111111111111';
const THEIRS = '22222222-2222-4222-8222-222222222222';

describe('dead letters of a group that begins again', () => {
  let database: TestDatabase;
  let bus: PostgresBus;
  let story: Story;
  let group: string;
  beforeAll(async () => {
    database = await testDatabase();
    await prepareEffects(database.pool);
    bus = postgresBus({ connectionString: database.url, partitions: 1 });
  });
  afterAll(async () => {
    await bus?.close();
    await database?.drop();
  });

  /** Places the group, as a consumer does that has been told of a reset, and lets it handle what comes next, up to `next`. */
  const read = async (next: number, handle: BatchHandler = writeEffects('one')) => {
    const { topic } = story;
    const { topicId } = (await bus.describe([topic])).get(topic)!;
    const from = (await begin())!;
    const messages = stored.slice(from, next).map((message, index) => ({ ...message, offset: from + index }));
    await handleRun(
      database.pool,
      group,
      { topic, topicId, partition: 0, from, next, messages },
      handle,
      true,
    );
  };
  const begin = async () =>
    (await positionsOf(database.pool, bus, group, [{ topic: story.topic, partition: 0 }])).get(
      `${story.topic}/0`,
    );
  /** By offset, with the kind. */
  const open = async () => {
    const { rows } = await database.pool.query<{ letter: string }>(
      `SELECT "offset" || ' ' || kind AS letter FROM bus_in.dead_letters
        WHERE group_name = $1 AND settled_at IS NULL ORDER BY "offset"`,
      [group],
    );
    return rows.map(({ letter }) => letter);
  };

  let stored: ReturnType<typeof messagesOf>;
  // Of two streams in turn, ours first; our second event, at 2, cannot be handled, and the third, at 4, is held behind it.
  beforeEach(async () => {
    story = new Story(uniqueName(), 2, [OURS, THEIRS]);
    group = uniqueName();
    await bus.ensureTopics([{ name: story.topic }]);
    await registerGroup(database.pool, group, [story.topic]);
    stored = messagesOf(story, story.take(6), 1);
    await send(bus, stored);
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
    await database.pool.query('DELETE FROM bus.topics WHERE name = $1', [story.topic]);
    await bus.ensureTopics([{ name: story.topic }]);
    await resetConsumer(database.pool, group, 'beginning');
    expect(await begin()).toBe(0);
    expect(await open()).toEqual(['2 poison', '4 held']);
  });
});
