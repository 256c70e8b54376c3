import { RefusedError } from '@cairn/decider';
import { derivedId } from '@cairn/event-store';
import type { Subject } from '@cairn/identity';
import { Injectable } from '@nestjs/common';
import { PersonEntity } from '../people/person.entity.js';
import { nameableBy, type Condition } from '../people/reach.js';
import { Transactions, type CommandIdentity, type Keep, type Transaction } from '../transact.js';
import { requireMaker } from './access.js';
import type { CoachCommand } from './coach.commands.js';
import { coachDecider } from './coach.decider.js';
import { CoachEntity } from './coach.entity.js';
import { coachHasLeft, isCoachAlready, noSuchEmployee, referenceTaken } from './coach.errors.js';
import type { CoachProfile, ReassessmentOutcome, TellingCredential } from './coach.js';
import { coachStream, decideCoach, decideCredentials, lockCoach, saveCoach, toldOf } from './coach.rows.js';
import { reassessmentsDue } from './reassessments.js';

/** A coach as somebody enters one. */
export interface CoachDraft {
  readonly externalRef: string;
  readonly name: string;
  readonly email: string | null;
  /** The employee who an internal coach is. */
  readonly employeeId: string | null;
  readonly approved: boolean;
  readonly profile: CoachProfile;
  readonly credentials?: readonly TellingCredential[];
}

@Injectable()
export class CoachHandler {
  constructor(private readonly transactions: Transactions) {}

  /**
   * @param giver whom they may not name is as if not in the directory
   * @throws RefusedError where the reference is another coach's, or the employee is, or is not in the directory or has left,
   *   or is nobody on whom the giver decides
   */
  add(
    identity: CommandIdentity,
    draft: CoachDraft,
    giver: Subject,
    keep: Keep<CoachEntity>,
  ): Promise<CoachEntity> {
    const coachId = derivedId(identity.commandId, 'coach');
    const { tenantId } = identity;
    const { externalRef } = draft;
    return this.transactions.run(
      identity,
      async (tx) => {
        const known = await tx.manager.findOneBy(CoachEntity, { tenantId, externalRef });
        if (known?.coachId === coachId) return known;
        if (known !== null) throw new RefusedError(referenceTaken(externalRef, known.coachId));
        const named = draft.employeeId === null ? [] : [draft.employeeId];
        const people = await peopleByEmployeeId(tx, named, nameableBy(giver, 'p.person_id'));
        const personId = draft.employeeId === null ? null : people.get(draft.employeeId);
        if (personId === undefined) throw new RefusedError(noSuchEmployee('/employeeId'));
        await requireMaker(tx.manager, giver, personId);
        const already = personId && (await tx.manager.findOneBy(CoachEntity, { tenantId, personId }));
        if (already) throw new RefusedError(isCoachAlready(already.coachId));
        return insertCoach(tx, coachId, draft, personId);
      },
      keep,
    );
  }

  /** An internal coach has left the company. */
  suspendLeaver(identity: CommandIdentity, coachId: string): Promise<CoachEntity> {
    return this.give(identity, coachId, ({ state }) => {
      const last = state.status === 'none' ? '' : state.lastOccurredAt;
      const at = last > identity.occurredAt ? last : identity.occurredAt;
      return { kind: 'suspend', at, reason: 'left-the-company' };
    });
  }

  /** The day on which credentials of theirs were valid last is over. */
  expireCredentials(identity: CommandIdentity, coachId: string): Promise<CoachEntity> {
    return this.give(identity, coachId, ({ state }) => {
      const last = state.status === 'none' ? '' : state.lastOccurredAt;
      const at = last > identity.occurredAt ? last : identity.occurredAt;
      return { kind: 'expire-credentials', at };
    });
  }

  reassess(
    identity: CommandIdentity,
    coachId: string,
    outcome: ReassessmentOutcome,
    check: (coach: CoachEntity, tx: Transaction) => Promise<void>,
    keep: Keep<CoachEntity>,
  ): Promise<CoachEntity> {
    const { occurredAt: at } = identity;
    return this.give(
      identity,
      coachId,
      async (coach, tx) => {
        await check(coach, tx);
        const dueAt = (await reassessmentsDue(tx.manager, [coachId])).get(coachId);
        const yearly = coach.reassessedAt === null ? ('third-engagement' as const) : ('yearly' as const);
        const cause = dueAt !== undefined && dueAt.toISOString() <= at ? yearly : 'by-hand';
        return { kind: 'reassess', at, outcome, cause };
      },
      keep,
    );
  }

