import type { Instant } from '../../days.js';
import type { FeedEvent } from '../feed.js';
import { DAY, time } from './facts.js';
import { sessionsOf } from './sessions.js';

/** Whole days since somebody's last session that was held, and until the next one that is booked. */
export interface Between {
  readonly since: number | null;
  readonly until: number | null;
}

/** By person, of everybody with a session. */
export function betweenSessions(events: readonly FeedEvent[], asOf: Instant): ReadonlyMap<string, Between> {
  const byPerson = Map.groupBy(sessionsOf(events), ({ person }) => person);
  const days = (from: Instant, to: Instant) => Math.floor((time(to) - time(from)) / DAY);
  return new Map(
    [...byPerson].map(([person, sessions]) => {
      const starts = (outcome: string) =>
        sessions
          .filter((s) => s.outcome === outcome && !s.disputed)
          .map(({ startsAt }) => startsAt)
          .sort();
      const held = starts('completed').at(-1);
      const next = starts('scheduled').find((start) => start > asOf);
      return [
        person,
        { since: held ? days(held, asOf) : null, until: next ? days(asOf, next) : null } satisfies Between,
      ];
    }),
  );
}
