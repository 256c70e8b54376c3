import { derivedId } from '@cairn/event-store';
import { react } from '@cairn/messaging';
import type { PoolClient } from 'pg';
import { notYetKnown, programAt, type ProgramFacts } from '../knowledge/known.js';
import { takenElsewhere, type EngagementCommand } from './engagement-order.js';

export interface Known {
  readonly program: ProgramFacts;
  readonly coachPersonId: string | null;
  readonly allotment: number;
  /** The enrolment's last day; null where its activation was published before that was told. */
  readonly endsOn: string | null;
  readonly pausedFrom: string | null;
  readonly pausedAt: Date | null;
  readonly over: string | null;
  readonly overAt: Date | null;
  readonly leftAt: Date | null;
  /** An importer tells the enrolment's past, up to `historyThrough` so far. */
  readonly history: boolean;
  readonly historyThrough: Date | null;
}

/** One engagement for one match, whoever asks. */
export const engagementOf = (matchId: string): string => derivedId(matchId, 'engagement');

/**
 * A match plans the engagement. Events of the enrolment come by another partition and may have overtaken the match: the
 * engagement then catches up with the pause or the end that it would have missed.
 */
export const coachMatched = react({
  name: 'plan-engagement',
  event: 'CoachMatched',
  known: async (client, { data, envelope }): Promise<Known> => {
    const program = await programAt(client, envelope.tenantid, data.programId, envelope.time);
    const { coachPersonId } = await coach(client, envelope.tenantid, data.coachId);
    const known = await enrollment(client, envelope.tenantid, data, envelope.recordedtime);
    // After a rematch: what the former engagement leaves is granted again once that has ended.
    const engagementId = engagementOf(data.matchId);
    const taken = await takenElsewhere(client, envelope, data.enrollmentId, engagementId);
    return { program, coachPersonId, ...known, allotment: Math.max(known.allotment - taken, 0) };
  },
  commands: ({ data, envelope }, known): EngagementCommand[] => {
    const { matchId, enrollmentId, programId, cohortId, personId, coachId } = data;
    const { program, coachPersonId, allotment, endsOn, pausedFrom, pausedAt, over, overAt, leftAt } = known;
    const through = known.historyThrough?.toISOString() ?? null;
    const engagementId = engagementOf(matchId);
    const plan: EngagementCommand = {
      engagementId,
      order: {
        kind: 'plan',
        refs: { engagementId, enrollmentId, programId, cohortId, personId, coachId },
        matchId,
        matchedAt: envelope.recordedtime,
        ...(coachPersonId !== null && { coachPersonId }),
        endsOn: endsOn ?? program.endsOn,
        cadence: program.cadence,
        zone: program.zone,
        allotment,
        policy: program.sessionPolicy,
        ...(known.history && { history: { through } }),
      },
    };
    const commands = [plan];
    if (pausedFrom !== null)
      commands.push({
        engagementId,
        order: { kind: 'pause', from: pausedFrom },
        at: pausedAt!.toISOString(),
      });
    if (over === 'completed')
      commands.push({ engagementId, order: { kind: 'complete' }, at: overAt!.toISOString() });
    else if (over !== null)
      commands.push({ engagementId, order: { kind: 'end', reason: over }, at: overAt!.toISOString() });
    // A history that is told ends where it has come to that day: enrolment says so then.
    else if (leftAt !== null && !known.history)
      commands.push({
        engagementId,
        order: { kind: 'end', reason: 'left-the-company' },
        at: leftAt.toISOString(),
      });
    return commands;
  },
});

async function coach(
  client: PoolClient,
  tenantId: string,
  coachId: string,
): Promise<Pick<Known, 'coachPersonId'>> {
  const { rows } = await client.query<Pick<Known, 'coachPersonId'>>(
    'SELECT person_id AS "coachPersonId" FROM known_coaches WHERE coach_id = $1 AND tenant_id = $2',
    [coachId, tenantId],
  );
  if (rows[0] === undefined) throw notYetKnown('The coach');
  return rows[0];
}

/** Locks the enrolment: its pause or end waits until this plan is committed, and then finds the engagement. */
async function enrollment(
  client: PoolClient,
  tenantId: string,
  { enrollmentId, personId }: { enrollmentId: string; personId: string },
  matchedAt: string,
) {
  const { rows } = await client.query<Omit<Known, 'program' | 'coachPersonId' | 'leftAt'>>(
    `SELECT allotment, ends_on::text AS "endsOn", paused_from::text AS "pausedFrom", paused_at AS "pausedAt",
            over, over_at AS "overAt", history, history_through AS "historyThrough"
       FROM known_enrollments
      WHERE enrollment_id = $1 AND tenant_id = $2 AND allotment IS NOT NULL FOR UPDATE`,
    [enrollmentId, tenantId],
  );
  if (rows[0] === undefined) throw notYetKnown('The enrolment');
  // Whoever is matched after they left has come back, which may be told later than the match.
  const people = await client.query<Pick<Known, 'leftAt'>>(
    `SELECT CASE WHEN coalesce(left_recorded_at >= $3, true) THEN left_at END AS "leftAt"
       FROM known_people WHERE person_id = $1 AND tenant_id = $2 FOR UPDATE`,
    [personId, tenantId, matchedAt],
  );
  return { ...rows[0], leftAt: people.rows[0]?.leftAt ?? null };
}
