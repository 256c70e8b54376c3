import { isUnderWay } from '../as-of/enrollment-at.js';
import type { ProgramView } from '../as-of/view.js';
import { measure, ratioOf, type Definition, type Measure } from './measure.js';

/** Mean score (0…1) of active matches: matched, not ended, and the enrolment goes on. */
export const matchFit: Definition = {
  id: 'match-fit',
  source: 'system',
  looksAt: 'moment',
  overTime: 'to-date',
  shares: (view) =>
    view.participants
      .filter(({ enrollment }) => isUnderWay(enrollment))
      .flatMap(({ matches }) => matches)
      .filter((match) => match.status === 'active' && match.score !== undefined)
      .map(({ personId, enrollmentId, score }) => ({
        personId,
        enrollmentId,
        numerator: score!,
        denominator: 1,
      })),
  value: ratioOf,
};

export type CohortSize = '≤ 10' | '11–50' | '> 50';

/** The size of each participant's cohort, counted in people ever nominated for it, by enrolment. */
export function cohortSizes(view: ProgramView): Map<string, CohortSize> {
  const cohorts = Map.groupBy(view.participants, ({ enrollment }) => enrollment.cohortId);
  const sizes = new Map<string, CohortSize>();
  for (const members of cohorts.values()) {
    const people = new Set(members.map(({ personId }) => personId)).size;
    const size = people <= 10 ? '≤ 10' : people <= 50 ? '11–50' : '> 50';
    for (const { enrollment } of members) sizes.set(enrollment.enrollmentId, size);
  }
  return sizes;
}

/** The metric by cohort size, smallest first; sizes without a cohort are left out. */
export function byCohortSize(
  definition: Definition,
  view: ProgramView,
  shares: ReturnType<Definition['shares']>,
): { size: CohortSize; measure: Measure }[] {
  const sizes = cohortSizes(view);
  const present = new Set(sizes.values());
  return (['≤ 10', '11–50', '> 50'] as const)
    .filter((size) => present.has(size))
    .map((size) => ({
      size,
      measure: measure(
        definition,
        shares.filter((share) => sizes.get(share.enrollmentId) === size),
      ),
    }));
}
