import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RefusedError } from '@cairn/decider';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { readByHand } from '../conformance/by-hand.js';
import { Consumers, effectsByStream, prepareEffects, upTo, writeEffects } from '../conformance/effects.js';
import { messagesOf, send, Story, uniqueName } from '../conformance/events.js';
import { quiet } from '../conformance/quiet.js';
import { until } from '../conformance/waiting.js';
import { rewindConsumer } from '../operate/consumers.js';
import { listDeadLetters, redriveDeadLetters } from '../operate/dead-letters.js';
import { partitionOf } from '../partition.js';
import { postgresBus, type PostgresBus } from '../postgres/index.js';
import { sleep } from '../waiting.js';
import { remember } from '../watermarks.js';
import { handleRun } from './batch.js';
import { readCheckpoints, type Checkpoint } from './checkpoints.js';
import type { BatchHandler } from './received.js';
import { CLOCKS_DIFFER_MS, waitsInVain } from './references.js';
import { positionsOf, registerGroup } from './start.js';

quiet();

const RECORDED = new Date('2026-03-03T10:05:00.250Z');
const after = (ms: number) => new Date(RECORDED.getTime() + ms);

describe('an event that refers to what has not come', () => {
  let database: TestDatabase;
  let bus: PostgresBus;
  const consumers = new Consumers();
  beforeAll(async () => {
    database = await testDatabase();
    await prepareEffects(database.pool);
    bus = postgresBus({ connectionString: database.url, partitions: 2 });
  });
  afterEach(async () => {
    await consumers.stopAll();
    await database.pool.query('TRUNCATE effects');
  });
  afterAll(async () => {
    await bus?.close();
    await database?.drop();
  });

  /** Two streams on each of two partitions. */
  async function newStory() {
    for (;;) {
      const story = new Story(uniqueName(), 4);
      const [zero, one] = [0, 1].map((p) => story.streams.filter((stream) => partitionOf(stream, 2) === p));
      if (zero!.length !== 2) continue;
      await bus.ensureTopics([{ name: story.topic }]);
      return { story, zero: zero!, one: one! };
    }
  }
  const sent = (story: Story, stream: string, count: number) =>
    send(
      bus,
      messagesOf(
        story,
        upTo(count).map(() => story.next(stream)),
        2,
      ),
    );
  const covers = async (group: string, service: string, covered: Date, offsets: Record<string, number>) => {
    const watermark = {
      service,
      log: '1',
      head: 'x',
      published: 'x',
      covered: covered.toISOString(),
      at: covered.toISOString(),
      offsets,
    };
    await remember(database.pool, group, watermark, await readCheckpoints(database.pool, group));
  };
  /** Handles all but the streams whose reference is missing. */
  const missing =
    (streams: ReadonlySet<string>): BatchHandler =>
    async (batch) => {
      if (batch.events.some(({ envelope }) => streams.has(envelope.subject)))
        throw new RefusedError({ kind: 'not-yet-known', slug: 'not-yet-known', detail: 'It is on its way.' });
      await writeEffects('one')(batch);
    };

  it('waits while that may still come, and is put aside when all that was recorded before it has come', async () => {
    const { story, zero, one } = await newStory();
    const group = uniqueName();
    const unknown = new Set([zero[0]!]);
    await consumers.start(bus, database.pool, group, [story.topic], missing(unknown));
    await sent(story, zero[0]!, 2);
    await sent(story, zero[1]!, 3);
    await sent(story, one[0]!, 3);
    const effects = () => effectsByStream(database.pool);
    await until('the other partition', async () => (await effects()).get(one[0]!)?.length === 3);
    // A clock that is a little ahead may have recorded later what was there before.
    await covers(group, story.service, after(CLOCKS_DIFFER_MS - 1), { [`${story.topic}/1`]: 2 });
    await sleep(3_000);
    expect(await listDeadLetters(database.pool, group)).toEqual([]);
    await covers(group, story.service, after(CLOCKS_DIFFER_MS), {
      [`${story.topic}/0`]: 4,
      [`${story.topic}/1`]: 2,
    });
    await until('what follows', async () => (await effects()).get(zero[1]!)?.length === 3, 30_000);
    const letters = await listDeadLetters(database.pool, group);
    expect(letters).toMatchObject([{ stream: zero[0], reason: 'reference-missing', heldBehind: 1 }]);
    expect(letters[0]!.detail).toContain('It is on its way.');

    // An operator's request ends, whether or not it has come meanwhile.
    expect(await redriveDeadLetters(database.pool, group)).toEqual({ redriven: 0, stillBlocked: 1 });
    expect(await listDeadLetters(database.pool, group)).toMatchObject([{ reason: 'reference-missing' }]);
    unknown.clear();
    expect(await redriveDeadLetters(database.pool, group)).toEqual({ redriven: 2, stillBlocked: 0 });
    expect((await effects()).get(zero[0]!)).toEqual([1, 2]);
  }, 60_000);

  it('lets all that comes before it be done at once, and no more', async () => {
    const { story, zero } = await newStory();
    const { pool } = database;
    const group = uniqueName();
    await registerGroup(pool, group, [story.topic]);
    const partition = { topic: story.topic, partition: 0 };
    await positionsOf(pool, bus, group, [partition]);
    const [{ topicId }] = (await readCheckpoints(pool, group)) as [Checkpoint];
    for (const [stream, count] of [
      [zero[1]!, 3],
      [zero[0]!, 1],
      [zero[1]!, 2],
    ] as const)
      await sent(story, stream, count);
    const messages = await bus.read(story.topic, 0, 0, 10);
    const run = (from: number) => ({ ...partition, topicId, from, next: 6, messages: messages.slice(from) });
    const unknown = new Set([zero[0]!]);
    expect(await handleRun(pool, group, run(0), missing(unknown), true)).toEqual({
      kind: 'handled',
      next: 3,
      events: 3,
      repeated: 0,
      dead: 0,
      held: 0,
    });
    await expect(handleRun(pool, group, run(3), missing(unknown), true)).rejects.toThrow('It is on its way.');
    unknown.clear();
    expect(await handleRun(pool, group, run(3), missing(unknown), true)).toMatchObject({
      next: 6,
      events: 3,
    });
    const effects = await effectsByStream(pool);
    expect([effects.get(zero[0]!), effects.get(zero[1]!)]).toEqual([[1], upTo(5)]);
  });

  it('is found at once, however much was read with it', async () => {
    const { story, zero } = await newStory();
    const group = uniqueName();
    const unknown = new Set([zero[0]!]);
    await sent(story, zero[1]!, 2);
    await sent(story, zero[0]!, 1);
    await sent(story, zero[1]!, 300);
    let inVain = 0;
    const tries = missing(unknown);
    await consumers.start(bus, database.pool, group, [story.topic], async (batch) => {
      await tries(batch).catch((error: unknown) => {
        // From the second on, it is tried again.
        if ((inVain += 1) === 2) unknown.clear();
        throw error;
      });
    });
    await until('all', async () => (await effectsByStream(database.pool)).get(zero[1]!)?.length === 302);
    // With all the others, then behind what was done before it: that it is looked for costs nothing more.
    expect(inVain).toBe(2);
  });

  it('does not wait for another that waits as well', async () => {
    const { story, zero, one } = await newStory();
    const group = uniqueName();
    await consumers.start(bus, database.pool, group, [story.topic], missing(new Set([zero[0]!, one[0]!])));
    for (const stream of [zero[0]!, one[0]!, zero[1]!, one[1]!]) await sent(story, stream, 1);
    await until('the checkpoints', async () => (await readCheckpoints(database.pool, group)).length > 2);
    await covers(group, story.service, after(CLOCKS_DIFFER_MS), {
      [`${story.topic}/0`]: 1,
      [`${story.topic}/1`]: 1,
    });
    await until('the others', async () => (await effectsByStream(database.pool)).size === 2, 30_000);
    expect(await listDeadLetters(database.pool, group)).toHaveLength(2);
  }, 60_000);

  describe('waits', () => {
    /** Of a group whose two partitions stand before their first event. */
    async function waiting(recorded = RECORDED) {
      const { story, zero } = await newStory();
      const group = uniqueName();
      const { pool } = database;
      await registerGroup(pool, group, [story.topic]);
      const both = [0, 1].map((partition) => ({ topic: story.topic, partition }));
      await positionsOf(pool, bus, group, both);
      const inVain = (
        sources: string[] = [story.service],
        partition = 0,
        at = recorded,
        { handled } = { handled: -1 },
      ) => waitsInVain(pool, group, { topic: story.topic, partition, handled }, at, sources);
      const handled = (partition: number, offset: number) =>
        pool.query(
          'UPDATE bus_in.checkpoints SET "offset" = $3 WHERE group_name = $1 AND topic = $4 AND partition = $2',
          [group, partition, offset, story.topic],
        );
      return { story, zero, group, inVain, handled, both };
    }

    it('for what another partition still holds', async () => {
      const { story, group, inVain, handled } = await waiting();
      await covers(group, story.service, after(CLOCKS_DIFFER_MS), {
        [`${story.topic}/0`]: 7,
        [`${story.topic}/1`]: 2,
      });
      await handled(1, 1);
      expect(await inVain()).toBe(false);
      await handled(1, 2);
      expect(await inVain()).toBe(true);
    });

    it('for a source that has not said how far it is', async () => {
      const { story, group, inVain } = await waiting();
      await database.pool.query(
        `INSERT INTO bus_in.checkpoints (group_name, topic, partition, cluster_id, topic_id)
         VALUES ($1, 'cairn.silent.v1', 0, '', '')`,
        [group],
      );
      await covers(group, story.service, after(CLOCKS_DIFFER_MS), {});
      expect(await inVain([story.service, 'silent'])).toBe(false);
      await covers(group, 'silent', after(CLOCKS_DIFFER_MS), {});
      expect(await inVain([story.service, 'silent'])).toBe(true);
    });

    it('for one that waits at what was recorded before, not for one at what was recorded after', async () => {
      const { story, group, inVain } = await waiting();
      const offsets = { [`${story.topic}/0`]: 2, [`${story.topic}/1`]: 2 };
      await covers(group, story.service, after(CLOCKS_DIFFER_MS + 1), offsets);
      expect(await inVain([story.service], 1, after(1))).toBe(false);
      expect(await inVain([story.service], 0)).toBe(true);
      expect(await inVain([story.service], 1, after(1))).toBe(false);
    });

    it('for what is behind one of about the same time, until that one has had its own', async () => {
      const { story, group, inVain } = await waiting();
      const offsets = { [`${story.topic}/0`]: 2, [`${story.topic}/1`]: 2 };
      await covers(group, story.service, after(CLOCKS_DIFFER_MS), offsets);
      expect(await inVain([story.service], 1, after(5))).toBe(false);
      expect(await inVain()).toBe(false);
      await covers(group, story.service, after(CLOCKS_DIFFER_MS + 5), offsets);
      expect(await inVain()).toBe(true);
    });

    it('no longer for being from the future, but from its coming on', async () => {
      const { story, group, inVain } = await waiting(new Date('2999-01-01T00:00:00Z'));
      expect(await inVain()).toBe(false);
      await database.pool.query(
        `UPDATE bus_in.checkpoints SET waits_at = waits_at - interval '2 minutes' WHERE group_name = $1`,
        [group],
      );
      await covers(group, story.service, new Date(), {});
      expect(await inVain()).toBe(true);
    });

    it('anew once the one that waited there has been handled', async () => {
      const { story, zero, group, inVain } = await waiting();
      expect(await inVain()).toBe(false);
      const stored = messagesOf(story, [story.next(zero[0]!)], 2);
      const scene = { pool: database.pool, bus, group, topic: story.topic };
      await readByHand(scene, stored, 1, writeEffects('one'));
      await covers(group, story.service, after(CLOCKS_DIFFER_MS), {});
      const next = () => inVain([story.service], 0, after(1), { handled: 0 });
      expect(await next()).toBe(false);
      await covers(group, story.service, after(CLOCKS_DIFFER_MS + 1), {});
      expect(await next()).toBe(true);
    });

    it('anew once the group has been told to begin again', async () => {
      const { story, group, inVain, both } = await waiting();
      expect(await inVain()).toBe(false);
      await rewindConsumer(database.pool, group, {});
      await positionsOf(database.pool, bus, group, both);
      await covers(group, story.service, after(CLOCKS_DIFFER_MS), {});
      expect(await inVain([story.service], 0, after(1))).toBe(false);
    });

    it('not at all where it is not what comes next', async () => {
      const { story, group, inVain, handled } = await waiting();
      await covers(group, story.service, after(CLOCKS_DIFFER_MS), {});
      await handled(0, 3);
      expect(await inVain()).toBe(false);
    });
  });
});
