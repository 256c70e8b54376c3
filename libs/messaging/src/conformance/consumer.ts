import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { handleRun } from '../consumer/batch.js';
import { readCheckpoints } from '../consumer/checkpoints.js';
import type { BatchHandler } from '../consumer/received.js';
import { TransientFault } from '../faults.js';
import { resetConsumer } from '../operate/consumers.js';
import { partitionOf } from '../partition.js';
import type { Bus } from '../port.js';
import { sleep } from '../waiting.js';
import { countEffects, effectsByStream, upTo, writeEffects } from './effects.js';
import { messagesOf, send, Story, uniqueName } from './events.js';
import { useScene } from './scene.js';
import type { OpenBus } from './under-test.js';
import { until } from './waiting.js';

const PARTITIONS = 4;

export function describeConsumer(name: string, open: OpenBus): void {
  describe(`${name}: the consumer`, () => {
    const { scene, consumers, newStory } = useScene(open, PARTITIONS);
    let bus: Bus;
    let other: Bus;
    let pool: Pool;
    beforeAll(() => void ({ bus, other, pool } = scene));

    const expectOnceInOrder = async (story: Story, perStream: number, who?: string) => {
      const effects = await effectsByStream(pool, who);
      for (const stream of story.streams)
        expect([stream, effects.get(stream)]).toEqual([stream, upTo(perStream)]);
    };

    it('handles every event once, in order within its stream, for each of two groups', async () => {
      const story = await newStory(12);
      await send(bus, messagesOf(story, story.take(600), PARTITIONS), 100);
      await consumers.start(bus, pool, uniqueName(), [story.topic], writeEffects('first'));
      await consumers.start(other, pool, uniqueName(), [story.topic], writeEffects('second'));
      await send(bus, messagesOf(story, story.take(600), PARTITIONS), 100);
      await until('2,400 effects', async () => (await countEffects(pool)) >= 2400);
      await expectOnceInOrder(story, 100, 'first');
      await expectOnceInOrder(story, 100, 'second');
    });

    it('drops what a relay sends again, however late', async () => {
      const story = await newStory(4);
      const messages = messagesOf(story, story.take(400), PARTITIONS);
      await consumers.start(bus, pool, uniqueName(), [story.topic], writeEffects('one'));
      // One relay sends all, a second one that was stopped before its send follows with what it had in hand.
      await send(bus, messages.slice(0, 100), 50);
      await send(bus, messages.slice(0, 100), 50);
      await send(bus, messages.slice(100), 50);
      await send(other, messages.slice(40, 200), 50);
      const end = messagesOf(story, story.take(4), PARTITIONS);
      await send(bus, end);
      await until('404 effects', async () => (await countEffects(pool)) >= 404);
      await sleep(300);
      await expectOnceInOrder(story, 101);
    });

    it('loses and repeats nothing when a consumer dies between effect and commit', async () => {
      const story = await newStory(4);
      const group = uniqueName();
      await send(bus, messagesOf(story, story.take(400), PARTITIONS));
      let deaths = 0;
      const dying: BatchHandler = async (batch) => {
        await writeEffects('one')(batch);
        if (deaths >= 5) return;
        deaths++;
        // The effect is written; then the connection is gone, as when the process is killed.
        const { rows } = await batch.client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        await pool.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
      };
      await consumers.start(bus, pool, group, [story.topic], dying);
      await until('400 effects', async () => (await countEffects(pool)) >= 400);
      expect(deaths).toBe(5);
      await expectOnceInOrder(story, 100);
    });

    it('is not confused by overlapping batches of an owner that was paused', async () => {
      const story = new Story(uniqueName(), 1);
      await bus.ensureTopics([{ name: story.topic, partitions: 1 }]);
      const group = uniqueName();
      const records = messagesOf(story, story.take(300), 1).map((message, offset) => ({
        ...message,
        offset,
      }));
      const idle = await consumers.start(bus, pool, group, [story.topic], async () => undefined);
      await until('the checkpoint', async () => (await readCheckpoints(pool, group)).length === 2);
      await consumers.stop(idle);
      const { topicId } = (await bus.describe([story.topic])).get(story.topic)!;
      const run = (from: number, next: number) => ({
        topic: story.topic,
        topicId,
        partition: 0,
        from,
        next,
        messages: records.slice(from, next),
      });

      const paused = Promise.withResolvers<void>();
      const entered = Promise.withResolvers<void>();
      const first = handleRun(
        pool,
        group,
        run(0, 200),
        async (batch) => {
          await writeEffects('paused')(batch);
          entered.resolve();
          await paused.promise;
        },
        false,
      );
      await entered.promise;
      // Another owner reads from the same checkpoint; it has to wait, and then finds its batch half handled.
      const second = handleRun(pool, group, run(0, 300), writeEffects('other'), false);
      await sleep(200);
      paused.resolve();
      expect(await first).toMatchObject({ kind: 'handled', events: 200 });
      expect(await second).toMatchObject({ kind: 'handled', events: 100 });
      // The paused one wakes once more with what it had fetched before, and one reads too far ahead.
      expect(await handleRun(pool, group, run(100, 250), writeEffects('paused'), false)).toEqual({
        kind: 'elsewhere',
        next: 300,
      });
      expect(await handleRun(pool, group, run(301, 310), writeEffects('ahead'), false)).toEqual({
        kind: 'elsewhere',
        next: 300,
      });
      await expectOnceInOrder(story, 300);
    });

    it('goes on through rebalances while its batches are slow', async () => {
      const story = await newStory(8);
      const group = uniqueName();
      const slow =
        (who: string): BatchHandler =>
        async (batch) => {
          await sleep(120);
          await writeEffects(who)(batch);
        };
      const feeding = (async () => {
        for (let round = 0; round < 40; round++) {
          await send(bus, messagesOf(story, story.take(40), PARTITIONS));
          await sleep(50);
        }
      })();
      await consumers.start(bus, pool, group, [story.topic], slow('first'));
      await until('the first member works', async () => (await countEffects(pool)) > 0);
      const second = await consumers.start(other, pool, group, [story.topic], slow('second'));
      await until('the second member works', async () => (await countEffects(pool, 'second')) > 0);
      await consumers.stop(second);
      await feeding;
      await until('1,600 effects', async () => (await countEffects(pool)) >= 1600);
      await expectOnceInOrder(story, 200);
    });

    it('pauses a partition for a transient fault, and tries again; others go on', async () => {
      const story = await newStory(8);
      const [waiting] = story.streams;
      let ready = false;
      let refused = 0;
      const handle: BatchHandler = async (batch) => {
        if (!ready && batch.events.some(({ envelope }) => envelope.subject === waiting)) {
          refused++;
          throw new TransientFault('something else is not there yet');
        }
        await writeEffects('one')(batch);
      };
      const placeOf = (stream: string) => partitionOf(stream, PARTITIONS);
      const behind = story.streams.filter((stream) => placeOf(stream) === placeOf(waiting!)).length;
      await send(bus, messagesOf(story, story.take(80), PARTITIONS));
      const consumer = await consumers.start(bus, pool, uniqueName(), [story.topic], handle);
      await until('the others', async () => (await countEffects(pool)) >= (8 - behind) * 10);
      await until('some attempts', () => refused >= 3);
      expect(JSON.stringify(await consumer.status())).toContain('something else is not there yet');
      ready = true;
      await until('all', async () => (await countEffects(pool)) >= 80);
    });

    it('replays from the beginning, marked so, while it runs', async () => {
      const story = await newStory(4);
      const group = uniqueName();
      await send(bus, messagesOf(story, story.take(200), PARTITIONS));
      await consumers.start(bus, pool, group, [story.topic], writeEffects('one'));
      await until('200 effects', async () => (await countEffects(pool)) >= 200);
      await resetConsumer(pool, group, 'beginning');
      await send(bus, messagesOf(story, story.take(40), PARTITIONS));
      await until('440 effects', async () => (await countEffects(pool)) >= 440);
      const { rows } = await pool.query<{ replay: boolean; count: number }>(
        'SELECT replay, count(*)::int AS count FROM effects GROUP BY replay ORDER BY replay',
      );
      expect(rows).toEqual([
        { replay: false, count: 240 },
        { replay: true, count: 200 },
      ]);
      await sleep(300);
      expect(await countEffects(pool)).toBe(440);
    });

    it('replays though nothing new comes, whichever members there are', async () => {
      const story = await newStory(4);
      const group = uniqueName();
      await send(bus, messagesOf(story, story.take(40), PARTITIONS));
      await consumers.start(bus, pool, group, [story.topic], writeEffects('one'));
      await consumers.start(other, pool, group, [story.topic], writeEffects('other'));
      await until('40 effects', async () => (await countEffects(pool)) >= 40);
      await resetConsumer(pool, group, 'beginning');
      await until('80 effects', async () => (await countEffects(pool)) >= 80);
      await sleep(300);
      expect(await countEffects(pool)).toBe(80);
    });

    it('begins at the end where it is told to', async () => {
      const story = await newStory(4);
      const group = uniqueName();
      await send(bus, messagesOf(story, story.take(100), PARTITIONS));
      const idle = await consumers.start(bus, pool, group, [story.topic], writeEffects('one'));
      await until('100 effects', async () => (await countEffects(pool)) >= 100);
      await consumers.stop(idle);
      await send(bus, messagesOf(story, story.take(100), PARTITIONS));
      await resetConsumer(pool, group, 'end');
      await consumers.start(bus, pool, group, [story.topic], writeEffects('one'));
      await until('it stands at the end', async () =>
        (await readCheckpoints(pool, group)).every(({ offset }) => offset !== undefined),
      );
      await send(bus, messagesOf(story, story.take(20), PARTITIONS));
      await until('the new ones', async () => (await countEffects(pool)) >= 120);
      await sleep(300);
      expect(await countEffects(pool)).toBe(120);
    });
  });
}
