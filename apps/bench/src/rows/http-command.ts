import { migrate as migrateLog, openPostgresLog } from '@cairn/event-store/postgres';
import { newId } from '@cairn/event-store';
import { GOALS } from '../goals.js';
import { singleRowInserts } from '../limits/single-row-inserts.js';
import { HttpLoad } from '../load/http-load.js';
import { compare } from '../measure/rounds.js';
import type { Row } from '../row.js';
import { seedCheckIns } from '../services/check-ins.js';
import { seedGoals } from '../services/goal-streams.js';
import { benchIssuer } from '../services/issuer.js';
import { startServiceProcess } from '../services/service-process.js';
import type { Database, Servers } from '../servers.js';

const CONNECTIONS = [32, 128] as const;

/**
 * A command over HTTP: a check-in on a goal of ten events, which goals authenticates, validates, loads, decides and
 * appends under its Idempotency-Key, its relay publishing meanwhile. Beside bare inserts, which do none of that.
 */
export const httpCommand: Row = {
  name: 'http-command',
  async *results({ servers, pace, events, progress }) {
    const database = await servers.database();
    const bus = await servers.database();
    const bare = await bareLog(servers);
    const issuer = await benchIssuer();
    const requests = await seedCheckIns(database, issuer, Math.min(20_000, events / 20));
    const goals = await startServiceProcess('goals', { databaseUrl: database.url, issuer, bus });
    const load = await HttpLoad.start(goals.port, requests, progress);
    try {
      for (const connections of CONNECTIONS)
        yield await compare(
          {
            row: 'http-command',
            what: `${connections} connections`,
            against: `pgbench, prepared single-row inserts into such a log, ${connections} clients`,
            goal: GOALS['http-command'][0],
            ours: (seconds) => load.run(connections, seconds),
            limit: (seconds) => singleRowInserts(bare, connections, seconds),
          },
          pace,
        );
    } finally {
      load.stop();
      await goals.stop();
      await issuer.remove();
      await database.drop();
      await bus.drop();
      await bare.drop();
    }
  },
};

/** A log that no relay reads: what is inserted there makes no work for the service. It holds one event, as goals writes it. */
async function bareLog(servers: Servers): Promise<Database> {
  const database = await servers.database();
  await migrateLog(database.pool);
  const store = openPostgresLog({ connectionString: database.url });
  await seedGoals(store, newId(), 1, 1);
  await store.close();
  return database;
}
