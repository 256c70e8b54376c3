import { react } from '@cairn/messaging';
import { isLapsed, type CoachState } from '../coaches/coach.decider.js';
import type { ReactionCommand } from './commands.js';

/**
 * What was proposed to a coach who is suspended, has retired, or holds no valid credential any more goes back to the request:
 * they could not accept it, and nobody would see that the coachee waits. Not where they are back meanwhile, nor while an
 * importer tells what became of it.
 */
export const coachUnavailable = (['CoachSuspended', 'CoachRetired', 'CredentialExpired'] as const).map(
  (event) =>
    react({
      name: 'give-proposals-back',
      event,
      known: async (client, { data, envelope }) => {
        const { rows } = await client.query<{ id: string; state: Exclude<CoachState, { status: 'none' }> }>(
          `SELECT m.enrollment_id AS id, c.state
           FROM matches m JOIN coaches c USING (coach_id) JOIN enrollments e USING (enrollment_id)
          WHERE m.tenant_id = $1 AND m.coach_id = $2 AND m.status = 'proposed'
            AND e.state->'history' = 'null' ORDER BY 1`,
          [envelope.tenantid, data.coachId],
        );
        return rows
          .filter(({ state }) => state.status !== 'approved' || isLapsed(state, envelope.time))
          .map(({ id }) => id);
      },
      commands: ({ data: { coachId } }, enrollmentIds): ReactionCommand[] =>
        enrollmentIds.map((enrollmentId) => ({ kind: 'give-back', enrollmentId, coachId })),
      // Declined meanwhile, or proposed to somebody else.
      settledBy: ['match-state', 'not-found'],
    }),
);
