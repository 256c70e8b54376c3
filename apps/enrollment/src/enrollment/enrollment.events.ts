import type { DomainEvent } from '@cairn/decider';
import type { TriggerKind } from '../programs/triggers.js';

export interface Preferences {
  readonly themes: readonly string[];
  readonly styles: readonly string[];
  /** BCP 47 tags. */
  readonly languages: readonly string[];
  readonly zone: string;
  /** Weekly hours in `zone`, as coaches/weekly-hours.ts reads them; null where any will do. Not published. */
  readonly hours: string | null;
}

/** Who the enrolment is about; carried by every event of it. */
export interface EnrollmentRefs {
  readonly enrollmentId: string;
  readonly programId: string;
  readonly cohortId: string;
  readonly personId: string;
}

type Of<Type extends string, Body extends object = object> = DomainEvent<Type, EnrollmentRefs & Body>;

export type WithdrawalReason = 'left-the-company' | 'no-longer-eligible' | 'by-hr';
export const DISCONTINUATION_REASONS = [
  'left-the-company',
  'on-leave',
  'too-busy',
  'contract-ended',
] as const;
export type DiscontinuationReason = (typeof DISCONTINUATION_REASONS)[number];
export const CANCELLATION_REASONS = ['unresponsive', 'no-interest', 'repeated-forfeits'] as const;
export type CancellationReason = (typeof CANCELLATION_REASONS)[number];
/**
 * What a command may say; events of before these lists hold other codes. Codes alone, since they are published, and none
 * for an illness.
 */
export const DECLINE_REASONS = ['no-time', 'no-need', 'no-interest', 'other'] as const;
export const PAUSE_REASONS = ['parental-leave', 'on-leave', 'workload', 'project', 'other'] as const;
/** When the coachee is asked how likely they would recommend the programme. */
export const FEEDBACK_MOMENTS = ['third-session', 'end'] as const;
export type FeedbackMoment = (typeof FEEDBACK_MOMENTS)[number];
export type Nominator = 'hr' | 'program-admin' | 'integration' | 'rule';

/** Stored names are pinned: rename the type alias, never the string. */
export type EnrollmentEvent =
  /** `reason`: the kind of trigger that proposed it. */
  | Of<'ParticipantNominated', { by: Nominator; history: boolean; reason?: TriggerKind }>
  | Of<'ParticipantWaitlisted', { place: number; reason: 'capacity' }>
  | Of<'InvitationSent', { deadline: string; number: number }>
  | Of<'InvitationDeclined', { reason: string }>
  | Of<'InvitationExpired', { deadline: string }>
  | Of<'ParticipantWithdrawn', { reason: WithdrawalReason }>
  | Of<'EnrollmentActivated', { privacyNoticeVersion: string; endsOn: string; endsAt: string }>
  | Of<'MatchingPreferencesGiven', Preferences>
  | Of<'EnrollmentPaused', { from: string; reason: string }>
  | Of<'EnrollmentResumed', { on: string }>
  | Of<'EnrollmentExtended', { endsOn: string; endsAt: string }>
  | Of<'EnrollmentCompleted', { early: boolean }>
  | Of<'EnrollmentDiscontinued', { reason: DiscontinuationReason }>
  | Of<'EnrollmentCancelled', { reason: CancellationReason }>
  | Of<'SessionsAllotted', { count: number; total: number }>
  | Of<'ProgramFeedbackGiven', { moment: FeedbackMoment; recommend: number }>
  | Of<'HistoryDeclared', { through: string; complete: boolean }>;
