import { derivedId } from '@cairn/event-store';
import type { ClientBase } from 'pg';
import type { Directory, DirectoryPerson, PersonKey } from './import/directory.js';

/** The id under which somebody enters the directory: the same for the same key, however often their import is tried. */
export const personIdOf = (tenantId: string, key: PersonKey): string =>
  derivedId(derivedId(tenantId, 'people'), key);

export const personStream = (personId: string): string => `person-${personId}`;

/** A tenant's directory, with the version that a plan made from it holds for. */
export interface KnownDirectory extends Directory {
  readonly version: number;
  /** The import that is being applied: what is read beside it is neither before nor after it. */
  readonly applying: string | null;
}

/** Everybody in a tenant's directory. Memory grows with them: about 1 kB each. */
export async function loadDirectory(client: ClientBase, tenantId: string): Promise<KnownDirectory> {
  // One snapshot for both statements: a part that is applied meanwhile is seen by both or by neither.
  await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const { rows } = await client.query<Omit<KnownDirectory, 'people'>>(
      `SELECT version, last_snapshot_on::text AS "lastSnapshotOn", applying FROM people_directories WHERE tenant_id = $1`,
      [tenantId],
    );
    const people = await client.query<DirectoryPerson>(
      `SELECT p.person_key AS key, p.given_name AS "givenName", p.family_name AS "familyName", p.email, p.department,
              p.position, p.location, p.level, m.person_key AS "managerKey", p.hired_on::text AS "hiredOn",
              p.on_leave AS "onLeave", p.left_on::text AS "leftOn", p.leaving_reason AS "leavingReason",
              p.engagement_score AS "engagementScore", p.performance_rating AS "performanceRating"
         FROM people p LEFT JOIN people m ON m.person_id = p.manager_id
        WHERE p.tenant_id = $1`,
      [tenantId],
    );
    const known = rows[0] ?? { version: 0, lastSnapshotOn: null, applying: null };
    return { ...known, people: new Map(people.rows.map((person) => [person.key, person])) };
  } finally {
    await client.query('COMMIT');
  }
}

/** A person as a change finds them. */
interface KnownPerson {
  readonly person_id: string;
  readonly person_key: PersonKey;
  readonly version: number;
}

/** Ids and stream versions of these people, locked in the order of their keys. Who is not there yet has none. */
export async function lockPeople(
  client: ClientBase,
  tenantId: string,
  keys: readonly PersonKey[],
): Promise<Map<PersonKey, KnownPerson & { history: unknown }>> {
  const { rows } = await client.query<KnownPerson & { history: unknown }>(
    `SELECT person_id, person_key, version, history FROM people
      WHERE tenant_id = $1 AND person_key = ANY ($2) ORDER BY person_key FOR UPDATE`,
    [tenantId, keys],
  );
  return new Map(rows.map((row) => [row.person_key, row]));
}

/** Ids of people who are in the directory already, by key; they are not locked. */
export async function idsOf(
  client: ClientBase,
  tenantId: string,
  keys: readonly PersonKey[],
): Promise<Map<PersonKey, string>> {
  const { rows } = await client.query<KnownPerson>(
    'SELECT person_id, person_key FROM people WHERE tenant_id = $1 AND person_key = ANY ($2)',
    [tenantId, keys],
  );
  return new Map(rows.map((row) => [row.person_key, row.person_id]));
}

/** Adds and updates people, given as rows of the table `people`. */
export async function writePeople(client: ClientBase, rows: readonly object[]): Promise<void> {
  await client.query(
    `INSERT INTO people (person_id, tenant_id, person_key, employee_id, given_name, family_name, email, department,
        position, location, level, manager_id, hired_on, on_leave, left_on, leaving_reason, engagement_score,
        performance_rating, version, history, completed)
     SELECT person_id, tenant_id, person_key, employee_id, given_name, family_name, email, department,
        position, location, level, manager_id, hired_on, on_leave, left_on, leaving_reason, engagement_score,
        performance_rating, version, history, completed
       FROM json_populate_recordset(NULL::people, $1)
     ON CONFLICT (tenant_id, person_key) DO UPDATE SET
        given_name = excluded.given_name, family_name = excluded.family_name, email = excluded.email,
        department = excluded.department, position = excluded.position, location = excluded.location,
        level = excluded.level, manager_id = excluded.manager_id, hired_on = excluded.hired_on,
        on_leave = excluded.on_leave, left_on = excluded.left_on, leaving_reason = excluded.leaving_reason,
        engagement_score = excluded.engagement_score, performance_rating = excluded.performance_rating,
        version = excluded.version, history = excluded.history`,
    [JSON.stringify(rows)],
  );
}
