import type {
  Outcome,
  Party,
  PartyOrCairn,
  Rating,
  SessionPolicy,
  SessionRefs,
  Times,
} from './session.events.js';

/**
 * `at` is the instant of the fact. `settledThrough` is how far silence may be judged: `at` itself, or in an open history at
 * most the instant that the importer has declared. Both ISO 8601, UTC.
 */
interface When {
  readonly at: string;
  readonly settledThrough: string;
}

export type SessionCommand = When &
  (
    | ({
        readonly kind: 'schedule';
        readonly refs: SessionRefs;
        readonly zone: string;
        readonly by: Party;
        readonly seriesId?: string;
        /** In force in the programme on the day of the booking. */
        readonly policy: SessionPolicy;
      } & Times)
    | ({
        readonly kind: 'reschedule';
        readonly by: Party;
        readonly zone: string;
        readonly policy: SessionPolicy;
      } & Times)
    | { readonly kind: 'cancel'; readonly by: PartyOrCairn }
    | { readonly kind: 'confirm'; readonly by: Party }
    /** `by` is who waited; the other one did not come. */
    | { readonly kind: 'record-no-show'; readonly by: Party }
    | { readonly kind: 'rate'; readonly rating: Rating }
    | {
        readonly kind: 'record-themes';
        readonly themes: readonly string[];
        readonly allowed: readonly string[];
      }
    | { readonly kind: 'add-note'; readonly noteId: string; readonly by: Party }
    | { readonly kind: 'dispute'; readonly by: Party; readonly reason: string }
    /** Without `forfeited` the session's policy says whether the new outcome forfeits; with it the admin does. */
    | {
        readonly kind: 'correct';
        readonly to: Outcome;
        readonly forfeited?: boolean;
        readonly reason: string;
      }
    /** The sweeper's: the deadline `at` has come. */
    | { readonly kind: 'settle' }
  );
