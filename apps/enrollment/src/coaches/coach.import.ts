import { derivedId } from '@cairn/event-store';
import type { Subject } from '@cairn/identity';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { FileFormat } from '../people/import/reading/hr-file.js';
import { PersonEntity } from '../people/person.entity.js';
import { nameableBy, type Condition } from '../people/reach.js';
import { same } from '../same.js';
import { Transactions, type CommandIdentity, type Transaction } from '../transact.js';
import { undecidedBy } from './access.js';
import type { CoachRowError } from './coach.cells.js';
import type { CoachRow } from './coach.csv.js';
import { CoachEntity } from './coach.entity.js';
import { insertCoach, leaversAmong, peopleByEmployeeId } from './coach.handler.js';
import { isCandidate } from './coach.js';
import { decideCoach, decideCredentials, saveCoach, toldOf } from './coach.rows.js';

export type CoachRowOutcome = {
  readonly line: number;
  readonly externalRef: string;
  readonly outcome: 'created' | 'updated' | 'unchanged';
  readonly coachId: string;
};

export interface CoachImportReport {
  /** `rejected`: rows are at fault and partial mode was not chosen, so nothing was applied. */
  readonly status: 'applied' | 'nothing-changed' | 'rejected';
  readonly detected: FileFormat;
  /** `notApplied`: sound rows that wait for those at fault. */
  readonly counts: {
    readonly rows: number;
    readonly created: number;
    readonly updated: number;
    readonly unchanged: number;
    readonly rejected: number;
    readonly notApplied: number;
  };
  readonly rows: readonly CoachRowOutcome[];
  readonly errors: readonly CoachRowError[];
}

/** What the file says, as it was read. */
export interface CoachFile {
  readonly detected: FileFormat;
  readonly coaches: readonly CoachRow[];
  readonly errors: readonly CoachRowError[];
}

@Injectable()
export class CoachImport {
  constructor(private readonly transactions: Transactions) {}

  /**
   * Brings the coaches up to date with a file, in one transaction: the same file twice changes nothing. A coach is known
   * by the external reference; a row without approval takes none away, and so it is with an employee id and with credentials.
   * @param giver whom they may not name is as if not in the directory; rows of coaches on whom they do not decide are at fault
   * @param keep is given the report in that transaction, to answer with it again should the command be sent again
   */
  apply(
    identity: CommandIdentity,
    file: CoachFile,
    partial: boolean,
    giver: Subject,
    keep: (tx: Transaction, report: CoachImportReport) => Promise<void>,
  ): Promise<CoachImportReport> {
    return this.transactions.run(identity, async (tx) => {
      const employeeIds = file.coaches.flatMap(({ employeeId }) => employeeId ?? []);
      const known = await knownCoaches(tx, file.coaches);
      const are = [...known.values()].map(({ personId }) => personId);
      const nameable = nameableBy(giver, 'p.person_id');
      const people = await peopleByEmployeeId(tx, employeeIds, nameable, are);
      const undecided = await undecidedRows(tx, file.coaches, known, people, giver);
      // Of such a coach nothing else is said.
      const others = file.coaches.filter((row) => !undecided.has(row));
      const faults = [
        ...undecided.values(),
        ...others
          .filter(({ employeeId }) => employeeId !== null && !people.has(employeeId))
          .map(unknownEmployee),
        ...(await otherEmployees(tx, others, known, people, nameable)),
        ...(await taken(tx, others, people)),
        ...(await departed(tx, others, known)),
      ];
      const errors = [...file.errors, ...faults].sort((a, b) => a.line - b.line);
      const faulty = new Set(errors.map(({ line }) => line));
      const rejected = faulty.size;
      const sound = file.coaches.filter(({ line }) => !faulty.has(line));
      const { detected } = file;
      const none = { created: 0, updated: 0, unchanged: 0, notApplied: 0 };
      const counts = { rows: sound.length + rejected, ...none, rejected };
      if (rejected > 0 && !partial) {
        counts.notApplied = sound.length;
        const report = { status: 'rejected', detected, counts, rows: [], errors } as const;
        await keep(tx, report);
        return report;
      }
      const rows: CoachRowOutcome[] = [];
      // In the order of the references, so that two files at once do not wait for each other in a circle.
      for (const row of sound.toSorted((a, b) => (a.externalRef < b.externalRef ? -1 : 1))) {
        const coach = known.get(row.externalRef);
        const personId = row.employeeId === null ? null : people.get(row.employeeId)!;
        const done = coach ? await update(tx, coach, row, personId) : await create(tx, row, personId);
        rows.push({ line: row.line, externalRef: row.externalRef, ...done });
        counts[done.outcome] += 1;
      }
      rows.sort((a, b) => a.line - b.line);
      const changed = counts.created + counts.updated > 0;
      const status = changed ? 'applied' : 'nothing-changed';
      const report = { status, detected, counts, rows, errors } as const;
      await keep(tx, report);
      return report;
    });
  }
}

