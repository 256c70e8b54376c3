import { isUnderWay } from '../as-of/enrollment-at.js';
import { ratioOf, type Definition } from './measure.js';

/** Mean score (0…1) of active matches: matched, not ended, and the enrolment goes on. */
export const matchFit: Definition = {
  id: 'match-fit',
  source: 'system',
  looksAt: 'moment',
  overTime: 'states',
  counts: 'people',
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
