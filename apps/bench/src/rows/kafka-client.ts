import { newId } from '@cairn/event-store';
import { type Bus, type BusMessage } from '@cairn/messaging';
import { kafkaBus } from '@cairn/messaging/kafka';
import { Consumer, Producer } from '@platformatic/kafka';
import { GOALS } from '../goals.js';
import { bookingMessages } from '../booking-messages.js';
import { compare } from '../measure/rounds.js';
import type { Measured } from '../measure/result.js';
import type { Row } from '../row.js';

const PARTITIONS = 6;
const BATCH = 1_000;

/** The bus over kafkajs beside @platformatic/kafka doing the same, on the same broker: what the choice of client costs. */
export const kafkaClient: Row = {
  name: 'kafka-client',
  async *results({ servers, pace, events }) {
    const { brokers } = await servers.kafka();
    const bus = kafkaBus({ brokers, clientId: 'bench', partitions: PARTITIONS });
    const topic = `bench.client-${newId()}`;
    await bus.ensureTopics([{ name: topic, partitions: PARTITIONS }]);
    const messages = bookingMessages(topic, Math.min(events, 50_000), PARTITIONS);
    const [goal] = GOALS['kafka-client'];
    const against = '@platformatic/kafka on the same broker';
    const row = 'kafka-client';
    const producer = new Producer({
      clientId: 'bench-other',
      bootstrapBrokers: [...brokers],
      idempotent: true,
    });
    try {
      yield await compare(
        {
          row,
          what: `publish, ${BATCH} at once`,
          against,
          goal,
          ours: () => timed(messages.length, () => inBatches(messages, (batch) => bus.publish(batch))),
          limit: () => timed(messages.length, () => inBatches(messages, (batch) => sendBy(producer, batch))),
        },
        pace,
      );
      const [state] = (await bus.describe([topic])).values();
      const records = state!.partitions.reduce((sum, { high }) => sum + high, 0);
      yield await compare(
        {
          row,
          what: 'consume from the beginning',
          against,
          goal,
          ours: () => readByBus(bus, topic, records),
          limit: () => readByOther(brokers, topic, records),
        },
        pace,
      );
    } finally {
      await producer.close();
      await bus.close();
    }
  },
};

async function timed(count: number, work: () => Promise<void>): Promise<Measured> {
  const began = performance.now();
  await work();
  return { perSecond: (count * 1000) / (performance.now() - began), errors: 0 };
}

async function inBatches(
  messages: readonly BusMessage[],
  send: (batch: readonly BusMessage[]) => Promise<unknown>,
): Promise<void> {
  for (let sent = 0; sent < messages.length; sent += BATCH) await send(messages.slice(sent, sent + BATCH));
}

/** As the bus sends: acknowledged by all replicas in sync, idempotent, partitions chosen by the sender. */
const sendBy = (producer: Producer, batch: readonly BusMessage[]) =>
  producer.send({
    acks: -1,
    messages: batch.map(({ topic, partition, key, value, headers }) => ({
      topic,
      partition,
      key: Buffer.from(key!),
      value,
      headers: new Map(
        Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)] as const),
      ),
    })),
  });

/** From the assignment on: joining a group takes seconds of its own. */
async function readByBus(bus: Bus, topic: string, records: number): Promise<Measured> {
  const { promise: done, resolve } = Promise.withResolvers<void>();
  let read = 0;
  let began: number | undefined;
  const consumption = bus.consume({
    group: `bench.${newId()}`,
    topics: [topic],
    position: async (assigned) =>
      new Map(assigned.map(({ topic: of, partition }) => [`${of}/${partition}`, 0] as const)),
    handle: async ({ messages, next }) => {
      began ??= performance.now();
      if ((read += messages.length) >= records) resolve();
      return { next };
    },
    trouble: () => {},
  });
  await done;
  const took = performance.now() - began!;
  await consumption.close();
  return { perSecond: (records * 1000) / took, errors: 0 };
}

async function readByOther(brokers: readonly string[], topic: string, records: number): Promise<Measured> {
  const consumer = new Consumer({
    groupId: `bench.${newId()}`,
    clientId: 'bench-other',
    bootstrapBrokers: [...brokers],
  });
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false });
  let read = 0;
  let began: number | undefined;
  for await (const _ of stream) {
    began ??= performance.now();
    if ((read += 1) >= records) break;
  }
  const took = performance.now() - began!;
  await consumer.close(true);
  return { perSecond: (records * 1000) / took, errors: 0 };
}
