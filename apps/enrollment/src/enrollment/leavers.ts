import { RefusedError } from '@cairn/decider';
import { CoachEntity } from '../coaches/coach.entity.js';
import { RUNNING, SOUGHT } from '../matching/match.decider.js';
import type { MatchEntity } from '../matching/match.entity.js';
import { coachLeaves, decideMatch, lockMatchesOf, lockMatchOf, requestAnew } from '../matching/match.rows.js';
import { PersonEntity } from '../people/person.entity.js';
import { leavingAfter } from '../people/person.history.js';
import { dayIn } from '../programs/calendar.js';
import type { ProgramEntity } from '../programs/program.entity.js';
import type { CommandIdentity, Transaction } from '../transact.js';
import type { EnrollmentEntity } from './enrollment.entity.js';
import type { EnrollmentEvent } from './enrollment.events.js';
import { decideInto } from './enrollment.rows.js';
import { OPEN } from './enrollment.state.js';

/** Somebody may have left, as the HR file says, before this history was told: it ends where it reaches that day. */
export async function leaveWhereGone(
  tx: Transaction,
  program: ProgramEntity,
  enrollment: EnrollmentEntity,
  { through, complete }: { readonly through: string; readonly complete: boolean },
): Promise<readonly EnrollmentEvent[]> {
  const leftAt = await leftAfter(tx, program, enrollment.personId, enrollment.state.lastOccurredAt!);
  if (leftAt === null || (!complete && through < leftAt) || !OPEN.includes(enrollment.status)) return [];
  try {
    return await decideInto(tx, program, enrollment, leaving({ occurredAt: leftAt }, enrollment));
  } catch (error) {
    if (error instanceof RefusedError) return []; // it was over by then, and its deadline says so
    throw error;
  }
}

/**
 * An internal coach may have left as well: the match ends where the history reaches that day.
 * @param until how far it has been told, or when it was over; null where it is complete
 */
export async function endWhereCoachGone(
  tx: Transaction,
  program: ProgramEntity,
  { enrollmentId }: EnrollmentEntity,
  until: string | null,
): Promise<void> {
  await lockMatchesOf(tx, enrollmentId);
  for (const statuses of [RUNNING, SOUGHT])
    await endOneWhereCoachGone(tx, program, await lockMatchOf(tx, enrollmentId, { statuses }), until);
}

/** Once all of it is told, another coach is looked for where the enrolment goes on without one, as when a coach leaves now. */
export async function seekWhereCoachGone(
  tx: Transaction,
  { enrollmentId, state }: EnrollmentEntity,
): Promise<void> {
  // What was over meanwhile is about to be completed by its deadline.
  if (state.endsAt === null || state.endsAt <= tx.identity.now) return;
  const match = await lockMatchOf(tx, enrollmentId);
  if (match?.state.status === 'ended') await requestAnew(tx, match, match.state.lastOccurredAt);
}

async function endOneWhereCoachGone(
  tx: Transaction,
  program: ProgramEntity,
  match: MatchEntity | null,
  until: string | null,
): Promise<void> {
  if (match === null || match.coachId === null || match.state.status === 'none') return;
  const { personId } = await tx.manager.findOneByOrFail(CoachEntity, { coachId: match.coachId });
  if (personId === null) return;
  const leftAt = await leftAfter(tx, program, personId, match.state.lastOccurredAt);
  if (leftAt === null || (until !== null && until < leftAt)) return;
  const command = coachLeaves(match.state, leftAt);
  if (command !== null) await decideMatch(tx, match, command);
}

/** Whether the coachee has left by `at`, whatever of it has come to the enrolment yet. */
export async function hasLeft(
  tx: Transaction,
  program: ProgramEntity,
  { personId }: EnrollmentEntity,
  at: string,
): Promise<boolean> {
  const leftAt = await leftAfter(tx, program, personId, at);
  return leftAt !== null && leftAt <= at;
}

/** The instant of a person's leaving, as seen from `at`; null where they have not left. */
async function leftAfter(
  { manager, identity: { tenantId } }: Transaction,
  { state }: ProgramEntity,
  personId: string,
  at: string,
): Promise<string | null> {
  const person = await manager.findOneOrFail(PersonEntity, {
    where: { tenantId, personId },
    select: { personId: true, leftOn: true, history: true },
  });
  const leftOn = leavingAfter(person, dayIn(state.values.zone, at));
  return leftOn === null ? null : `${leftOn}T00:00:00.000Z`;
}

/** What leaving the company does to an enrolment. */
export const leaving = (when: { readonly occurredAt: string }, enrollment: EnrollmentEntity) => ({
  kind:
    enrollment.status === 'active' || enrollment.status === 'paused'
      ? ('discontinue' as const)
      : ('withdraw' as const),
  at: noEarlierThanKnown(when, enrollment),
  reason: 'left-the-company' as const,
});

/** A reaction or a deadline is not told in the order of the stream: it counts from the last fact, where that came later. */
export const noEarlierThanKnown = (
  { occurredAt }: Pick<CommandIdentity, 'occurredAt'>,
  { state }: EnrollmentEntity,
): string =>
  state.lastOccurredAt !== null && state.lastOccurredAt > occurredAt ? state.lastOccurredAt : occurredAt;
