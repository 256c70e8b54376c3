import { tmpdir } from 'node:os';
import { dockerAnswers } from '../docker.js';
import { removeDirectory, temporaryDirectory } from '../temporary.js';
import { startBroker } from './broker.js';
import { startContainer } from './container.js';
import type { Kafka } from './kafka.js';

export interface KafkaOptions {
  /** Told each step that may take a while. */
  log?: (line: string) => void;
  /** True starts a broker of one's own even where `KAFKA_BROKERS` names one: to stop it, or to kill it. */
  own?: boolean;
  /** Port on the loopback address; a free one when left out. */
  port?: number;
  /** host:port that clients are told instead of the broker's own address: of a proxy before it, which listens already. */
  advertised?: string;
  /** Keeps the topics here from one start to the next (without Docker); a temporary directory when left out. */
  dataDir?: string;
  /** Settings of the broker beside its usual ones. */
  settings?: Readonly<Record<string, string>>;
}

/**
 * A real Apache Kafka, and an answer once it can be used: the one that `KAFKA_BROKERS` names, else one in Docker where
 * an engine answers, else a process from its jars, by Maven and Java 17 or newer. It ends with this process.
 * Throws `KafkaUnavailable` where none of these is to be had.
 */
export async function startKafka(options: KafkaOptions = {}): Promise<Kafka> {
  const log = options.log ?? (() => undefined);
  const named = process.env.KAFKA_BROKERS;
  if (named && !options.own) return existing(named);
  const { port, advertised, settings } = options;
  if (await dockerAnswers()) return startContainer({ port, advertised, settings, log });

  const directory = options.dataDir ?? (await temporaryDirectory(tmpdir(), 'kafka'));
  const remove = async () => {
    if (options.dataDir === undefined) await removeDirectory(directory);
  };
  try {
    const broker = await startBroker({ directory, port, advertised, settings, log });
    return {
      brokers: broker.brokers,
      from: 'jars',
      get pid() {
        return broker.pid;
      },
      get ended() {
        return broker.ended;
      },
      restart: () => broker.restart(),
      stop: async () => {
        await broker.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

function existing(named: string): Kafka {
  return {
    brokers: named.split(',').map((broker) => broker.trim()),
    from: 'KAFKA_BROKERS',
    stop: async () => undefined,
    restart: () =>
      Promise.reject(new Error('A broker named by KAFKA_BROKERS is not ours to restart: ask for `own`.')),
  };
}
