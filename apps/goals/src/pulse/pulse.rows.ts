import { inHalves } from '@cairn/contracts';
import { RefusedError, type Refusal } from '@cairn/decider';
import type { PoolClient, Pool } from 'pg';
import { dayOf } from '../day.js';
import { noSuchRater, raterCoaches, raterHasLeft, raterNamed, raterNotApproved } from './pulse.errors.js';
import type { PulseItem } from './pulse.events.js';

type Client = Pick<Pool | PoolClient, 'query'>;

export interface Rater {
  readonly raterId: string;
  readonly tenantId: string;
  readonly engagementId: string;
  readonly personId: string | null;
  readonly approvedAt: Date | null;
  /** The session before which the link asks. */
  readonly sessionId: string | null;
  /** When they left the company, of somebody of the directory. */
  readonly leftAt: Date | null;
  /** Whether they coach the coachee: who a coach is may be heard after they were named. */
  readonly isCoach: boolean;
}

/** Why the rater is not asked any more at `at`, if so. */
export function notAsked({ leftAt, isCoach }: Rater, at: string): Refusal | undefined {
  if (isCoach) return raterCoaches();
  return leftAt !== null && leftAt.toISOString() <= at ? raterHasLeft() : undefined;
}

const IS_COACH = `EXISTS (SELECT FROM known_engagements e JOIN known_coaches c USING (tenant_id, coach_id)
  WHERE e.engagement_id = r.engagement_id AND c.person_id = r.person_id)`;

/** Who was removed is nobody's rater. */
const RATERS = `SELECT rater_id AS "raterId", r.tenant_id AS "tenantId", engagement_id AS "engagementId",
  person_id AS "personId", approved_at AS "approvedAt", session_id AS "sessionId", left_at AS "leftAt", ${IS_COACH} AS "isCoach"
  FROM (SELECT * FROM pulse_raters WHERE removed_at IS NULL) r LEFT JOIN known_people p USING (person_id)`;

/** In no order that says more than their ids do. */
export async function ratersOf(client: Client, tenantId: string, engagementId: string): Promise<Rater[]> {
  const { rows } = await client.query<Rater>(
    `${RATERS} WHERE r.tenant_id = $1 AND engagement_id = $2 ORDER BY rater_id`,
    [tenantId, engagementId],
  );
  return rows;
}

/** How many raters were approved by `at`, still there, and not the coach. */
export async function approvedBy(client: Client, engagementId: string, at: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pulse_raters r LEFT JOIN known_people USING (person_id)
      WHERE engagement_id = $1 AND approved_at <= $2
        AND (removed_at IS NULL OR removed_at > $2) AND (left_at IS NULL OR left_at > $2) AND NOT ${IS_COACH}`,
    [engagementId, at],
  );
  return rows[0]!.n;
}

/**
 * How many raters are approved, and by when: by `at`, or, where these are fewer than `enough`, by the first approval after
 * it with which they are not. A session may be heard of long after it was booked; raters who were approved meanwhile are
 * asked before it all the same.
 */
export async function enoughFrom(
  client: Client,
  engagementId: string,
  at: string,
  enough: number,
): Promise<{ at: string; raters: number }> {
  const raters = await approvedBy(client, engagementId, at);
  if (raters >= enough) return { at, raters };
  const { rows } = await client.query<{ at: Date }>(
    'SELECT approved_at AS at FROM pulse_raters WHERE engagement_id = $1 AND approved_at > $2 ORDER BY at',
    [engagementId, at],
  );
  for (const later of rows.map((row) => row.at.toISOString())) {
    const then = await approvedBy(client, engagementId, later);
    if (then >= enough) return { at: later, raters: then };
  }
  return { at, raters };
}

/**
 * The rater to whom a link was given. Locks all raters of the engagement, in one order: of answers that arrive together
 * one is taken after the other.
 */
export async function lockByToken(client: PoolClient, tokenHash: Buffer): Promise<Rater | undefined> {
  await client.query(
    `SELECT FROM pulse_raters WHERE engagement_id = (SELECT engagement_id FROM pulse_raters WHERE token_hash = $1)
      ORDER BY rater_id FOR UPDATE`,
    [tokenHash],
  );
  return byToken(client, tokenHash);
}

export async function byToken(client: Client, tokenHash: Buffer): Promise<Rater | undefined> {
  const { rows } = await client.query<Rater>(`${RATERS} WHERE token_hash = $1`, [tokenHash]);
  return rows[0];
}

/** Gives the rater a new link, which replaces the one before. @throws RefusedError where they are not approved */
export async function putToken(
  client: Client,
  { raterId, approvedAt }: Rater,
  sessionId: string,
  tokenHash: Buffer,
): Promise<void> {
  if (approvedAt === null) throw new RefusedError(raterNotApproved());
  const { rowCount } = await client.query(
    'UPDATE pulse_raters SET token_hash = $2, session_id = $3 WHERE rater_id = $1 AND removed_at IS NULL',
    [raterId, tokenHash, sessionId],
  );
  if (rowCount === 0) throw new RefusedError(noSuchRater());
}

/**
 * Names a rater; somebody who was removed is the same rater again, so that nobody counts twice in a batch.
 * @returns its id @throws RefusedError where they are named already
 */
export async function putRater(
  client: Client,
  {
    raterId,
    tenantId,
    engagementId,
    personId,
  }: Pick<Rater, 'raterId' | 'tenantId' | 'engagementId' | 'personId'>,
): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO pulse_raters AS r (rater_id, tenant_id, engagement_id, person_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT (engagement_id, person_id) DO UPDATE SET removed_at = NULL, approved_at = NULL
       WHERE r.removed_at IS NOT NULL
     RETURNING rater_id AS id`,
    [raterId, tenantId, engagementId, personId],
  );
  if (rows[0] === undefined) throw new RefusedError(raterNamed());
  return rows[0].id;
}

