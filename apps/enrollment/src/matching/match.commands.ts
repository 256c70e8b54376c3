import type { NobodyQualifies } from './constraints.js';
import type { FittingCoach, From, MatchRefs, Party, RematchReason, Risk } from './match.events.js';

/** `at` is the instant of the fact (ISO 8601, UTC). The handler has found the coaches, and holds their places. */
export type MatchCommand = { readonly at: string } & (
  | {
      readonly kind: 'request';
      readonly refs: MatchRefs;
      readonly from?: From;
      /** Whom the request before this one left out. */
      readonly declined?: readonly string[];
    }
  | {
      /** What `shortlist` found, best first, with the coaches of `declinedCoachIds` left out. */
      readonly kind: 'shortlist';
      readonly outcome:
        | { readonly found: true; readonly coaches: readonly FittingCoach[] }
        | ({ readonly found: false } & NobodyQualifies);
    }
  /** The coachee takes one of the shortlist; the coach is asked next. */
  | { readonly kind: 'choose'; readonly coachId: string; readonly handover?: boolean }
  | { readonly kind: 'accept'; readonly by: Party }
  | { readonly kind: 'decline'; readonly by: Party; readonly code: string }
  /** What the bulk run found for this request; nobody is asked. */
  | { readonly kind: 'assign'; readonly coach: FittingCoach }
  /** Another coach is to be found, without blame; `underWay`: one is looked for already. */
  | {
      readonly kind: 'request-rematch';
      readonly by: Party | 'program';
      readonly reason: RematchReason;
      readonly underWay: boolean;
    }
  | {
      /** What its sessions say of it now. */
      readonly kind: 'judge';
      readonly reasons: readonly Risk[];
      /** From when on there is silence, unless more is booked. */
      readonly silentAt: string;
    }
  | { readonly kind: 'fall-silent' }
  | { readonly kind: 'await-silence'; readonly until: string }
  /** The programme asks for no match any more; one that is active ends with its enrolment alone. */
  | { readonly kind: 'withdraw'; readonly reason: string }
  /** The enrolment or the coach is no longer there: ends a match, or withdraws the request for one. */
  | { readonly kind: 'close'; readonly reason: string }
);

/** Why a shortlist or a proposal is declined. */
export const DECLINE_CODES = [
  'experience',
  'themes',
  'style',
  'language',
  'hours',
  'no-capacity',
  'conflict-of-interest',
  'other',
] as const;

/** Why staff withdraw a request; events of before this list hold other codes. */
export const REQUEST_WITHDRAWAL_REASONS = ['by-hr', 'no-coach', 'other'] as const;
