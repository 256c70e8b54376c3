import { expect } from '@jest/globals';

/** How often each event happens up to AS_OF, counted by hand in the story. */
export const EVENTS: Readonly<Record<string, number>> = {
  // Sixteen employees and Vera; Vera completed, Pia moved, Reno under another manager; Nils, Olga and Dan left.
  PersonAdded: 17,
  PersonChanged: 3,
  PersonLeft: 3,
  LeavingReasonRecorded: 3,
  EngagementScoreRecorded: 7,
  PerformanceRatingRecorded: 2,
  ProgramCreated: 1,
  ProgramChanged: 2,
  CohortOpened: 1,
  CohortClosed: 1,
  // All who were employed on 8 January, and Vera.
  EligibilityEvaluated: 15,
  CoachApproved: 3,
  CoachSuspended: 1,
  CoachReinstated: 1,
  CoachCapacityChanged: 1,
  CoachRetired: 1,
  // Luc's ACC, which expires, and his PCC.
  CredentialRecorded: 2,
  CredentialExpired: 1,
  CoachReassessed: 1,
  ParticipantNominated: 9,
  ParticipantWaitlisted: 2,
  // All but Hal, and Gus twice.
  InvitationSent: 9,
  InvitationDeclined: 1,
  InvitationExpired: 1,
  ParticipantWithdrawn: 1,
  EnrollmentActivated: 7,
  MatchingPreferencesGiven: 8,
  EnrollmentPaused: 1,
  EnrollmentResumed: 1,
  EnrollmentExtended: 1,
  EnrollmentCompleted: 1,
  EnrollmentDiscontinued: 1,
  EnrollmentCancelled: 2,
  SessionsAllotted: 9,
  HistoryDeclared: 6,
  // Ben's after his third session, Ada's at the end.
  ProgramFeedbackGiven: 2,
  MatchRequested: 8,
  // Ben's two, one step each of the four who are matched at once, and Fay's rematch.
  CoachesShortlisted: 7,
  MatchProposed: 7,
  MatchDeclined: 1,
  MatchRequestWithdrawn: 2,
  NoCoachAvailable: 1,
  CoachMatched: 6,
  MatchEnded: 4,
  FitSignalRecorded: 1,
  // Ben by a no-show that is corrected, by two moves, and by another no-show; Fay by hers.
  MatchMarkedAtRisk: 4,
  MatchRecovered: 2,
  RematchRequested: 1,
  HandoverConsented: 1,
  // Ada's, and Ben's, which is withdrawn.
  AssessmentRequested: 2,
  RaterNominated: 7,
  RaterApproved: 7,
  // They come in today, and are counted when hers is closed.
  AnswersCounted: 1,
  AssessmentClosed: 1,
  AssessmentWithdrawn: 1,
  ResultsReleased: 1,
  PrioritiesIdentified: 1,
  EngagementPlanned: 6,
  EngagementStarted: 5,
  EngagementPaused: 1,
  EngagementResumed: 1,
  EngagementExtended: 1,
  EngagementCompleted: 1,
  EngagementEnded: 3,
  AllotmentUsed: 1,
  SessionsReturned: 3,
  // Ada 3, Ben 6, Cleo 4, Dan 3, Fay 2.
  SessionScheduled: 18,
  SessionRescheduled: 1,
  SessionCancelled: 5,
  SessionAwaitingConfirmation: 12,
  SessionConfirmed: 12,
  SessionAutoConfirmed: 1,
  SessionUnconfirmed: 1,
  NoShowRecorded: 4,
  SessionCompleted: 7,
  SessionForfeited: 4,
  SessionRated: 2,
  SessionThemesRecorded: 1,
  SessionNoteAdded: 2,
  SessionDisputed: 1,
  OutcomeCorrected: 1,
  GoalProposed: 3,
  GoalAgreed: 3,
  AttainmentScaleDefined: 1,
  PracticeCommitted: 1,
  PracticeReported: 1,
  CheckInRecorded: 2,
  AttainmentScored: 2,
  GoalRevised: 1,
  GoalClosed: 1,
  // Ada's, before her second session and before her third.
  PulseRequested: 2,
  PulsesReleased: 1,
  PeopleShown: 1,
  SessionsShown: 1,
  GoalsShown: 1,
};

/** Numerator, denominator and people of a ratio. */
export const share = (numerator: number, denominator: number, n: number) => {
  const value = expect.closeTo(numerator / denominator, 9) as unknown;
  return { value, numerator, denominator, n };
};

/** The programme at AS_OF, by metric, worked out by hand from the story. */
export const OVERVIEW = {
  // Everybody who was invited but Eve, who declined; Gus by his second invitation.
  'activation-rate': share(7, 8, 8),
  // Days 3 (Ben), 5 (Fay), 6 (Cleo, Dan), 7 (Ada); Ivy's request is withdrawn on day 2, Gus's on day 27.
  'time-to-match': {
    value: 6,
    numerator: 5,
    denominator: 7,
    n: 7,
    beside: { p90: null, notReachedByDay: 27 },
  },
  // Fay's, on day 2; of those five, who were matched in January.
  'time-to-rematch': { value: 2, numerator: 1, denominator: 1, n: 1, beside: { p90: 2 } },
  'rematch-rate': share(1, 5, 5),
  // Days 14 (Ada), 19 (Ben, Dan), 20 (Cleo); Gus and Fay end before one, Ivy is open.
  'time-to-first-session': { value: 20, numerator: 4, denominator: 7, n: 7 },
  // Ben's and Cleo's; the others' have ended.
  'match-fit': { denominator: 2, n: 2 },
  // From 19 March on: Ben's session of 8 April, Cleo's check-in of 5 April; Ivy neither.
  'engaged-rate': { ...share(1, 3, 3), beside: { tooNew: 0, paused: 0, ended: 4 } },
  'between-session-active': share(1, 3, 3),
  // Ben has no goal yet, Ivy no coach.
  'off-track': share(2, 3, 3),
  // Fortnights: Ada 3, Ben 5 of 6, Cleo 3 of 5, Dan 2, Fay 2, Gus 1, Ivy 3 of 6.
  utilisation: { ...share(11, 19, 7), beside: { completed: 8, forfeited: 3 } },
  delivered: share(8, 19, 7),
  // Due: Ada 3, Ben 5, Cleo 2, Dan 1, Fay 2.
  'completion-rate': { ...share(8, 13, 5), beside: { autoConfirmed: 1, awaiting: 0, disputed: 0 } },
  'coachee-no-show-rate': share(2, 13, 5),
  'coachee-late-cancel-rate': share(1, 13, 5),
  'coach-no-show-rate': share(1, 13, 5),
  'coach-late-cancel-rate': share(0, 13, 5),
  'reschedule-rate': share(1, 13, 5),
  // Ada's, and Dan's, which ends unscored with his engagement.
  'goal-completion': { ...share(1, 2, 2), beside: { unscored: 1 } },
  // One goal, from −1 to +1: T from 40 to 60.
  'goal-attainment': { value: expect.closeTo(20, 9) as unknown, n: 1 },
  'theme-share': share(3, 3, 3),
  // Ten at € 200, and Ben's of April at € 220.
  'cost-to-date': { value: 2220, numerator: 2220, denominator: 11, n: 5, beside: { currency: 'EUR' } },
};

interface Figures {
  readonly id: string;
  readonly group: string | null;
}

/** The rows of a report by their group, or by their metric where they are totals. */
export const figuresOf = ({ items }: { items: readonly Figures[] }): Record<string, object> =>
  Object.fromEntries(items.map(({ id, group, ...item }) => [group ?? id, item]));
