import type { DomainEvent } from '@cairn/decider';

export type Party = 'coachee' | 'coach';
/** `cairn` where a pause or an end cancels what lies ahead. */
export type PartyOrCairn = Party | 'cairn';

/** What a session can be judged to have been. */
export const OUTCOMES = [
  'completed',
  'coachee-no-show',
  'coach-no-show',
  'unconfirmed',
  'cancelled-in-time',
  'coachee-late-cancel',
  'coach-late-cancel',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a command may say; events of before these lists hold other codes. Codes alone, since they are published. */
export const DISPUTE_REASONS = [
  'i-was-there',
  'was-held',
  'was-not-held',
  'cancelled-in-time',
  'other',
] as const;
export const CORRECTION_REASONS = [
  'both-were-there',
  'was-held',
  'was-not-held',
  'evidence-shown',
  'excused',
  'recorded-by-mistake',
  'other',
] as const;

/** Silence confirms only with one of these. */
export type Evidence = 'confirmation' | 'rating' | 'themes' | 'note';

/** How sessions are judged; hours are whole hours. The terms of the day of the booking, or of the last move, hold. */
export interface SessionPolicy {
  readonly version: number;
  readonly noticeHours: number;
  readonly lateCancelForfeits: boolean;
  readonly noShowForfeits: boolean;
  readonly silenceHours: number;
  readonly disputeHours: number;
}

/** Whose engagement it is; carried by every event of it and of its sessions. */
export interface EngagementRefs {
  readonly engagementId: string;
  readonly enrollmentId: string;
  readonly programId: string;
  readonly cohortId: string;
  readonly personId: string;
  readonly coachId: string;
}
export interface SessionRefs extends EngagementRefs {
  readonly sessionId: string;
}

/** ISO 8601 instants, UTC. */
export interface Times {
  readonly startsAt: string;
  readonly endsAt: string;
}

export interface Rating {
  readonly useful: number;
  readonly relationship: number;
  readonly progress: number;
}

type Of<Type extends string, Body extends object = object> = DomainEvent<Type, SessionRefs & Body>;

/** Stored names are pinned: rename the type alias, never the string. */
export type SessionEvent =
  | Of<'SessionScheduled', Times & { zone: string; by: Party; seriesId?: string; policy: SessionPolicy }>
  | Of<
      'SessionRescheduled',
      { by: Party; noticeHours: number; from: Times; to: Times; zone: string; policy: SessionPolicy }
    >
  | Of<
      'SessionCancelled',
      { by: PartyOrCairn; noticeHours: number; late: boolean; policyVersion: number; forfeited: boolean }
    >
  | Of<'SessionAwaitingConfirmation'>
  | Of<'SessionConfirmed', { by: Party }>
  | Of<'SessionAutoConfirmed', { evidence: Evidence[] }>
  | Of<'SessionUnconfirmed', { policyVersion: number }>
  | Of<'NoShowRecorded', { party: Party; policyVersion: number; forfeited: boolean }>
  | Of<'SessionCompleted', { durationMinutes: number; auto: boolean; policyVersion: number }>
  | Of<'SessionForfeited', { cause: 'late-cancel' | 'no-show'; policyVersion: number }>
  | Of<'SessionRated', Rating>
  | Of<'SessionThemesRecorded', { themes: string[] }>
  | Of<'SessionNoteAdded', { noteId: string; by: Party }>
  | Of<'SessionDisputed', { by: Party; reason: string }>
  | Of<
      'OutcomeCorrected',
      { from: Outcome; to: Outcome; forfeited: boolean; by: 'program-admin'; reason: string }
    >;
