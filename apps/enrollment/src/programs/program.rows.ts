import { fold, RefusedError } from '@cairn/decider';
import type { Transaction } from '../transact.js';
import type { ProgramCommand } from './program.commands.js';
import { programDecider, type ProgramState } from './program.decider.js';
import { ProgramEntity } from './program.entity.js';
import { noSuchProgram } from './program.errors.js';

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

/** Decides a command of the programme itself; the row is changed in memory, its events are queued. */
export function decideProgram(tx: Transaction, program: ProgramEntity, command: ProgramCommand): void {
  const before: ProgramState = program.state ?? programDecider.initialState;
  const decision = programDecider.decide(command, before);
  if (!decision.ok) throw new RefusedError(decision.refusal);
  const after = fold(programDecider, decision.events, before);
  if (after.status === 'none') return;
  tx.append(programStream(after.programId), decision.events, program.version);
  program.version += decision.events.length;
  program.state = after;
  const { capacity } = after.values;
  if (program.capacity !== undefined && capacity > program.capacity) program.freeSince = new Date(command.at);
  program.capacity = capacity;
  program.ceiling = Math.max(capacity, program.placesTaken);
}

/** Writes a programme's row once, after all that happened to it in the transaction. */
export async function saveProgram(tx: Transaction, program: ProgramEntity): Promise<void> {
  const { programId, ...columns } = program;
  await tx.manager.update(ProgramEntity, { programId }, columns as object);
}
