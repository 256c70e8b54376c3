import { derivedId } from '@cairn/event-store';
import { digestOf } from '@cairn/http';
import { isUuid } from '@cairn/identity';
import { Injectable } from '@nestjs/common';
import { Transactions, type CommandIdentity, type Transaction } from '../../transact.js';
import { CORE_GROUP } from './attributes.js';
import { findGroup, type GroupRow } from './groups.rows.js';
import { isObject, listOf, patched, read, shapeOf, type PatchOperation, type Resource } from './patch.js';
import { changedMeanwhile, noSuchResource, scimError } from './scim.errors.js';
import { text } from './user.js';
import type { Seen } from './users.handler.js';

const GROUP = shapeOf(CORE_GROUP);

/** A Group without its `meta`. */
export const groupOf = ({ groupId, displayName, externalId, members }: GroupRow): Resource => ({
  schemas: [CORE_GROUP],
  id: groupId,
  displayName,
  ...(externalId === null ? {} : { externalId }),
  members,
});

export const groupVersion = (row: GroupRow): string => digestOf(groupOf(row));

/** Groups as a client keeps them, each membership with its days: eligibility asks who was in it on a day. */
@Injectable()
export class ScimGroups {
  constructor(private readonly transactions: Transactions) {}

  /** @throws FaultError */
  create(identity: CommandIdentity, resource: Resource): Promise<GroupRow> {
    return this.transactions.run(identity, (tx) =>
      save(tx, derivedId(identity.commandId, 'group'), null, resource),
    );
  }

  /** @throws FaultError */
  replace(identity: CommandIdentity, groupId: string, resource: Resource, seen: Seen): Promise<GroupRow> {
    return this.transactions.run(identity, async (tx) =>
      save(tx, groupId, await locked(tx, groupId, seen), resource),
    );
  }

  /** @throws FaultError */
  patch(
    identity: CommandIdentity,
    groupId: string,
    operations: readonly PatchOperation[],
    seen: Seen,
  ): Promise<GroupRow> {
    return this.transactions.run(identity, async (tx) => {
      const before = await locked(tx, groupId, seen);
      return save(tx, groupId, before, patched(groupOf(before), operations, GROUP));
    });
  }

  /** The group is gone, with who was ever in it. @throws FaultError */
  remove(identity: CommandIdentity, groupId: string, seen: Seen): Promise<void> {
    return this.transactions.run(identity, async (tx) => {
      await locked(tx, groupId, seen);
      await tx.client.query('DELETE FROM people_groups WHERE group_id = $1', [groupId]);
    });
  }
}

async function locked(
  { manager, client, identity }: Transaction,
  groupId: string,
  seen: Seen,
): Promise<GroupRow> {
  const { tenantId } = identity;
  await client.query('SELECT 1 FROM people_groups WHERE tenant_id = $1 AND group_id = $2 FOR UPDATE', [
    tenantId,
    groupId,
  ]);
  const row = await findGroup(manager, tenantId, groupId);
  if (row === null) throw noSuchResource('Group');
  if (seen !== undefined && seen !== '*' && seen !== groupVersion(row)) throw changedMeanwhile();
  return row;
}

async function save(
  { manager, client, identity }: Transaction,
  groupId: string,
  before: GroupRow | null,
  resource: Resource,
): Promise<GroupRow> {
  const { tenantId, now } = identity;
  const day = now.slice(0, 10);
  const displayName = text(resource, 'displayName', 120);
  if (displayName === null) throw scimError('invalidValue', 'displayName: expected a name: it is required.');
  const members = membersIn(resource);
  const { rows: others } = await client.query(
    'SELECT 1 FROM people_groups WHERE tenant_id = $1 AND lower(display_name) = lower($2) AND group_id <> $3',
    [tenantId, displayName, groupId],
  );
  if (others.length > 0) throw scimError('uniqueness', 'Another Group has this displayName.');
  const { rows: known } = await client.query<{ id: string }>(
    `SELECT person_id AS id FROM people WHERE tenant_id = $1 AND person_id = ANY ($2)
        AND employee_id IS NOT NULL AND NOT unprovisioned`,
    [tenantId, members],
  );
  if (known.length < members.length)
    throw scimError(
      'invalidValue',
      'members: expected ids of Users alone, each once; groups within groups are not taken.',
    );
  await client.query(
    `INSERT INTO people_groups (group_id, tenant_id, display_name, external_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT (group_id) DO UPDATE SET display_name = excluded.display_name, external_id = excluded.external_id`,
    [groupId, tenantId, displayName, text(resource, 'externalId', 254)],
  );
  const was = new Set(before?.members.map(({ value }) => value));
  const is = new Set(members);
  await enter(
    client,
    groupId,
    members.filter((id) => !was.has(id)),
    day,
  );
  await leave(
    client,
    groupId,
    [...was].filter((id) => !is.has(id)),
    day,
  );
  return (await findGroup(manager, tenantId, groupId))!;
}

/** Whoever left on the same day has been there all along. */
async function enter(client: Transaction['client'], groupId: string, ids: readonly string[], day: string) {
  if (ids.length === 0) return;
  await client.query(
    `WITH back AS (
       UPDATE people_group_members SET until = NULL
        WHERE group_id = $1 AND person_id = ANY ($2::uuid[]) AND until = $3 RETURNING person_id)
     INSERT INTO people_group_members (group_id, person_id, since)
     SELECT $1, id, $3 FROM unnest($2::uuid[]) id WHERE id NOT IN (SELECT person_id FROM back)
     ON CONFLICT (group_id, person_id, since) DO UPDATE SET until = NULL`,
    [groupId, ids, day],
  );
}

async function leave(client: Transaction['client'], groupId: string, ids: readonly string[], day: string) {
  if (ids.length === 0) return;
  await client.query(
    `UPDATE people_group_members SET until = $3
      WHERE group_id = $1 AND person_id = ANY ($2::uuid[]) AND until IS NULL`,
    [groupId, ids, day],
  );
}

function membersIn(resource: Resource): string[] {
  const ids = listOf(read(resource, 'members')).map((each) => (isObject(each) ? read(each, 'value') : each));
  if (!ids.every(isUuid))
    throw scimError('invalidValue', 'members: expected objects with the id of a User as value.');
  return [...new Set(ids.map((id) => id.toLowerCase()))];
}
