export { type EventStoreDbOptions, type EventStoreDbStore, openEventStoreDb } from './store.js';
