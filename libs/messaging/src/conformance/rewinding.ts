import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { readCheckpoints } from '../consumer/checkpoints.js';
import type { BatchHandler } from '../consumer/received.js';
import { PermanentFault } from '../faults.js';
import { ReplayUnderWay, resetConsumer, rewindConsumer } from '../operate/consumers.js';
import { discardDeadLetters, listDeadLetters, NoSuchDeadLetter } from '../operate/dead-letters.js';
import type { Bus } from '../port.js';
import { sleep } from '../waiting.js';
import { countEffects, effectsByStream, upTo, writeEffects } from './effects.js';
import { messagesOf, send, Story, uniqueName } from './events.js';
import { useScene } from './scene.js';
import type { OpenBus } from './under-test.js';
import { until } from './waiting.js';

const PARTITIONS = 3;
const OURS = '11111111-1111-4111-8111-111111111111';
const THEIRS = '22222222-2222-4222-8222-222222222222';

/** What an operator may ask of a group: to handle again what lies behind it, or never to handle something. */
export function describeRewinding(name: string, open: OpenBus): void {
  describe(`${name}: rewinding`, () => {
    const { scene, consumers, newStory } = useScene(open, PARTITIONS);
    let bus: Bus;
    let pool: Pool;
    beforeAll(() => void ({ bus, pool } = scene));

    const publish = (story: Story, count: number) =>
      send(bus, messagesOf(story, story.take(count), PARTITIONS));
    const effects = (count: number) =>
      until(`${count} effects`, async () => (await countEffects(pool)) >= count);
    const isStill = async (count: number) => {
      await sleep(300);
      expect(await countEffects(pool)).toBe(count);
    };
    const byReplay = async (stream?: string) => {
      const { rows } = await pool.query<{ replay: boolean; versions: number[] }>(
        `SELECT replay, array_agg(version ORDER BY nr) AS versions FROM effects
          WHERE $1::text IS NULL OR stream = $1 GROUP BY replay ORDER BY replay`,
        [stream ?? null],
      );
      return Object.fromEntries(rows.map(({ replay, versions }) => [replay ? 'again' : 'first', versions]));
    };
    /** Cannot handle the third event of a stream, until it is mended. */
    const failingOn = (stream: string, state: { mended: boolean }): BatchHandler => {
      const write = writeEffects('one');
      return async (batch) => {
        await write(batch);
        const bad = batch.events.some(
          ({ envelope }) => envelope.subject === stream && envelope.streamversion === 3,
        );
        if (bad && !state.mended) throw new PermanentFault('too-much', 'cannot be handled');
      };
    };

    it('goes back to a time, and handles again what came to the bus since then', async () => {
      const story = await newStory(2);
      const group = uniqueName();
      await publish(story, 20);
      await sleep(50);
      const between = new Date();
      await sleep(50);
      await publish(story, 10);
      await consumers.start(bus, pool, group, [story.topic], writeEffects('one'));
      await effects(30);
      await rewindConsumer(pool, group, { to: between });
      await publish(story, 2);
      await effects(42);
      for (const stream of story.streams)
        expect(await byReplay(stream)).toEqual({ first: upTo(16), again: [11, 12, 13, 14, 15] });
      await isStill(42);
    });

    it('skips nothing where the time lies ahead of it', async () => {
      const story = await newStory(2);
      const group = uniqueName();
      await publish(story, 10);
      const first = await consumers.start(bus, pool, group, [story.topic], writeEffects('one'));
      await effects(10);
      await consumers.stop(first);
      await publish(story, 10);
      await rewindConsumer(pool, group, { to: new Date(Date.now() + 3_600_000) });
      await consumers.start(bus, pool, group, [story.topic], writeEffects('one'));
      await effects(20);
      expect(await byReplay(story.streams[0])).toEqual({ first: upTo(10) });
      await isStill(20);
    });

    it('replays one tenant alone, and what comes meanwhile follows it', async () => {
      const story = await newStory(4, [OURS, THEIRS]);
      const group = uniqueName();
      await publish(story, 40);
      await consumers.start(bus, pool, group, [story.topic], writeEffects('one'));
      await effects(40);
      await rewindConsumer(pool, group, { tenantId: THEIRS });
      await publish(story, 8);
      await effects(68);
      for (const stream of story.streams)
        expect(await byReplay(stream)).toEqual(
          story.tenantOf(stream) === THEIRS ? { first: upTo(12), again: upTo(10) } : { first: upTo(12) },
        );
      const { rows } = await pool.query(
        'SELECT FROM effects a JOIN effects b USING (stream) WHERE a.nr < b.nr AND a.version = 12 AND b.replay',
      );
      expect(rows).toHaveLength(0);
      await isStill(68);
    });

    it('leaves the dead letters of other tenants open where it replays one alone', async () => {
      const story = await newStory(4, [OURS, THEIRS]);
      const group = uniqueName();
      const [ours, theirs] = [OURS, THEIRS].map((tenant) =>
        story.streams.find((stream) => story.tenantOf(stream) === tenant)!,
      );
      const state = { mended: false };
      const both: BatchHandler = async (batch) => {
        for (const stream of [ours!, theirs!])
          await failingOn(
            stream,
            state,
          )({
            ...batch,
            events: batch.events.filter(({ envelope }) => envelope.subject === stream),
          });
      };
      await publish(story, 16);
      await consumers.start(bus, pool, group, [story.topic], both);
      const open = async () =>
        (await listDeadLetters(pool, group))
          .map(({ stream }) => stream)
          .toSorted((a, b) => (a! < b! ? -1 : 1));
      await until('both dead letters', async () => (await open()).length === 2);
      state.mended = true;
      await rewindConsumer(pool, group, { tenantId: THEIRS });
      await until('theirs is replayed', async () => (await open()).length < 2);
      await sleep(200);
      expect(await open()).toEqual([ours]);
    });

    it('opens a dead letter again that was settled, where it cannot be handled when it comes again', async () => {
      const story = await newStory(1);
      const [poisoned] = story.streams;
      const group = uniqueName();
      const state = { mended: true };
      await publish(story, 5);
      await consumers.start(bus, pool, group, [story.topic], failingOn(poisoned!, state));
      await effects(5);
      state.mended = false;
      for (let time = 0; time < 2; time += 1) {
        const before = new Date();
        // The second time the letter is closed as replayed, and put aside anew at the same offset.
        await resetConsumer(pool, group, 'beginning');
        await until('all three are put aside', async () => {
          const { rowCount } = await pool.query(
            'SELECT FROM bus_in.dead_letters WHERE group_name = $1 AND at > $2',
            [group, before],
          );
          return rowCount === 3;
        });
        expect(await listDeadLetters(pool, group)).toMatchObject([{ stream: poisoned, heldBehind: 2 }]);
      }
    });

    it('does not leave one tenant half replayed for another', async () => {
      const story = await newStory(2, [OURS, THEIRS]);
      const group = uniqueName();
      await publish(story, 20);
      const first = await consumers.start(bus, pool, group, [story.topic], writeEffects('one'));
      await effects(20);
      await consumers.stop(first);
      await rewindConsumer(pool, group, { tenantId: OURS });
      await expect(rewindConsumer(pool, group, { tenantId: THEIRS })).rejects.toThrow(ReplayUnderWay);
      await consumers.start(bus, pool, group, [story.topic], writeEffects('one'));
      await effects(30);
      await rewindConsumer(pool, group, { tenantId: THEIRS });
      await effects(40);
      await isStill(40);
    });

    it('still owes the reactions to what had been put aside when it was reset', async () => {
      const story = await newStory(2);
      const [poisoned] = story.streams;
      const group = uniqueName();
      const state = { mended: false };
      await publish(story, 10);
      await consumers.start(bus, pool, group, [story.topic], failingOn(poisoned!, state));
      await effects(7);
      state.mended = true;
      await resetConsumer(pool, group, 'beginning');
      await effects(17);
      expect(await byReplay(poisoned)).toEqual({ first: [1, 2, 3, 4, 5], again: [1, 2] });
      expect(await listDeadLetters(pool, group)).toEqual([]);
      // They are settled now: replayed once more, none is due.
      await resetConsumer(pool, group, 'beginning');
      await effects(27);
      expect(await byReplay(poisoned)).toEqual({ first: [1, 2, 3, 4, 5], again: [1, 2, 1, 2, 3, 4, 5] });
    });

    it('gives up what an operator discards, for good, and goes on with what was held behind it', async () => {
      const story = await newStory(2);
      const [poisoned] = story.streams;
      const group = uniqueName();
      await publish(story, 10);
      await consumers.start(bus, pool, group, [story.topic], failingOn(poisoned!, { mended: false }));
      await until('the dead letter', async () => (await listDeadLetters(pool, group))[0]?.heldBehind === 2);
      const { id } = (await listDeadLetters(pool, group))[0]!;
      await expect(discardDeadLetters(pool, group, [id, '999999999'], 'why not')).rejects.toThrow(
        NoSuchDeadLetter,
      );
      expect(await discardDeadLetters(pool, group, [id], 'sent by mistake')).toEqual({
        redriven: 2,
        stillBlocked: 0,
      });
      expect((await effectsByStream(pool)).get(poisoned!)).toEqual([1, 2, 4, 5]);
      await expect(discardDeadLetters(pool, group, [id], 'again')).rejects.toThrow(NoSuchDeadLetter);
      await resetConsumer(pool, group, 'beginning');
      await effects(18);
      expect(await byReplay(poisoned)).toEqual({ first: [1, 2, 4, 5], again: [1, 2, 4, 5] });
      expect(await listDeadLetters(pool, group)).toEqual([]);
      const { rows } = await pool.query('SELECT settled_because FROM bus_in.dead_letters WHERE id = $1', [
        id,
      ]);
      expect(rows).toEqual([{ settled_because: 'sent by mistake' }]);
      expect((await readCheckpoints(pool, group)).length).toBeGreaterThan(0);
    });

    it('gives it up for good also where nothing else was ever handled', async () => {
      const story = await newStory(1);
      const group = uniqueName();
      const [message] = messagesOf(story, story.take(1), PARTITIONS);
      await consumers.start(bus, pool, group, [story.topic], writeEffects('one'));
      await send(bus, [{ ...message!, value: Buffer.from('poison') }]);
      await until('the dead letter', async () => (await listDeadLetters(pool, group)).length === 1);
      await discardDeadLetters(pool, group, [(await listDeadLetters(pool, group))[0]!.id], 'nothing of ours');
      await resetConsumer(pool, group, 'beginning');
      await send(bus, messagesOf(story, [story.next(`engagement-${randomUUID()}`)], PARTITIONS));
      await until('what came after', async () => (await countEffects(pool)) === 1);
      await until('all is read', async () => {
        const at = (await readCheckpoints(pool, group)).find(
          ({ topic, partition }) => topic === story.topic && partition === message!.partition,
        );
        return (at?.offset ?? -1) >= 0;
      });
      expect(await listDeadLetters(pool, group)).toEqual([]);
    });
  });
}
