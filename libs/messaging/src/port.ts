/** A message on its way to the bus. The partition is chosen by `partitionOf(key, n)`, alike on every adapter. */
export interface BusMessage {
  readonly topic: string;
  readonly partition: number;
  /** The stream; null only for what did not come from Cairn. */
  readonly key: string | null;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A message as the bus holds it: offsets count from 0 within a partition and never change. */
export interface BusRecord extends BusMessage {
  readonly offset: number;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A topic that must exist. Its partition count is fixed at creation; kept for good unless `retentionMs` is given. */
export interface TopicSpec {
  readonly name: string;
  /** Instead of the bus's configured number. */
  readonly partitions?: number;
  readonly retentionMs?: number;
}

/** What identifies a topic, and how far each partition reaches: it holds the offsets from `low` to `high` - 1. */
export interface TopicState {
  readonly clusterId: string;
  /** Changes when a topic is deleted and made again under the same name. */
  readonly topicId: string;
  readonly partitions: readonly { readonly low: number; readonly high: number }[];
}

/**
 * A run of one partition: everything that the partition holds from offset `from` up to, not including, `next`.
 * `messages` may have holes (control records of other producers), never an inversion.
 */
export interface Batch extends TopicPartition {
  /** Of the topic that it was read from, which may have been deleted and made again since `position` was asked. */
  readonly topicId: string;
  readonly from: number;
  readonly next: number;
  readonly messages: readonly BusRecord[];
}

/** What the reader wants next of that partition: usually the batch's `next`; any other offset is a seek. */
export interface Outcome {
  readonly next: number;
  /** Leave this partition alone for so long; others go on. */
  readonly pauseMs?: number;
}

export interface ConsumeOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Asked on every assignment and after every pause: the offset from which each of these partitions is wanted.
   * Nothing is handed over before it has answered. A rejection ends the consumption with that error.
   */
  readonly position: (assigned: readonly TopicPartition[]) => Promise<ReadonlyMap<string, number>>;
  /**
   * Called for several partitions at once, for one partition never twice at once by the same consumption. Batches may
   * overlap those of an owner that was paused. A rejection ends the consumption with that error.
   * @param isOwner false once the partition is known to have gone to another member: stop early then
   */
  readonly handle: (batch: Batch, isOwner: () => boolean) => Promise<Outcome>;
  /** A fault of the broker that is being retried (unreachable, topic missing); undefined when it has passed. */
  readonly trouble: (error: Error | undefined) => void;
}

export interface Consumption {
  /** Resolves after `close`, rejects with what `position` or `handle` rejected with. */
  readonly ended: Promise<void>;
  /** Lets the batches in hand finish, and leaves the group. */
  close(): Promise<void>;
}

/** Topics in ordered partitions, kept for good, read by groups of which each partition has one owner at a time. */
export interface Bus {
  /** What keeps it, in words: `Kafka at 127.0.0.1:9092`. */
  readonly server: string;
  /** Creates what is missing. @throws TopicMissing where creation is switched off or not allowed */
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>;
  /**
   * Sends in the given order within each partition; resolves once all are acknowledged by all in-sync replicas, with
   * the last offset of each partition written to (`partitionKey` → offset). After a failure any part may have been
   * written: send all of it again. @throws PartitionMissing where a topic does not have the partition
   */
  publish(messages: readonly BusMessage[]): Promise<ReadonlyMap<string, number>>;
  /** The state of those of the topics that exist. */
  describe(topics: readonly string[]): Promise<ReadonlyMap<string, TopicState>>;
  /** Per partition, the offset of the first message that came to the bus at `at` or later; its end where none did. */
  offsetsSince(topic: string, at: Date): Promise<readonly number[]>;
  /** The last message that each partition of a topic holds; undefined where it is empty, or ends with something else. */
  lastOf(topic: string): Promise<readonly (BusRecord | undefined)[]>;
  /** Joins the group and reads until closed; broker faults are retried for as long as it takes. */
  consume(options: ConsumeOptions): Consumption;
  close(): Promise<void>;
}

/** One partition as the key of a map. */
export const partitionKey = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
