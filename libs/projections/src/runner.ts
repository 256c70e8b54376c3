import { inTransaction } from '@cairn/event-store/postgres';
import type { EventLog, Position } from '@cairn/event-store';
import type { Pool } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockCheckpoint, moveCheckpoint, startAnew } from './checkpoint.js';
import type { LoggedEvent, Projection } from './projection.js';

export interface ProjectionRun<Event extends LoggedEvent> {
  readonly pool: Pool;
  readonly log: EventLog<Event>;
  readonly projection: Projection<Event>;
  /** Most events in one transaction; 1,000 unless told. */
  readonly batchSize?: number;
  /** Told of every fault; the run goes on by itself, more and more slowly until it gets through. */
  readonly onFault?: (error: unknown) => void;
}

export interface RunningProjection {
  /** Resolves once the batch in hand is done. */
  stop(): Promise<void>;
}

/** How often a run that waits for events looks for a request to rebuild, in milliseconds. */
const REQUESTS_MS = 500;
const SLOWEST_RETRY_MS = 5000;

/** Keeps an installed projection up to date until it is stopped. Several may run at once: each event is applied once. */
export function startProjection<Event extends LoggedEvent>(run: ProjectionRun<Event>): RunningProjection {
  const stopping = new AbortController();
  const ended = follow(run, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

async function follow<Event extends LoggedEvent>(
  run: ProjectionRun<Event>,
  stop: AbortSignal,
): Promise<void> {
  for (let delay = 100; !stop.aborted;) {
    try {
      await followOnce(run, stop, () => (delay = 100));
    } catch (error) {
      run.onFault?.(error);
      await noteFault(run, error);
      await sleep(delay, undefined, { signal: stop }).catch(() => undefined);
      delay = Math.min(delay * 2, SLOWEST_RETRY_MS);
    }
  }
}

/** From the checkpoint on, until it turns out to be elsewhere: another run moved it, or a rebuild was asked for. */
async function followOnce<Event extends LoggedEvent>(
  run: ProjectionRun<Event>,
  stop: AbortSignal,
  progressed: () => void,
): Promise<void> {
  let position = await begin(run);
  const requested = new AbortController();
  const signal = AbortSignal.any([stop, requested.signal]);
  const watching = watchForRequests(run, requested, signal);
  try {
    for await (const batch of run.log.subscribe(position, { batchSize: run.batchSize ?? 1000, signal })) {
      if (!(await apply(run, position, batch))) return;
      position = batch.at(-1)!.position;
      progressed();
    }
  } finally {
    requested.abort();
    await watching;
  }
}

/** The checkpoint's position; when a rebuild was asked for, the tables are emptied first and it is the beginning. */
async function begin<Event extends LoggedEvent>({
  pool,
  log,
  projection,
}: ProjectionRun<Event>): Promise<Position> {
  const head = await log.head();
  return inTransaction(pool, async (client) => {
    const { position, rebuildRequested } = await lockCheckpoint(client, projection);
    if (!rebuildRequested) return position;
    await startAnew(client, projection, head);
    return (await lockCheckpoint(client, projection)).position;
  });
}

/**
 * Rows and checkpoint in one transaction. `after` is where the batch was read from: when the checkpoint lies before it,
 * events would be left out, so nothing is written; when it lies behind, what is at or before it is left out, it is there.
 */
function apply<Event extends LoggedEvent>(
  { pool, projection }: ProjectionRun<Event>,
  after: Position,
  batch: readonly Event[],
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { position, rebuildRequested } = await lockCheckpoint(client, projection);
    if (rebuildRequested || position < after) return false;
    const fresh = batch.filter((event) => event.position > position);
    if (fresh.length === 0) return true;
    await projection.apply(client, fresh);
    await moveCheckpoint(client, projection, position, fresh.at(-1)!.position);
    return true;
  });
}

async function watchForRequests<Event extends LoggedEvent>(
  { pool, projection: { name, version } }: ProjectionRun<Event>,
  requested: AbortController,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(REQUESTS_MS, undefined, { signal }).catch(() => undefined);
    const query = {
      name: 'projections.requested',
      text: `SELECT 1 FROM projections.checkpoints
        WHERE name = $1 AND version = $2 AND rebuild_requested_at IS NOT NULL`,
      values: [name, version],
    };
    // A database that is away is the subscription's to report.
    const asked = signal.aborted ? undefined : await pool.query(query).catch(() => undefined);
    if (asked?.rowCount === 1) requested.abort();
  }
}

/** For the operator's list; a database that is away has other signs. */
async function noteFault<Event extends LoggedEvent>(
  { pool, projection: { name, version } }: ProjectionRun<Event>,
  error: unknown,
): Promise<void> {
  const text = String(error).slice(0, 500);
  await pool
    .query('UPDATE projections.checkpoints SET fault = $3 WHERE name = $1 AND version = $2', [
      name,
      version,
      text,
    ])
    .catch(() => undefined);
}
