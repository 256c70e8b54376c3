import { inTransaction, queryPatiently } from '@cairn/event-store/postgres';
import type { EventLog, Position } from '@cairn/event-store';
import type { Pool, PoolClient } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { label, lockBuild, moveBuild, schemaOf, type Build } from './build.js';
import { makeIndexes, makeTables } from './install.js';
import type { LoggedEvent, Projection } from './projection.js';

export interface ProjectionRuns<Event extends LoggedEvent> {
  readonly pool: Pool;
  readonly log: EventLog<Event>;
  /** Those that are installed, in all versions that this release has. */
  readonly projections: readonly Projection<Event>[];
  /** Most events in one transaction; 1,000 unless told. */
  readonly batchSize?: number;
  /** Told of every fault; the run goes on by itself, more and more slowly until it gets through. */
  readonly onFault?: (error: unknown, build: Build) => void;
}

export interface RunningProjections {
  /** Resolves once the batches in hand are done. */
  stop(): Promise<void>;
}

/** How often it is looked which builds there are, in milliseconds. */
const LOOK_MS = 500;
const SLOWEST_RETRY_MS = 5000;

/**
 * Keeps every build of the projections up to date until it is stopped: those that are read, those that are being built
 * and those that were read before. Several processes may do so at once: each event is applied once.
 */
