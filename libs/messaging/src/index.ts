export * from './port.js';
export { partitionOf } from './partition.js';
export {
  envelopesOf,
  messageOf,
  publishable,
  understand,
  type Addressed,
  type Publishing,
  type Source,
} from './envelope.js';
export { isBeyond, type Mark } from './mark.js';
export {
  ConsumerStopped,
  isTransient,
  PermanentFault,
  TopicMissing,
  TransientFault,
  type StopReason,
} from './faults.js';
export { migrate } from './migrate.js';
export type { RelayOptions } from './relay/options.js';
export { startRelay, type Relay } from './relay/relay.js';
export { BatchConsumer, type BatchConsumerOptions } from './consumer/batch-consumer.js';
export { EventBatch } from './consumer/event-batch.js';
export type { BatchHandler, ConsumedBatch, ReceivedEvent } from './consumer/received.js';
export { registerGroup, registerInbox } from './consumer/start.js';
export { CairnTransport, type CairnTransportOptions } from './consumer/transport.js';
export {
  react,
  reactionCommandId,
  runReactions,
  type EventOf,
  type Reaction,
  type ReactionCommands,
  type ReactionContext,
} from './reactions.js';
export { freshness, type SourceFreshness, type Watermark } from './watermarks.js';
export { STUCK_MS } from './standstill.js';
export { topicSpecsOf, WATERMARKS } from './topics.js';
export * from './operate/index.js';
export * from './operate/log.js';
