import { PROJECTIONS } from '@cairn/analytics/app.module';
import { GOALS } from '../goals.js';
import { overviewQueries } from '../limits/overview-queries.js';
import { HttpLoad, prepared } from '../load/http-load.js';
import { compare } from '../measure/rounds.js';
import type { Measured } from '../measure/result.js';
import { rebuild } from '../rebuild/rebuild.js';
import type { Bench, Row } from '../row.js';
import { benchIssuer } from '../services/issuer.js';
import { hasHeard, quietRelays } from '../services/quiet-relays.js';
import { startServiceProcess } from '../services/service-process.js';
import type { Database } from '../servers.js';
import { COACHEES_PER_PROGRAM, EVENTS_PER_COACHEE, fillImported, type Workload } from '../workload.js';

const CONNECTIONS = 64;
/** Of pgbench: more than cores, as ours has; 64 of these queries at once are no quicker, and take a minute. */
const CLIENTS = 8;

/** HR's overview of one programme, over HTTP, beside the queries that it makes, by pgbench. */
export const overview: Row = {
  name: 'overview',
  async *results(bench) {
    const { servers, pace, events } = bench;
    const coachees = Math.min(COACHEES_PER_PROGRAM, Math.floor(events / EVENTS_PER_COACHEE));
    const database = await servers.database();
    const filled = await fillImported(database.pool, coachees * EVENTS_PER_COACHEE);
    await rebuildAll(database);
    const asking = await askingForOverview(bench);
    try {
      yield await compare(
        {
          row: 'overview',
          what: `${coachees.toLocaleString('en')} coachees, ${CONNECTIONS} connections`,
          against: `the queries that it makes, by pgbench, prepared, ${CLIENTS} clients`,
          goal: GOALS.overview[0],
          ours: (seconds) => asking.again({ database, filled }, seconds),
          limit: (seconds) => overviewQueries(database, filled, CLIENTS, seconds),
        },
        // One round: with ten thousand coachees one of these queries keeps a core busy for a second.
        { ...pace, rounds: 1, seconds: pace.seconds * 5, warm: false },
      );
    } finally {
      await asking.end();
      await database.drop();
    }
  },
};

/** Every projection, analysed as a database is that has grown by itself. */
export async function rebuildAll(database: Database): Promise<void> {
  await rebuild(
    database,
    PROJECTIONS.map(({ name }) => name),
  );
  await database.pool.query('VACUUM ANALYZE');
}

interface Asked {
  readonly database: Database;
  readonly filled: Workload;
}

/** What asks analytics for the overview of the first programme, as HR does: without a date, as of what is in by now. */
export async function askingForOverview({ servers, progress }: Bench) {
  const bus = await servers.database();
  const issuer = await benchIssuer();
  const relays = await quietRelays(bus.url);
  /** A new process each time: what it had not answered must not be worked on while the other side is measured. */
  const ofNewProcess = async <T>({ database, filled }: Asked, ask: (load: HttpLoad) => Promise<T>) => {
    const token = await issuer.sign({ tenantId: filled.tenantId, subject: 'bench', roles: ['hr'] });
    const path = `/analytics/v1/programs/${filled.programId}/overview`;
    const analytics = await startServiceProcess('analytics', { databaseUrl: database.url, issuer, bus });
    const load = await HttpLoad.start(analytics.port, [prepared('GET', path, token)], progress);
    try {
      await hasHeard(analytics.port, token);
      return await ask(load);
    } finally {
      load.stop();
      await analytics.kill();
    }
  };
  return {
    /** The first answer of a process: it has read every fact of the programme. */
    first: (asked: Asked): Promise<Measured> => ofNewProcess(asked, (load) => load.run(1, 0.001)),
    /** So many connections, each asking again as soon as it is answered; the first answer is there by then. */
    again: (asked: Asked, seconds: number): Promise<Measured> =>
      ofNewProcess(asked, async (load) => {
        await load.run(1, 1);
        return load.run(CONNECTIONS, seconds);
      }),
    async end(): Promise<void> {
      await relays.stop();
      await issuer.remove();
      await bus.drop();
    },
  };
}
