import { fold, RefusedError } from '@cairn/decider';
import { derivedId } from '@cairn/event-store';
import { Injectable } from '@nestjs/common';
import { inviteWaiting } from '../enrollment/waitlist.js';
import { Transactions, type CommandIdentity, type Transaction } from '../transact.js';
import type { ProgramCommand } from './program.commands.js';
import { programDecider, type ProgramState } from './program.decider.js';
import { ProgramEntity } from './program.entity.js';
import { noSuchProgram } from './program.errors.js';
import type { ProgramValues } from './program.events.js';

export const programStream = (programId: string): string => `program-${programId}`;

/** The programme's row, locked: whoever changes one of its enrolments comes past here, one after the other. */
export async function lockProgram(tx: Transaction, programId: string): Promise<ProgramEntity> {
  const { tenantId } = tx.identity;
  const program = await tx.manager.findOne(ProgramEntity, {
    where: { programId, tenantId },
    lock: { mode: 'pessimistic_write' },
  });
  if (program === null) throw new RefusedError(noSuchProgram());
  return program;
}

@Injectable()
export class ProgramHandler {
  constructor(private readonly transactions: Transactions) {}

  create(identity: CommandIdentity, values: ProgramValues): Promise<ProgramEntity> {
    const programId = derivedId(identity.commandId, 'program');
    return this.transactions.run(identity, async (tx) => {
      const known = await tx.manager.findOneBy(ProgramEntity, { programId });
      if (known !== null) return known;
      const program = tx.manager.create(ProgramEntity, {
        programId,
        tenantId: identity.tenantId,
        version: 0,
        placesTaken: 0,
        nextInQueue: '1',
        createdAt: new Date(identity.now),
      });
      decideInto(tx, program, { kind: 'create', at: identity.occurredAt, programId, values });
      await tx.manager.insert(ProgramEntity, program);
      return program;
    });
  }

  /** @param commandOf is handed the state under the lock; times come from the command's identity */
  give(
    identity: CommandIdentity,
    programId: string,
    commandOf: (program: ProgramEntity) => ProgramCommand,
  ): Promise<ProgramEntity> {
    return this.transactions.run(identity, async (tx) => {
      const program = await lockProgram(tx, programId);
      if (await tx.alreadyDone(programStream(programId))) return program;
      decideInto(tx, program, commandOf(program));
      await tx.manager.save(ProgramEntity, program);
      // More places may have been opened.
      await inviteWaiting(tx, program, identity.occurredAt);
      return program;
    });
  }
}

function decideInto(tx: Transaction, program: ProgramEntity, command: ProgramCommand): void {
  const before: ProgramState = program.state ?? programDecider.initialState;
  const decision = programDecider.decide(command, before);
  if (!decision.ok) throw new RefusedError(decision.refusal);
  const after = fold(programDecider, decision.events, before);
  if (after.status === 'none') return;
  tx.append(programStream(after.programId), decision.events, program.version);
  program.version += decision.events.length;
  program.state = after;
  program.capacity = after.values.capacity;
}
