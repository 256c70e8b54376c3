import { RefusedError, type Refusal } from '@cairn/decider';
import { derivedId, followedBy, type Origin } from '@cairn/event-store';
import { faultOf, problemOf, type Problem } from '@cairn/http';
import { seriesOf, type Cadence } from '../calendar/series.js';
import type { Moment } from '../calendar/wall-time.js';
import type { Booking, SessionHandler } from './session.handler.js';

export interface Series {
  readonly first: Moment;
  readonly cadence: Cadence;
  readonly count: number;
  readonly durationMinutes: number;
  readonly by: Booking['by'];
}

/** What became of one session of a series, `n` from 1. */
export type SeriesEntry =
  | {
      readonly n: number;
      readonly booked: true;
      readonly sessionId: string;
      readonly startsAt: string;
      readonly endsAt: string;
    }
  | {
      readonly n: number;
      readonly booked: false;
      readonly startsAt: string | null;
      /** As that booking would have been answered by itself. */
      readonly problem: Problem;
    };

export interface SeriesReport {
  readonly seriesId: string;
  readonly sessions: readonly SeriesEntry[];
  /** Every session of it is booked. */
  readonly complete: boolean;
}

/** What is wrong with the engagement or with the caller is so for all of them: it is no report of single sessions. */
const OF_THE_WHOLE: readonly Refusal['kind'][] = ['not-found', 'forbidden', 'not-yet-known'];

/**
 * Books a series: as many bookings, each a command of its own with a derived id. One that cannot be booked is reported and
 * the others stand; sent again, the series is completed with what has become possible since.
 * @throws RefusedError where none could be tried
 */
export async function bookSeries(
  sessions: SessionHandler,
  origin: Origin,
  engagementId: string,
  { first, cadence, count, durationMinutes, by }: Series,
): Promise<SeriesReport> {
  const seriesId = derivedId(origin.commandId, 'series:0');
  const entries: SeriesEntry[] = [];
  for (const [index, resolved] of seriesOf(first, cadence, count).entries()) {
    const n = index + 1;
    if (!resolved.ok) {
      entries.push({ n, booked: false, startsAt: null, problem: problemOf(faultOf(resolved.refusal)) });
      continue;
    }
    const { instant: startsAt, zone } = resolved.moment;
    const endsAt = new Date(Date.parse(startsAt) + durationMinutes * 60_000).toISOString();
    const sessionId = derivedId(origin.commandId, `session:${n}`);
    try {
      const booking: Booking = { sessionId, startsAt, endsAt, zone, seriesId, by };
      await sessions.book(followedBy(origin, `booking:${n}`), engagementId, booking);
      entries.push({ n, booked: true, sessionId, startsAt, endsAt });
    } catch (error) {
      if (!(error instanceof RefusedError) || OF_THE_WHOLE.includes(error.refusal.kind)) throw error;
      entries.push({ n, booked: false, startsAt, problem: problemOf(faultOf(error.refusal)) });
    }
  }
  return { seriesId, sessions: entries, complete: entries.every(({ booked }) => booked) };
}
