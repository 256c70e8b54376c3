import type { DomainEvent } from '@cairn/decider';
import type { NobodyQualifies } from './constraints.js';
import type { Fit } from './fit.js';

/** Whom the match is for; carried by every event of it. */
export interface MatchRefs {
  readonly matchId: string;
  readonly enrollmentId: string;
  readonly programId: string;
  readonly cohortId: string;
  readonly personId: string;
}

export type Party = 'coachee' | 'coach';

/** What a rematch leads away from: the match that goes on until the next coach has accepted. */
export interface From {
  readonly matchId: string;
  readonly coachId: string;
}

export const REMATCH_REASONS = ['fit', 'schedule', 'coach-unavailable', 'other'] as const;
export type RematchReason = (typeof REMATCH_REASONS)[number];

/** Why a match is at risk: what happened to its sessions, never what somebody thinks of it. */
export type Risk = 'moves-in-a-row' | 'no-show' | 'nothing-booked';

/** A coach with the score and its parts as they were when the coach was found. */
export interface FittingCoach extends Fit {
  readonly coachId: string;
}

type Of<Type extends string, Body extends object = object> = DomainEvent<Type, MatchRefs & Body>;

/** Stored names are pinned: rename the type alias, never the string. */
export type MatchEvent =
  /** `from` of a rematch, and `declined`, whom the request that was withdrawn before left out: they stay inside. */
  | Of<'MatchRequested', { kind: 'first' | 'rematch'; from?: From; declined?: readonly string[] }>
  /** Best first. A bulk run names the one coach that the optimum gives. */
  | Of<'CoachesShortlisted', { coaches: readonly FittingCoach[] }>
  /** From here on the match holds one of the coach's places, until it is declined or ended. */
  | Of<'MatchProposed', { coachId: string; by: 'coachee' | 'program'; handover?: true }>
  /** `coachIds` are left out of the next shortlist; none where the programme closes the request. */
  | Of<'MatchDeclined', { by: Party | 'program'; code: string; coachIds: readonly string[] }>
  | Of<'MatchRequestWithdrawn', { reason: string }>
  | Of<'NoCoachAvailable', NobodyQualifies>
  | Of<'CoachMatched', FittingCoach & { assigned: 'chosen' | 'bulk' }>
  /** With the match to which the coachee has consented it: the next coach may know what the former one knew. */
  | Of<'HandoverConsented', { coachId: string; fromCoachId: string }>
  | Of<'MatchMarkedAtRisk', { coachId: string; reasons: readonly Risk[] }>
  | Of<'MatchRecovered', { coachId: string }>
  | Of<'RematchRequested', { coachId: string; by: Party | 'program'; reason: RematchReason }>
  /** Stays inside: the coachee has thought better of it, before the coach has accepted. */
  | Of<'HandoverChosen', { handover: boolean }>
  /** Stays inside: when silence is looked at again. */
  | Of<'SilenceAwaited', { until: string }>
  | Of<'MatchEnded', { coachId: string; reason: string }>;

/** Events after which nobody reads anything else of their match than before: no version that is shown counts them. */
export const ASIDES: ReadonlySet<MatchEvent['type']> = new Set([
  'RematchRequested',
  'HandoverChosen',
  'HandoverConsented',
  'SilenceAwaited',
]);

export const SIGNALS = ['good', 'unsure', 'not-right'] as const;
export type Signal = (typeof SIGNALS)[number];

/** In a stream of its own beside the match's, whose version everybody in the programme may read. */
export type FitEvent = Of<'FitSignalRecorded', { coachId: string; by: Party; signal: Signal }>;
