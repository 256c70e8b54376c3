export { MAX_EVENT_BYTES } from './content.js';
export * from './conflict.js';
export * from './ids.js';
export * from './migrations.js';
export * from './port.js';
export * from './origin.js';
export * from './streams.js';
export { copyLog, LogTaken, refuseTaken, type CopiedLog } from './copy-log.js';
export { checkedConnectionString } from './eventstoredb/connection-string.js';
