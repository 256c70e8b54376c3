import { RefusedError } from '@cairn/decider';
import type { Pool } from 'pg';
import type { GoalRefs } from '../goal/goal.events.js';

export type EngagementRefs = Omit<GoalRefs, 'goalId'>;

export interface KnownEngagement {
  readonly refs: EngagementRefs;
  /** Completed or ended: what was begun can be scored and closed, nothing new begins. */
  readonly over: boolean;
}

/**
 * An engagement that this service has heard of.
 * @throws RefusedError not-yet-known: its event may be on its way; another tenant's looks the same
 */
export async function engagementOf(
  pool: Pool,
  tenantId: string,
  engagementId: string,
): Promise<KnownEngagement> {
  const { rows } = await pool.query<EngagementRefs & { over: boolean }>({
    name: 'known_engagement',
    text: `SELECT engagement_id AS "engagementId", enrollment_id AS "enrollmentId", program_id AS "programId",
                  cohort_id AS "cohortId", person_id AS "personId", coach_id AS "coachId", over
             FROM known_engagements WHERE engagement_id = $1 AND tenant_id = $2`,
    values: [engagementId, tenantId],
  });
  const row = rows[0];
  if (row === undefined) throw new RefusedError(noSuchEngagement());
  const { over, ...refs } = row;
  return { refs, over };
}

/** The themes of a programme; null where its event has not arrived. */
export async function themesOf(pool: Pool, programId: string): Promise<readonly string[] | null> {
  const { rows } = await pool.query<{ themes: string[] }>(
    'SELECT themes FROM known_programs WHERE program_id = $1',
    [programId],
  );
  return rows[0]?.themes ?? null;
}

export async function managerOf(pool: Pool, tenantId: string, personId: string): Promise<string | null> {
  const { rows } = await pool.query<{ managerId: string | null }>(
    'SELECT manager_id AS "managerId" FROM known_people WHERE person_id = $1 AND tenant_id = $2',
    [personId, tenantId],
  );
  return rows[0]?.managerId ?? null;
}

export interface SessionDates {
  /** End of the last session that was held before `now`. */
  readonly lastHeldAt: string | null;
  /** Start of the next session that is booked. */
  readonly nextStartsAt: string | null;
}

export async function sessionDatesOf(pool: Pool, engagementId: string, now: string): Promise<SessionDates> {
  const { rows } = await pool.query<{ last: Date | null; next: Date | null }>(
    `SELECT max(ends_at) FILTER (WHERE held AND ends_at <= $2) AS last,
            min(starts_at) FILTER (WHERE NOT cancelled AND starts_at > $2) AS next
       FROM known_sessions WHERE engagement_id = $1`,
    [engagementId, now],
  );
  const { last, next } = rows[0]!;
  return { lastHeldAt: last?.toISOString() ?? null, nextStartsAt: next?.toISOString() ?? null };
}

const noSuchEngagement = () =>
  ({
    kind: 'not-found',
    slug: 'not-found',
    detail:
      'There is no such engagement here. If it was planned a moment ago, its event is on its way: try again in a second.',
  }) as const;
