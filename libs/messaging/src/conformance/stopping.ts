import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { BatchConsumer } from '../consumer/batch-consumer.js';
import { readCheckpoints } from '../consumer/checkpoints.js';
import { listConsumers, resetConsumer } from '../operate/consumers.js';
import type { Bus } from '../port.js';
import { sleep } from '../waiting.js';
import { countEffects, writeEffects } from './effects.js';
import { messagesOf, send, Story, uniqueName } from './events.js';
import { useScene } from './scene.js';
import type { BusUnderTest, OpenBus } from './under-test.js';
import { until } from './waiting.js';

const PARTITIONS = 2;

export function describeStopping(name: string, open: OpenBus): void {
  describe(`${name}: where a consumer stops`, () => {
    const { scene, consumers, newStory } = useScene(open, PARTITIONS);
    let bus: Bus;
    let pool: Pool;
    let under: BusUnderTest;
    beforeAll(() => void ({ bus, pool, under } = scene));

    /** A group that has handled 40 events of 4 streams, stopped or running. */
    const groupThatHasRun = async (running: boolean) => {
      const story = await newStory(4);
      const group = uniqueName();
      const start = () => consumers.start(bus, pool, group, [story.topic], writeEffects('one'));
      const consumer = await start();
      await send(bus, messagesOf(story, story.take(40), PARTITIONS));
      await until('40 effects', async () => (await countEffects(pool)) >= 40);
      if (!running) await consumers.stop(consumer);
      return { story, group, start, consumer };
    };
    const expectStopped = async (consumer: BatchConsumer, group: string, reason: string) => {
      const said = async () => JSON.stringify(await consumer.status());
      await until(`it stops: ${reason}`, async () => (await said()).includes(reason));
      expect(await consumer.status()).toMatchObject({ healthy: false });
      expect(await said()).toContain(`npm run ops -- consumers reset ${group} --to beginning`);
      await until('the operator can see it', async () => {
        const summary = (await listConsumers(pool)).find((each) => each.group === group)!;
        return summary.stopped !== null && summary.stopped.includes(reason);
      });
    };

    // As many as before: offsets alone would tell nothing. More: there is something to read beyond the old checkpoint.
    it.each([40, 80])(
      'a topic that was made again, with %i: it stops, and goes on after a reset',
      async (events) => {
        const { story, group, consumer } = await groupThatHasRun(true);
        await under.recreateTopic(story.topic, PARTITIONS);
        await send(bus, messagesOf(story, story.take(events), PARTITIONS));
        await expectStopped(consumer, group, 'was deleted and made again');
        expect(await countEffects(pool)).toBe(40);
        await resetConsumer(pool, group, 'beginning');
        await until('the new topic is read', async () => (await countEffects(pool)) >= 40 + events);
        await sleep(200);
        expect(await countEffects(pool)).toBe(40 + events);
        const { rows } = await pool.query('SELECT FROM effects WHERE replay');
        expect(rows).toHaveLength(0);
      },
      90_000,
    );

    /** The message at the checkpoint is then one that was never handled. */
    const CUT_SHORT = 'UPDATE bus_in.checkpoints SET "offset" = "offset" + 1 WHERE "offset" >= 0';
    const checkpoints = (damage: string) => (topic: string) =>
      pool.query(`${damage}${damage.includes('WHERE') ? ' AND' : ' WHERE'} topic = $1`, [topic]);
    it.each<[string, (topic: string) => Promise<unknown>, string]>([
      [
        'a checkpoint past the end',
        checkpoints('UPDATE bus_in.checkpoints SET "offset" = 1000 WHERE partition = 1'),
        'ends before',
      ],
      [
        'another cluster',
        checkpoints(`UPDATE bus_in.checkpoints SET cluster_id = 'another'`),
        'was made on cluster another',
      ],
      [
        'a checkpoint that is missing',
        checkpoints('DELETE FROM bus_in.checkpoints WHERE partition = 0'),
        'has no checkpoint for',
      ],
      [
        'messages that were deleted before it came to them',
        (topic) => under.forget(topic),
        'were deleted unread',
      ],
      [
        'a partition that was cut short, and has grown again beyond the checkpoint',
        checkpoints(CUT_SHORT),
        'has grown again',
      ],
    ])('%s', async (_, damage, reason) => {
      const { story, group, start } = await groupThatHasRun(false);
      await send(bus, messagesOf(story, story.take(8), PARTITIONS));
      await damage(story.topic);
      const consumer = await start();
      await expectStopped(consumer, group, reason);
      expect(await countEffects(pool)).toBe(40);
      await resetConsumer(pool, group, 'end');
      await until('it has begun again', async () =>
        (await readCheckpoints(pool, group)).every(({ offset }) => offset !== undefined && offset < 1000),
      );
      await until(
        'it is seen to run',
        async () => (await listConsumers(pool)).find((each) => each.group === group)!.stopped === null,
      );
      await send(bus, messagesOf(story, story.take(4), PARTITIONS));
      await until('what came after', async () => (await countEffects(pool)) >= 44);
      expect(await countEffects(pool)).toBe(44);
    });

    it('it is seen stopped all the time, also where only reading can tell', async () => {
      const { story, group, start } = await groupThatHasRun(false);
      await send(bus, messagesOf(story, story.take(8), PARTITIONS));
      await checkpoints(CUT_SHORT)(story.topic);
      await expectStopped(await start(), group, 'has grown again');
      for (const end = Date.now() + 5_000; Date.now() < end; await sleep(20))
        expect((await listConsumers(pool)).find((each) => each.group === group)!.stopped).not.toBeNull();
    });

    it('nowhere, where it has put the last message aside, or had it before, or it is gone', async () => {
      const { story, group, start, consumer } = await groupThatHasRun(true);
      const untilRead = (count: number) =>
        until(`${count} messages are read`, async () => {
          const read = (await readCheckpoints(pool, group)).filter(({ topic }) => topic === story.topic);
          return read.reduce((sum, { offset }) => sum + offset! + 1, 0) === count;
        });
      const goesOn = async (effects: number) => {
        const next = await start();
        await send(bus, messagesOf(story, story.take(4), PARTITIONS));
        await until('it goes on', async () => (await countEffects(pool)) >= effects);
        expect(await countEffects(pool)).toBe(effects);
        return next;
      };
      const notJson = { topic: story.topic, value: Buffer.from('{'), headers: {} };
      await bus.publish([0, 1].map((partition) => ({ ...notJson, partition, key: uniqueName() })));
      await untilRead(42);
      await consumers.stop(consumer);
      const second = await goesOn(44);
      const more = messagesOf(story, story.take(8), PARTITIONS);
      await send(bus, [...more, ...more]);
      await untilRead(62);
      await consumers.stop(second);
      const third = await goesOn(56);
      await consumers.stop(third);
      await under.forget(story.topic);
      await goesOn(60);
    }, 60_000);

    it('a group that nobody registered', async () => {
      const story = new Story(uniqueName(), 1);
      const group = uniqueName();
      await bus.ensureTopics([{ name: story.topic, partitions: 1 }]);
      const consumer = consumers.adopt(bus, pool, group, [story.topic], writeEffects('one'));
      await expectStopped(consumer, group, 'has no checkpoint for');
    });
  });
}