const unknownEmployee = ({ line, employeeId }: CoachRow): CoachRowError => ({
  line,
  column: 'employeeId',
  code: 'unknown-employee',
  expected: 'an employee id of the directory, of somebody who has not left; import people first',
  found: employeeId!,
});

/** Rows of a coach who is, or would become, the giver or somebody above them in HR. */
async function undecidedRows(
  tx: Transaction,
  rows: readonly CoachRow[],
  known: ReadonlyMap<string, CoachEntity>,
  people: ReadonlyMap<string, string>,
  giver: Subject,
): Promise<ReadonlyMap<CoachRow, CoachRowError>> {
  const concerned = rows.flatMap((row) => {
    const coach = known.get(row.externalRef);
    const personId = row.employeeId === null ? undefined : people.get(row.employeeId);
    return [
      ...(coach
        ? [{ row, column: 'externalRef' as const, coachId: coach.coachId, personId: coach.personId }]
        : []),
      ...(personId === undefined ? [] : [{ row, column: 'employeeId' as const, personId }]),
    ];
  });
  const undecided = await undecidedBy(tx.manager, giver, concerned);
  return new Map(
    [...undecided].map(({ row, column }): [CoachRow, CoachRowError] => [
      row,
      {
        line: row.line,
        column,
        code: 'own-coach-record',
        expected:
          'a coach other than yourself and those above you in your reporting line; leave the row out, and have somebody else of HR, or of programme administration, send it',
        found: row[column]!,
      },
    ]),
  );
}

/** Rows that make a known coach another employee than the one who the coach is. */
async function otherEmployees(
  tx: Transaction,
  rows: readonly CoachRow[],
  known: ReadonlyMap<string, CoachEntity>,
  people: ReadonlyMap<string, string>,
  nameable: Condition,
): Promise<CoachRowError[]> {
  const others = rows.flatMap(({ line, externalRef, employeeId }) => {
    const before = known.get(externalRef)?.personId ?? null;
    const now = employeeId === null ? undefined : people.get(employeeId);
    return before === null || now === undefined || now === before
      ? []
      : [{ line, found: employeeId!, personId: before }];
  });
  if (others.length === 0) return [];
  const are = await tx.manager
    .createQueryBuilder(PersonEntity, 'p')
    .where('p.person_id = ANY (:personIds)', { personIds: others.map(({ personId }) => personId) })
    .andWhere(`(${nameable.sql})`, nameable.parameters)
    .getMany();
  const idOf = new Map(are.map(({ personId, employeeId }) => [personId, employeeId]));
  return others.map(({ line, found, personId }) => ({
    line,
    column: 'employeeId',
    code: 'other-employee',
    expected: `${idOf.get(personId) ?? 'the employee'}, who this coach is already, or nothing; another employee is a coach with another reference`,
    found,
  }));
}

