export { isTransient } from './faults.js';
export { type EventStoreDbOptions, type EventStoreDbStore, openEventStoreDb } from './store.js';
