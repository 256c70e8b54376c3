export {
  type BesideRowsOptions,
  DebtRefused,
  type EventStoreDbBesideRows,
  openEventStoreDbBesideRows,
} from './beside-rows.js';
export { migrateOwed, type Owed } from './owed.js';
export { type EventStoreDbOptions, type EventStoreDbStore, openEventStoreDb } from './store.js';
