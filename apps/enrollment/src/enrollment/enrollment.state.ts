import type { EnrollmentEvent, EnrollmentRefs, FeedbackMoment, Preferences } from './enrollment.events.js';

export const STATUSES = [
  'nominated',
  'waitlisted',
  'invited',
  'expired',
  'active',
  'paused',
  'declined',
  'withdrawn',
  'completed',
  'discontinued',
  'cancelled',
] as const;
export type EnrollmentStatus = 'none' | (typeof STATUSES)[number];

/** Open enrolments: one per person and programme. */
export const OPEN: readonly EnrollmentStatus[] = [
  'nominated',
  'waitlisted',
  'invited',
  'expired',
  'active',
  'paused',
];
/** Those that take one of the programme's places. */
export const TAKES_PLACE: readonly EnrollmentStatus[] = ['invited', 'active', 'paused'];

const ENDED: readonly EnrollmentStatus[] = ['completed', 'discontinued', 'cancelled'];

export interface EnrollmentState {
  readonly status: EnrollmentStatus;
  readonly refs: EnrollmentRefs | null;
  readonly lastOccurredAt: string | null;
  readonly invitations: number;
  /** Of the latest invitation. */
  readonly deadline: string | null;
  readonly activatedAt: string | null;
  readonly privacyNoticeVersion: string | null;
  readonly preferences: Preferences | null;
  readonly allotted: number;
  readonly endsOn: string | null;
  readonly endsAt: string | null;
  readonly pausedFrom: string | null;
  /** Why it is declined, withdrawn, paused, discontinued or cancelled; shown to nobody. */
  readonly reason: string | null;
  /** What the coachee has said of the programme, by moment; absent from rows of before it was asked. Shown to nobody. */
  readonly feedback?: Readonly<Partial<Record<FeedbackMoment, number>>>;
  /** Open history: deadlines are settled only up to `through`, which is null until the importer declares one. */
  readonly history: { readonly through: string | null } | null;
}

export const initialState: EnrollmentState = {
  status: 'none',
  refs: null,
  lastOccurredAt: null,
  invitations: 0,
  deadline: null,
  activatedAt: null,
  privacyNoticeVersion: null,
  preferences: null,
  allotted: 0,
  endsOn: null,
  endsAt: null,
  pausedFrom: null,
  reason: null,
  history: null,
};

/**
 * The moment of which the coachee is asked how likely they would recommend the programme; null where there is none, or
 * they have answered. @param held sessions that were held
 */
export function feedbackAsked(
  { status, feedback = {} }: EnrollmentState,
  held: number,
): FeedbackMoment | null {
  const moment = momentOf(status, held);
  return moment === null || feedback[moment] !== undefined ? null : moment;
}

/** After the end that alone is asked about, of whoever had a session at all. */
function momentOf(status: EnrollmentStatus, held: number): FeedbackMoment | null {
  if (status === 'active' || status === 'paused') return held >= 3 ? 'third-session' : null;
  return ENDED.includes(status) && held > 0 ? 'end' : null;
}

const statusAfter: Partial<Record<EnrollmentEvent['type'], EnrollmentStatus>> = {
  ParticipantNominated: 'nominated',
  ParticipantWaitlisted: 'waitlisted',
  InvitationSent: 'invited',
  InvitationDeclined: 'declined',
  InvitationExpired: 'expired',
  ParticipantWithdrawn: 'withdrawn',
  EnrollmentActivated: 'active',
  EnrollmentPaused: 'paused',
  EnrollmentResumed: 'active',
  EnrollmentCompleted: 'completed',
  EnrollmentDiscontinued: 'discontinued',
  EnrollmentCancelled: 'cancelled',
};

export function evolve(state: EnrollmentState, event: EnrollmentEvent): EnrollmentState {
  const next = {
    ...state,
    status: statusAfter[event.type] ?? state.status,
    // A declaration says how far the importer has come; it is no fact of the enrolment's own time.
    lastOccurredAt: event.type === 'HistoryDeclared' ? state.lastOccurredAt : event.occurredAt,
  };
  switch (event.type) {
    case 'ParticipantNominated': {
      const { enrollmentId, programId, cohortId, personId, history } = event.data;
      return {
        ...next,
        refs: { enrollmentId, programId, cohortId, personId },
        history: history ? { through: null } : null,
      };
    }
    case 'InvitationSent':
      return { ...next, invitations: event.data.number, deadline: event.data.deadline };
    case 'EnrollmentActivated':
      return {
        ...next,
        activatedAt: event.occurredAt,
        privacyNoticeVersion: event.data.privacyNoticeVersion,
        endsOn: event.data.endsOn,
        endsAt: event.data.endsAt,
      };
    case 'MatchingPreferencesGiven': {
      const { themes, styles, languages, zone, hours } = event.data;
      return { ...next, preferences: { themes, styles, languages, zone, hours } };
    }
    case 'EnrollmentPaused':
      return { ...next, pausedFrom: event.data.from, reason: event.data.reason };
    case 'InvitationDeclined':
    case 'ParticipantWithdrawn':
    case 'EnrollmentDiscontinued':
    case 'EnrollmentCancelled':
      return { ...next, reason: event.data.reason };
    case 'EnrollmentResumed':
      return { ...next, pausedFrom: null, reason: null };
    case 'EnrollmentExtended':
      return { ...next, endsOn: event.data.endsOn, endsAt: event.data.endsAt };
    case 'SessionsAllotted':
      return { ...next, allotted: event.data.total };
    case 'ProgramFeedbackGiven':
      return { ...next, feedback: { ...state.feedback, [event.data.moment]: event.data.recommend } };
    case 'HistoryDeclared':
      return { ...next, history: event.data.complete ? null : { through: event.data.through } };
    default:
      return next;
  }
}
