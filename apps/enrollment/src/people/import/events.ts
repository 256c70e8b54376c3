import type { PersonKey } from './directory.js';
import type { LeavingReason, Level } from './mapping.js';
import type { EngagementScore, PerformanceRating } from './rows.js';

/** Where an event's day comes from: a column of the file, or its snapshot date for want of one. */
export type DateBasis = 'column' | 'snapshot';

export type ChangeKind =
  'promotedToManager' | 'levelUp' | 'levelDown' | 'managerChanged' | 'moved' | 'onLeave' | 'returned';

export interface Place {
  readonly department?: string;
  readonly position?: string;
  readonly location?: string;
}

/** What is said of somebody when they are first heard of, whatever names their manager. */
export interface Addition extends Place {
  /** Absent for a placeholder. */
  readonly startedOn?: string;
  readonly placeholder: boolean;
  readonly level: Level;
  readonly dateBasis: DateBasis;
}

/** What is said of a change, whatever names the manager. */
export interface Change extends Place {
  readonly kind: ChangeKind;
  readonly effectiveOn: string;
  readonly dateBasis: DateBasis;
  readonly level?: Level;
  /** With `moved`: of where somebody works, what is not known any more. */
  readonly cleared?: readonly (keyof Place)[];
}

interface Fact<Type extends string, Body> {
  readonly type: Type;
  /** The day in the world. */
  readonly on: string;
  readonly data: Body;
}

/**
 * What an import makes known about one person: the published events' data, but with keys for ids and without the
 * personId, which the caller knows. No names.
 */
export type PersonEvent =
  | Fact<'PersonAdded', Addition & { readonly managerKey?: PersonKey }>
  /** With `managerChanged`: the new manager, or null for none. */
  | Fact<'PersonChanged', Change & { readonly managerKey?: PersonKey | null }>
  | Fact<'PersonLeft', { readonly leftOn: string; readonly dateBasis: DateBasis }>
  | Fact<'LeavingReasonRecorded', { readonly leftOn: string; readonly reason: LeavingReason }>
  | Fact<'EngagementScoreRecorded', EngagementScore>
  | Fact<'PerformanceRatingRecorded', PerformanceRating>;

const order: readonly string[] = [
  'PersonAdded',
  'returned',
  'moved',
  'levelUp',
  'levelDown',
  'managerChanged',
  'promotedToManager',
  'onLeave',
  'EngagementScoreRecorded',
  'PerformanceRatingRecorded',
  'PersonLeft',
  'LeavingReasonRecorded',
];
const rank = (event: PersonEvent): number =>
  order.indexOf(event.type === 'PersonChanged' ? event.data.kind : event.type);

/** One person's events as they happened. */
export const inOrder = (events: readonly PersonEvent[]): PersonEvent[] =>
  events.toSorted((a, b) => (a.on === b.on ? rank(a) - rank(b) : a.on < b.on ? -1 : 1));

/** A day and where it comes from. */
export interface When {
  readonly on: string;
  readonly dateBasis: DateBasis;
}

type Changed = Extract<PersonEvent, { type: 'PersonChanged' }>['data'];

export const changeEvent = (
  kind: Changed['kind'],
  { on, dateBasis }: When,
  values: Omit<Changed, 'kind' | 'effectiveOn' | 'dateBasis'> = {},
): PersonEvent => ({ type: 'PersonChanged', on, data: { kind, effectiveOn: on, dateBasis, ...values } });

export const leftEvent = ({ on, dateBasis }: When): PersonEvent => ({
  type: 'PersonLeft',
  on,
  data: { leftOn: on, dateBasis },
});

export const reasonEvent = (leftOn: string, reason: LeavingReason): PersonEvent => ({
  type: 'LeavingReasonRecorded',
  on: leftOn,
  data: { leftOn, reason },
});

export const scoreEvent = (data: EngagementScore): PersonEvent => ({
  type: 'EngagementScoreRecorded',
  on: data.surveyedOn,
  data,
});

export const ratingEvent = (data: PerformanceRating): PersonEvent => ({
  type: 'PerformanceRatingRecorded',
  on: data.reviewedOn,
  data,
});
