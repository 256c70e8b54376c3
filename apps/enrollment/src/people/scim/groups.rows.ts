import type { EntityManager } from 'typeorm';
import type { Condition } from '../reach.js';
import { numbered, type Listed } from './users.rows.js';

export interface GroupRow {
  readonly groupId: string;
  readonly displayName: string;
  readonly externalId: string | null;
  readonly members: readonly { readonly value: string; readonly display: string; readonly type: 'User' }[];
}

const COLUMNS = `g.group_id AS "groupId", g.display_name AS "displayName", g.external_id AS "externalId",
  coalesce((SELECT json_agg(json_build_object('value', p.person_id,
        'display', btrim(p.given_name || ' ' || p.family_name), 'type', 'User') ORDER BY p.person_id)
     FROM people_group_members gm JOIN people p ON p.person_id = gm.person_id
    WHERE gm.group_id = g.group_id AND gm.until IS NULL AND NOT p.unprovisioned), '[]') AS members`;

/** @param order what comes first in the order; by id it is whole. @param from how many are passed over */
export async function listGroups(
  manager: EntityManager,
  tenantId: string,
  { sql, parameters }: Condition,
  order: string,
  from: number,
  count: number,
): Promise<Listed<GroupRow>> {
  const where = `FROM people_groups g WHERE g.tenant_id = :tenant AND (${sql})`;
  const given = { ...parameters, tenant: tenantId, from, count };
  const [{ total }] = (await manager.query(
    ...numbered(`SELECT count(*)::integer AS total ${where}`, given),
  )) as [{ total: number }];
  const rows = (await manager.query(
    ...numbered(`SELECT ${COLUMNS} ${where} ORDER BY ${order}g.group_id OFFSET :from LIMIT :count`, given),
  )) as GroupRow[];
  return { total, rows };
}

export async function findGroup(
  manager: EntityManager,
  tenantId: string,
  groupId: string,
): Promise<GroupRow | null> {
  const rows = (await manager.query(
    `SELECT ${COLUMNS} FROM people_groups g WHERE g.tenant_id = $1 AND g.group_id = $2`,
    [tenantId, groupId],
  )) as GroupRow[];
  return rows[0] ?? null;
}

/** The names of the groups that each of these people was in on a day; who was in none is not there. */
export async function groupsOf(
  manager: EntityManager,
  personIds: readonly string[],
  day: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = (await manager.query(
    `SELECT gm.person_id AS "personId", array_agg(g.display_name ORDER BY g.display_name) AS names
       FROM people_group_members gm JOIN people_groups g ON g.group_id = gm.group_id
      WHERE gm.person_id = ANY ($1) AND gm.since <= $2 AND (gm.until IS NULL OR gm.until > $2)
      GROUP BY gm.person_id`,
    [personIds, day],
  )) as { personId: string; names: string[] }[];
  return new Map(rows.map(({ personId, names }) => [personId, names]));
}
