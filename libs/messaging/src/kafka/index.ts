export { kafkaBus, type KafkaBusOptions } from './bus.js';
export type { KafkaSecurity } from './kafkajs.js';
export { membersOf } from './members.js';
