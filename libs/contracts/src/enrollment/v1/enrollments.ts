import Type from 'typebox';
import { published } from '../../contract.js';
import { Code, Count, Day, enrollmentRefs, Instant, INT, Label, Zone } from '../../fields.js';

const of = <Name extends string, Fields extends Type.TProperties>(
  name: Name,
  fields: Fields,
  sensitive = false,
) => published('enrollment', name, { ...enrollmentRefs, ...fields }, sensitive);

export const ParticipantNominated = of('ParticipantNominated', {
  by: Type.Enum(['hr', 'program-admin', 'integration', 'rule']),
  /** True where an importer supplies the past: deadlines are settled only up to what `HistoryDeclared` says. */
  history: Type.Optional(Type.Boolean()),
  /** Where a trigger proposed it: promoted-to-manager or manager-growth. A gap of the person's team is not told. */
  reason: Type.Optional(Code),
});
export const ParticipantWaitlisted = of('ParticipantWaitlisted', {
  /** Place in the queue when it was joined, from 1. */
  place: Count(1),
  reason: Code,
});
export const InvitationSent = of('InvitationSent', {
  /** It lapses at this instant unless it was taken up before. */
  deadline: Instant,
  /** 1 for the first invitation of this enrolment. */
  number: Count(1),
});
/** The reason is never shown to the manager. */
export const InvitationDeclined = of('InvitationDeclined', { reason: Code });
export const InvitationExpired = of('InvitationExpired', { deadline: Instant });
export const ParticipantWithdrawn = of('ParticipantWithdrawn', {
  reason: Type.Enum(['left-the-company', 'no-longer-eligible', 'by-hr']),
});
export const EnrollmentActivated = of('EnrollmentActivated', {
  privacyNoticeVersion: Label,
  /** Its last day unless extended: the programme's, as it stood on this day. Absent from events published before it was told. */
  endsOn: Type.Optional(Day),
});
export const MatchingPreferencesGiven = of('MatchingPreferencesGiven', {
  themes: Type.Array(Label),
  styles: Type.Array(Label),
  languages: Type.Array(Type.String({ minLength: 2, maxLength: 35 })),
  zone: Zone,
});
export const EnrollmentPaused = of('EnrollmentPaused', {
  /** The first day that does not count. */
  from: Day,
  reason: Code,
});
export const EnrollmentResumed = of('EnrollmentResumed', {
  /** The first day that counts again. */
  on: Day,
});
export const EnrollmentExtended = of('EnrollmentExtended', { endsOn: Day });
export const EnrollmentCompleted = of('EnrollmentCompleted', {
  /** True when the allotment was used before the end date. */
  early: Type.Boolean(),
});
export const EnrollmentDiscontinued = of('EnrollmentDiscontinued', {
  reason: Type.Enum(['left-the-company', 'on-leave', 'too-busy', 'contract-ended']),
});
export const EnrollmentCancelled = of('EnrollmentCancelled', {
  reason: Type.Enum(['unresponsive', 'no-interest', 'repeated-forfeits']),
});
export const SessionsAllotted = of('SessionsAllotted', {
  /** Sessions granted (or, negative, taken back) by this event. */
  count: Type.Integer({ minimum: -INT, maximum: INT }),
  /** Granted in all. */
  total: Count(0),
});
/** How likely the coachee would recommend the programme, 0 to 10: once after the third session held, once at the end. */
export const ProgramFeedbackGiven = of(
  'ProgramFeedbackGiven',
  {
    moment: Type.Enum(['third-session', 'end']),
    recommend: Type.Integer({ minimum: 0, maximum: 10 }),
  },
  true,
);
/** How far the importer of a history has told it; covers the enrolment's engagement and sessions too. */
export const HistoryDeclared = of('HistoryDeclared', {
  /** Every fact up to this instant has been supplied, so deadlines up to it may be settled. It never goes back. */
  through: Instant,
  /** True once the history is told: from then on deadlines follow the clock. */
  complete: Type.Boolean(),
});
