import type { ToldProfile } from './coach.events.js';

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
  | { readonly kind: 'approve' }
  | { readonly kind: 'suspend'; readonly reason: string }
  | { readonly kind: 'reinstate' }
  /** A capacity below the places taken ends no match: it only keeps new ones away. */
  | { readonly kind: 'change-capacity'; readonly capacity: number }
);

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
