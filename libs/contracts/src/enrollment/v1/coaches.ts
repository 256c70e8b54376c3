import Type from 'typebox';
import { published } from '../../contract.js';
import { Code, Day, Label, Level, Uuid, Zone } from '../../fields.js';

const Capacity = Type.Integer({ minimum: 0, maximum: 1000 });

export const CoachApproved = published('enrollment', 'CoachApproved', {
  coachId: Uuid,
  /** Engagements that the coach can hold at once. */
  capacity: Capacity,
  levels: Type.Array(Level),
  specialties: Type.Array(Label),
  styles: Type.Array(Label),
  /** BCP 47 tags, e.g. `en`, `pt-BR`. */
  languages: Type.Array(Type.String({ minLength: 2, maxLength: 35 })),
  zone: Zone,
  /** Only for an internal coach. */
  personId: Type.Optional(Uuid),
});

/** No new matches from now on. */
export const CoachSuspended = published('enrollment', 'CoachSuspended', { coachId: Uuid, reason: Code });
export const CoachReinstated = published('enrollment', 'CoachReinstated', { coachId: Uuid });
export const CoachCapacityChanged = published('enrollment', 'CoachCapacityChanged', {
  coachId: Uuid,
  capacity: Capacity,
});
/** For good: no new matches from now on. */
export const CoachRetired = published('enrollment', 'CoachRetired', { coachId: Uuid, reason: Code });
const Held = { coachId: Uuid, credential: Label, issuer: Label };
export const CredentialRecorded = published('enrollment', 'CredentialRecorded', {
  ...Held,
  /** The last day on which it is valid; none where it does not expire. */
  expiresOn: Type.Optional(Day),
});
/** Where the coach has no other that is valid: no new matches from now on. */
export const CredentialExpired = published('enrollment', 'CredentialExpired', { ...Held, on: Day });
export const CoachReassessed = published('enrollment', 'CoachReassessed', {
  coachId: Uuid,
  outcome: Type.Enum(['passed', 'watch', 'suspended']),
  cause: Type.Enum(['third-engagement', 'yearly', 'by-hand']),
});
