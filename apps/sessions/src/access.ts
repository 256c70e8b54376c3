import { RefusedError } from '@cairn/decider';
import { readsEverybody, type Subject } from '@cairn/identity';
import type { Pool } from 'pg';
import type { EngagementRefs, Party } from './session/session.events.js';

/** How somebody may look at an engagement: as one of its two, or from outside, without anything said in a session. */
export type Viewer = Party | 'oversight';

/** Which party of the engagement the subject is; undefined for everybody else. */
export function partyOf({ roles, personId, coachId }: Subject, refs: EngagementRefs): Party | undefined {
  if (roles.includes('coachee') && personId === refs.personId) return 'coachee';
  if (roles.includes('coach') && coachId === refs.coachId) return 'coach';
  return undefined;
}

/**
 * The party that the subject is, or `only` if it is that one.
 * @throws RefusedError: to everybody else it looks as if it had never existed
 */
export function ownParty(subject: Subject, refs: EngagementRefs, what: string, only?: Party): Party {
  const party = partyOf(subject, refs);
  if (party === undefined || (only !== undefined && party !== only)) throw notThere(what);
  return party;
}

/** As whom the subject sees the engagement. @throws RefusedError where they may not see it at all */
export async function viewerOf(
  pool: Pool,
  subject: Subject,
  refs: EngagementRefs,
  what: string,
): Promise<Viewer> {
  const party = partyOf(subject, refs);
  if (party !== undefined) return party;
  const values = new Values();
  const { rowCount } = await pool.query(
    `SELECT 1 FROM engagements e WHERE ${visibleTo(subject, values)} AND e.engagement_id = ${values.add(refs.engagementId)}`,
    values.list,
  );
  if (rowCount === 0) throw notThere(what);
  return 'oversight';
}

/**
 * That the subject, who sees an engagement, decides on it as staff: nobody on one of their own, whatever else they are. An
 * internal coach is known by their person too, since their token need not say which coach they are.
 * @throws RefusedError
 */
export async function requireOthers(pool: Pool, subject: Subject, refs: EngagementRefs): Promise<void> {
  const { tenantId, personId, coachId } = subject;
  const { rowCount } = await pool.query(
    'SELECT 1 FROM known_coaches WHERE coach_id = $1 AND tenant_id = $2 AND person_id = $3',
    [refs.coachId, tenantId, personId],
  );
  if (personId === refs.personId || coachId === refs.coachId || rowCount !== 0)
    throw new RefusedError({
      kind: 'forbidden',
      slug: 'own-session',
      detail:
        'You are one of the two of this session, and nobody decides on their own: ask somebody else of programme administration to correct it.',
    });
}

export const notThere = (what: string): RefusedError =>
  new RefusedError({ kind: 'not-found', slug: 'not-found', detail: `There is no such ${what}.` });

/** Values of a query as they are written into it, one after the other. */
export class Values {
  readonly list: unknown[] = [];
  add(value: unknown): string {
    return `$${this.list.push(value)}`;
  }
}

/**
 * The condition on rows `e` of engagements that the subject may see: their own as coachee and as coach; all of the tenant
 * for programme admins and integration; for HR, whatever else they are, those of the org units that they are limited to,
 * and never their own record or that of anybody who is, or ever was, above them.
 */
export function visibleTo(subject: Subject, values: Values): string {
  const { tenantId, roles, personId, coachId, orgUnits } = subject;
  const tenant = values.add(tenantId);
  const ways: string[] = [];
  if (roles.includes('coachee') && personId) ways.push(`e.person_id = ${values.add(personId)}`);
  if (roles.includes('coach') && coachId) ways.push(`e.coach_id = ${values.add(coachId)}`);
  if (readsEverybody(subject)) ways.push('true');
  if (roles.includes('hr')) {
    const limits = ['true'];
    if (personId) limits.push(`e.person_id NOT IN (${upwardsFrom(tenant, values.add(personId))})`);
    if (orgUnits)
      limits.push(`EXISTS (SELECT 1 FROM known_people p
                   WHERE p.tenant_id = ${tenant} AND p.person_id = e.person_id AND p.department = ANY(${values.add(orgUnits)}::text[]))`);
    ways.push(`(${limits.join(' AND ')})`);
  }
  return `e.tenant_id = ${tenant} AND (${ways.join(' OR ') || 'false'})`;
}

/** A person and everybody who ever was above. UNION ends a reporting cycle. */
const upwardsFrom = (tenant: string, person: string): string => `
  WITH RECURSIVE above (person_id) AS (
    SELECT ${person}::uuid
    UNION SELECT m.manager_id FROM known_managers m JOIN above USING (person_id) WHERE m.tenant_id = ${tenant})
  SELECT person_id FROM above`;
