import { Partitioners, type Kafka, type Producer } from 'kafkajs';
import { PartitionMissing, TopicMissing } from '../faults.js';
import {
  partitionKey,
  type Bus,
  type BusMessage,
  type BusRecord,
  type ConsumeOptions,
  type Consumption,
  type TopicPartition,
  type TopicSpec,
  type TopicState,
} from '../port.js';
import { sleep, within } from '../waiting.js';
import { KafkaConsumption, recordOf } from './consumption.js';
import {
  clusterOf,
  kafkaClient,
  type KafkaBroker,
  type KafkaCluster,
  type KafkaSecurity,
} from './kafkajs.js';
import { metadataOf } from './metadata.js';

export interface KafkaBusOptions {
  /** host:port of one or more brokers. */
  readonly brokers: readonly string[];
  /** How this process names itself to the brokers. */
  readonly clientId: string;
  readonly security?: KafkaSecurity | undefined;
  /** Partitions of a topic that is made without saying how many. */
  readonly partitions?: number;
  /** False where topics are made by the platform's own means. */
  readonly createTopics?: boolean;
}

/** All messages of a partition travel as one record batch, which the broker takes up to 1 MiB by default. */
const MAX_BATCH_BYTES = 768 * 1024;
type From = { readonly fromBeginning: boolean } | { readonly fromTimestamp: number };

/** An offset of each partition of the topics, by topic. */
async function reaches(
  cluster: KafkaCluster,
  topics: readonly { name: string; partitions: number }[],
  from: From,
): Promise<Map<string, number[]>> {
  if (topics.length === 0) return new Map();
  await cluster.addMultipleTargetTopics(topics.map(({ name }) => name));
  const found = await cluster.fetchTopicsOffset(
    topics.map(({ name, partitions }) => ({
      topic: name,
      partitions: Array.from({ length: partitions }, (_, partition) => ({ partition })),
      ...from,
    })),
  );
  return new Map(
    topics.map(({ name, partitions }) => [
      name,
      Array.from({ length: partitions }, (_, partition) => {
        const of = found
          .find(({ topic }) => topic === name)
          ?.partitions.find((each) => each.partition === partition);
        if (!of) throw new Error(`Kafka has not said how far ${name}/${partition} reaches`);
        return Number(of.offset);
      }),
    ]),
  );
}

/** Where each partition of the topics begins and ends, by topic. */
async function boundsOf(
  cluster: KafkaCluster,
  topics: readonly { name: string; partitions: number }[],
): Promise<Map<string, { low: number; high: number }[]>> {
  const [lows, highs] = await Promise.all([
    reaches(cluster, topics, { fromBeginning: true }),
    reaches(cluster, topics, { fromBeginning: false }),
  ]);
  return new Map(
    [...lows].map(([name, begins]) => [
      name,
      begins.map((low, partition) => ({ low, high: highs.get(name)![partition]! })),
    ]),
  );
}

/** The message at `offset`, by whoever leads the partition. It comes with the batch that it was sent in. */
async function lastFrom(
  broker: KafkaBroker,
  { topic, partition }: TopicPartition,
  offset: number,
): Promise<BusRecord | undefined> {
  const fetched = await broker.fetch({
    maxWaitTime: 1_000,
    minBytes: 1,
    maxBytes: MAX_BATCH_BYTES,
    topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes: MAX_BATCH_BYTES }] }],
  });
  const messages = fetched.responses.flatMap(({ partitions }) => partitions.flatMap((each) => each.messages));
  const message = messages.findLast((each) => Number(each.offset) === offset);
  return message && recordOf({ topic, partition }, message);
}

const SETTLES_WITHIN_MS = 5_000;
const NOT_ALLOWED = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'POLICY_VIOLATION',
  'INVALID_REPLICATION_FACTOR',
]);

/** The bus over Apache Kafka (2.8 or later). Nothing connects before it is needed. */
export function kafkaBus(options: KafkaBusOptions): Bus {
  return new KafkaBus(options);
}

/** kafkajs has a limit of its own for each request, but a connection that is given up under one takes it along. */
const ANSWERS_WITHIN_MS = 20_000;

class KafkaBus implements Bus {
  readonly server: string;
  private readonly client: Kafka;
  private readonly partitions: number;
  private readonly createTopics: boolean;
  private readonly consumptions = new Set<Consumption>();
  private producer: Promise<Producer> | undefined;
  private cluster: KafkaCluster | undefined;

