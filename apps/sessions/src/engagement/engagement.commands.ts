import type { EngagementRefs, SessionPolicy } from '../session/session.events.js';
import type { Cadence } from '../calendar/series.js';
import type { History } from './engagement.events.js';

/** `at` is the instant of the fact, never before the engagement's last one: enrolment decides, the engagement follows. */
interface At {
  readonly at: string;
}

export type EngagementCommand = At &
  (
    | {
        readonly kind: 'plan';
        readonly refs: EngagementRefs;
        readonly matchId: string;
        /** When enrolment recorded the match: what it recorded before does not concern the engagement. */
        readonly matchedAt?: string;
        readonly coachPersonId?: string;
        readonly endsOn: string;
        readonly cadence: Cadence;
        readonly zone: string;
        readonly allotment: number;
        readonly policy: SessionPolicy;
        readonly history?: History;
      }
    | { readonly kind: 'grant'; readonly total: number }
    | { readonly kind: 'declare-history'; readonly through: string; readonly complete: boolean }
    /** A session is about to be booked, or moved, to `startsAt`. */
    | { readonly kind: 'book'; readonly startsAt: string }
    | { readonly kind: 'pause'; readonly from: string }
    | { readonly kind: 'resume'; readonly on: string }
    | { readonly kind: 'extend'; readonly endsOn: string }
    | { readonly kind: 'complete' }
    | { readonly kind: 'end'; readonly reason: string }
    /** The last unit of the allotment is spent; the ledger says so. */
    | { readonly kind: 'use-up'; readonly completed: number; readonly forfeited: number }
    /** The engagement is over and `count` units were left. */
    | { readonly kind: 'return'; readonly count: number }
  );
