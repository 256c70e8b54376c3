import type { Goal } from './measure/result.js';

/** What each row has to reach, in the order of its lines; docs/reference/bench.md promises the same. */
export const GOALS = {
  append: [{ atLeast: 0.5 }, { atLeast: 0.9 }, { atLeast: 1.4 }, { atLeast: 1.4 }],
  'message-db': [{ atLeast: 6 }],
  'append-with-rows': [{ atLeast: 0.6 }],
  'http-command': [{ atLeast: 0.45 }],
  read: [{ atLeast: 0.7 }],
  relay: [{ atLeast: 0.5 }],
  'kafka-client': [{ atLeast: 0.5 }],
  intake: [{ atLeast: 0.2, perSecond: 40_000 }],
  projection: [{ atLeast: 0.6 }],
  rebuild: [
    { atLeast: 0.4, megabytes: 512 },
    { perSecond: 60_000, megabytes: 512 },
  ],
  freshness: [
    { p99: 50, perSecond: 990 },
    { p99: 250, perSecond: 990 },
  ],
  overview: [{ atLeast: 0.5 }],
  /** At most 1.25 times the cost is at least four fifths of the pace. */
  growth: [{ atLeast: 0.8 }],
  matching: [{ atLeast: 1, megabytes: 512 }],
} as const satisfies Readonly<Record<string, readonly Goal[]>>;
