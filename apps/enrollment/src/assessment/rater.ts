import { RefusedError } from '@cairn/decider';
import { noSuchPerson } from '../people/people.errors.js';
import { PersonEntity } from '../people/person.entity.js';
import type { Transaction } from '../transact.js';
import { RaterEntity, type AssessmentEntity } from './assessment.entity.js';
import { alreadyNominated, namedTwice, wrongCategory } from './assessment.errors.js';
import type { AnonymousCategory } from './assessment.events.js';

/** Somebody of the directory by one of their ids, or somebody from outside, of whom nothing is kept. */
export interface Nominee {
  readonly category: AnonymousCategory;
  readonly personId?: string;
  readonly employeeId?: string;
}

/**
 * Whom a nomination means, or null for somebody from outside. The category has to be what the directory says the person is
 * to the coachee, so that a category means the same in every assessment. @throws RefusedError
 */
export async function raterFor(
  tx: Transaction,
  { assessmentId, enrollmentId, personId: coacheeId }: AssessmentEntity,
  { category, personId, employeeId }: Nominee,
): Promise<string | null> {
  if (personId !== undefined && employeeId !== undefined) throw new RefusedError(namedTwice());
  if (personId === undefined && employeeId === undefined) {
    if (category === 'directReport') throw new RefusedError(wrongCategory('outsider'));
    return null;
  }
  const { tenantId } = tx.identity;
  const named = personId === undefined ? { employeeId } : { personId };
  const rater = await tx.manager.findOneBy(PersonEntity, { tenantId, ...named });
  // Whether somebody has left is not for a colleague to learn here.
  if (rater === null || rater.leftOn !== null) throw new RefusedError(noSuchPerson());
  if (rater.personId === coacheeId) throw new RefusedError(wrongCategory('self'));
  const coachee = await tx.manager.findOneByOrFail(PersonEntity, { tenantId, personId: coacheeId });
  if (rater.personId === coachee.managerId) throw new RefusedError(wrongCategory('manager'));
  const coaches = await tx.manager.query<unknown[]>(
    `SELECT 1 FROM matches m JOIN coaches c USING (coach_id)
     WHERE m.enrollment_id = $1 AND c.person_id = $2 AND m.status IN ('proposed', 'active', 'atRisk')`,
    [enrollmentId, rater.personId],
  );
  if (coaches.length > 0) throw new RefusedError(wrongCategory('coach'));
  const reports = rater.managerId === coacheeId;
  if (reports !== (category === 'directReport'))
    throw new RefusedError(wrongCategory(reports ? 'directReport' : 'other'));
  const known = await tx.manager.findOneBy(RaterEntity, { assessmentId, personId: rater.personId });
  if (known !== null) throw new RefusedError(alreadyNominated(known.raterId, known.category));
  return rater.personId;
}
