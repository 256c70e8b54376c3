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

/** A coach with the score and its parts as they were when the coach was found. */
export interface FittingCoach extends Fit {
  readonly coachId: string;
}

type Of<Type extends string, Body extends object = object> = DomainEvent<Type, MatchRefs & Body>;

/** Stored names are pinned: rename the type alias, never the string. */
export type MatchEvent =
  | Of<'MatchRequested', { kind: 'first' }>
  /** Best first. A bulk run names the one coach that the optimum gives. */
  | Of<'CoachesShortlisted', { coaches: readonly FittingCoach[] }>
  /** From here on the match holds one of the coach's places, until it is declined or ended. */
  | Of<'MatchProposed', { coachId: string; by: 'coachee' | 'program' }>
  /** `coachIds` are left out of the next shortlist; none where the programme closes the request. */
  | Of<'MatchDeclined', { by: Party | 'program'; code: string; coachIds: readonly string[] }>
  | Of<'MatchRequestWithdrawn', { reason: string }>
  | Of<'NoCoachAvailable', NobodyQualifies>
  | Of<'CoachMatched', FittingCoach & { assigned: 'chosen' | 'bulk' }>
  | Of<'MatchEnded', { coachId: string; reason: string }>;
