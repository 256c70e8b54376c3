import { addDays, dayOf, type Instant } from '../../days.js';
import type { FeedEvent } from '../feed.js';
import { ENDED, has, pauses, shareOf, type Enrollment, type Figures, type Program } from './facts.js';
import { sessionsOf } from './sessions.js';

const WINDOW_DAYS = 28;

/** Of those who were active all through the window: who met their coach in it, and who did something for a goal. */
export function engagement(
  enrollments: readonly Enrollment[],
  events: readonly FeedEvent[],
  program: Program,
  asOf: Instant,
): Figures {
  const to = dayOf(asOf, program.zone);
  const from = addDays(to, -WINDOW_DAYS + 1);
  const within = (at: Instant) => at <= asOf && dayOf(at, program.zone) >= from;
  const through = enrollments.filter((enrollment) => {
    const activated = enrollment.events.find(({ name }) => name === 'EnrollmentActivated');
    if (activated === undefined || has(enrollment.events, ...ENDED)) return false;
    if (dayOf(activated.at, program.zone) >= from) return false;
    return !pauses(enrollment, program.zone, asOf).some(([first, end]) => first <= to && end > from);
  });
  const people = (events: readonly FeedEvent[]) => new Set(events.map(({ data }) => data.personId as string));
  const met = new Set(
    sessionsOf(events)
      .filter((s) => s.outcome === 'completed' && !s.disputed && within(s.startsAt))
      .map(({ person }) => person),
  );
  const busy = people(
    events.filter(
      ({ stream, name, at }) => (stream.startsWith('goal-') || name === 'PulsesReleased') && within(at),
    ),
  );
  return {
    'engaged-rate': shareOf(through, ({ person }) => met.has(person)),
    'between-session-active': shareOf(through, ({ person }) => busy.has(person)),
  };
}
