import type { ToldProfile } from './coach.events.js';
import type { ReassessmentCause, ReassessmentOutcome } from './coach.js';

/** `at` is the instant of the fact (ISO 8601, UTC). */
export type CoachCommand = { readonly at: string } & (
  | {
      readonly kind: 'add';
      readonly coachId: string;
      readonly personId: string | null;
      readonly capacity: number;
      readonly profile: ToldProfile;
    }
  | { readonly kind: 'identify'; readonly personId: string }
  | { readonly kind: 'change-profile'; readonly profile: ToldProfile }
  | { readonly kind: 'screen' | 'interview' | 'approve' }
  | { readonly kind: 'suspend'; readonly reason: string }
  | { readonly kind: 'reinstate' }
  /** A capacity below the places taken ends no match: it only keeps new ones away. */
  | { readonly kind: 'change-capacity'; readonly capacity: number }
  /** For good. What to do with running engagements is for the programme to decide, as when a coach is suspended. */
  | { readonly kind: 'retire'; readonly reason: string }
  | {
      readonly kind: 'record-credential';
      readonly credential: string;
      readonly issuer: string;
      /** The last day on which it is valid, and the instant at which that is over where the coach is. */
      readonly expires: { readonly on: string; readonly at: string } | null;
    }
  /** Every command settles what has expired before it: this one nothing else. */
  | { readonly kind: 'expire-credentials' }
  | { readonly kind: 'reassess'; readonly outcome: ReassessmentOutcome; readonly cause: ReassessmentCause }
);

export const RETIREMENT_REASONS = [
  'stopped-coaching',
  'contract-ended',
  'approval-withdrawn',
  'other',
] as const;

/** Why a coach is suspended, as a command may say it; events of before this list, and those of reactions, hold other codes. */
export const SUSPENSION_REASONS = [
  'on-leave',
  'complaint',
  'credentials',
  'workload',
  'contract-ended',
  'approval-withdrawn',
  'other',
] as const;
