import type { KafkaCluster } from './kafkajs.js';

const METADATA = 3;
/** The first version whose answer names each topic's id, besides what consumers know of it (KIP-516, Kafka 2.8). */
const VERSION = 10;

export interface TopicMetadata {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: number;
}

/**
 * The cluster's id and the topics' ids, which kafkajs's own request (version 6) does not know. Sent over kafkajs's
 * connection, so that TLS and authentication are as everywhere else. Topics that do not exist are left out.
 * The wire format: https://kafka.apache.org/protocol.html#The_Messages_Metadata
 */
export async function metadataOf(
  cluster: KafkaCluster,
  topics: readonly string[],
): Promise<{ clusterId: string; topics: TopicMetadata[] }> {
  const broker = await cluster.brokerPool.findConnectedBroker();
  return broker.connectionPool.send({
    request: {
      apiKey: METADATA,
      apiVersion: VERSION,
      apiName: 'Metadata',
      encode: async () => {
        const body = encodeRequest(topics);
        return { buf: body, buffer: body };
      },
    },
    response: { decode: async (payload) => decodeResponse(payload), parse: async (decoded) => decoded },
  });
}

function encodeRequest(topics: readonly string[]): Buffer {
  const parts: Buffer[] = [
    // The tag section of a flexible request header, which kafkajs's header ends without.
    Buffer.from([0]),
    varint(topics.length + 1),
  ];
  for (const topic of topics) {
    const name = Buffer.from(topic, 'utf8');
    parts.push(Buffer.alloc(16), varint(name.length + 1), name, Buffer.from([0]));
  }
  // No creation of topics, no lists of operations, no tags.
  parts.push(Buffer.from([0, 0, 0, 0]));
  return Buffer.concat(parts);
}

function decodeResponse(payload: Buffer): { clusterId: string; topics: TopicMetadata[] } {
  const read = new Reader(payload);
  read.tags();
  read.skip(4);
  read.array(() => {
    read.skip(4);
    read.string();
    read.skip(4);
    read.string();
    read.tags();
  });
  const clusterId = read.string() ?? '';
  read.skip(4);
  const topics = read.array(() => {
    const error = read.int16();
    const name = read.string() ?? '';
    const topicId = read.uuid();
    read.skip(1);
    const partitions = read.array(() => {
      read.skip(2 + 4 + 4 + 4);
      for (let list = 0; list < 3; list++) read.array(() => read.skip(4));
      read.tags();
    });
    read.skip(4);
    read.tags();
    return { name, topicId, partitions: partitions.length, error };
  });
  const UNKNOWN_TOPIC = 3;
  const LEADER_NOT_AVAILABLE = 5;
  for (const { name, error } of topics)
    if (error !== 0 && error !== UNKNOWN_TOPIC && error !== LEADER_NOT_AVAILABLE)
      throw new Error(`Kafka does not describe topic ${name}: error code ${error}`);
  return { clusterId, topics: topics.filter(({ error }) => error === 0) };
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return Buffer.from([...bytes, value]);
}

class Reader {
  private at = 0;
  constructor(private readonly bytes: Buffer) {}

  skip(count: number): void {
    this.at += count;
  }
  int16(): number {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }
  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
  string(): string | undefined {
    const length = this.varint() - 1;
    if (length < 0) return undefined;
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }
  uuid(): string {
    this.at += 16;
    const hex = this.bytes.toString('hex', this.at - 16, this.at);
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
  array<T>(element: () => T): T[] {
    return Array.from({ length: this.varint() - 1 }, element);
  }
  tags(): void {
    for (let left = this.varint(); left > 0; left--) {
      this.varint();
      this.skip(this.varint());
    }
  }
}
