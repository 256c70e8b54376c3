import { fold, RefusedError } from '@cairn/decider';
import type { ProgramEntity } from '../programs/program.entity.js';
import { inTime, type Transaction } from '../transact.js';
import type { EnrollmentCommand } from './enrollment.commands.js';
import { enrollmentDecider } from './enrollment.decider.js';
import { EnrollmentEntity } from './enrollment.entity.js';
import type { EnrollmentEvent } from './enrollment.events.js';
import { TAKES_PLACE } from './enrollment.state.js';

export const enrollmentStream = (enrollmentId: string): string => `enrollment-${enrollmentId}`;

/**
 * Decides and writes the enrolment's row; the programme's places are changed in memory and the events queued. The caller
 * has locked the programme's row, and saves it. @returns the events; none when there was nothing to do
 * @throws RefusedError
 */
export async function decideInto(
  tx: Transaction,
  program: ProgramEntity,
  enrollment: EnrollmentEntity,
  command: EnrollmentCommand,
): Promise<readonly EnrollmentEvent[]> {
  const before = enrollment.state;
  const decision = enrollmentDecider.decide(inTime(tx.identity, command, before.lastOccurredAt), before);
  if (!decision.ok) throw new RefusedError(decision.refusal);
  const { events } = decision;
  const last = events.at(-1);
  if (last === undefined) return [];

  const isNew = enrollment.version === 0;
  const after = fold(enrollmentDecider, events, before);
  tx.append(enrollmentStream(enrollment.enrollmentId), events, enrollment.version);
  enrollment.version += events.length;
  enrollment.state = after;
  enrollment.status = after.status;
  if (after.status !== 'waitlisted') enrollment.queue = null;
  else if (before.status !== 'waitlisted') {
    enrollment.queue = program.nextInQueue;
    program.nextInQueue = String(BigInt(program.nextInQueue) + 1n);
  }
  countPlaces(program, before, after, last.occurredAt);

  const { enrollmentId, version, status, state, queue } = enrollment;
  if (isNew) await tx.manager.insert(EnrollmentEntity, enrollment as object);
  else
    await tx.manager.update(EnrollmentEntity, { enrollmentId }, { version, status, state, queue } as object);
  return events;
}

type HasStatus = Pick<EnrollmentEntity, 'status'>;

function countPlaces(program: ProgramEntity, before: HasStatus, after: HasStatus, at: string): void {
  const taken = Number(TAKES_PLACE.includes(after.status)) - Number(TAKES_PLACE.includes(before.status));
  program.placesTaken += taken;
  if (taken >= 0) return;
  program.ceiling = Math.max(program.capacity, program.placesTaken);
  program.freeSince = new Date(at);
}
