import type { TriggerKind } from '../programs/triggers.js';
import type { UnitsInUse } from './units.js';
import type {
  CancellationReason,
  DiscontinuationReason,
  EnrollmentRefs,
  FeedbackMoment,
  Nominator,
  Preferences,
  WithdrawalReason,
} from './enrollment.events.js';

/** `at` is the instant of the fact (ISO 8601, UTC). Deadlines are worked out by the handler, in the programme's zone. */
interface At {
  readonly at: string;
}

export type EnrollmentCommand = At &
  (
    | {
        readonly kind: 'nominate';
        readonly refs: EnrollmentRefs;
        readonly by: Nominator;
        readonly history: boolean;
        /** The kind of trigger that proposed it. */
        readonly reason?: TriggerKind;
      }
    | {
        /** `place` is what the handler found while it held the programme's places: free, or a place in the queue. */
        readonly kind: 'invite';
        readonly place:
          | { readonly free: true; readonly deadline: string }
          | { readonly free: false; readonly queue: number };
        /** Of the programme: its last day, and the instant at which it is over. */
        readonly endsOn: string;
        readonly endsAt: string;
      }
    | { readonly kind: 'decline'; readonly reason: string }
    | { readonly kind: 'expire' }
    | { readonly kind: 'withdraw'; readonly reason: WithdrawalReason }
    | {
        readonly kind: 'activate';
        readonly privacyNoticeVersion: string;
        readonly preferences: Preferences;
        readonly programThemes: readonly string[];
        /** Those of any coach. */
        readonly coachStyles: readonly string[];
        readonly allotment: number;
        /** Last day of the enrolment, and the instant at which it is over in the programme's zone. */
        readonly endsOn: string;
        readonly endsAt: string;
      }
    | {
        readonly kind: 'prefer';
        readonly preferences: Preferences;
        readonly programThemes: readonly string[];
        readonly coachStyles: readonly string[];
      }
    | { readonly kind: 'pause'; readonly from: string; readonly reason: string }
    | { readonly kind: 'resume'; readonly on: string }
    | { readonly kind: 'extend'; readonly endsOn: string; readonly endsAt: string }
    | { readonly kind: 'complete'; readonly early: boolean }
    | { readonly kind: 'discontinue'; readonly reason: DiscontinuationReason }
    | { readonly kind: 'cancel'; readonly reason: CancellationReason }
    /** What was left when an engagement ended, of the total that stays as it is; nothing where the enrolment is over, or soon. */
    | { readonly kind: 'grant-again'; readonly count: number; readonly hasLeft: boolean }
    | { readonly kind: 'allot'; readonly count: number; readonly inUse: UnitsInUse }
    | {
        readonly kind: 'give-feedback';
        readonly moment: FeedbackMoment;
        readonly recommend: number;
        /** How many sessions were held by then, as far as enrolment has heard. */
        readonly held: number;
      }
    | {
        /** What the importer has handed over: everything up to `through` (an instant), or all of it. */
        readonly kind: 'declare-history';
        readonly through: string;
        readonly complete: boolean;
      }
  );
