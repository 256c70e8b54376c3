import type { DomainEvent } from '@cairn/decider';
import type { ChangeKind, Cleared, DateBasis, Place } from './import/events.js';
import type { LeavingReason, Level } from './import/mapping.js';
import type { EngagementScore, PerformanceRating } from './import/rows.js';

interface Who {
  readonly personId: string;
}

/** What is known of a person, with ids for everybody named and no names. Stored names are pinned. */
export type PersonEvent =
  | DomainEvent<
      'PersonAdded',
      Who &
        Place & {
          /** Absent for a placeholder. */
          readonly startedOn?: string;
          readonly placeholder: boolean;
          readonly level: Level;
          readonly managerId?: string;
          readonly dateBasis: DateBasis;
        }
    >
  | DomainEvent<
      'PersonChanged',
      Who &
        Place &
        Cleared & {
          readonly kind: ChangeKind;
          readonly effectiveOn: string;
          readonly dateBasis: DateBasis;
          readonly level?: Level;
          /** With `managerChanged`: the new manager, or null for none. */
          readonly managerId?: string | null;
        }
    >
  | DomainEvent<'PersonLeft', Who & { readonly leftOn: string; readonly dateBasis: DateBasis }>
  | DomainEvent<'LeavingReasonRecorded', Who & { readonly leftOn: string; readonly reason: LeavingReason }>
  | DomainEvent<'EngagementScoreRecorded', Who & EngagementScore>
  | DomainEvent<'PerformanceRatingRecorded', Who & PerformanceRating>;