/** Rows that make an employee a coach who is another one already, in Cairn or on a line before. */
async function taken(
  tx: Transaction,
  rows: readonly CoachRow[],
  people: ReadonlyMap<string, string>,
): Promise<CoachRowError[]> {
  const { tenantId } = tx.identity;
  const coaches = await tx.manager.findBy(CoachEntity, { tenantId, personId: In([...people.values()]) });
  const refOf = new Map(coaches.map(({ personId, externalRef }) => [personId!, externalRef]));
  return rows.flatMap(({ line, externalRef, employeeId }): CoachRowError[] => {
    const personId = employeeId === null ? undefined : people.get(employeeId);
    if (personId === undefined) return [];
    const other = refOf.get(personId) ?? externalRef;
    refOf.set(personId, other);
    if (other === externalRef) return [];
    const expected = `an employee who is no coach yet; this one is coach ${other}`;
    return [{ line, column: 'employeeId', code: 'employee-is-coach', expected, found: employeeId! }];
  });
}

/** Rows that would approve a coach who is an employee and has left. */
async function departed(
  tx: Transaction,
  rows: readonly CoachRow[],
  known: ReadonlyMap<string, CoachEntity>,
): Promise<CoachRowError[]> {
  const approvals = rows.flatMap(({ line, externalRef, approved }) => {
    const coach = known.get(externalRef);
    return approved && coach !== undefined && isCandidate(coach.status) && coach.personId !== null
      ? [{ line, personId: coach.personId }]
      : [];
  });
  const left = await leaversAmong(
    tx,
    approvals.map(({ personId }) => personId),
  );
  return approvals
    .filter(({ personId }) => left.has(personId))
    .map(({ line }) => ({
      line,
      column: 'approved',
      code: 'employee-left',
      expected: 'no, or nothing: this coach is an employee who has left the company',
    }));
}

async function knownCoaches(tx: Transaction, rows: readonly CoachRow[]): Promise<Map<string, CoachEntity>> {
  const coaches = await tx.manager
    .createQueryBuilder(CoachEntity, 'c')
    .setLock('pessimistic_write')
    .where('c.tenant_id = :tenantId AND c.external_ref = ANY (:refs)', {
      tenantId: tx.identity.tenantId,
      refs: rows.map(({ externalRef }) => externalRef),
    })
    .orderBy('c.external_ref')
    .getMany();
  return new Map(coaches.map((coach) => [coach.externalRef, coach]));
}

type Done = Pick<CoachRowOutcome, 'outcome' | 'coachId'>;

async function create(tx: Transaction, row: CoachRow, personId: string | null): Promise<Done> {
  const coachId = derivedId(tx.identity.commandId, `coach:${row.externalRef}`);
  await insertCoach(tx, coachId, row, personId);
  return { outcome: 'created', coachId };
}

async function update(
  tx: Transaction,
  coach: CoachEntity,
  row: CoachRow,
  personId: string | null,
): Promise<Done> {
  const { occurredAt: at } = tx.identity;
  const { version } = coach;
  const details = { name: row.name, email: row.email, conflicts: row.profile.conflicts };
  const known = { name: coach.name, email: coach.email, conflicts: coach.conflicts };
  decideCoach(tx, coach, { kind: 'change-profile', at, profile: toldOf(row.profile) });
  decideCoach(tx, coach, { kind: 'change-capacity', at, capacity: row.profile.capacity });
  if (personId !== null) decideCoach(tx, coach, { kind: 'identify', at, personId });
  if (row.approved && isCandidate(coach.status)) decideCoach(tx, coach, { kind: 'approve', at });
  decideCredentials(tx, coach, row.credentials);
  const { coachId } = coach;
  if (coach.version === version && same(details, known)) return { outcome: 'unchanged', coachId };
  Object.assign(coach, details);
  await saveCoach(tx, coach);
  return { outcome: 'updated', coachId };
}
