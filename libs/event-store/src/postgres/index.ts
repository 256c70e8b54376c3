export { textArray } from './arrays.js';
export { Gathering } from './gathering.js';
export {
  type ImportedEvent,
  type ImportedLog,
  type ImportedLogOptions,
  openImportedLog,
  type PublishedEnvelope,
} from './imported-log.js';
export { migrateImported } from './imported-schema.js';
export {
  ANSWERS_WITHIN_MS,
  HANGS,
  isTransient,
  openPool,
  queryPatiently,
  SAYS_CONNECTION,
  serverOf,
  unlessSilent,
  withErrorListeners,
} from './pool.js';
export { migrate } from './schema.js';
export { openPostgresLog, type PostgresEventStore, type PostgresLogOptions } from './store.js';
export { awake, inTransaction, STANDS_SECONDS, transact, type TransactionalLog } from './transaction.js';
export { lockLog } from './append.sql.js';
export { raiseGeneration } from './copy-in.js';
export { leaveGap } from './restored.js';
