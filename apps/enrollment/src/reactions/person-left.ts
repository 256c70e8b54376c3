import { react, type ReceivedEvent } from '@cairn/messaging';
import type { PoolClient } from 'pg';
import { OPEN as OPEN_ASSESSMENTS } from '../assessment/assessment.decider.js';
import { OPEN } from '../enrollment/enrollment.state.js';
import type { ReactionCommand } from './commands.js';

interface Known {
  readonly enrollmentIds: readonly string[];
  readonly coachIds: readonly string[];
  /** Enrolments whose match is proposed to the person as a coach, or running with them. */
  readonly coached: readonly { readonly enrollmentId: string; readonly coachId: string }[];
  /** Of the person, in enrolments that are completed; an open enrolment takes its own with it. */
  readonly assessmentIds: readonly string[];
}

/**
 * Whoever leaves the company leaves every programme, as a coachee and as an internal coach. The leaving may be handled late,
 * when they are back: then it ends what they took part in before it, and nothing that has begun since.
 */
export const personLeft = react({
  name: 'close-enrollments',
  event: 'PersonLeft',
  known: async (client, { data, envelope }): Promise<Known> => {
    const ids = async (sql: string, ...more: unknown[]) => {
      const { rows } = await client.query<{ id: string }>(sql, [envelope.tenantid, data.personId, ...more]);
      return rows.map(({ id }) => id);
    };
    const [back] = await ids(
      'SELECT person_id AS id FROM people WHERE tenant_id = $1 AND person_id = $2 AND left_on IS NULL',
    );
    const enrollmentIds = await ids(
      `SELECT enrollment_id AS id FROM enrollments WHERE tenant_id = $1 AND person_id = $2
          AND status = ANY ($3) AND created_at <= $4 ORDER BY 1`,
      OPEN,
      back === undefined ? 'infinity' : envelope.recordedtime,
    );
    if (back !== undefined) return { enrollmentIds, coachIds: [], coached: [], assessmentIds: [] };
    return {
      enrollmentIds,
      coachIds: await ids(
        `SELECT coach_id AS id FROM coaches WHERE tenant_id = $1 AND person_id = $2 AND status = 'approved' ORDER BY 1`,
      ),
      assessmentIds: await ids(
        `SELECT assessment_id AS id FROM assessments JOIN enrollments e USING (enrollment_id)
          WHERE assessments.tenant_id = $1 AND assessments.person_id = $2 AND assessments.status = ANY ($3)
            AND e.status = 'completed' ORDER BY 1`,
        OPEN_ASSESSMENTS,
      ),
      coached: (
        await client.query<Known['coached'][number]>(
          `SELECT m.enrollment_id AS "enrollmentId", m.coach_id AS "coachId"
             FROM matches m JOIN coaches c USING (coach_id)
            WHERE c.tenant_id = $1 AND c.person_id = $2 AND m.status IN ('proposed', 'active', 'atRisk')
            ORDER BY 1`,
          [envelope.tenantid, data.personId],
        )
      ).rows,
    };
  },
  commands: (_, { enrollmentIds, coachIds, coached, assessmentIds }): ReactionCommand[] => [
    ...enrollmentIds.map((enrollmentId) => ({ kind: 'coachee-left' as const, enrollmentId })),
    ...coachIds.map((coachId) => ({ kind: 'suspend-coach' as const, coachId })),
    ...coached.map((one) => ({ kind: 'coach-left' as const, ...one })),
    ...assessmentIds.map((assessmentId) => ({ kind: 'withdraw-assessment' as const, assessmentId })),
  ],
  // It has ended in another way meanwhile; a proposal may be with nobody any more.
  settledBy: ['enrollment-state', 'coach-state', 'match-state', 'assessment-state', 'not-found'],
});

/**
 * The events without the departures of those who are neither coachee nor coach, asked of all at once: a file may have ten
 * thousands of people leave, and others' events wait behind theirs.
 */
export async function withoutStrangers(
  client: PoolClient,
  events: readonly ReceivedEvent[],
): Promise<readonly ReceivedEvent[]> {
  const leavers = events.flatMap((event) =>
    event.name === 'PersonLeft' ? { tenantId: event.envelope.tenantid, personId: event.data.personId } : [],
  );
  if (leavers.length === 0) return events;
  const { rows } = await client.query<{ personId: string }>(
    `SELECT person_id AS "personId" FROM unnest($1::uuid[], $2::uuid[]) AS left_by (tenant_id, person_id)
      WHERE EXISTS (SELECT FROM enrollments e
                     WHERE e.tenant_id = left_by.tenant_id AND e.person_id = left_by.person_id)
         OR EXISTS (SELECT FROM coaches c
                     WHERE c.tenant_id = left_by.tenant_id AND c.person_id = left_by.person_id)`,
    [leavers.map(({ tenantId }) => tenantId), leavers.map(({ personId }) => personId)],
  );
  const concerned = new Set(rows.map(({ personId }) => personId));
  return events.filter((event) => event.name !== 'PersonLeft' || concerned.has(event.data.personId));
}
