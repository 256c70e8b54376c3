import { createRequire } from 'node:module';
import {
  Kafka,
  logLevel,
  type ISocketFactory,
  type KafkaConfig,
  type KafkaMessage,
  type SASLOptions,
} from 'kafkajs';
import { loggerOf } from '@cairn/telemetry';

const require = createRequire(import.meta.url);

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

/**
 * kafkajs 2.2.4 re-arms a timer in the past on every connection, so each idle connection wakes the process a thousand
 * times a second (and Node warns of negative timeouts). Its own method, but armed only when something waits.
 */
function calmRequestQueues(): void {
  const queue = (require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }).prototype;
  queue.scheduleCheckPendingRequests = function () {
    if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
    const throttled = this.throttledUntil - Date.now();
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      throttled > 0 ? throttled : 10,
    );
  };
}
calmRequestQueues();

const socketFactoryOfKafkajs = require('kafkajs/src/network/socketFactory') as () => ISocketFactory;

/**
 * kafkajs's own sockets. While a broker is away it disconnects the same closed connection at each retry, which ends in
 * `unref`; Node lets a closed socket wait for a connection to do that on, and warns when eleven wait.
 */
function quietSockets(): ISocketFactory {
  const open = socketFactoryOfKafkajs();
  return (options) => {
    const socket = open(options);
    const unref = socket.unref.bind(socket);
    socket.unref = () => (socket.destroyed ? socket : unref());
    return socket;
  };
}

/** kafkajs reports what it retries by itself as errors; what matters to an operator comes from us. */
const toOurLog: KafkaConfig['logCreator'] = () => {
  const logger = loggerOf('bus', 'kafkajs');
  return ({ level, log }) => {
    const { message, error, groupId, topic } = log as Record<string, unknown> & { message: string };
    const fields = { error: typeof error === 'string' ? error : undefined, groupId, topic };
    if (level <= logLevel.WARN) logger.debug(fields, message);
  };
};

/** How connections to the brokers are protected; without it, in no way. */
export interface KafkaSecurity {
  /** TLS, to brokers whose certificate Node trusts (NODE_EXTRA_CA_CERTS for an authority of one's own). */
  readonly tls: boolean;
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

/** A client of that cluster. */
export function kafkaClient(
  brokers: readonly string[],
  clientId: string,
  { tls, sasl }: KafkaSecurity = { tls: false },
): Kafka {
  return new Kafka({
    brokers: [...brokers],
    clientId,
    ssl: tls,
    ...(sasl && { sasl: sasl as SASLOptions }),
    logCreator: toOurLog,
    logLevel: logLevel.WARN,
    socketFactory: quietSockets(),
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    // Few and short: the loops around kafkajs try for as long as it takes, and can say so meanwhile.
    retry: { retries: 4, initialRetryTime: 200, maxRetryTime: 2_000 },
  });
}

/** What we use of kafkajs's own cluster object, which its public clients keep to themselves. */
export interface KafkaCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  fetchTopicsOffset(
    topics: readonly ({ topic: string; partitions: { partition: number }[] } & (
      { fromBeginning: boolean } | { fromTimestamp: number }
    ))[],
  ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
  brokerPool: { findConnectedBroker(): Promise<KafkaBroker> };
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>;
  findBroker(of: { nodeId: string }): Promise<KafkaBroker>;
}

export interface KafkaBroker {
  fetch(request: {
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[];
  }): Promise<{ responses: { partitions: { partition: number; messages: KafkaMessage[] }[] }[] }>;
  connectionPool: {
    send<T>(exchange: {
      request: {
        apiKey: number;
        apiVersion: number;
        apiName: string;
        encode: () => Promise<{ buf: Buffer; buffer: Buffer }>;
      };
      response: { decode: (payload: Buffer) => Promise<T>; parse: (decoded: T) => Promise<T> };
    }): Promise<T>;
  };
}

/** A cluster object of its own connections. kafkajs is pinned and no longer changes: a spec holds this together. */
export function clusterOf(client: Kafka): KafkaCluster {
  const create = Object.getOwnPropertySymbols(client).find(
    (symbol) => symbol.description === 'private:Kafka:createCluster',
  );
  if (!create) throw new Error('this version of kafkajs does not let its cluster be reached');
  const make = (client as unknown as Record<symbol, (options: object) => KafkaCluster>)[create]!;
  return make({ allowAutoTopicCreation: false, metadataMaxAge: 60_000 });
}
