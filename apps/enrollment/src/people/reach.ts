import { RefusedError, type Refusal } from '@cairn/decider';
import { hasRole, readsEverybody, type Role, type Subject } from '@cairn/identity';
import type { EntityManager } from 'typeorm';
import { wholeOrganisationNeeded } from './people.errors.js';

/** A condition of SQL with its named parameters. */
export interface Condition {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export const EVERYTHING: Condition = { sql: 'true', parameters: {} };

/** Whether a number that counts everybody tells the subject nothing of somebody whose record it may not see. */
export const readsTotals = (subject: Subject): boolean =>
  readsEverybody(subject) ||
  (hasRole(subject, 'hr') && subject.personId === undefined && subject.orgUnits === undefined);

/** Where one of them holds; nowhere, where there is none. Each names its parameters apart from the others'. */
export const anyOf = (conditions: readonly Condition[]): Condition => ({
  sql: conditions.map(({ sql }) => `(${sql})`).join(' OR ') || 'false',
  parameters: Object.fromEntries(conditions.flatMap(({ parameters }) => Object.entries(parameters))),
});

/**
 * Which people HR reaches: those of the org units that the token names (all, where it names none), never oneself nor one's
 * own reporting line upwards, to which whoever ever was in it belongs: an HR user's own file makes nobody reachable. `column`
 * holds a person's id.
 */
export function reachOfHr({ tenantId, personId, orgUnits }: Subject, column: string): Condition {
  const limits: string[] = [];
  if (orgUnits !== undefined)
    limits.push(
      `${column} IN (SELECT unit.person_id FROM people unit
        WHERE unit.tenant_id = :reachTenant AND unit.department = ANY (:reachUnits))`,
    );
  if (personId !== undefined)
    limits.push(
      `${column} <> ALL (ARRAY(WITH RECURSIVE line AS (
          SELECT CAST(:reachSelf AS uuid) AS person_id
          UNION SELECT above.manager_id FROM people_managers above JOIN line USING (person_id)
                 WHERE above.tenant_id = :reachTenant)
        SELECT person_id FROM line))`,
    );
  return {
    sql: limits.length === 0 ? 'true' : limits.join(' AND '),
    parameters: { reachTenant: tenantId, reachUnits: orgUnits, reachSelf: personId },
  };
}

/**
 * Whom a command may name by employee id: of somebody in HR those of the org units that the token names, whatever other
 * role it is given in. Oneself and one's line upwards are no secret there: to be named shows no record. What may
 * be decided on them is another question (`coaches/access.ts`).
 */
export const nameableBy = (subject: Subject, column: string): Condition =>
  hasRole(subject, 'hr') ? reachOfHr({ ...subject, personId: undefined }, column) : EVERYTHING;

/**
 * For what concerns everybody: a file, the report of it, the mapping by which files are read.
 * @throws RefusedError 403 where the subject is limited to org units
 */
export function requireWhole({ orgUnits }: Subject): void {
  if (orgUnits !== undefined) throw new RefusedError(wholeOrganisationNeeded());
}

/**
 * That a command of this role concerns somebody whom its giver reaches: a coachee only themself, HR, whatever other role
 * it gives it in, as `reachOfHr` says.
 * @throws RefusedError `refusal`, the same as for what does not exist
 */
export async function requireReach(
  manager: EntityManager,
  subject: Subject,
  role: string,
  personId: string,
  refusal: Refusal,
): Promise<void> {
  if (await reaches(manager, subject, role as Role, personId)) return;
  throw new RefusedError(refusal);
}

async function reaches(
  manager: EntityManager,
  subject: Subject,
  role: Role,
  personId: string,
): Promise<boolean> {
  if (role === 'coachee') return subject.personId === personId;
  return !hasRole(subject, 'hr') || (await reachedByHr(manager, subject, [personId])).has(personId);
}

/** Those of the people whom the subject reaches as HR, whatever else it is; none where it is not HR. */
export async function reachedByHr(
  manager: EntityManager,
  subject: Subject,
  personIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (!hasRole(subject, 'hr') || personIds.length === 0) return new Set();
  if (subject.orgUnits === undefined && subject.personId === undefined) return new Set(personIds);
  const { sql, parameters } = reachOfHr(subject, 'p.person_id');
  const rows = await manager
    .createQueryBuilder()
    .select('p.person_id', 'personId')
    .from('people', 'p')
    .where('p.person_id = ANY (:personIds)', { personIds })
    .andWhere(`(${sql})`, parameters)
    .getRawMany<{ personId: string }>();
  return new Set(rows.map(({ personId }) => personId));
}

/** Of people whom the subject is shown, those whom a manager sees as theirs: not a coachee of theirs, nor their own manager. */
export async function lookedAt<One extends { readonly personId: string }>(
  manager: EntityManager,
  subject: Subject,
  people: readonly One[],
): Promise<readonly One[]> {
  const { tenantId, personId } = subject;
  if (hasRole(subject, 'hr', 'program-admin') || !hasRole(subject, 'manager')) return people;
  if (personId === undefined || people.length === 0) return [];
  const personIds = people.map((one) => one.personId);
  const rows = await manager
    .createQueryBuilder()
    .select('p.person_id', 'personId')
    .from('people', 'p')
    .where('p.tenant_id = :tenantId AND p.manager_id = :personId', { tenantId, personId })
    .andWhere('p.person_id = ANY (:personIds)', { personIds })
    .getRawMany<{ personId: string }>();
  const reports = new Set(rows.map((row) => row.personId));
  return people.filter((one) => reports.has(one.personId));
}

/** Employee ids of those whose record an HR user never sees, in an import's report neither: their own and their line upwards. */
export async function notShownTo(manager: EntityManager, subject: Subject): Promise<ReadonlySet<string>> {
  const { tenantId, personId } = subject;
  if (!hasRole(subject, 'hr') || personId === undefined) return new Set();
  const { sql, parameters } = reachOfHr({ ...subject, orgUnits: undefined }, 'p.person_id');
  const rows = await manager
    .createQueryBuilder()
    .select('p.employee_id', 'employeeId')
    .from('people', 'p')
    .where('p.tenant_id = :tenantId AND p.employee_id IS NOT NULL', { tenantId })
    .andWhere(`NOT (${sql})`, parameters)
    .getRawMany<{ employeeId: string }>();
  return new Set(rows.map(({ employeeId }) => employeeId));
}
