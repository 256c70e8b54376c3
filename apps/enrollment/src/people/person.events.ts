import type { DomainEvent } from '@cairn/decider';
import type { Addition, Change, DateBasis } from './import/events.js';
import type { LeavingReason } from './import/mapping.js';
import type { EngagementScore, PerformanceRating } from './import/rows.js';

interface Who {
  readonly personId: string;
}

/** What is known of a person, with ids for everybody named and no names. Stored names are pinned. */
export type PersonEvent =
  | DomainEvent<'PersonAdded', Who & Addition & { readonly managerId?: string }>
  /** With `managerChanged`: the new manager, or null for none. */
  | DomainEvent<'PersonChanged', Who & Change & { readonly managerId?: string | null }>
  | DomainEvent<'PersonLeft', Who & { readonly leftOn: string; readonly dateBasis: DateBasis }>
  | DomainEvent<'LeavingReasonRecorded', Who & { readonly leftOn: string; readonly reason: LeavingReason }>
  | DomainEvent<'EngagementScoreRecorded', Who & EngagementScore>
  | DomainEvent<'PerformanceRatingRecorded', Who & PerformanceRating>;