  constructor({ brokers, clientId, security, partitions = 6, createTopics = true }: KafkaBusOptions) {
    this.server = `Kafka at ${brokers.join(', ')}`;
    this.client = kafkaClient(brokers, clientId, security);
    this.partitions = partitions;
    this.createTopics = createTopics;
  }

  async ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    const there = await this.overCluster((cluster) =>
      metadataOf(
        cluster,
        topics.map(({ name }) => name),
      ),
    );
    const names = new Set(there.topics.map(({ name }) => name));
    const missing = topics.filter(({ name }) => !names.has(name));
    for (const topic of missing) await this.create(topic);
    if (missing.length > 0) await this.untilThere(missing.map(({ name }) => name));
  }

  /** A topic that was made a moment ago may not be known everywhere: a short wait spares everybody a fault. */
  private async untilThere(names: readonly string[]): Promise<void> {
    for (const end = Date.now() + SETTLES_WITHIN_MS; Date.now() < end; await sleep(100)) {
      const { topics } = await this.overCluster((cluster) => metadataOf(cluster, names));
      if (topics.length === names.length) return;
    }
  }

  private async create({ name, partitions = this.partitions, retentionMs = -1 }: TopicSpec): Promise<void> {
    const config = {
      'cleanup.policy': 'delete',
      'retention.ms': String(retentionMs),
      'retention.bytes': '-1',
      // What another client sends in a compression that kafkajs cannot read would stop whoever reads the partition.
      'compression.type': 'uncompressed',
    };
    if (!this.createTopics)
      throw new TopicMissing(
        name,
        partitions,
        config,
        'is not to be created by Cairn (KAFKA_CREATE_TOPICS=false)',
      );
    const admin = this.client.admin();
    try {
      await admin.connect();
      await admin.createTopics({
        waitForLeaders: false,
        topics: [
          {
            topic: name,
            numPartitions: partitions,
            replicationFactor: -1,
            configEntries: Object.entries(config).map(([of, value]) => ({ name: of, value })),
          },
        ],
      });
    } catch (error) {
      const types = [error, ...((error as { errors?: unknown[] }).errors ?? [])].map(
        (each) => (each as { type?: string }).type ?? '',
      );
      const type = types.find((each) => NOT_ALLOWED.has(each));
      if (type)
        throw new TopicMissing(name, partitions, config, `the broker refuses to create it (${type})`, {
          cause: error,
        });
      throw error;
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }

  async publish(messages: readonly BusMessage[]): Promise<ReadonlyMap<string, number>> {
    const last = new Map<string, number>();
    for (const round of roundsOf(messages)) {
      const acknowledged = await this.send(round);
      for (const [key, offset] of acknowledged) last.set(key, offset);
    }
    return last;
  }

  private async send(messages: readonly BusMessage[]): Promise<Map<string, number>> {
    const byTopic = Map.groupBy(messages, (message) => message.topic);
    const counts = new Map<string, number>();
    for (const message of messages) {
      const key = partitionKey(message);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const connected = this.connectedProducer();
    try {
      const producer = await connected;
      const answers = await producer.sendBatch({
        acks: -1,
        topicMessages: [...byTopic].map(([topic, of]) => ({
          topic,
          messages: of.map(({ partition, key, value, headers }) => ({ partition, key, value, headers })),
        })),
      });
      const acknowledged = new Map(
        answers.map(({ topicName, partition, baseOffset }) => {
          const key = partitionKey({ topic: topicName, partition });
          return [key, Number(baseOffset) + counts.get(key)! - 1];
        }),
      );
      // The client leaves out, without a word, what is for a partition that it does not know.
      for (const key of counts.keys()) if (!acknowledged.has(key)) throw new PartitionMissing(key);
      return acknowledged;
    } catch (error) {
      // A producer that failed may hold sequence numbers that the broker refuses from now on: begin with a fresh one.
      if (this.producer === connected) this.producer = undefined;
      void connected.then((producer) => producer.disconnect()).catch(() => undefined);
      throw error;
    }
  }

  private connectedProducer(): Promise<Producer> {
    this.producer ??= (async () => {
      const producer = this.client.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner: Partitioners.DefaultPartitioner,
        retry: { retries: 4 },
      });
      await producer.connect();
      return producer;
    })();
    return this.producer;
  }

  async describe(topics: readonly string[]): Promise<ReadonlyMap<string, TopicState>> {
    return this.overCluster(async (cluster) => {
      const { clusterId, topics: found } = await metadataOf(cluster, topics);
      const bounds = await boundsOf(cluster, found);
      return new Map(
        found.map(({ name, topicId }) => [name, { clusterId, topicId, partitions: bounds.get(name)! }]),
      );
    });
  }

  async offsetsSince(topic: string, at: Date): Promise<readonly number[]> {
    return this.overCluster(async (cluster) => {
      const { topics: found } = await metadataOf(cluster, [topic]);
      const [since, ends] = await Promise.all([
        // Below 0 Kafka understands another question.
        reaches(cluster, found, { fromTimestamp: Math.max(0, at.getTime()) }),
        reaches(cluster, found, { fromBeginning: false }),
      ]);
      // Kafka says -1 where nothing is as late as that.
      return (since.get(topic) ?? []).map((offset, partition) =>
        offset < 0 ? ends.get(topic)![partition]! : offset,
      );
    });
  }

  async lastOf(topic: string): Promise<readonly (BusRecord | undefined)[]> {
    return this.overCluster(async (cluster) => {
      const { topics } = await metadataOf(cluster, [topic]);
      const bounds = (await boundsOf(cluster, topics)).get(topic) ?? [];
      const held = [...bounds.keys()].filter((partition) => bounds[partition]!.high > bounds[partition]!.low);
      const last: (BusRecord | undefined)[] = bounds.map(() => undefined);
      if (held.length === 0) return last;
      const leaders = Object.entries(cluster.findLeaderForPartitions(topic, held));
      await Promise.all(
        leaders.map(async ([nodeId, led]) => {
          const broker = await cluster.findBroker({ nodeId });
          // One by one: what does not fit into one answer is left out of it.
          for (const partition of led)
            last[partition] = await lastFrom(broker, { topic, partition }, bounds[partition]!.high - 1);
        }),
      );
      return last;
    });
  }

  /** Undefined where there is no such topic, perhaps only for now. */
  private async topicIdOf(topic: string): Promise<string | undefined> {
    const { topics } = await this.overCluster((cluster) => metadataOf(cluster, [topic]));
    return topics[0]?.topicId;
  }

  /**
   * Runs `work` on the bus's own cluster object. After a failure that one is given up, since what it knows is stale; a
   * topic that was made just now has no leader for a moment, so it is tried a few times.
   */
  private async overCluster<T>(work: (cluster: KafkaCluster) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const cluster = (this.cluster ??= clusterOf(this.client));
      try {
        return await within(
          ANSWERS_WITHIN_MS,
          this.server,
          cluster.connect().then(() => work(cluster)),
        );
      } catch (error) {
        if (this.cluster === cluster) this.cluster = undefined;
        // Others may be at work on it, and are not waited for: what kafkajs was asked meanwhile it may never answer.
        void cluster.disconnect().catch(() => undefined);
        const { name, retriable } = error as { name?: string; retriable?: boolean };
        if (attempt === 4 || name !== 'KafkaJSProtocolError' || !retriable) throw error;
        await sleep(100 * attempt);
      }
    }
  }

  consume(options: ConsumeOptions): Consumption {
    const consumption = new KafkaConsumption(this.client, (topic) => this.topicIdOf(topic), options);
    this.consumptions.add(consumption);
    void consumption.ended.catch(() => undefined).finally(() => this.consumptions.delete(consumption));
    return consumption;
  }

  async close(): Promise<void> {
    await Promise.all([...this.consumptions].map((each) => each.close()));
    const { producer, cluster } = this;
    this.producer = undefined;
    this.cluster = undefined;
    await producer?.then((open) => open.disconnect()).catch(() => undefined);
    await cluster?.disconnect().catch(() => undefined);
  }
}

/** Splits what is to be sent so that no partition gets more than one record batch may hold; order is kept. */
function roundsOf(messages: readonly BusMessage[]): BusMessage[][] {
  const rounds: BusMessage[][] = [];
  const at = new Map<string, { round: number; bytes: number }>();
  for (const message of messages) {
    const key = partitionKey(message);
    const bytes = message.value.length + Buffer.byteLength(message.key ?? '') + 256;
    let place = at.get(key) ?? { round: 0, bytes: 0 };
    if (place.bytes > 0 && place.bytes + bytes > MAX_BATCH_BYTES)
      place = { round: place.round + 1, bytes: 0 };
    at.set(key, { round: place.round, bytes: place.bytes + bytes });
    (rounds[place.round] ??= []).push(message);
  }
  return rounds;
}
