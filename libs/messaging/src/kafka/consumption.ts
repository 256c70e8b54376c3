import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { TransientFault } from '../faults.js';
import {
  partitionKey,
  type BusRecord,
  type ConsumeOptions,
  type Consumption,
  type TopicPartition,
} from '../port.js';
import { backoffMs, sleep, within } from '../waiting.js';

/** A member that does not answer for so long loses its partitions. */
const SESSION_MS = 10_000;
const HEARTBEAT_MS = 2_000;
const DISCONNECTS_WITHIN_MS = 60_000;
/** Offsets are committed for lag tools alone, so not more often than those look. */
const COMMIT_MS = 2_000;
const CONCURRENCY = 4;
/** After the topic of a batch could not be looked up. */
const LOOK_AGAIN_MS = 1_000;

interface Owned extends TopicPartition {
  /** Undefined until `position` has answered: what arrives before that is dropped. */
  wanted: number | undefined;
  /** The fetch offset that arrived in place of the wanted one, once the wanted one had been confirmed. */
  doubted: number | undefined;
}

/** One member of a consumer group over Kafka. */
export class KafkaConsumption implements Consumption {
  readonly ended: Promise<void>;
  private readonly closed = new AbortController();
  private owned = new Map<string, Owned>();
  private failure: { error: unknown } | undefined;
  private lastCommit = -Infinity;

  constructor(
    private readonly client: Kafka,
    private readonly topicIdOf: (topic: string) => Promise<string | undefined>,
    private readonly options: ConsumeOptions,
  ) {
    this.ended = this.run();
  }

  async close(): Promise<void> {
    this.closed.abort();
    await this.ended.catch(() => undefined);
  }

  /** One kafkajs consumer after another: whatever ends one, short of closing or a failure of ours, begins the next. */
  private async run(): Promise<void> {
    const { signal } = this.closed;
    for (let failures = 0; !signal.aborted;) {
      const began = performance.now();
      try {
        await this.consumer();
      } catch (error) {
        if (!signal.aborted)
          this.options.trouble(error instanceof Error ? error : new Error('the bus failed'));
      }
      failures = performance.now() - began > 30_000 ? 1 : failures + 1;
      if (!signal.aborted) await sleep(backoffMs(failures), signal);
    }
    if (this.failure) throw this.failure.error;
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    this.closed.abort();
  }

