import { applyMigrations } from '@cairn/event-store';
import { openPool, serverOf } from '@cairn/event-store/postgres';
import type { ClientConfig, Pool, QueryConfig } from 'pg';
import { PartitionMissing } from '../faults.js';
import { partitionKey, type BusMessage, type BusRecord, type TopicSpec, type TopicState } from '../port.js';
import { steps } from './schema.js';

export interface PostgresBusOptions {
  /** A database of the bus's own; its schema `bus` is made on first use. */
  readonly connectionString: string;
  /** Partitions of a topic that is made without saying how many. */
  readonly partitions?: number;
  /** Milliseconds after which the server counts as not answering; 20 s. */
  readonly answersWithinMs?: number;
}

/** A message, and the id of the topic that it was read from. */
interface TableRecord extends BusRecord {
  readonly topicId: string;
}

/** What `bus.publish` raises where a partition is not there. */
const UNDEFINED_OBJECT = '42704';
/** What the network swallows is told by nothing else: TCP gives up after a quarter of an hour. */
const ANSWERS_WITHIN_MS = 20_000;
/** The times of messages have no index: where to begin may take long to find on a large topic. */
const FINDS_WITHIN_MS = 600_000;
/** Messages of a partition that one sweep drops; the next is a minute later. */
const EXPIRES_AT_ONCE = 100_000;
/** A statement carries values as text, two characters a byte; there is no string of more than half a billion. */
const MAX_STATEMENT_BYTES = 8 * 1024 * 1024;

/** The bus's tables: topics, their partitions and messages. */
export class BusTables {
  /** How each of the bus's connections is made. */
  readonly connection: Readonly<ClientConfig>;
  readonly server: string;
  readonly pool: Pool;
  private readonly partitions: number;
  private migrated: Promise<void> | undefined;

  constructor({ connectionString, partitions = 6, answersWithinMs = ANSWERS_WITHIN_MS }: PostgresBusOptions) {
    this.connection = {
      connectionString,
      connectionTimeoutMillis: answersWithinMs,
      query_timeout: answersWithinMs,
    };
    this.server = serverOf(connectionString);
    this.partitions = partitions;
    this.pool = openPool({ ...this.connection, max: 5 });
  }

