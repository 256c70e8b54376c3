import { PROJECTIONS, openLog } from '@cairn/analytics/app.module';
import { inTransaction, openPostgresLog, type PostgresEventStore } from '@cairn/event-store/postgres';
import { GOALS } from '../goals.js';
import { booking } from '../events.js';
import { callersFor } from '../measure/callers.js';
import { compare } from '../measure/rounds.js';
import type { Measured } from '../measure/result.js';
import type { Bench, Row } from '../row.js';
import { seedBookings } from '../seed-log.js';
import type { Database } from '../servers.js';
import { EVENTS_PER_COACHEE, fillImported, growImported, type Workload } from '../workload.js';
import { askingForOverview, rebuildAll } from './overview.js';
import { readForward } from './read.js';

const CALLERS = 32;
const PAGES = 50_000;
const BATCH = 1_000;
const PARTICIPATION = PROJECTIONS.find(({ name }) => name === 'participation')!;

/** What each stage does with a log of many events, beside the same with a tenth of them, in turn on one server. */
export const growth: Row = {
  name: 'growth',
  async *results(bench) {
    const { events, pace, progress } = bench;
    for (const [few, many] of stepsTo(events)) {
      const against = `the same with ${few.toLocaleString('en')} events`;
      const line = (what: string) => ({
        row: 'growth',
        what: `${what}, ${many.toLocaleString('en')} events`,
        against,
        goal: GOALS.growth[0],
      });
      progress(`making logs of ${few.toLocaleString('en')} and ${many.toLocaleString('en')} events`);
      // Each is made by one session of PostgreSQL, which has more than one core.
      const [small, large, thin, thick] = await Promise.all([
        logOf(bench, few),
        logOf(bench, many),
        importedOf(bench, few, few),
        importedOf(bench, many, few),
      ]);
      const appends = ({ store }: Log, seconds: number) =>
        callersFor(CALLERS, seconds, () => {
          const { stream, event } = booking();
          return store.append(stream, [event], 0);
        });
      const pages = ({ store }: Log) => readForward(store, Math.min(few, PAGES));
      yield await compare(
        { ...line('append'), ours: (s) => appends(large, s), limit: (s) => appends(small, s) },
        pace,
      );
      yield await compare({ ...line('read'), ours: () => pages(large), limit: () => pages(small) }, pace);
      for (const { store, database } of [small, large]) {
        await store.close();
        await database.drop();
      }
      progress('building what analytics reads');
      for (const { database } of [thin, thick]) await rebuildAll(database);
      const asking = await askingForOverview(bench);
      yield await compare(
        { ...line('overview, first'), ours: () => asking.first(thick), limit: () => asking.first(thin) },
        { ...pace, warm: false },
      );
      yield await compare(
        {
          ...line('overview, again'),
          ours: (seconds) => asking.again(thick, seconds),
          limit: (seconds) => asking.again(thin, seconds),
        },
        { ...pace, rounds: 1, seconds: pace.seconds * 5, warm: false },
      );
      await asking.end();
      yield await compare(
        { ...line('projection'), ours: () => projectMore(thick), limit: () => projectMore(thin) },
        pace,
      );
      await thin.database.drop();
      await thick.database.drop();
    }
  },
};

/** Each size beside the first: 0.1 M, 1 M, 10 M. */
function stepsTo(events: number): [few: number, many: number][] {
  const first = Math.min(100_000, events / 10);
  return Array.from({ length: Math.round(Math.log10(events / first)) }, (_, step) => [
    first,
    first * 10 ** (step + 1),
  ]);
}

interface Log {
  readonly database: Database;
  readonly store: PostgresEventStore;
}

async function logOf({ servers }: Bench, events: number): Promise<Log> {
  const database = await servers.database();
  await seedBookings(database, events);
  return { database, store: openPostgresLog({ connectionString: database.url }) };
}

interface Imported {
  readonly database: Database;
  /** What the log holds by now. */
  filled: Workload;
}

/** Programmes that fit into a log of `few` events each: one there, and in a larger log others beside it. */
async function importedOf({ servers }: Bench, events: number, few: number): Promise<Imported> {
  const database = await servers.database();
  const filled = await fillImported(database.pool, events, Math.floor(few / EVENTS_PER_COACHEE));
  return { database, filled };
}

/** Folds and writes some batches of coachees who are new, onto the rows of those who are there. */
async function projectMore(imported: Imported): Promise<Measured> {
  const { pool } = imported.database;
  const log = openLog(pool);
  const head = await log.head();
  const { filled } = imported;
  imported.filled = await growImported(pool, filled, (filled.coachees + 200) * EVENTS_PER_COACHEE);
  const events = await log.readAll(head, 20 * BATCH);
  await log.close();
  const began = performance.now();
  for (let at = 0; at < events.length; at += BATCH)
    await inTransaction(pool, (client) => PARTICIPATION.apply(client, events.slice(at, at + BATCH)));
  return { perSecond: (events.length * 1000) / (performance.now() - began), errors: 0 };
}
