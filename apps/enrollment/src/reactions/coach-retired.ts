import { react } from '@cairn/messaging';
import type { ReactionCommand } from './commands.js';

/** What was proposed to a coach who has retired goes back to the request. Nothing new is proposed to them. */
export const coachRetired = react({
  name: 'give-proposals-back',
  event: 'CoachRetired',
  known: async (client, { data, envelope }) => {
    const { rows } = await client.query<{ id: string }>(
      `SELECT enrollment_id AS id FROM matches
        WHERE tenant_id = $1 AND coach_id = $2 AND status = 'proposed' ORDER BY 1`,
      [envelope.tenantid, data.coachId],
    );
    return rows.map(({ id }) => id);
  },
  commands: ({ data: { coachId } }, enrollmentIds): ReactionCommand[] =>
    enrollmentIds.map((enrollmentId) => ({ kind: 'coach-retired', enrollmentId, coachId })),
  // Declined meanwhile, or proposed to somebody else.
  settledBy: ['match-state', 'not-found'],
});
