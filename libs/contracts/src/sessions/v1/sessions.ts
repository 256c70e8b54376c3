import Type from 'typebox';
import { published } from '../../contract.js';
import {
  Code,
  Count,
  engagementRefs,
  Instant,
  Label,
  Party,
  PartyOrCairn,
  Uuid,
  Zone,
} from '../../fields.js';

const of = <Name extends string, Fields extends Type.TProperties>(
  name: Name,
  fields: Fields,
  sensitive = false,
) => published('sessions', name, { sessionId: Uuid, ...engagementRefs, ...fields }, sensitive);

const Times = Type.Object({ startsAt: Instant, endsAt: Instant }, { additionalProperties: false });
const PolicyVersion = Count(1);
/** The outcomes that a session can be judged to have. */
export const Outcome = Type.Enum([
  'completed',
  'coachee-no-show',
  'coach-no-show',
  'unconfirmed',
  'cancelled-in-time',
  'coachee-late-cancel',
  'coach-late-cancel',
]);
export type Outcome = Type.Static<typeof Outcome>;
const Score = Type.Integer({ minimum: 1, maximum: 5 });

export const SessionScheduled = of('SessionScheduled', {
  startsAt: Instant,
  endsAt: Instant,
  zone: Zone,
  by: Party,
  /** The series that it belongs to, if any. */
  seriesId: Type.Optional(Uuid),
});
export const SessionRescheduled = of('SessionRescheduled', {
  by: Party,
  noticeHours: Type.Number({ minimum: 0 }),
  from: Times,
  to: Times,
  zone: Zone,
});
export const SessionCancelled = of('SessionCancelled', {
  by: PartyOrCairn,
  noticeHours: Type.Number({ minimum: 0 }),
  late: Type.Boolean(),
  policyVersion: PolicyVersion,
  forfeited: Type.Boolean(),
});
export const SessionAwaitingConfirmation = of('SessionAwaitingConfirmation', {});
export const SessionConfirmed = of('SessionConfirmed', { by: Party });
/** Silence, but with evidence that it was held. */
export const SessionAutoConfirmed = of('SessionAutoConfirmed', {
  evidence: Type.Array(Type.Enum(['confirmation', 'rating', 'themes', 'note']), { minItems: 1 }),
});
/** Silence without evidence: due, not held, not forfeited, asked of the coach. */
export const SessionUnconfirmed = of('SessionUnconfirmed', { policyVersion: PolicyVersion });
export const NoShowRecorded = of('NoShowRecorded', {
  party: Party,
  policyVersion: PolicyVersion,
  forfeited: Type.Boolean(),
});
export const SessionCompleted = of('SessionCompleted', {
  durationMinutes: Count(1),
  auto: Type.Boolean(),
  policyVersion: PolicyVersion,
});
export const SessionForfeited = of('SessionForfeited', {
  cause: Type.Enum(['late-cancel', 'no-show']),
  policyVersion: PolicyVersion,
});
export const SessionRated = of('SessionRated', { useful: Score, relationship: Score, progress: Score }, true);
export const SessionThemesRecorded = of(
  'SessionThemesRecorded',
  { themes: Type.Array(Label, { minItems: 1 }) },
  true,
);
/** A reference only: the text is the writer's own and never leaves the service. */
export const SessionNoteAdded = of('SessionNoteAdded', { noteId: Uuid, by: Party });
export const SessionDisputed = of('SessionDisputed', { by: Party, reason: Code });
/** `forfeited` says whether the session counts as forfeited after the correction. */
export const OutcomeCorrected = of('OutcomeCorrected', {
  from: Outcome,
  to: Outcome,
  forfeited: Type.Boolean(),
  by: Type.Enum(['program-admin']),
  reason: Code,
});
