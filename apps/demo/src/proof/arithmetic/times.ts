import type { Instant } from '../../days.js';
import type { FeedEvent } from '../feed.js';
import {
  ENDED,
  last,
  peopleIn,
  time,
  unpausedDays,
  type Enrollment,
  type Figure,
  type Figures,
  type Program,
} from './facts.js';
import { sessionsOf } from './sessions.js';

interface Waiting {
  readonly person: string;
  readonly days: number;
  readonly end: 'event' | 'other' | 'open';
}

/** Days to the match, to another one and to the first session, with those who are still waiting counted as long as they have waited. */
export function times(
  enrollments: readonly Enrollment[],
  events: readonly FeedEvent[],
  program: Program,
  asOf: Instant,
): Figures {
  const waiting = (
    enrollment: Enrollment,
    from: Instant,
    event: Instant | undefined,
    other: Instant | undefined,
  ): Waiting => ({
    person: enrollment.person,
    days: unpausedDays(enrollment, time(from), time(event ?? other ?? asOf), program.zone, asOf),
    end: event !== undefined ? 'event' : other !== undefined ? 'other' : 'open',
  });
  const held = sessionsOf(events).filter((s) => s.outcome === 'completed' && !s.disputed);
  const first: Waiting[] = [];
  const match: Waiting[] = [];
  const rematch: Waiting[] = [];
  for (const enrollment of enrollments) {
    const { events: own, person, id } = enrollment;
    const activated = own.find(({ name }) => name === 'EnrollmentActivated');
    if (activated === undefined) continue;
    const ended = last(own, ...ENDED)?.at;
    const [start] = held
      .filter((s) => s.person === person)
      .map(({ startsAt }) => startsAt)
      .sort();
    first.push(waiting(enrollment, activated.at, start, ended));
    for (const request of events.filter(
      ({ name, data }) => name === 'MatchRequested' && data.enrollmentId === id,
    )) {
      const after = (what: string) =>
        events.find(({ name, data }) => name === what && data.matchId === request.data.matchId)?.at;
      const withdrawn = after('MatchRequestWithdrawn') ?? ended;
      const list = request.data.kind === 'rematch' ? rematch : match;
      list.push(waiting(enrollment, request.at, after('CoachMatched'), withdrawn));
    }
  }
  return {
    'time-to-match': figure(match),
    'time-to-rematch': figure(rematch),
    'time-to-first-session': figure(first),
  };
}

function figure(list: readonly Waiting[]): Figure {
  const count = (end: Waiting['end']) => list.filter((one) => one.end === end).length;
  const median = dayOfShare(0.5, list);
  return {
    value: median,
    numerator: count('event'),
    denominator: list.length,
    n: peopleIn(list),
    beside: { median, p90: dayOfShare(0.9, list), open: count('open'), withdrawn: count('other') },
  };
}

/** The day by which a share have had it: cumulative incidence, withdrawal being another way out (Aalen–Johansen). */
function dayOfShare(share: number, list: readonly Waiting[]): number | null {
  let free = 1;
  let reached = 0;
  const moments = [...new Set(list.map(({ days }) => days))].sort((a, b) => a - b);
  for (const moment of moments) {
    const atRisk = list.filter(({ days }) => days >= moment).length;
    const now = (end: Waiting['end']) => list.filter((one) => one.days === moment && one.end === end).length;
    reached += (free * now('event')) / atRisk;
    free *= 1 - (now('event') + now('other')) / atRisk;
    if (reached >= share - 1e-9) return moment;
  }
  return null;
}
