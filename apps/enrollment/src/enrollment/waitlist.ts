import type { EntityManager } from 'typeorm';
import { deadlineAfter } from '../programs/calendar.js';
import type { ProgramEntity } from '../programs/program.entity.js';
import { endOf, valuesAt } from '../programs/values-on.js';
import type { Transaction } from '../transact.js';
import { EnrollmentEntity } from './enrollment.entity.js';
import { decideInto } from './enrollment.rows.js';

/**
 * Invites who waits longest for as long as places are free. The programme's row is locked by the caller, so that two places
 * that fall free at once go to two people.
 *
 * Whoever lives in the present is invited now. In imported history the place is given on when it became free, but only up
 * to the date that the importer has declared: until then the importer may still tell who was invited, and everybody behind
 * waits.
 *
 * @param inHand the enrolment that the caller has loaded and will show: it may be the one that is invited
 */
export async function inviteWaiting(
  tx: Transaction,
  program: ProgramEntity,
  inHand?: EnrollmentEntity,
): Promise<void> {
  while (program.placesTaken < program.capacity) {
    const first = await tx.manager.findOne(EnrollmentEntity, {
      where: { programId: program.programId, status: 'waitlisted' },
      order: { queue: 'ASC' },
    });
    if (first === null) return;
    const next = first.enrollmentId === inHand?.enrollmentId ? inHand : first;
    const { history } = next.state;
    const at = latest(next.state.lastOccurredAt!, history ? freeSince(program) : tx.identity.now);
    if (history !== null && at > (history.through ?? '')) return;
    const end = endOf(program, at);
    // Nobody is invited into what is over: they wait, should it be extended.
    if (end.endsAt <= at) return;
    const { zone, activationDays } = valuesAt(program.state, at);
    const deadline = deadlineAfter(zone, at, activationDays);
    await decideInto(tx, program, next, { kind: 'invite', at, place: { free: true, deadline }, ...end });
  }
}

/** How many wait before this one; for somebody who does not wait yet, all who do. */
export const waitingBefore = (
  { manager }: { readonly manager: EntityManager },
  { programId }: Pick<ProgramEntity, 'programId'>,
  queue: string | null,
): Promise<number> =>
  manager
    .createQueryBuilder(EnrollmentEntity, 'e')
    .where(`e.program_id = :programId AND e.status = 'waitlisted'`, { programId })
    .andWhere(queue === null ? 'true' : 'e.queue < :queue', { queue })
    .getCount();

/** The places of those of them who wait, by enrolment; the first in the queue has 1. */
export async function placesOf(
  { manager }: { readonly manager: EntityManager },
  enrollments: readonly EnrollmentEntity[],
): Promise<Map<string, number>> {
  const rows: { id: string; place: number }[] = await manager.query(
    `SELECT enrollment_id AS id, place::integer FROM (
       SELECT enrollment_id, rank() OVER (PARTITION BY program_id ORDER BY queue) AS place
         FROM enrollments WHERE status = 'waitlisted' AND program_id = ANY ($1)) AS waiting
      WHERE enrollment_id = ANY ($2)`,
    [enrollments.map(({ programId }) => programId), enrollments.map(({ enrollmentId }) => enrollmentId)],
  );
  return new Map(rows.map(({ id, place }) => [id, place]));
}

/** Why somebody waits, and when their turn is: of the others no more than how many come before. */
export interface Waiting {
  readonly place: number;
  readonly codes: readonly ['no-place-free', 'next' | 'longest-first'];
  readonly words: string;
}

export const waitingAt = (place: number): Waiting => ({
  place,
  codes: ['no-place-free', place === 1 ? 'next' : 'longest-first'],
  words: `No place is free. ${
    place === 1
      ? 'This is the next in line: the first place that falls free goes here at once, with an invitation.'
      : `This is number ${place} in line: a place that falls free goes to who has waited longest, whoever was nominated first, and nobody is invited past those who wait.`
  }`,
});

const freeSince = ({ freeSince: at }: ProgramEntity): string => at?.toISOString() ?? '';

const latest = (a: string, b: string): string => (a > b ? a : b);
