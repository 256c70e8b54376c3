import { RefusedError } from '@cairn/decider';
import { derivedId } from '@cairn/event-store';
import { Injectable } from '@nestjs/common';
import { PersonEntity } from '../people/person.entity.js';
import { Transactions, type CommandIdentity, type Keep, type Transaction } from '../transact.js';
import type { CoachCommand } from './coach.commands.js';
import { coachDecider } from './coach.decider.js';
import { CoachEntity } from './coach.entity.js';
import { noSuchEmployee, referenceTaken } from './coach.errors.js';
import type { CoachProfile } from './coach.js';
import { coachStream, decideCoach, lockCoach, saveCoach, toldOf } from './coach.rows.js';

/** A coach as somebody enters one. */
export interface CoachDraft {
  readonly externalRef: string;
  readonly name: string;
  readonly email: string | null;
  /** The employee who an internal coach is. */
  readonly employeeId: string | null;
  readonly approved: boolean;
  readonly profile: CoachProfile;
}

@Injectable()
export class CoachHandler {
  constructor(private readonly transactions: Transactions) {}

  /** @throws RefusedError where the reference is another coach's, or the employee is not in the directory */
  add(identity: CommandIdentity, draft: CoachDraft, keep: Keep<CoachEntity>): Promise<CoachEntity> {
    const coachId = derivedId(identity.commandId, 'coach');
    const { tenantId } = identity;
    const { externalRef } = draft;
    return this.transactions.run(
      identity,
      async (tx) => {
        const known = await tx.manager.findOneBy(CoachEntity, { tenantId, externalRef });
        if (known?.coachId === coachId) return known;
        if (known !== null) throw new RefusedError(referenceTaken(externalRef, known.coachId));
        const people = await peopleByEmployeeId(tx, draft.employeeId === null ? [] : [draft.employeeId]);
        const personId = draft.employeeId === null ? null : people.get(draft.employeeId);
        if (personId === undefined) throw new RefusedError(noSuchEmployee('/employeeId'));
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

  give(
    identity: CommandIdentity,
    coachId: string,
    commandOf: (coach: CoachEntity) => CoachCommand,
    keep?: Keep<CoachEntity>,
  ): Promise<CoachEntity> {
    return this.transactions.run(
      identity,
      async (tx) => {
        const coach = await lockCoach(tx, coachId);
        if (await tx.alreadyDone(coachStream(coachId))) return coach;
        decideCoach(tx, coach, commandOf(coach));
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
  await tx.manager.insert(CoachEntity, coach as object);
  return coach;
}

/** The people of the directory whom these employee ids name. */
export async function peopleByEmployeeId(
  tx: Transaction,
  employeeIds: readonly string[],
): Promise<Map<string, string>> {
  if (employeeIds.length === 0) return new Map();
  const people = await tx.manager
    .createQueryBuilder(PersonEntity, 'p')
    .select(['p.personId', 'p.employeeId'])
    .where('p.tenant_id = :tenantId AND p.employee_id = ANY (:employeeIds)', {
      tenantId: tx.identity.tenantId,
      employeeIds,
    })
    .getMany();
  return new Map(people.map(({ employeeId, personId }) => [employeeId!, personId]));
}
