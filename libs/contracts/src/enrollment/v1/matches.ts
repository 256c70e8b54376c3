import Type from 'typebox';
import { published, type IsSensitive } from '../../contract.js';
import { Code, Fit, matchRefs, Party, Uuid } from '../../fields.js';

const of = <Name extends string, Fields extends Type.TProperties>(
  name: Name,
  fields: Fields,
  sensitive: boolean | IsSensitive = false,
) => published('enrollment', name, { ...matchRefs, ...fields }, sensitive);

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
/** What coachee or coach thinks of the match. */
export const FitSignalRecorded = of(
  'FitSignalRecorded',
  { coachId: Uuid, by: Party, signal: Type.Enum(['good', 'unsure', 'not-right']) },
  true,
);
export const MatchMarkedAtRisk = of('MatchMarkedAtRisk', {
  coachId: Uuid,
  /** What happened to its sessions, never what somebody thinks: moves, no-shows, silence. */
  reasons: Type.Array(Code, { minItems: 1 }),
});
export const MatchRecovered = of('MatchRecovered', { coachId: Uuid });
/** Why one of the two wants it is what they think of the match: it goes to the sensitive topic. */
export const RematchRequested = of(
  'RematchRequested',
  {
    coachId: Uuid,
    by: Type.Enum(['coachee', 'coach', 'program']),
    reason: Type.Enum(['fit', 'schedule', 'coach-unavailable', 'other']),
  },
  ({ by }) => by !== 'program',
);
/** Told with the next match. */
export const HandoverConsented = of('HandoverConsented', {
  /** The next coach. */
  coachId: Uuid,
  fromCoachId: Uuid,
});
