import type { DomainEvent } from '@cairn/decider';
import type { Cadence } from '../calendar/series.js';
import type { EngagementRefs, SessionPolicy } from '../session/session.events.js';

export interface History {
  readonly through: string | null;
}

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
        /** Open where an importer tells the past: told up to `through`, null for nothing yet. */
        history?: History;
      }
    >
  /** What enrolment granted in all; published by enrolment, kept here so that the ledger can be rebuilt from the log. */
  | Of<'AllotmentGranted', { total: number }>
  /** How far the importer has come; no fact of the engagement's own time. */
  | Of<'HistoryDeclared', { through: string; complete: boolean }>
  | Of<'EngagementStarted'>
  | Of<'EngagementPaused', { from: string }>
  | Of<'EngagementResumed', { on: string }>
  | Of<'EngagementExtended', { endsOn: string }>
  | Of<'EngagementCompleted'>
  | Of<'EngagementEnded', { reason: string }>
  | Of<'AllotmentUsed', { completed: number; forfeited: number; total: number }>
  | Of<'SessionsReturned', { count: number }>;