export function runProjections<Event extends LoggedEvent>(runs: ProjectionRuns<Event>): RunningProjections {
  const stopping = new AbortController();
  const ended = keepRunning(runs, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

async function keepRunning<Event extends LoggedEvent>(
  runs: ProjectionRuns<Event>,
  stop: AbortSignal,
): Promise<void> {
  const running = new Map<string, Promise<void>>();
  for (; !stop.aborted; await sleep(LOOK_MS, undefined, { signal: stop }).catch(() => undefined)) {
    // A database that is away is the runs' own to report.
    for (const { projection, build } of await buildsOf(runs).catch(() => [])) {
      const key = JSON.stringify(build);
      if (running.has(key)) continue;
      running.set(
        key,
        follow(runs, projection, build, stop).finally(() => running.delete(key)),
      );
    }
  }
  await Promise.all(running.values());
}

/** All builds of the versions that this release has. */
async function buildsOf<Event extends LoggedEvent>({
  pool,
  projections,
}: ProjectionRuns<Event>): Promise<{ projection: Projection<Event>; build: Build }[]> {
  const { rows } = await pool.query<Build>({
    name: 'projections.builds',
    text: 'SELECT name, version, build FROM projections.builds ORDER BY name, version, build',
  });
  return rows.flatMap((build) => {
    const projection = projections.find(
      ({ name, version }) => name === build.name && version === build.version,
    );
    return projection === undefined ? [] : [{ projection, build }];
  });
}

async function follow<Event extends LoggedEvent>(
  runs: ProjectionRuns<Event>,
  projection: Projection<Event>,
  build: Build,
  stop: AbortSignal,
): Promise<void> {
  let stands: Position | undefined;
  for (let delay = 100; !stop.aborted;) {
    const reached = (position: Position) => {
      if (position !== stands) delay = 100;
      stands = position;
    };
    try {
      if ((await followOnce(runs, projection, build, stop, reached)) === 'dropped') return;
    } catch (error) {
      if (!(await noteFault(runs.pool, build, stands, error))) return;
      runs.onFault?.(error, build);
      await sleep(delay, undefined, { signal: stop }).catch(() => undefined);
      delay = Math.min(delay * 2, SLOWEST_RETRY_MS);
    }
  }
}

/** From the checkpoint on, until it turns out to lie before what was read: another process set it back. */
async function followOnce<Event extends LoggedEvent>(
  { pool, log, batchSize = 1000 }: ProjectionRuns<Event>,
  projection: Projection<Event>,
  build: Build,
  stop: AbortSignal,
  reached: (position: Position) => void,
): Promise<'dropped' | 'elsewhere'> {
  const begun = await inTransaction(pool, async (client) => {
    await begin(client, build, projection);
    return lockBuild(client, build);
  });
  if (begun === undefined) return 'dropped';
  let { position } = begun;
  reached(position);
  let indexed = await indexOnceCaughtUp(pool, projection, build);
  for await (const batch of log.subscribe(position, { batchSize, signal: stop })) {
    const applied = await apply(pool, projection, build, position, batch);
    if (applied !== 'applied') return applied;
    position = batch.at(-1)!.position;
    reached(position);
    indexed ||= await indexOnceCaughtUp(pool, projection, build);
  }
  return 'elsewhere';
}

/** Makes the tables of a build that was asked for, unless another process has. */
async function begin<Event extends LoggedEvent>(
  client: PoolClient,
  build: Build,
  projection: Projection<Event>,
): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE projections.builds SET state = 'building', began_at = now(), progressed_at = now(), fault = NULL
      WHERE name = $1 AND version = $2 AND build = $3 AND state = 'requested'`,
    [build.name, build.version, build.build],
  );
  if (rowCount === 1) await makeTables(client, build, projection);
}

/**
 * Rows and checkpoint in one transaction; the checkpoint alone where the batch has no rows. `after` is where the batch was
 * read from: when the checkpoint lies before it, events would be left out, so nothing is written; when it lies behind, what
 * is at or before it is left out, it is there.
 */
async function apply<Event extends LoggedEvent>(
  pool: Pool,
  projection: Projection<Event>,
  build: Build,
  after: Position,
  batch: readonly Event[],
): Promise<'applied' | 'elsewhere' | 'dropped'> {
  const isEmpty = !batch.some((event) => projection.concerns(event));
  if (isEmpty && (await moveBuild(pool, build, after, batch.at(-1)!.position, batch.length)))
    return 'applied';
  return inTransaction(pool, async (client) => {
    const locked = await lockBuild(client, build);
    if (locked === undefined) return 'dropped';
    if (locked.position < after) return 'elsewhere';
    const fresh = batch.filter((event) => event.position > locked.position);
    if (fresh.length === 0) return 'applied';
    await projection.apply(client, fresh);
    if (!(await moveBuild(client, build, locked.position, fresh.at(-1)!.position, fresh.length)))
      throw new Error(`the checkpoint of ${label(build)} moved while it was locked`);
    return 'applied';
  });
}

/**
 * Makes what the build is read by once it has come as far as the build that is read; answers whether it has that now.
 * Whoever else applies it waits meanwhile; the checkpoints stay free, for the switch locks those of all builds at once.
 */
async function indexOnceCaughtUp<Event extends LoggedEvent>(
  pool: Pool,
  projection: Projection<Event>,
  build: Build,
): Promise<boolean> {
  const key = [build.name, build.version, build.build];
  const { rows } = await pool.query<{ indexes: string; caught_up: boolean }>({
    name: 'projections.indexes',
    text: `SELECT indexes, position >= coalesce((SELECT position FROM projections.builds r
              WHERE r.name = b.name AND r.state = 'active'), '') AS caught_up
       FROM projections.builds b WHERE name = $1 AND version = $2 AND build = $3`,
    values: key,
  });
  if (rows[0] === undefined || rows[0].indexes === 'made') return true;
  if (!rows[0].caught_up) return false;
  const set = (indexes: string) =>
    pool.query(
      `UPDATE projections.builds SET indexes = $4, progressed_at = now(), fault = NULL
        WHERE name = $1 AND version = $2 AND build = $3`,
      [...key, indexes],
    );
  await set('making');
  await inTransaction(pool, async (client) => {
    await client.query('SET LOCAL lock_timeout = 0'); // for as long as another replica makes them
    await queryPatiently(client, 'SELECT pg_advisory_xact_lock(hashtext($1))', [`index ${schemaOf(build)}`]);
    await makeIndexes(client, build, projection);
    for (const { name } of projection.tables)
      await queryPatiently(client, `ANALYZE ${schemaOf(build)}.${name}`);
  });
  await set('made');
  return true;
}

/**
 * For the operator's list, unless the build has left the place where it failed: the batch is done then, by another process
 * or by this one, which did not hear of it. A database that is away has other signs. False where the build was dropped.
 */
async function noteFault(
  pool: Pool,
  { name, version, build }: Build,
  at: Position | undefined,
  error: unknown,
): Promise<boolean> {
  return pool
    .query(
      `UPDATE projections.builds SET fault = CASE WHEN position = coalesce($5, position) THEN $4 ELSE fault END
        WHERE name = $1 AND version = $2 AND build = $3`,
      [name, version, build, String(error).slice(0, 500), at],
    )
    .then(
      ({ rowCount }) => rowCount !== 0,
      () => true,
    );
}
