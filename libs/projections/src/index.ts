export { contentHash } from './content-hash.js';
export { MissingCheckpoint, positionOf } from './checkpoint.js';
export { installProjections } from './install.js';
export { listProjections, type ProjectionStatus, requestRebuild } from './operate.js';
export type { LoggedEvent, Projection, ProjectionTable } from './projection.js';
export { type ProjectionRun, type RunningProjection, startProjection } from './runner.js';
export { type TableShape, upsertRows } from './upsert-rows.js';
