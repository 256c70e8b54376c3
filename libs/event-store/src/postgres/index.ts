export { textArray } from './arrays.js';
export { isTransient, openPool, withErrorListeners } from './pool.js';
export { migrate } from './schema.js';
export { openPostgresLog, type PostgresEventStore, type PostgresLogOptions } from './store.js';
