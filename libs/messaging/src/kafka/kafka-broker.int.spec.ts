import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  CompressionCodecs,
  CompressionTypes,
  ConfigResourceTypes,
  Partitioners,
  type Admin,
  type Kafka,
} from 'kafkajs';
import { kafkaOrSkip } from '@cairn/testing';
import { uniqueName } from '../conformance/events.js';
import { quiet } from '../conformance/quiet.js';
import { until } from '../conformance/waiting.js';
import { partitionKey, type Batch, type Bus, type ConsumeOptions } from '../port.js';
import { sleep } from '../waiting.js';
import { kafkaBus } from './index.js';
import { kafkaClient } from './kafkajs.js';

quiet();
const require = createRequire(import.meta.url);

const kafka = await kafkaOrSkip();

/** What Kafka alone can show of the promises that every bus makes. */
(kafka ? describe : describe.skip)('the Kafka bus at its broker', () => {
  let client: Kafka;
  let admin: Admin;
  let bus: Bus;
  beforeAll(async () => {
    client = kafkaClient(kafka!.brokers, 'spec');
    admin = client.admin();
    await admin.connect();
    bus = kafkaBus({ brokers: kafka!.brokers, clientId: 'spec', partitions: 1 });
  });
  afterAll(async () => {
    await bus?.close();
    await admin?.disconnect();
  });

  const makeTopic = async (retentionMs?: number): Promise<string> => {
    const name = `cairn.${uniqueName()}.v1`;
    await bus.ensureTopics([{ name, ...(retentionMs ? { retentionMs } : {}) }]);
    return name;
  };
  const publish = (topic: string, ...texts: string[]) =>
    bus.publish(
      texts.map((text) => ({ topic, partition: 0, key: 'key', value: Buffer.from(text), headers: {} })),
    );
  const consume = (
    topic: string,
    position: () => number | Promise<number>,
    handle: (...of: Parameters<ConsumeOptions['handle']>) => void | Promise<void>,
  ) =>
    bus.consume({
      group: uniqueName(),
      topics: [topic],
      position: async () => new Map([[partitionKey({ topic, partition: 0 }), await position()]]),
      handle: async (batch, isOwner) => {
        await handle(batch, isOwner);
        return { next: batch.next };
      },
      trouble: () => undefined,
    });

  it('says which cluster it is as the cluster does: another one is told by it', async () => {
    const topic = await makeTopic();
    const { clusterId } = await admin.describeCluster();
    expect(clusterId).not.toBe('');
    expect((await bus.describe([topic])).get(topic)).toMatchObject({ clusterId });
  });

  it('reads what another client sends in a compression that this one does not know', async () => {
    const topic = await makeTopic();
    const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    const unknown = CompressionCodecs[CompressionTypes.Snappy]!;
    CompressionCodecs[CompressionTypes.Snappy] = () => ({
      // One literal: how long all is, the tag of a literal with two bytes of length, that length less one, the bytes.
      compress: async ({ buffer }: { buffer: Buffer }) => {
        const [low, high] = [(buffer.length & 0x7f) | 0x80, buffer.length >> 7];
        const less = buffer.length - 1;
        return Buffer.concat([Buffer.from([low, high, 61 << 2, less & 0xff, less >> 8]), buffer]);
      },
      decompress: async (buffer: Buffer) => buffer,
    });
    try {
      await producer.send({
        topic,
        compression: CompressionTypes.Snappy,
        messages: [{ partition: 0, key: 'key', value: 'compressed' }],
      });
    } finally {
      CompressionCodecs[CompressionTypes.Snappy] = unknown;
      await producer.disconnect();
    }
    await publish(topic, 'after');
    const seen: string[] = [];
    const consumption = consume(
      topic,
      () => 0,
      ({ messages }) => {
        seen.push(...messages.map(({ value }) => value.toString()));
      },
    );
    await until('both', () => seen.length === 2);
    await consumption.close();
    expect(seen).toEqual(['compressed', 'after']);
  });

  it('reads on behind what another client has written in transactions, also where it took back more than comes at once', async () => {
    const topic = await makeTopic();
    const producer = client.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      transactionalId: topic,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const within = async (end: 'commit' | 'abort', ...values: string[]) => {
      const transaction = await producer.transaction();
      for (const value of values)
        await transaction.send({ topic, messages: [{ partition: 0, key: 'key', value }] });
      await transaction[end]();
    };
    const seen: string[] = [];
    let handled = 0;
    const consumption = consume(
      topic,
      () => handled,
      ({ messages, next }) => {
        seen.push(...messages.map(({ value }) => value.toString()));
        handled = next;
      },
    );
    await within('commit', 'committed');
    await publish(topic, 'between');
    await until('what was committed', () => seen.length === 2);
    const large = 'x'.repeat(700_000);
    await within('abort', large, large, large);
    await publish(topic, 'after');
    await until('what comes after it', () => seen.length === 3);
    await producer.disconnect();
    await consumption.close();
    expect(seen).toEqual(['committed', 'between', 'after']);
  });

  it('keeps a topic for good, unless a time is given', async () => {
    const kept = async (name: string) => {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name,
            configNames: ['cleanup.policy', 'retention.ms', 'retention.bytes'],
          },
        ],
      });
      return Object.fromEntries(
        resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]),
      );
    };
    const forGood = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' };
    expect(await kept(await makeTopic())).toEqual(forGood);
    expect(await kept(await makeTopic(3_600_000))).toEqual({ ...forGood, 'retention.ms': '3600000' });
  });

  it('gives a topic as many partitions as were configured, unless it says how many itself', async () => {
    const wide = kafkaBus({ brokers: kafka!.brokers, clientId: 'spec', partitions: 5 });
    const [five, two] = [1, 2].map(() => `cairn.${uniqueName()}.v1`);
    try {
      await wide.ensureTopics([{ name: five! }, { name: two!, partitions: 2 }]);
      const made = await wide.describe([five!, two!]);
      expect([five!, two!].map((name) => made.get(name)!.partitions.length)).toEqual([5, 2]);
    } finally {
      await wide.close();
    }
  });

  it('writes as an idempotent producer, whose sends are retried without a repeat and confirmed by all replicas', async () => {
    const topic = await makeTopic();
    await publish(topic, 'a');
    const consumer = client.consumer({ groupId: uniqueName() });
    const { promise, resolve } = Promise.withResolvers<string>();
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        // kafkajs keeps what it has read of the batch's head beside each message, though not in its types.
        eachMessage: async ({ message }) =>
          resolve((message as unknown as { batchContext: { producerId: string } }).batchContext.producerId),
      });
      // -1 is a producer that is none; with any other, kafkajs itself refuses to send for less than all replicas.
      expect(Number(await promise)).toBeGreaterThanOrEqual(0);
    } finally {
      await consumer.disconnect();
    }
  });

  it.each([
    ['was deleted', 1],
    ['has not come yet', 99],
  ])(
    'asks again where it was told to begin with what %s, and hands over nothing in its place',
    async (_, first) => {
      const topic = await makeTopic();
      await publish(topic, '0', '1', '2', '3', '4');
      // kafkajs deletes only from topics that it has met before.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] });
      const seen: Batch[] = [];
      let asked = 0;
      const consumption = consume(
        topic,
        () => (++asked === 1 ? first : 3),
        (batch) => void seen.push(batch),
      );
      await until('a batch', () => seen.length > 0);
      await consumption.close();
      expect(asked).toBe(2);
      expect(seen[0]).toMatchObject({ from: 3, next: 5, messages: [{ offset: 3 }, { offset: 4 }] });
    },
  );

  it('joins its group anew where the broker has dropped it and kafkajs reads on all the same', async () => {
    const topic = await makeTopic();
    const group = uniqueName();
    const seen: string[] = [];
    const troubles: unknown[] = [];
    const consumption = bus.consume({
      group,
      topics: [topic],
      position: async () => new Map([[partitionKey({ topic, partition: 0 }), seen.length]]),
      handle: async ({ messages, next }) => {
        seen.push(...messages.map(({ value }) => value.toString()));
        return { next };
      },
      trouble: (error) => void troubles.push(error),
    });
    const members = async () =>
      (await admin.describeGroups([group])).groups.flatMap((each) =>
        each.members.map(({ memberId }) => memberId),
      );
    await publish(topic, 'before');
    await until('before', () => seen.length === 1);
    const [first] = await members();
    // The state that it is left in where the broker has dropped it, and joining again failed for a broken connection.
    interface Group {
      memberId: string | null;
      heartbeat(of: object): Promise<void>;
    }
    const { prototype } = require('kafkajs/src/consumer/consumerGroup') as { prototype: Group };
    const { heartbeat } = prototype;
    prototype.heartbeat = function (this: Group, of) {
      if (this.memberId === first) this.memberId = null;
      return heartbeat.call(this, of);
    };
    try {
      await until('another member', async () => {
        const [now] = await members();
        return now !== undefined && now !== first;
      });
    } finally {
      prototype.heartbeat = heartbeat;
    }
    await publish(topic, 'after');
    await until('after', () => seen.length === 2);
    await consumption.close();
    expect(seen).toEqual(['before', 'after']);
    expect(troubles).toContainEqual(expect.objectContaining({ message: expect.stringContaining(group) }));
  }, 90_000);

  it('keeps a partition while a batch takes longer than a silent member is waited for', async () => {
    const topic = await makeTopic();
    await publish(topic, 'long');
    let asked = 0;
    const owned: boolean[] = [];
    const consumption = consume(
      topic,
      () => (asked++ === 0 ? 0 : 1),
      async (_, isOwner) => {
        if (owned.length === 0) await sleep(12_000);
        owned.push(isOwner());
      },
    );
    await until('the long batch', () => owned.length === 1);
    await publish(topic, 'next');
    await until('the next one', () => owned.length === 2);
    await consumption.close();
    expect({ owned, asked }).toEqual({ owned: [true, true], asked: 1 });
  });
});
