import { fold, RefusedError } from '@cairn/decider';
import type { Transaction } from '../transact.js';
import { ProgramEntity } from '../programs/program.entity.js';
import type { EnrollmentCommand } from './enrollment.commands.js';
import { enrollmentDecider, TAKES_PLACE } from './enrollment.decider.js';
import { EnrollmentEntity } from './enrollment.entity.js';
import type { EnrollmentEvent } from './enrollment.events.js';

export const enrollmentStream = (enrollmentId: string): string => `enrollment-${enrollmentId}`;

/**
 * Decides and writes: the enrolment's row, the programme's places, and the events into the transaction. The programme's row
 * is locked by the caller. @returns the events; none when there was nothing to do
 * @throws RefusedError
 */
export async function decideInto(
  tx: Transaction,
  program: ProgramEntity,
  enrollment: EnrollmentEntity,
  command: EnrollmentCommand,
): Promise<readonly EnrollmentEvent[]> {
  const before = enrollment.state;
  const decision = enrollmentDecider.decide(command, before);
  if (!decision.ok) throw new RefusedError(decision.refusal);
  if (decision.events.length === 0) return [];

  const after = fold(enrollmentDecider, decision.events, before);
  tx.append(enrollmentStream(enrollment.enrollmentId), decision.events, enrollment.version);
  enrollment.version += decision.events.length;
  enrollment.state = after;
  enrollment.status = after.status;
  if (after.status === 'waitlisted' && before.status !== 'waitlisted') {
    enrollment.queue = program.nextInQueue;
    program.nextInQueue = String(Number(program.nextInQueue) + 1);
  } else if (after.status !== 'waitlisted') {
    enrollment.queue = null;
  }
  const places = Number(TAKES_PLACE.includes(after.status)) - Number(TAKES_PLACE.includes(before.status));
  program.placesTaken += places;
  await tx.manager.save(EnrollmentEntity, enrollment);
  if (places !== 0 || after.status === 'waitlisted') await tx.manager.save(ProgramEntity, program);
  return decision.events;
}
