export * from './deadline.js';
export * from './deadlines.js';
export { migrate } from './schema.js';
export { lockDeadlines, moveDeadlines } from './subscriber.js';
