import { react } from '@cairn/messaging';
import type { ReactionCommand } from './commands.js';

/** What an engagement left of its units is granted again, for the one with the next coach. */
export const sessionsReturned = react({
  name: 'grant-again',
  event: 'SessionsReturned',
  known: () => Promise.resolve(),
  commands: ({ data: { enrollmentId, count } }): ReactionCommand[] => [
    { kind: 'grant-again', enrollmentId, count },
  ],
});
