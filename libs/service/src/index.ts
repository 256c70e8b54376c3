export * from './config.js';
export * from './definition.js';
export { allowFeed, FeedQuery, type FeedPage } from './events-feed.js';
export { placeIn, placeText } from './feed-place.js';
export * from './main.js';
export { isOwn, PersonReads, type Looked } from './person-reads.js';
export * from './start.js';
export { moveLog, type MovedLog, type MoveLogOptions } from './operate/move-log.js';
export { resumeRestoredLog } from './operate/restored-log.js';
