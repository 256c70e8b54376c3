import type { EntityManager } from 'typeorm';
import type { DirectoryPerson, PersonKey } from '../import/directory.js';
import type { Condition } from '../reach.js';
import { USER_NAME } from './filter.sql.js';
import type { UserRow } from './user.js';

/** Whom SCIM shows: who has an employee id, unless the client has deleted them. */
const SHOWN = 'p.employee_id IS NOT NULL AND NOT p.unprovisioned';

const COLUMNS = `p.person_id AS "personId", p.employee_id AS "employeeId", ${USER_NAME} AS "userName",
  p.external_id AS "externalId", p.display_name AS "displayName", p.given_name AS "givenName", p.family_name AS "familyName", p.email, p.department,
  p.position, p.location, p.level, p.manager_id AS "managerId",
  nullif(btrim(m.given_name || ' ' || m.family_name), '') AS "managerName", p.hired_on::text AS "hiredOn",
  p.on_leave AS "onLeave", p.left_on::text AS "leftOn", p.leaving_reason AS "leavingReason",
  coalesce((SELECT json_agg(json_build_object('value', g.group_id, 'display', g.display_name) ORDER BY g.display_name)
     FROM people_group_members gm JOIN people_groups g ON g.group_id = gm.group_id
    WHERE gm.person_id = p.person_id AND gm.until IS NULL), '[]') AS groups`;

/** A statement's text with `:name` for its parameters, as PostgreSQL takes it. */
export function numbered(sql: string, parameters: Readonly<Record<string, unknown>>): [string, unknown[]] {
  const values: unknown[] = [];
  const places = new Map<string, number>();
  const text = sql.replaceAll(/(?<![:\w]):([a-z]\w*)/gi, (_, name: string) => {
    if (!places.has(name)) places.set(name, values.push(parameters[name]));
    return `$${places.get(name)}`;
  });
  return [text, values];
}

export interface Listed<Row> {
  readonly total: number;
  readonly rows: readonly Row[];
}

/** @param order what comes first in the order; by id it is whole. @param from how many are passed over */
export async function listUsers(
  manager: EntityManager,
  tenantId: string,
  { sql, parameters }: Condition,
  order: string,
  from: number,
  count: number,
): Promise<Listed<UserRow>> {
  const where = `FROM people p LEFT JOIN people m ON m.person_id = p.manager_id
     WHERE p.tenant_id = :tenant AND ${SHOWN} AND (${sql})`;
  const given = { ...parameters, tenant: tenantId, from, count };
  const [{ total }] = (await manager.query(
    ...numbered(`SELECT count(*)::integer AS total ${where}`, given),
  )) as [{ total: number }];
  const rows = (await manager.query(
    ...numbered(`SELECT ${COLUMNS} ${where} ORDER BY ${order}p.person_id OFFSET :from LIMIT :count`, given),
  )) as UserRow[];
  return { total, rows };
}

/** One person by a condition on `p`; null where there is none, or where it is hidden. */
export async function findUser(
  manager: EntityManager,
  tenantId: string,
  condition: string,
  value: string,
  hiddenToo = false,
): Promise<UserRow | null> {
  const rows = (await manager.query(
    `SELECT ${COLUMNS} FROM people p LEFT JOIN people m ON m.person_id = p.manager_id
      WHERE p.tenant_id = $1 AND ${hiddenToo ? 'true' : SHOWN} AND ${condition} LIMIT 1`,
    [tenantId, value],
  )) as UserRow[];
  return rows[0] ?? null;
}

export const userNameTaken = async (
  manager: EntityManager,
  tenantId: string,
  userName: string,
  butFor: string | null,
): Promise<boolean> =>
  (
    (await manager.query(
      `SELECT 1 FROM people p WHERE p.tenant_id = $1 AND ${SHOWN} AND lower(${USER_NAME}) = lower($2)
        AND p.person_id IS DISTINCT FROM $3::uuid LIMIT 1`,
      [tenantId, userName, butFor],
    )) as unknown[]
  ).length > 0;

const AS_IN_FILES = `p.person_key AS key, p.given_name AS "givenName", p.family_name AS "familyName", p.email,
  p.department, p.position, p.location, p.level, m.person_key AS "managerKey", p.hired_on::text AS "hiredOn",
  p.on_leave AS "onLeave", p.left_on::text AS "leftOn", p.leaving_reason AS "leavingReason",
  p.engagement_score AS "engagementScore", p.performance_rating AS "performanceRating"`;

/** Of the directory what judging a change of this person needs: them, their manager, and one whom that one leads. */
export async function nearby(
  manager: EntityManager,
  tenantId: string,
  key: PersonKey,
  managerKey: PersonKey | null,
): Promise<Map<PersonKey, DirectoryPerson>> {
  const people = (await manager.query(
    `SELECT ${AS_IN_FILES} FROM people p LEFT JOIN people m ON m.person_id = p.manager_id
      WHERE p.tenant_id = $1 AND p.person_key = ANY (array[$2::text, $3::text])
     UNION ALL
     (SELECT ${AS_IN_FILES} FROM people p JOIN people m ON m.person_id = p.manager_id
       WHERE p.tenant_id = $1 AND m.tenant_id = $1 AND m.person_key = $3 AND p.left_on IS NULL
         AND p.person_key <> $2 LIMIT 1)`,
    [tenantId, key, managerKey],
  )) as DirectoryPerson[];
  return new Map(people.map((person) => [person.key, person]));
}

/** A manager as a client names them: by id, employee id or userName. */
export async function managerNamed(
  manager: EntityManager,
  tenantId: string,
  named: string,
): Promise<{ readonly personId: string; readonly key: PersonKey } | null> {
  const rows = (await manager.query(
    `SELECT p.person_id AS "personId", p.person_key AS key FROM people p
      WHERE p.tenant_id = $1
        AND (p.person_id::text = lower($2) OR p.employee_id = $2 OR (${SHOWN} AND lower(${USER_NAME}) = lower($2)))
      ORDER BY p.person_id::text = lower($2) DESC, p.employee_id = $2 DESC LIMIT 1`,
    [tenantId, named],
  )) as { personId: string; key: PersonKey }[];
  return rows[0] ?? null;
}

/** Whether this person stands in the reporting line of `managerId` upwards, or is them. */
export const isAbove = async (
  manager: EntityManager,
  tenantId: string,
  personId: string,
  managerId: string,
): Promise<boolean> =>
  (
    (await manager.query(
      `WITH RECURSIVE line AS (
        SELECT person_id, manager_id FROM people WHERE tenant_id = $1 AND person_id = $3
        UNION SELECT above.person_id, above.manager_id FROM people above JOIN line ON above.person_id = line.manager_id)
     SELECT 1 FROM line WHERE person_id = $2`,
      [tenantId, personId, managerId],
    )) as unknown[]
  ).length > 0;
