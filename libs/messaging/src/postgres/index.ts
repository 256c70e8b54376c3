export { postgresBus, type PostgresBus } from './bus.js';
export type { PostgresBusOptions } from './tables.js';