  async ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    await this.ready();
    for (const topic of topics) {
      await this.pool.query(
        `WITH made AS (
           INSERT INTO bus.topics (name, partitions, retention_ms) VALUES ($1, $2, $3)
           ON CONFLICT (name) DO NOTHING RETURNING id, partitions)
         INSERT INTO bus.partitions (topic_id, partition) SELECT id, generate_series(0, partitions - 1) FROM made`,
        [topic.name, topic.partitions ?? this.partitions, topic.retentionMs ?? null],
      );
    }
  }

  async publish(messages: readonly BusMessage[]): Promise<ReadonlyMap<string, number>> {
    await this.ready();
    const last = new Map<string, number>();
    for (const part of partsOf(messages))
      for (const [key, offset] of await this.publishAtOnce(part)) last.set(key, offset);
    return last;
  }

  private async publishAtOnce(messages: readonly BusMessage[]): Promise<Map<string, number>> {
    const values = [
      messages.map((m) => m.topic),
      messages.map((m) => m.partition),
      messages.map((m) => m.key),
      messages.map((m) => JSON.stringify(m.headers)),
      messages.map((m) => m.value),
    ];
    const { rows } = await this.pool
      .query<{ topic: string; partition: number; last_offset: string }>(
        'SELECT * FROM bus.publish($1, $2, $3, $4, $5)',
        values,
      )
      .catch((error: { code?: string }) => {
        if (error.code !== UNDEFINED_OBJECT) throw error;
        throw new PartitionMissing([...new Set(messages.map(partitionKey))].join(', or '));
      });
    return new Map(rows.map((row) => [partitionKey(row), Number(row.last_offset)]));
  }

  async describe(topics: readonly string[]): Promise<ReadonlyMap<string, TopicState>> {
    await this.ready();
    const { rows } = await this.pool.query<{
      cluster: string;
      name: string;
      id: string;
      partitions: { low: number; high: number }[];
    }>({
      name: 'bus.describe',
      text: `SELECT c.id AS cluster, t.name, t.id,
              json_agg(json_build_object('low', p.low, 'high', p.next) ORDER BY p.partition) AS partitions
         FROM bus.cluster c, bus.topics t JOIN bus.partitions p ON p.topic_id = t.id
        WHERE t.name = ANY ($1)
        GROUP BY c.id, t.name, t.id`,
      values: [topics],
    });
    return new Map(
      rows.map((row) => [row.name, { clusterId: row.cluster, topicId: row.id, partitions: row.partitions }]),
    );
  }

  async offsetsSince(topic: string, at: Date): Promise<readonly number[]> {
    await this.ready();
    const { rows } = await this.pool.query<{ offset: string }>({
      text: `SELECT coalesce((SELECT min(m."offset") FROM bus.messages m
                         WHERE m.topic_id = p.topic_id AND m.partition = p.partition AND m.published_at >= $2),
                       p.next) AS "offset"
         FROM bus.partitions p JOIN bus.topics t ON t.id = p.topic_id
        WHERE t.name = $1 ORDER BY p.partition`,
      values: [topic, at],
      query_timeout: FINDS_WITHIN_MS,
    } as QueryConfig);
    return rows.map(({ offset }) => Number(offset));
  }

  async lastOf(topic: string): Promise<readonly (BusRecord | undefined)[]> {
    const { partitions } = (await this.describe([topic])).get(topic) ?? { partitions: [] };
    const ends = partitions.map(({ high }, partition) => this.read(topic, partition, high - 1, 1));
    return (await Promise.all(ends)).map(([last]) => last);
  }

  /** At most `limit` messages of a partition from `offset` on, in order. */
  async read(topic: string, partition: number, offset: number, limit: number): Promise<TableRecord[]> {
    const { rows } = await this.pool.query<{
      offset: string;
      key: string | null;
      headers: Record<string, string>;
      value: Buffer;
      topicId: string;
    }>({
      name: 'bus.read',
      // Joined, the topic would not let the index give the order, and all that lies behind would be read and sorted.
      text: `SELECT topic_id AS "topicId", "offset", key, headers, value FROM bus.messages
        WHERE topic_id = (SELECT id FROM bus.topics WHERE name = $1) AND partition = $2 AND "offset" >= $3
        ORDER BY "offset" LIMIT $4`,
      values: [topic, partition, offset, limit],
    });
    return rows.map((row) => ({ ...row, topic, partition, offset: Number(row.offset) }));
  }

  /** Drops what short-lived topics need not keep any longer; of the others it looks at nothing. */
  async expire(): Promise<void> {
    await this.pool.query(
      `WITH gone AS (
         DELETE FROM bus.messages WHERE ctid = ANY (ARRAY (
           SELECT old.ctid FROM bus.topics t JOIN bus.partitions p ON p.topic_id = t.id
            CROSS JOIN LATERAL (
              SELECT m.ctid FROM bus.messages m
               WHERE m.topic_id = p.topic_id AND m.partition = p.partition
                 AND m.published_at < now() - t.retention_ms * interval '1 ms'
               ORDER BY m."offset" LIMIT $1) AS old
            WHERE t.retention_ms IS NOT NULL))
         RETURNING topic_id, partition, "offset")
       UPDATE bus.partitions p SET low = greatest(p.low, g.low)
         FROM (SELECT topic_id, partition, max("offset") + 1 AS low FROM gone GROUP BY 1, 2) AS g
        WHERE p.topic_id = g.topic_id AND p.partition = g.partition`,
      [EXPIRES_AT_ONCE],
    );
  }

  /** Makes the schema once; tried again after a failure, since the database may not be up yet. */
  ready(): Promise<void> {
    this.migrated ??= applyMigrations(this.pool, 'bus', steps).catch((error: unknown) => {
      this.migrated = undefined;
      throw error;
    });
    return this.migrated;
  }
}

/** In order, and each of no more bytes than one statement is to carry, unless it is a single message. */
function partsOf(messages: readonly BusMessage[]): BusMessage[][] {
  const parts: BusMessage[][] = [];
  let bytes = Infinity;
  for (const message of messages) {
    bytes += message.value.length;
    if (bytes > MAX_STATEMENT_BYTES) {
      parts.push([]);
      bytes = message.value.length;
    }
    parts.at(-1)!.push(message);
  }
  return parts;
}
