/** What an operator does to consumer groups, by their database alone: nothing of a service is loaded for it. */
export * from './consumers.js';
export * from './dead-letters.js';
export { listLostLetters, lostOf, lostText, type LostEvents } from './lost.js';
