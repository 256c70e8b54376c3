import Type from 'typebox';
import { published } from '../../contract.js';
import { Code, Fit, matchRefs, Party, Uuid } from '../../fields.js';

const of = <Name extends string, Fields extends Type.TProperties>(name: Name, fields: Fields) =>
  published('enrollment', name, { ...matchRefs, ...fields });

export const MatchRequested = of('MatchRequested', { kind: Type.Enum(['first', 'rematch']) });
export const CoachesShortlisted = of('CoachesShortlisted', {
  coaches: Type.Array(Type.Object(Fit, { additionalProperties: false }), { minItems: 1 }),
});
export const MatchProposed = of('MatchProposed', { coachId: Uuid });
export const MatchDeclined = of('MatchDeclined', {
  by: Party,
  code: Code,
  /** The coaches who are left out of the next shortlist. */
  coachIds: Type.Array(Uuid),
});
export const MatchRequestWithdrawn = of('MatchRequestWithdrawn', { reason: Code });
export const NoCoachAvailable = of('NoCoachAvailable', {
  /** The constraint that removed the last candidates. */
  constraint: Code,
});
export const CoachMatched = of('CoachMatched', { ...Fit, assigned: Type.Enum(['chosen', 'bulk']) });
export const MatchEnded = of('MatchEnded', { coachId: Uuid, reason: Code });
