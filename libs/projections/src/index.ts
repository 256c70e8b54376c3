export { contentHash } from './content-hash.js';
export { readBuilds, schemaOf, useBuilds, type Build, type ReadBuild } from './build.js';
export { installProjections } from './install.js';
export {
  dropProjection,
  listProjections,
  ProjectionRefused,
  requestRebuild,
  switchProjection,
  type ProjectionStatus,
} from './operate.js';
export type { LoggedEvent, Projection, ProjectionTable } from './projection.js';
export { runProjections, type ProjectionRuns, type RunningProjections } from './runner.js';
export { type Row, rowWriter, type TableShape } from './upsert-rows.js';
