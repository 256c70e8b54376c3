export { kafkaBus, type KafkaBusOptions } from './bus.js';
