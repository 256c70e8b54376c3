import { digestOf } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Transactions, type CommandIdentity, type Transaction } from '../../transact.js';
import { applyChanges } from '../apply-part.js';
import { personIdOf } from '../directory.rows.js';
import { added, type PersonChange } from '../import/changes.js';
import { compared } from '../import/compare.js';
import { employeeIdOf, employeeKey, type DirectoryPerson, type PersonKey } from '../import/directory.js';
import { withPromotions } from '../import/promotions.js';
import type { PersonRow } from '../import/rows.js';
import { PeopleImport } from '../people.import.js';
import { lockDirectory, ImportUnderWay, noteChanged } from './directory.lock.js';
import type { PatchOperation, Resource } from './patch.js';
import { changedMeanwhile, importUnderWay, noSuchResource, scimError } from './scim.errors.js';
import { findUser, isAbove, managerNamed, nearby, userNameTaken } from './users.rows.js';
import { patchedUser, readUser, userOf, type UserRow, type UserSaid } from './user.js';

/** Somebody added so many days ago is not told to be promoted when the first report comes: a client sends one after the other. */
const SETTLING_DAYS = 7;
const TRIES = 5;

export const userVersion = (row: UserRow): string => digestOf(userOf(row));

/** Which version a client has seen, or `*`; undefined where it does not say. */
export type Seen = string | undefined;

/** What a client makes known of people, with the history and the events that a file would make of it. */
@Injectable()
export class ScimUsers {
  constructor(
    private readonly transactions: Transactions,
    private readonly imports: PeopleImport,
  ) {}

  /** Adds a person, or takes over one whom a file brought and no client has named yet. @throws FaultError */
  create(identity: CommandIdentity, resource: Resource): Promise<UserRow> {
    const said = readUser(resource, 'post');
    const employeeId = said.employeeNumber ?? said.externalId;
    if (employeeId === null || employeeId.length > 100)
      throw scimError(
        'invalidValue',
        `An employee id is needed: employeeNumber of the enterprise extension, or else externalId.`,
      );
    return this.run(identity, async (tx, day) => {
      const { tenantId } = identity;
      const known = await findUser(tx.manager, tenantId, 'p.employee_id = $2', employeeId, true);
      if (known !== null) {
        const [{ taken }] = (await tx.manager.query(
          'SELECT user_name IS NOT NULL AND NOT unprovisioned AS taken FROM people WHERE person_id = $1',
          [known.personId],
        )) as [{ taken: boolean }];
        if (taken) throw scimError('uniqueness', 'There is a User of this employee id already.');
      }
      await this.save(tx, employeeId, known, said, day, null);
      return this.found(tx, 'p.employee_id = $2', employeeId);
    });
  }

  /** @throws FaultError */
  replace(identity: CommandIdentity, personId: string, resource: Resource, seen: Seen): Promise<UserRow> {
    return this.run(identity, async (tx, day) => {
      await this.change(tx, personId, seen, (row) => readUser(resource, 'put', row), day);
      return this.found(tx, 'p.person_id = $2', personId);
    });
  }

  /** @throws FaultError */
  patch(
    identity: CommandIdentity,
    personId: string,
    operations: readonly PatchOperation[],
    seen: Seen,
  ): Promise<UserRow> {
    return this.run(identity, async (tx, day) => {
      await this.change(
        tx,
        personId,
        seen,
        (row) => readUser(patchedUser(row, operations), 'patch', row),
        day,
      );
      return this.found(tx, 'p.person_id = $2', personId);
    });
  }

  /** The person has left, and is no User any more, nor in any group; the directory keeps them. @throws FaultError */
  remove(identity: CommandIdentity, personId: string, seen: Seen): Promise<void> {
    return this.run(identity, async (tx, day) => {
      await this.change(
        tx,
        personId,
        seen,
        (row) => readUser({ ...userOf(row), active: false }, 'patch', row),
        day,
      );
      await tx.client.query(
        `UPDATE people SET unprovisioned = true, user_name = NULL, external_id = NULL, display_name = NULL
          WHERE tenant_id = $1 AND person_id = $2`,
        [identity.tenantId, personId],
      );
      await tx.client.query(
        'UPDATE people_group_members SET until = $2 WHERE person_id = $1 AND until IS NULL',
        [personId, day],
      );
    });
  }

  private async found(
    { manager, identity }: Transaction,
    condition: string,
    value: string,
  ): Promise<UserRow> {
    return (await findUser(manager, identity.tenantId, condition, value))!;
  }

  private async change(
    tx: Transaction,
    personId: string,
    seen: Seen,
    saidOf: (row: UserRow) => UserSaid,
    day: string,
  ): Promise<void> {
    const row = await findUser(tx.manager, tx.identity.tenantId, 'p.person_id = $2', personId);
    if (row === null) throw noSuchResource('User');
    if (seen !== undefined && seen !== '*' && seen !== userVersion(row)) throw changedMeanwhile();
    const said = saidOf(row);
    if (said.employeeNumber !== null && said.employeeNumber !== row.employeeId)
      throw scimError('mutability', 'The employee id of a person stays what it is.');
    await this.save(tx, row.employeeId, row, said, day, row.userName);
  }

