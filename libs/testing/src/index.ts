export { startPostgres, type TestPostgres } from './postgres/start-postgres.js';
export { testDatabase, type TestDatabase } from './postgres/test-database.js';
export { KafkaUnavailable } from './kafka/kafka-unavailable.js';
export type { Kafka } from './kafka/kafka.js';
export { startKafka, type KafkaOptions } from './kafka/start-kafka.js';
export { kafkaOrSkip } from './kafka/kafka-or-skip.js';
export { serveSharedServers, type SharedServers } from './shared/serve.js';
export { eventStoreDbOrSkip, type RealEventStoreDb } from './eventstoredb/real.js';
export { standInEventStore, type StandInEventStore, type StandInOptions } from './eventstoredb/stand-in.js';
