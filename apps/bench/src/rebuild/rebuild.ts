import { PROJECTIONS } from '@cairn/analytics/app.module';
import { installProjections, requestRebuild, schemaOf } from '@cairn/projections';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Pool } from 'pg';
import { fileURLToPath } from 'node:url';
import type { Database } from '../servers.js';
import { SCHEMA } from '../workload.js';
import type { Rebuilt } from './process.js';

/**
 * Builds the named projections from the first event of analytics' log to its last, beside the builds that are read and
 * have everything, as an operator's `projections rebuild` does: in a new process, until they could be switched to.
 */
export async function rebuild({ url, pool }: Database, names: readonly string[]): Promise<Rebuilt> {
  await installEmpty({ pool });
  await pool.query(
    `UPDATE projections.builds SET position = (SELECT lpad(max(position)::text, 16, '0') FROM ${SCHEMA}.events)`,
  );
  for (const name of names) await requestRebuild(pool, name);
  const child = fork(fileURLToPath(new URL('process.js', import.meta.url)), [url, ...names]);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the process that rebuilds ended with code ${code}`);
  });
  ended.catch(() => undefined);
  const [rebuilt] = (await Promise.race([once(child, 'message'), ended])) as [Rebuilt];
  await putInPlace(pool, names);
  return rebuilt;
}

/** The new builds take the place of the empty first ones, whose tables the rows and their limits know by bare names. */
async function putInPlace(pool: Pool, names: readonly string[]): Promise<void> {
  for (const each of PROJECTIONS.filter(({ name }) => names.includes(name))) {
    const [first, second] = [1, 2].map((build) => schemaOf({ ...each, build }));
    await pool.query(`DROP SCHEMA ${first} CASCADE; ALTER SCHEMA ${second} RENAME TO ${first}`);
  }
  await pool.query('DELETE FROM projections.builds WHERE name = ANY ($1) AND build = 1', [names]);
  await pool.query(`UPDATE projections.builds SET build = 1, state = 'active' WHERE name = ANY ($1)`, [
    names,
  ]);
}

/** All projections, before the first event. */
export async function installEmpty({ pool }: Pick<Database, 'pool'>): Promise<void> {
  const schemas = PROJECTIONS.flatMap((each) => [1, 2].map((build) => schemaOf({ ...each, build })));
  await pool.query(`DROP SCHEMA IF EXISTS ${['projections', ...schemas].join(', ')} CASCADE`);
  await installProjections(pool, PROJECTIONS);
}