  private async consumer(): Promise<void> {
    const { group, topics } = this.options;
    const consumer = this.client.consumer({
      groupId: group,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: 3 * SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: 250,
      allowAutoTopicCreation: false,
      metadataMaxAge: 30_000,
      retry: { retries: 4, restartOnFailure: async () => false },
    });
    const over = Promise.withResolvers<void>();
    const onAbort = () => over.resolve();
    this.closed.signal.addEventListener('abort', onAbort, { once: true });
    consumer.on(consumer.events.CRASH, ({ payload }) => over.reject(payload.error));
    // Where a member that Kafka has dropped cannot join again at once, kafkajs goes on reading without being one, for good.
    let memberAt = performance.now();
    consumer.on(consumer.events.HEARTBEAT, () => (memberAt = performance.now()));
    consumer.on(consumer.events.FETCH, () => {
      if (performance.now() - memberAt > SESSION_MS)
        over.reject(new TransientFault(`Kafka does not know this member of ${group} any more`));
    });
    // kafkajs calls listeners synchronously, before it fetches anything: the one moment to hold the partitions back.
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      memberAt = performance.now();
      this.assigned(consumer, payload.memberAssignment);
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: CONCURRENCY,
        eachBatch: (payload) => this.eachBatch(consumer, payload),
      });
      await over.promise;
    } finally {
      over.promise.catch(() => undefined);
      this.closed.signal.removeEventListener('abort', onAbort);
      this.owned = new Map();
      // It waits for the batches that are at work, of which one may wait for an answer that never comes.
      await within(DISCONNECTS_WITHIN_MS, 'Kafka', consumer.disconnect()).catch(() => undefined);
    }
  }

  private assigned(consumer: Consumer, assignment: Record<string, number[]>): void {
    const all = Object.entries(assignment).flatMap(([topic, partitions]) =>
      partitions.map((partition): Owned => ({ topic, partition, wanted: undefined, doubted: undefined })),
    );
    this.owned = new Map(all.map((each) => [partitionKey(each), each]));
    this.options.trouble(undefined);
    void this.locate(consumer, all);
  }

  /** Holds the partitions back until it is known from where they are wanted, after a pause if any; then seeks there. */
  private async locate(consumer: Consumer, all: readonly Owned[], afterMs = 0): Promise<void> {
    for (const each of all) unlessGone(() => consumer.pause([only(each)]));
    await sleep(afterMs, this.closed.signal);
    if (!all.some((each) => this.isOwned(each))) return;
    try {
      const positions = await this.options.position(all);
      for (const each of all.filter((one) => this.isOwned(one))) {
        const { topic, partition } = each;
        const wanted = positions.get(partitionKey(each))!;
        each.wanted = wanted;
        unlessGone(() => {
          consumer.seek({ topic, partition, offset: String(wanted) });
          consumer.resume([only(each)]);
        });
      }
    } catch (error) {
      this.fail(error);
    }
  }

  private isOwned(each: Owned): boolean {
    return this.owned.get(partitionKey(each)) === each && !this.closed.signal.aborted;
  }

  private async eachBatch(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat, isRunning, isStale, resolveOffset, commitOffsetsIfNecessary } = payload;
    const { topic, partition } = batch;
    const each = this.owned.get(partitionKey({ topic, partition }));
    if (!each || each.wanted === undefined || isStale()) return;
    // The offset that was asked for; kafkajs keeps it on the batch, though not in its types.
    const from = Number((batch as unknown as { fetchedOffset: string }).fetchedOffset);
    if (from !== each.wanted && !this.isHole(each, from)) {
      // Fetched before the seek took effect, or kafkajs fell back to an offset of its own: ask again, which checks both
      // ends of the partition.
      each.wanted = undefined;
      void this.locate(consumer, [each]);
      return;
    }
    each.doubted = undefined;

    let lost = false;
    const beat = setInterval(() => void heartbeat().catch(() => (lost = true)), HEARTBEAT_MS / 2);
    try {
      // Kafka's answer names no topic by its id. Looked up after it, the old id says that it came from the old topic.
      const topicId = await this.topicIdOf(topic).catch((error: Error) => void this.options.trouble(error));
      if (!this.isOwned(each)) return;
      if (topicId === undefined) {
        each.wanted = undefined;
        void this.locate(consumer, [each], LOOK_AGAIN_MS);
        return;
      }
      const isOwner = () => !lost && isRunning() && !isStale() && this.isOwned(each);
      const next = Number(batch.lastOffset()) + 1;
      const messages = batch.messages.map((message) => recordOf({ topic, partition }, message));
      const outcome = await this.options.handle(
        { topic, partition, topicId, from: each.wanted, next, messages },
        isOwner,
      );
      if (!this.isOwned(each)) return;
      if (outcome.pauseMs !== undefined) {
        each.wanted = undefined;
        void this.locate(consumer, [each], outcome.pauseMs);
        return;
      }
      each.wanted = outcome.next;
      resolveOffset(String(outcome.next - 1));
      if (isOwner()) await this.commit(commitOffsetsIfNecessary);
    } catch (error) {
      this.fail(error);
    } finally {
      clearInterval(beat);
    }
  }

  /**
   * True where the partition really holds nothing between the wanted and the fetched offset, which is so when seeking
   * has led there twice: kafkajs passes over fetches that held control records alone.
   */
  private isHole(each: Owned, from: number): boolean {
    if (from < each.wanted!) return false;
    if (each.doubted === from) return true;
    each.doubted = from;
    return false;
  }

  private async commit(commitOffsets: EachBatchPayload['commitOffsetsIfNecessary']): Promise<void> {
    if (performance.now() - this.lastCommit < COMMIT_MS) return;
    this.lastCommit = performance.now();
    const topics = [...Map.groupBy(this.owned.values(), ({ topic }) => topic)].map(([topic, of]) => ({
      topic,
      partitions: of
        .filter(({ wanted }) => wanted !== undefined)
        .map(({ partition, wanted }) => ({ partition, offset: String(wanted) })),
    }));
    await commitOffsets({ topics }).catch(() => undefined);
  }
}

const only = ({ topic, partition }: TopicPartition) => ({ topic, partitions: [partition] });

/** kafkajs refuses these calls while its consumer comes or goes; the next assignment makes them anew. */
function unlessGone(call: () => void): void {
  try {
    call();
  } catch {
    // Nothing to hold back or to seek in: the group is being joined again.
  }
}

export const recordOf = ({ topic, partition }: TopicPartition, message: KafkaMessage): BusRecord => ({
  topic,
  partition,
  offset: Number(message.offset),
  key: message.key?.toString('utf8') ?? null,
  value: message.value ?? Buffer.alloc(0),
  headers: textOf(message.headers ?? {}),
});

const textOf = (headers: NonNullable<KafkaMessage['headers']>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, String(Array.isArray(value) ? value[0] : value)]),
  );
