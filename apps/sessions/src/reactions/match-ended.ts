import { react } from '@cairn/messaging';
import { engagementOf } from './coach-matched.js';
import type { EngagementCommand } from './engagement-order.js';

/** The engagement ends with its match. Both are of one stream, so the engagement is planned by then. */
export const matchEnded = react({
  name: 'end-engagement-match',
  event: 'MatchEnded',
  known: async () => undefined,
  commands: ({ data }): EngagementCommand[] => [
    {
      engagementId: engagementOf(data.matchId),
      order:
        data.reason === 'enrollment-completed' ? { kind: 'complete' } : { kind: 'end', reason: data.reason },
    },
  ],
  // A match that ended before a coach was found has no engagement.
  settledBy: ['not-found'],
});
