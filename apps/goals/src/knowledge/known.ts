import { RefusedError } from '@cairn/decider';
import type { Subject } from '@cairn/identity';
import type { Pool, PoolClient } from 'pg';
import { noSuchEngagement } from '../goal/goal.errors.js';
import type { GoalRefs } from '../goal/goal.events.js';

type Client = Pick<Pool | PoolClient, 'query'>;

export type EngagementRefs = Omit<GoalRefs, 'goalId'>;

export interface KnownEngagement {
  readonly refs: EngagementRefs;
  /** When it was completed or ended: from then on what was begun can be reported on, scored and closed, nothing new begins. */
  readonly overAt: string | null;
  /** Of its programme. */
  readonly zone: string;
  /** Who coaches, where that is somebody of the directory. */
  readonly coachPersonId: string | null;
}

/**
 * An engagement that this service has heard of.
 * @throws RefusedError not-found, also where its event is on its way still: another tenant's must look the same
 */
export async function engagementOf(
  pool: Client,
  tenantId: string,
  engagementId: string,
): Promise<KnownEngagement> {
  const { rows } = await pool.query<
    EngagementRefs & Omit<KnownEngagement, 'refs' | 'overAt'> & { overAt: Date | null }
  >({
    name: 'known_engagement',
    text: `SELECT engagement_id AS "engagementId", enrollment_id AS "enrollmentId", program_id AS "programId",
                  cohort_id AS "cohortId", person_id AS "personId", coach_id AS "coachId",
                  over_at AS "overAt", zone,
                  (SELECT person_id FROM known_coaches c WHERE c.coach_id = e.coach_id AND c.tenant_id = $2)
                    AS "coachPersonId"
             FROM known_engagements e WHERE engagement_id = $1 AND tenant_id = $2`,
    values: [engagementId, tenantId],
  });
  const row = rows[0];
  if (row === undefined) throw new RefusedError(noSuchEngagement());
  const { overAt, zone, coachPersonId, ...refs } = row;
  return { refs, overAt: overAt?.toISOString() ?? null, zone, coachPersonId };
}

/**
 * The themes of a programme on a day: of those in force by then the ones that were told last. Null where its event has not
 * arrived.
 */
export async function themesOf(
  pool: Pool,
  tenantId: string,
  programId: string,
  day: string,
): Promise<readonly string[] | null> {
  const { rows } = await pool.query<{ themes: string[] }>(
    `SELECT themes FROM known_programs WHERE program_id = $1 AND tenant_id = $2 AND effective_on <= $3
      ORDER BY version DESC LIMIT 1`,
    [programId, tenantId, day],
  );
  return rows[0]?.themes ?? null;
}

/** How a reader stands to a person: what decides beside the token. */
export interface Standing {
  /** The person reports to the reader. */
  readonly isManager: boolean;
  /** In the org units that the token names (all, where it names none), and neither the reader nor anybody who is, or ever was, above them. */
  readonly isReachedByHr: boolean;
  /** Former coaches whose goals with the person were handed over to the reader, who coaches them now, each with its enrolment. */
  readonly handedOver: readonly { readonly enrollmentId: string; readonly coachId: string }[];
}

export async function standingOf(pool: Pool, reader: Subject, personId: string): Promise<Standing> {
  const { tenantId, personId: self = null, orgUnits = null, coachId = null } = reader;
  // UNION ends a reporting cycle.
  const { rows } = await pool.query<Standing>({
    name: 'standing',
    text: `
      WITH RECURSIVE upwards (person_id) AS (
        SELECT $3::uuid
        UNION SELECT m.manager_id FROM known_managers m JOIN upwards USING (person_id) WHERE m.tenant_id = $1),
      person AS (SELECT * FROM known_people WHERE tenant_id = $1 AND person_id = $2)
      SELECT coalesce((SELECT manager_id = $3 FROM person), false) AS "isManager",
             NOT EXISTS (SELECT FROM upwards WHERE person_id = $2)
               AND ($4::text[] IS NULL OR EXISTS (SELECT FROM person WHERE department = ANY ($4)))
               AS "isReachedByHr",
             (SELECT coalesce(jsonb_agg(jsonb_build_object('enrollmentId', enrollment_id, 'coachId', from_coach_id)), '[]')
                FROM known_handovers h WHERE tenant_id = $1 AND person_id = $2 AND coach_id = $5
                 AND EXISTS (SELECT FROM known_engagements e
                              WHERE e.tenant_id = $1 AND e.enrollment_id = h.enrollment_id AND e.coach_id = $5
                                AND e.over_at IS NULL)) AS "handedOver"`,
    values: [tenantId, personId, self, orgUnits, coachId],
  });
  return rows[0]!;
}

export async function isKnown(pool: Pool, tenantId: string, personId: string): Promise<boolean> {
  const { rowCount } = await pool.query('SELECT FROM known_people WHERE tenant_id = $1 AND person_id = $2', [
    tenantId,
    personId,
  ]);
  return rowCount === 1;
}

/** Whether somebody of the directory has not left by `at`. */
export async function isThere(pool: Pool, tenantId: string, personId: string, at: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `SELECT FROM known_people WHERE tenant_id = $1 AND person_id = $2 AND (left_at IS NULL OR left_at > $3)`,
    [tenantId, personId, at],
  );
  return rowCount === 1;
}

export interface SessionDates {
  /** End of the last session that was held before `now`. */
  readonly lastHeldAt: string | null;
  /** Start of the next session that is booked. */
  readonly nextStartsAt: string | null;
}

export async function sessionDatesOf(
  pool: Pool,
  tenantId: string,
  engagementId: string,
  now: string,
): Promise<SessionDates> {
  const { rows } = await pool.query<{ last: Date | null; next: Date | null }>(
    `SELECT max(ends_at) FILTER (WHERE held AND ends_at <= $3) AS last,
            min(starts_at) FILTER (WHERE NOT cancelled AND starts_at > $3) AS next
       FROM known_sessions WHERE engagement_id = $1 AND tenant_id = $2`,
    [engagementId, tenantId, now],
  );
  const { last, next } = rows[0]!;
  return { lastHeldAt: last?.toISOString() ?? null, nextStartsAt: next?.toISOString() ?? null };
}

export interface SessionAhead {
  readonly sessionId: string;
  readonly startsAt: string;
}

/**
 * The sessions of an engagement that begin after `at`, the next one first. Locks the engagement, as learning of it does:
 * who books, who agrees on a goal and who approves a rater at the same time see one another.
 */
export async function sessionsAhead(
  client: PoolClient,
  tenantId: string,
  engagementId: string,
  at: string,
): Promise<SessionAhead[]> {
  await client.query('SELECT FROM known_engagements WHERE engagement_id = $1 AND tenant_id = $2 FOR UPDATE', [
    engagementId,
    tenantId,
  ]);
  const { rows } = await client.query<{ sessionId: string; startsAt: Date }>(
    `SELECT session_id AS "sessionId", starts_at AS "startsAt" FROM known_sessions
      WHERE engagement_id = $1 AND tenant_id = $2 AND NOT cancelled AND starts_at > $3 ORDER BY starts_at, session_id`,
    [engagementId, tenantId, at],
  );
  return rows.map(({ sessionId, startsAt }) => ({ sessionId, startsAt: startsAt.toISOString() }));
}

/** Whether somebody reports to a manager now. */
export async function standsUnder(
  client: Client,
  tenantId: string,
  personId: string,
  managerId: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    'SELECT FROM known_people WHERE tenant_id = $1 AND person_id = $2 AND manager_id = $3',
    [tenantId, personId, managerId],
  );
  return rowCount === 1;
}
