import { randomBytes } from 'node:crypto';

/** The release of Apache Kafka that the tests and `npm run kafka` run, as jars and as an image. */
export const KAFKA_VERSION = '4.4.0';
export const KAFKA_IMAGE = `apache/kafka:${KAFKA_VERSION}`;

export interface BrokerAddresses {
  /** host:port that clients are told. */
  advertised: string;
  /** host:port to listen on for clients. */
  listener: string;
  /** host:port to listen on for the controller, which is the same process. */
  controller: string;
  /** Where the log is kept. */
  logDirectory: string;
}

/** One node that is broker and controller (KRaft), as it would be in production but for its number. */
export function brokerSettings(addresses: BrokerAddresses): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    listeners: `PLAINTEXT://${addresses.listener},CONTROLLER://${addresses.controller}`,
    'advertised.listeners': `PLAINTEXT://${addresses.advertised}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': `1@${addresses.controller}`,
    'log.dirs': addresses.logDirectory,
    // Cairn makes its topics itself; a topic that appears by being named would hide a mistake.
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // Without these, a broker that comes back after a kill waits 13 s for its own old session to run out.
    'broker.heartbeat.interval.ms': '250',
    'broker.session.timeout.ms': '5000',
    'controller.quorum.election.timeout.ms': '300',
    'controller.quorum.election.backoff.max.ms': '300',
  };
}

/** A new cluster's or directory's id: 16 random bytes in base64url, never beginning with the dash that Kafka's tools take for an option. */
export function newId(): string {
  const bytes = randomBytes(16);
  bytes[0]! &= 0x7f;
  return bytes.toString('base64url');
}
