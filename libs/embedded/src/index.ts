export { canServerEnter } from './account.js';
export { EmbeddedPostgresError, minding, type EmbeddedPostgresFault } from './errors.js';
export { guarded, type Guarded, type GuardedOptions } from './guard.js';
export { isRunning, waitForEnd } from './processes.js';
export { dataPlace, type DataPlace } from './data-place.js';
export { freePort, isPortFree } from './ports.js';
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './server.js';