/** Their link leads nowhere from then on. @returns false where there is no such rater, or `only` and they are approved */
export async function removeRater(
  client: Client,
  raterId: string,
  at: string,
  only: 'unapproved' | 'any',
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE pulse_raters SET removed_at = $2, token_hash = NULL
      WHERE rater_id = $1 AND removed_at IS NULL AND ($3 OR approved_at IS NULL)`,
    [raterId, at, only === 'any'],
  );
  return rowCount === 1;
}

/** Whether the mark's rater answers for the first time before their session; from then on they have. */
export async function isFirstUse(
  client: Client,
  { tenantId, engagementId }: Pick<Rater, 'tenantId' | 'engagementId'>,
  mark: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    'INSERT INTO pulse_links_used (tenant_id, engagement_id, mark) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [tenantId, engagementId, mark],
  );
  return rowCount === 1;
}

export interface PulseRow {
  readonly pulseId: string;
  readonly goalId: string;
  readonly sessionId: string;
  readonly theme: string;
  readonly dueOn: string;
}

/** The pulses of an engagement whose session is not cancelled, the earliest due first. */
export async function pulsesOf(client: Client, tenantId: string, engagementId: string): Promise<PulseRow[]> {
  const { rows } = await client.query<PulseRow>(
    `SELECT pulse_id AS "pulseId", goal_id AS "goalId", session_id AS "sessionId", theme, due_on::text AS "dueOn"
       FROM pulses JOIN known_sessions s USING (session_id)
      WHERE pulses.tenant_id = $1 AND pulses.engagement_id = $2 AND NOT s.cancelled
      ORDER BY due_on, session_id, pulse_id`,
    [tenantId, engagementId],
  );
  return rows;
}

/**
 * Of the pulses of an engagement those that are asked now: before its next session, or, where nothing lies ahead, before
 * the last one, late as it is. Pure. @param pulses the earliest due first
 */
export function askedNow(pulses: readonly PulseRow[], now: string, zone: string): readonly PulseRow[] {
  const today = dayOf(now, zone);
  const next = pulses.find(({ dueOn }) => dueOn >= today) ?? pulses.at(-1);
  return pulses.filter(({ sessionId }) => sessionId === next?.sessionId);
}

export interface Result {
  readonly theme: string;
  readonly item: PulseItem;
  readonly raters: number;
  readonly mean: number;
  readonly releasedAt: string;
}

/** The latest release of each item; its mean in halves, whenever it was released. */
export async function resultsOf(client: Client, tenantId: string, engagementId: string): Promise<Result[]> {
  const { rows } = await client.query<Omit<Result, 'releasedAt'> & { releasedAt: Date }>(
    `SELECT theme, item, raters, mean, released_at AS "releasedAt" FROM pulse_results
      WHERE tenant_id = $1 AND engagement_id = $2 ORDER BY item, theme`,
    [tenantId, engagementId],
  );
  return rows.map((row) => ({ ...row, mean: inHalves(row.mean), releasedAt: row.releasedAt.toISOString() }));
}
