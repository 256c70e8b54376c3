import { addDays, dayOf, instantOf, type Day, type Instant } from '../../days.js';
import type { FeedEvent } from '../feed.js';

/** One figure as it was worked out; what stands beside it by its name. All are numbers, or null for none. */
export interface Figure {
  readonly value: number | null;
  readonly numerator?: number;
  readonly denominator?: number;
  /** Distinct people in the denominator. */
  readonly n?: number;
  readonly beside?: Readonly<Record<string, number | null>>;
}
export type Figures = Readonly<Record<string, Figure>>;

/** As much of the demo's programme as its figures depend on; sessions are bi-weekly. */
export interface Program {
  readonly programId: string;
  readonly zone: string;
  /** Of one session. */
  readonly cost: number;
}

export interface Enrollment {
  readonly id: string;
  readonly person: string;
  readonly events: readonly FeedEvent[];
}

export const DAY = 86_400_000;
export const time = (instant: Instant): number => Date.parse(instant);
export const ratio = (numerator: number, denominator: number): number | null =>
  denominator === 0 ? null : numerator / denominator;
export const peopleIn = (list: readonly { readonly person: string }[]): number =>
  new Set(list.map(({ person }) => person)).size;

/** A part of a whole, each of whose items belongs to a person. */
export const shareOf = <T extends { readonly person: string }>(
  whole: readonly T[],
  counts: (item: T) => boolean,
): Figure => {
  const numerator = whole.filter(counts).length;
  return {
    value: ratio(numerator, whole.length),
    numerator,
    denominator: whole.length,
    n: peopleIn(whole),
  };
};

export function enrollmentsOf(events: readonly FeedEvent[]): Enrollment[] {
  const byId = Map.groupBy(
    events.filter(({ stream }) => stream.startsWith('enrollment-')),
    ({ data }) => data.enrollmentId as string,
  );
  return [...byId].map(([id, own]) => ({ id, person: own[0]!.data.personId, events: own }));
}

export const last = (events: readonly FeedEvent[], ...names: string[]) =>
  events.findLast(({ name }) => names.includes(name));
export const has = (events: readonly FeedEvent[], ...names: string[]) =>
  events.some(({ name }) => names.includes(name));
export const ENDED = ['EnrollmentCompleted', 'EnrollmentDiscontinued', 'EnrollmentCancelled'];

/** Days [from, to) on which an enrolment was paused, up to asOf. */
export function pauses({ events }: Enrollment, zone: string, asOf: Instant): [Day, Day][] {
  const spans: [Day, Day][] = [];
  let from: Day | undefined;
  for (const { name, data, at } of events) {
    if (name === 'EnrollmentPaused') from = data.from;
    if (from !== undefined && (name === 'EnrollmentResumed' || ENDED.includes(name))) {
      spans.push([from, name === 'EnrollmentResumed' ? data.on : dayOf(at, zone)]);
      from = undefined;
    }
  }
  if (from !== undefined) spans.push([from, addDays(dayOf(asOf, zone), 1)]);
  return spans;
}

/** Days of 24 hours from one instant to another, on which the enrolment was not paused. */
export function unpausedDays(
  enrollment: Enrollment,
  from: number,
  to: number,
  zone: string,
  asOf: Instant,
): number {
  let paused = 0;
  for (const [first, end] of pauses(enrollment, zone, asOf)) {
    const begins = Math.max(from, time(instantOf(first, '00:00', zone)));
    const ends = Math.min(to, time(instantOf(end, '00:00', zone)));
    paused += Math.max(0, ends - begins);
  }
  return (to - from - paused) / DAY;
}

/** Of a list that is not empty. */
export const mean = (list: readonly number[]): number =>
  list.reduce((sum, each) => sum + each, 0) / list.length;
