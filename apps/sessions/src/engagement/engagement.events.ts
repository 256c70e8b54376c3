import type { DomainEvent } from '@cairn/decider';
import type { EngagementRefs, SessionPolicy } from '../session/session.events.js';

export type Cadence = 'weekly' | 'bi-weekly' | 'monthly';

type Of<Type extends string, Body extends object = object> = DomainEvent<Type, EngagementRefs & Body>;

/** Stored names are pinned: rename the type alias, never the string. Days are YYYY-MM-DD, in the engagement's zone. */
export type EngagementEvent =
  | Of<
      'EngagementPlanned',
      {
        matchId: string;
        /** Of an internal coach. */
        coachPersonId?: string;
        endsOn: string;
        cadence: Cadence;
        zone: string;
        allotment: number;
        policy: SessionPolicy;
      }
    >
  /** What enrolment granted in all; published by enrolment, kept here so that the ledger can be rebuilt from the log. */
  | Of<'AllotmentGranted', { total: number }>
  | Of<'EngagementStarted'>
  | Of<'EngagementPaused', { from: string }>
  | Of<'EngagementResumed', { on: string }>
  | Of<'EngagementExtended', { endsOn: string }>
  | Of<'EngagementCompleted'>
  | Of<'EngagementEnded', { reason: string }>
  | Of<'AllotmentUsed', { completed: number; forfeited: number; total: number }>
  | Of<'SessionsReturned', { count: number }>;
