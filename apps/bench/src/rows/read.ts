import { START } from '@cairn/event-store';
import { openPostgresLog, type PostgresEventStore } from '@cairn/event-store/postgres';
import { GOALS } from '../goals.js';
import { copyOut } from '../limits/copy-out.js';
import { compare } from '../measure/rounds.js';
import { percentile, type Measured } from '../measure/result.js';
import type { Row } from '../row.js';
import { seedBookings } from '../seed-log.js';

const PAGE = 1_000;
/** A log that has not as many events as were asked for would be followed for ever. */
const GIVE_UP_MS = 60_000;

/** The log read forward in pages, each event parsed, beside the same rows by COPY, unparsed. */
export const read: Row = {
  name: 'read',
  async *results({ servers, pace, events }) {
    const database = await servers.database();
    const some = Math.min(events, 200_000);
    await seedBookings(database, some);
    const store = openPostgresLog({ connectionString: database.url });
    try {
      yield await compare(
        {
          row: 'read',
          what: `pages of ${PAGE}`,
          against: 'COPY … TO STDOUT of the same rows',
          goal: GOALS.read[0],
          ours: () => readForward(store, some),
          limit: () => copyOut(database.url, some),
        },
        pace,
      );
    } finally {
      await store.close();
      await database.drop();
    }
  },
};

/** Reads the first events of a log as all its readers do, the next page asked for meanwhile; p50 and p99 are from page to page. */
export async function readForward(store: PostgresEventStore, events: number): Promise<Measured> {
  const pages: number[] = [];
  const began = performance.now();
  let asked = began;
  let seen = 0;
  for await (const page of store.subscribe(START, {
    batchSize: PAGE,
    signal: AbortSignal.timeout(GIVE_UP_MS),
  })) {
    const now = performance.now();
    pages.push(now - asked);
    asked = now;
    seen += page.length;
    if (seen >= events) break;
  }
  return {
    perSecond: (seen * 1000) / (performance.now() - began),
    p50: percentile(pages, 0.5),
    p99: percentile(pages, 0.99),
    errors: seen < events ? 1 : 0,
  };
}