  give(
    identity: CommandIdentity,
    coachId: string,
    commandOf: (coach: CoachEntity, tx: Transaction) => CoachCommand | Promise<CoachCommand>,
    keep?: Keep<CoachEntity>,
  ): Promise<CoachEntity> {
    return this.transactions.run(
      identity,
      async (tx) => {
        const coach = await lockCoach(tx, coachId);
        if (await tx.alreadyDone(coachStream(coachId))) return coach;
        const command = await commandOf(coach, tx);
        if (command.kind === 'approve' || command.kind === 'reinstate') await refuseLeaver(tx, coach);
        decideCoach(tx, coach, command);
        if (tx.queued.length > 0) await saveCoach(tx, coach);
        return coach;
      },
      keep,
    );
  }
}

/** Adds a coach who is not there yet, and approves where the draft says so. */
export async function insertCoach(
  tx: Transaction,
  coachId: string,
  draft: CoachDraft,
  personId: string | null,
): Promise<CoachEntity> {
  const { externalRef, name, email, profile } = draft;
  const { occurredAt: at, now, tenantId } = tx.identity;
  const { capacity, conflicts } = profile;
  const coach = tx.manager.create(CoachEntity, {
    coachId,
    tenantId,
    externalRef,
    name,
    email,
    personId,
    conflicts: [...conflicts],
    version: 0,
    placesTaken: 0,
    createdAt: new Date(now),
  });
  coach.state = coachDecider.initialState;
  decideCoach(tx, coach, { kind: 'add', at, coachId, personId, capacity, profile: toldOf(profile) });
  if (draft.approved) decideCoach(tx, coach, { kind: 'approve', at });
  decideCredentials(tx, coach, draft.credentials);
  await tx.manager.insert(CoachEntity, coach as object);
  return coach;
}

/** Their leaving suspends who is approved then, and is told once. */
async function refuseLeaver(tx: Transaction, { personId, status }: CoachEntity): Promise<void> {
  if (personId !== null && (await leaversAmong(tx, [personId])).size > 0)
    throw new RefusedError(coachHasLeft(status));
}

/** Those of these people who have left. */
export async function leaversAmong(tx: Transaction, personIds: readonly string[]): Promise<Set<string>> {
  if (personIds.length === 0) return new Set();
  const people = await lockedPeople(tx, { sql: 'p.person_id = ANY (:personIds)', parameters: { personIds } });
  return new Set(people.filter(({ leftOn }) => leftOn !== null).map(({ personId }) => personId));
}

/** The `nameable` of the directory whom these employee ids name: who has left only where they are among `known`. */
export async function peopleByEmployeeId(
  tx: Transaction,
  employeeIds: readonly string[],
  nameable: Condition,
  known: readonly (string | null)[] = [],
): Promise<Map<string, string>> {
  if (employeeIds.length === 0) return new Map();
  const people = await lockedPeople(tx, {
    sql: `p.employee_id = ANY (:employeeIds) AND (${nameable.sql})`,
    parameters: { employeeIds, ...nameable.parameters },
  });
  return new Map(
    people
      .filter(({ personId, leftOn }) => leftOn === null || known.includes(personId))
      .map(({ employeeId, personId }) => [employeeId!, personId]),
  );
}

/** None of them leaves, or becomes another coach, before the transaction ends. */
const lockedPeople = (tx: Transaction, { sql, parameters }: Condition) =>
  tx.manager
    .createQueryBuilder(PersonEntity, 'p')
    .setLock('pessimistic_write')
    .select(['p.personId', 'p.employeeId', 'p.leftOn'])
    .where(`p.tenant_id = :tenantId AND ${sql}`, { tenantId: tx.identity.tenantId, ...parameters })
    .orderBy('p.person_id')
    .getMany();
