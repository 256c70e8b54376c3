export { textArray } from './arrays.js';
export { isTransient, openPool, withErrorListeners } from './pool.js';
export { migrate } from './schema.js';
export { transact } from './transact.js';
export { openPostgresLog, type PostgresEventStore, type PostgresLogOptions } from './store.js';
