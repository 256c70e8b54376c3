export * from './health.js';
export * from './log.js';
export * from './metrics.js';
export * from './safe-error.js';
export * from './trace.js';
