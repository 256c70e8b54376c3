import { daysBetween, dayOf, type Instant } from '../../days.js';
import type { FeedEvent } from '../feed.js';
import {
  ENDED,
  last,
  pauses,
  peopleIn,
  ratio,
  time,
  unpausedDays,
  type Enrollment,
  type Figures,
  type Program,
} from './facts.js';
import { sessionsOf } from './sessions.js';

/** Of a bi-weekly cadence. */
const PERIOD_DAYS = 14;

/** Sessions used against those that could have been by now, and what they have cost. */
export function use(
  enrollments: readonly Enrollment[],
  events: readonly FeedEvent[],
  program: Program,
  asOf: Instant,
): Figures {
  const all = sessionsOf(events);
  let planned = 0;
  const plannedFor = new Set<string>();
  for (const enrollment of enrollments) {
    const activated = enrollment.events.find(({ name }) => name === 'EnrollmentActivated');
    if (activated === undefined) continue;
    const ended = last(enrollment.events, ...ENDED);
    const to = dayOf(ended?.at ?? asOf, program.zone);
    const from = dayOf(activated.at, program.zone);
    const paused = pauses(enrollment, program.zone, asOf).reduce(
      (sum, [first, end]) => sum + daysBetween(first, end < to ? end : to),
      0,
    );
    const allotted = last(enrollment.events, 'SessionsAllotted')!.data.total;
    const own = Math.min(allotted, Math.floor((daysBetween(from, to) - paused) / PERIOD_DAYS));
    planned += own;
    if (own > 0) plannedFor.add(enrollment.person);
  }
  const completed = all.filter((s) => s.outcome === 'completed' && !s.disputed);
  const forfeited = all.filter((s) => s.forfeited && !s.disputed);
  const spent = [...completed, ...forfeited];
  const n = plannedFor.size;
  return {
    utilisation: {
      value: ratio(spent.length, planned),
      numerator: spent.length,
      denominator: planned,
      n,
      beside: { completed: completed.length, forfeited: forfeited.length },
    },
    delivered: {
      value: ratio(completed.length, planned),
      numerator: completed.length,
      denominator: planned,
      n,
    },
    'cost-to-date': {
      value: program.cost * spent.length,
      numerator: program.cost * spent.length,
      denominator: spent.length,
      n: peopleIn(spent),
    },
  };
}

/** Days after a match by which it would have shown that it is none. */
const SETTLED_DAYS = 60;

/** Mean score of the matches that are active, and of people matched long enough those for whom another coach was looked for. */
export function matches(
  enrollments: readonly Enrollment[],
  events: readonly FeedEvent[],
  program: Program,
  asOf: Instant,
): Figures {
  const ended = new Set(events.filter(({ name }) => name === 'MatchEnded').map(({ data }) => data.matchId));
  const active = events.filter(({ name, data }) => name === 'CoachMatched' && !ended.has(data.matchId));
  const sum = active.reduce((total, { data }) => total + (data.score as number), 0);
  const of = (id: string, name: string) =>
    events.filter((e) => e.name === name && e.data.enrollmentId === id);
  const settled = enrollments.filter((enrollment) =>
    of(enrollment.id, 'CoachMatched').some(
      ({ at }) => unpausedDays(enrollment, time(at), time(asOf), program.zone, asOf) >= SETTLED_DAYS,
    ),
  );
  // No coach of the demo leaves, retires or is suspended.
  const again = settled.filter(({ id }) =>
    of(id, 'MatchRequested').some(({ data }) => data.kind === 'rematch'),
  );
  const n = new Set(active.map(({ data }) => data.personId)).size;
  return {
    'match-fit': { value: ratio(sum, active.length), numerator: sum, denominator: active.length, n },
    'rematch-rate': {
      value: ratio(again.length, settled.length),
      numerator: again.length,
      denominator: settled.length,
      n: peopleIn(settled),
    },
  };
}
