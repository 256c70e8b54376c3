import { PROJECTIONS } from '@cairn/analytics/app.module';
import { GOALS } from '../goals.js';
import { overviewQueries } from '../limits/overview-queries.js';
import { HttpLoad, prepared } from '../load/http-load.js';
import { compare } from '../measure/rounds.js';
import { rebuild } from '../rebuild/rebuild.js';
import type { Row } from '../row.js';
import { benchIssuer } from '../services/issuer.js';
import { startServiceProcess } from '../services/service-process.js';
import { COACHEES_PER_PROGRAM, EVENTS_PER_COACHEE, fillImported } from '../workload.js';

const CONNECTIONS = 64;

/** HR's overview of one programme, over HTTP, beside the queries that it makes, by pgbench. */
export const overview: Row = {
  name: 'overview',
  async *results({ servers, pace, events, progress }) {
    const coachees = Math.min(COACHEES_PER_PROGRAM, Math.floor(events / EVENTS_PER_COACHEE));
    const [database, bus] = [await servers.database(), await servers.database()];
    const filled = await fillImported(database.pool, coachees * EVENTS_PER_COACHEE);
    await rebuild(
      database,
      PROJECTIONS.map(({ name }) => name),
    );
    await database.pool.query('VACUUM ANALYZE');
    const issuer = await benchIssuer();
    const token = await issuer.sign({ tenantId: filled.tenantId, subject: 'bench', roles: ['hr'] });
    const path = `/analytics/v1/programs/${filled.programId}/overview?asOf=2026-06-01T00:00:00.000Z`;
    const requests = [prepared('GET', path, token)];
    try {
      yield await compare(
        {
          row: 'overview',
          what: `${coachees.toLocaleString('en')} coachees, ${CONNECTIONS} connections`,
          against: `the queries that it makes, by pgbench, prepared, ${CONNECTIONS} clients`,
          goal: GOALS.overview[0],
          ours: async (seconds) => {
            // A new process each time: what it had not answered must not be worked on while the limit is measured.
            const analytics = await startServiceProcess('analytics', {
              databaseUrl: database.url,
              issuer,
              bus,
            });
            const load = await HttpLoad.start(analytics.port, requests, progress);
            try {
              await load.run(1, 1);
              return await load.run(CONNECTIONS, seconds);
            } finally {
              load.stop();
              await analytics.kill();
            }
          },
          limit: (seconds) => overviewQueries(database, filled, CONNECTIONS, seconds),
        },
        // One round: with ten thousand coachees 64 of these queries keep two cores busy for a minute.
        { rounds: 1, seconds: pace.seconds * 5, warm: false },
      );
    } finally {
      await issuer.remove();
      await database.drop();
      await bus.drop();
    }
  },
};
