import { dayOf, type Instant } from '../../days.js';
import type { FeedEvent } from '../feed.js';
import { has, last, type Enrollment, type Program } from './facts.js';
import { sessionsOf } from './sessions.js';

/** What somebody practised and how their goals moved since their last session that was held, or since they began. */
export interface Practice {
  readonly committed: number;
  readonly reported: number;
  /** Of all of theirs: due before today, and not reported. */
  readonly overdue: number;
  /** Goals agreed and not closed. */
  readonly goals: number;
  readonly forward: number;
  readonly steady: number;
  readonly back: number;
  /** Of their latest check-in, whenever that was. */
  readonly last: string | null;
}

/** By person, of everybody who was ever active. */
export function practiceByPerson(
  enrollments: readonly Enrollment[],
  events: readonly FeedEvent[],
  program: Program,
  asOf: Instant,
): ReadonlyMap<string, Practice> {
  const sessions = Map.groupBy(sessionsOf(events), ({ person }) => person);
  const goals = Map.groupBy(
    events.filter(({ stream }) => stream.startsWith('goal-')),
    ({ data }) => data.personId as string,
  );
  const today = dayOf(asOf, program.zone);
  const found = new Map<string, Practice>();
  for (const { person, events: own } of enrollments) {
    const activated = last(own, 'EnrollmentActivated');
    if (activated === undefined) continue;
    const held = (sessions.get(person) ?? [])
      .filter(({ outcome, disputed }) => outcome === 'completed' && !disputed)
      .map(({ startsAt }) => startsAt)
      .sort();
    const since = held.at(-1) ?? activated.at;
    const theirs = goals.get(person) ?? [];
    const named = (name: string) => theirs.filter((event) => event.name === name);
    const lately = (name: string) => named(name).filter(({ at }) => at >= since);
    const reported = new Set(named('PracticeReported').map(({ data }) => data.practiceId));
    const moved = (movement: string) =>
      lately('CheckInRecorded').filter(({ data }) => data.movement === movement).length;
    const open = [...Map.groupBy(theirs, ({ stream }) => stream).values()].filter(
      (goal) => has(goal, 'GoalAgreed') && !has(goal, 'GoalClosed'),
    );
    found.set(person, {
      committed: lately('PracticeCommitted').length,
      reported: lately('PracticeReported').length,
      overdue: named('PracticeCommitted').filter(
        ({ data }) => data.dueOn < today && !reported.has(data.practiceId),
      ).length,
      goals: open.length,
      forward: moved('forward'),
      steady: moved('steady'),
      back: moved('back'),
      last: named('CheckInRecorded').at(-1)?.data.movement ?? null,
    });
  }
  return found;
}
