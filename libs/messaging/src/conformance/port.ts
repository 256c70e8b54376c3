import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PartitionMissing } from '../faults.js';
import { partitionKey, type Batch, type Bus, type BusMessage, type ConsumeOptions } from '../port.js';
import { uniqueName } from './events.js';
import type { BusUnderTest, OpenBus } from './under-test.js';
import { until } from './waiting.js';

const message = (topic: string, partition: number, text: string): BusMessage => ({
  topic,
  partition,
  key: `key-${partition}`,
  value: Buffer.from(text),
  headers: { 'content-type': 'text/plain', tenantid: 'größe' },
});

/** Reads everything from the beginning into `seen`. */
const reader = (
  group: string,
  topic: string,
  seen: Batch[],
  more: Partial<ConsumeOptions> = {},
): ConsumeOptions => ({
  group,
  topics: [topic],
  position: async (assigned) => new Map(assigned.map((each) => [partitionKey(each), 0])),
  handle: async (batch) => {
    seen.push(batch);
    return { next: batch.next };
  },
  trouble: () => undefined,
  ...more,
});

const textsOf = (seen: readonly Batch[], partition: number): string[] =>
  seen
    .filter((batch) => batch.partition === partition)
    .flatMap((batch) => batch.messages.map(({ value }) => value.toString('utf8')));

