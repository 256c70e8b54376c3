/** Rebuilds projections in a process of its own, as analytics runs them, and tells its parent how long it took. */
import { openLog, PROJECTIONS } from '@cairn/analytics/app.module';
import { openPool } from '@cairn/event-store/postgres';
import { runProjections } from '@cairn/projections';
import { setTimeout as delay } from 'node:timers/promises';

export interface Rebuilt {
  readonly milliseconds: number;
  /** The most memory that the process ever held. */
  readonly megabytes: number;
  readonly faults: number;
}

process.on('disconnect', () => process.exit(process.exitCode ?? 1));

const [databaseUrl, ...names] = process.argv.slice(2);
const pool = openPool({ connectionString: databaseUrl, max: 15 });
const log = openLog(pool);
const head = await log.head();
let faults = 0;
const began = performance.now();
const projections = PROJECTIONS.filter(({ name }) => names.includes(name));
const running = runProjections({ pool, log, projections, onFault: () => (faults += 1) });
while (!(await areReady())) await delay(25);
const milliseconds = performance.now() - began;
await running.stop();
await log.close();
await pool.end();
process.exitCode = 0;
const rebuilt: Rebuilt = { milliseconds, megabytes: process.resourceUsage().maxRSS / 1024, faults };
process.send!(rebuilt, () => process.disconnect?.());

async function areReady(): Promise<boolean> {
  const { rows } = await pool.query<{ ready: boolean }>(
    `SELECT bool_and(position = $2 AND indexes = 'made') AS ready FROM projections.builds WHERE name = ANY ($1)`,
    [names, head],
  );
  return rows[0]!.ready;
}