  /** @param named the userName that they have as a User already */
  private async save(
    tx: Transaction,
    employeeId: string,
    row: UserRow | null,
    said: UserSaid,
    day: string,
    named: string | null,
  ): Promise<void> {
    const { manager, client, identity } = tx;
    const { tenantId } = identity;
    const key = employeeKey(employeeId);
    const personId = row?.personId ?? personIdOf(tenantId, key);
    // Files may give two people one address: who has the same name as another already can still be changed, and let go.
    const isNewName = said.userName.toLowerCase() !== named?.toLowerCase();
    if (isNewName && (await userNameTaken(manager, tenantId, said.userName, personId)))
      throw scimError(
        'uniqueness',
        'Another User has this userName, or an address that stands for one: find them by it, and give one of the two another userName.',
      );
    const managerKey = await this.managerOf(tx, personId, said);
    const people = await nearby(manager, tenantId, key, managerKey ?? null);
    const before = people.get(key) ?? null;
    const change = changeOf(before, rowOf(key, before, said, day), managerKey, day);
    const changes = change.changed.length > 0 || before === null ? [change] : [];
    const all = withPromotions(
      { lastSnapshotOn: day, people },
      new Map(changes.map((each) => [each.key, each])),
    );
    const settled = await this.settledOf(
      tx,
      [...all.keys()].filter((each) => each !== key),
      day,
    );
    const told = [...all.values()].filter((each) => each.key === key || settled.has(each.key));
    await applyChanges(
      tx,
      told.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    );
    await client.query(
      `UPDATE people SET user_name = $3, external_id = $4, display_name = $7, unprovisioned = false,
          provisioned_on = CASE WHEN $5 THEN $6::date ELSE provisioned_on END
        WHERE tenant_id = $1 AND person_id = $2`,
      [tenantId, personId, said.userName, said.externalId, before === null, day, said.displayName],
    );
    if (told.length > 0) await noteChanged(client, tenantId, day);
  }

  /** @throws FaultError where nobody is meant, or where they would lead in a circle */
  private async managerOf(
    { manager, identity: { tenantId } }: Transaction,
    personId: string,
    { manager: named }: UserSaid,
  ): Promise<PersonKey | null | undefined> {
    if (named === null || named === undefined) return named;
    const found = await managerNamed(manager, tenantId, named);
    if (found === null)
      throw scimError('invalidValue', 'manager: expected the id, the employee id or the userName of a User.');
    if (await isAbove(manager, tenantId, personId, found.personId))
      throw scimError('invalidValue', 'manager: expected somebody whom the person does not lead.');
    return found.key;
  }

  /** Those of them who have been there for a while: their first report is a promotion. */
  private async settledOf(tx: Transaction, keys: readonly PersonKey[], day: string): Promise<Set<PersonKey>> {
    if (keys.length === 0) return new Set();
    const { rows } = await tx.client.query<{ key: PersonKey }>(
      `SELECT person_key AS key FROM people WHERE tenant_id = $1 AND person_key = ANY ($2)
          AND (provisioned_on IS NULL OR provisioned_on <= $3::date - ${SETTLING_DAYS})`,
      [tx.identity.tenantId, keys, day],
    );
    return new Set(rows.map(({ key }) => key));
  }

  /** One after the other, and never between two parts of a file. */
  private async run<T>(
    identity: CommandIdentity,
    work: (tx: Transaction, day: string) => Promise<T>,
  ): Promise<T> {
    for (let left = TRIES; left > 0; left--) {
      try {
        return await this.transactions.run(identity, async (tx) => work(tx, await lockDirectory(tx)));
      } catch (error) {
        if (!(error instanceof ImportUnderWay)) throw error;
        await this.imports.finish(identity.tenantId, error.importId);
      }
    }
    throw importUnderWay();
  }
}

/** What a file of this day would have of the person. */
function rowOf(key: PersonKey, before: DirectoryPerson | null, said: UserSaid, day: string): PersonRow {
  const { hiredOn = before?.hiredOn ?? day } = said;
  if (hiredOn > day)
    throw scimError('invalidValue', `hiredOn: expected a day up to ${day}; send it once it has come.`);
  const onLeave = said.onLeave ?? before?.onLeave ?? false;
  return {
    line: 0,
    key,
    employeeId: employeeIdOf(key)!,
    givenName: said.givenName,
    familyName: said.familyName,
    email: said.email,
    department: said.department,
    position: said.position,
    location: said.location,
    level: said.level,
    managerId: undefined,
    managerName: undefined,
    hiredOn,
    standing: !said.active ? 'left' : onLeave ? 'onLeave' : 'active',
    leftOn: null,
    leavingReason: said.active ? null : said.leavingReason,
    effectiveOn: null,
    engagementScore: null,
    performanceRating: null,
    notes: [],
  };
}

function changeOf(
  before: DirectoryPerson | null,
  row: PersonRow,
  managerKey: PersonKey | null | undefined,
  day: string,
): PersonChange {
  if (before !== null) return compared(before, row, managerKey, day).change;
  if (row.standing === 'left')
    throw scimError('invalidValue', 'active: nobody is added who is not there; send them once they are.');
  const change = added(row, managerKey ?? null, day);
  if (row.hiredOn !== day) return change;
  // Nobody has said so: it is the day on which Cairn heard of them.
  const events = change.events.map((event) =>
    event.type === 'PersonAdded'
      ? { ...event, data: { ...event.data, dateBasis: 'snapshot' as const } }
      : event,
  );
  return { ...change, events };
}

/** The identity of a request that has no key of its own: SCIM's requests say what is to be, so that twice is as once. */
export const identityOf = (
  { tenantId, subject }: { readonly tenantId: string; readonly subject: string },
  now: Date,
): CommandIdentity => {
  const commandId = randomUUID();
  const at = now.toISOString();
  const actor = { subject, role: 'integration' };
  return { commandId, correlationId: commandId, tenantId, actor, occurredAt: at, now: at };
};