export function describePort(name: string, open: OpenBus): void {
  describe(`${name}: the port`, () => {
    let under: BusUnderTest;
    let bus: Bus;

    beforeAll(async () => {
      under = await open();
      bus = under.connect();
    });
    afterAll(async () => {
      await bus?.close();
      await under?.close();
    });

    const makeTopic = async (partitions: number): Promise<string> => {
      const topic = `cairn.${uniqueName()}.v1`;
      await bus.ensureTopics([{ name: topic, partitions }]);
      return topic;
    };

    it('makes a topic once, with a partition count that stays', async () => {
      const topic = await makeTopic(3);
      await bus.ensureTopics([{ name: topic, partitions: 5 }]);
      const state = (await bus.describe([topic, 'cairn.nowhere.v1'])).get(topic)!;
      expect(state.partitions).toEqual([0, 1, 2].map(() => ({ low: 0, high: 0 })));
      expect((await bus.describe(['cairn.nowhere.v1'])).size).toBe(0);
    });

    it('knows a topic that was made again from the one before', async () => {
      const topic = await makeTopic(1);
      const before = (await bus.describe([topic])).get(topic)!;
      await bus.publish([message(topic, 0, 'a')]);
      await under.recreateTopic(topic, 1);
      const after = (await bus.describe([topic])).get(topic)!;
      expect(after.clusterId).toBe(before.clusterId);
      expect(after.topicId).not.toBe(before.topicId);
      expect(after.partitions).toEqual([{ low: 0, high: 0 }]);
    });

    it('refuses what is for a partition that a topic does not have, alone and among others', async () => {
      const topic = await makeTopic(2);
      await expect(bus.publish([message(topic, 2, 'a')])).rejects.toThrow(PartitionMissing);
      await expect(bus.publish([message(topic, 1, 'a'), message(topic, 2, 'b')])).rejects.toThrow(
        PartitionMissing,
      );
      await expect(bus.publish([message(topic, 1, 'c')])).resolves.toEqual(
        new Map([[`${topic}/1`, expect.any(Number)]]),
      );
    });

    it('keeps the order within a partition, and says the last offset of each', async () => {
      const topic = await makeTopic(2);
      const sent = Array.from({ length: 1000 }, (_, index) => message(topic, index % 2, String(index)));
      const first = await bus.publish(sent.slice(0, 400));
      expect([first.get(`${topic}/0`), first.get(`${topic}/1`)]).toEqual([199, 199]);
      const last = await bus.publish(sent.slice(400));
      expect([last.get(`${topic}/0`), last.get(`${topic}/1`)]).toEqual([499, 499]);
      expect((await bus.describe([topic])).get(topic)!.partitions[1]).toEqual({ low: 0, high: 500 });

      const seen: Batch[] = [];
      const consumption = bus.consume(reader(uniqueName(), topic, seen));
      await until('1,000 messages', () => textsOf(seen, 0).length + textsOf(seen, 1).length >= 1000);
      await consumption.close();
      expect(textsOf(seen, 0)).toEqual(
        sent.filter((m) => m.partition === 0).map(({ value }) => value.toString()),
      );
      expect(textsOf(seen, 1)).toEqual(
        sent.filter((m) => m.partition === 1).map(({ value }) => value.toString()),
      );
      expect(seen[0]!.messages[0]).toMatchObject({
        key: `key-${seen[0]!.partition}`,
        headers: { 'content-type': 'text/plain', tenantid: 'größe' },
      });
    });

    it('gives the last message of each partition', async () => {
      const topic = await makeTopic(3);
      expect(await bus.lastOf(topic)).toEqual([undefined, undefined, undefined]);
      await bus.publish([
        ...['a', 'b', 'c'].map((text) => message(topic, 0, text)),
        // One that no answer holds together with others.
        ...['x', 'y'].map((text) => message(topic, 2, text.repeat(700_000))),
      ]);
      const [first, second, third] = await bus.lastOf(topic);
      expect(first).toMatchObject({ topic, partition: 0, offset: 2, key: 'key-0', value: Buffer.from('c') });
      expect(second).toBeUndefined();
      expect(third).toMatchObject({ offset: 1, headers: { tenantid: 'größe' } });
      expect(third!.value.equals(Buffer.from('y'.repeat(700_000)))).toBe(true);
      expect(await bus.lastOf('cairn.nowhere.v1')).toEqual([]);
    });

    it('takes as much at once as is given to it', async () => {
      const topic = await makeTopic(1);
      const sizes = [900, 300, 300, 300, 900].map((kilobytes) => kilobytes * 1_000);
      const last = await bus.publish(sizes.map((size) => message(topic, 0, 'x'.repeat(size))));
      expect(last.get(`${topic}/0`)).toBe(sizes.length - 1);
      const seen: Batch[] = [];
      const consumption = bus.consume(reader(uniqueName(), topic, seen));
      await until('all messages', () => textsOf(seen, 0).length === sizes.length);
      await consumption.close();
      expect(textsOf(seen, 0).map(({ length }) => length)).toEqual(sizes);
    });

    it('skips no offset while several publish to one partition', async () => {
      const topic = await makeTopic(1);
      const seen: Batch[] = [];
      const consumption = bus.consume(reader(uniqueName(), topic, seen));
      await Promise.all(
        Array.from({ length: 6 }, async (_, publisher) => {
          for (let round = 0; round < 20; round++)
            await bus.publish([0, 1, 2].map((part) => message(topic, 0, `${publisher}:${round * 3 + part}`)));
        }),
      );
      await until('360 messages', () => textsOf(seen, 0).length >= 360);
      await consumption.close();
      expect(seen.flatMap((batch) => batch.messages.map(({ offset }) => offset))).toEqual(
        Array.from({ length: 360 }, (_, offset) => offset),
      );
      for (let publisher = 0; publisher < 6; publisher++) {
        const own = textsOf(seen, 0).filter((text) => text.startsWith(`${publisher}:`));
        expect(own).toEqual(Array.from({ length: 60 }, (_, nr) => `${publisher}:${nr}`));
      }
    });

    it('begins where it is told, seeks where it is told, and pauses one partition alone', async () => {
      const topic = await makeTopic(2);
      await bus.publish([0, 1, 2, 3, 4, 5].map((nr) => message(topic, 0, String(nr))));
      const seen: Batch[] = [];
      let turned = false;
      let asked = 0;
      const consumption = bus.consume(
        reader(uniqueName(), topic, seen, {
          position: async (assigned) => {
            if (assigned.some(({ partition }) => partition === 0)) asked++;
            return new Map(assigned.map((each) => [partitionKey(each), each.partition === 0 ? 3 : 0]));
          },
          handle: async (batch) => {
            if (batch.partition === 0 && !turned) {
              turned = true;
              expect(batch.from).toBe(3);
              return { next: 3, pauseMs: 1_500 };
            }
            seen.push(batch);
            return { next: batch.next };
          },
        }),
      );
      await until('the first batch', () => turned);
      await bus.publish([message(topic, 1, 'meanwhile')]);
      await until('the other partition', () => textsOf(seen, 1).length === 1);
      expect(textsOf(seen, 0)).toEqual([]);
      await until('the paused one', () => textsOf(seen, 0).length === 3);
      await consumption.close();
      expect(textsOf(seen, 0)).toEqual(['3', '4', '5']);
      expect(asked).toBeGreaterThanOrEqual(2);
    });

    it('shares the partitions out among the members of a group, and gives all to each group', async () => {
      const topic = await makeTopic(4);
      const other = under.connect();
      try {
        const [mine, theirs, apart]: Batch[][] = [[], [], []];
        const group = uniqueName();
        const members = [
          bus.consume(reader(group, topic, mine!)),
          other.consume(reader(group, topic, theirs!)),
          other.consume(reader(uniqueName(), topic, apart!)),
        ];
        const parts = (seen: Batch[]) => new Set(seen.map(({ partition }) => partition));
        let nr = 0;
        await until('both members have a share', async () => {
          await bus.publish([0, 1, 2, 3].map((partition) => message(topic, partition, String(nr++))));
          return parts(mine!).size > 0 && parts(theirs!).size > 0;
        });
        await until('the other group has all', () => apart!.flatMap(({ messages }) => messages).length >= nr);
        await Promise.all(members.map((each) => each.close()));
      } finally {
        await other.close();
      }
    });

    it('ends with the error of whoever reads', async () => {
      const topic = await makeTopic(1);
      await bus.publish([message(topic, 0, 'a')]);
      const consumption = bus.consume(
        reader(uniqueName(), topic, [], { handle: () => Promise.reject(new Error('enough')) }),
      );
      await expect(consumption.ended).rejects.toThrow('enough');
    });
  });
}
