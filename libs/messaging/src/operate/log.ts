import type { EventStore, Position } from '@cairn/event-store';
import { inTransaction, leaveGap } from '@cairn/event-store/postgres';
import type { Pool, PoolClient } from 'pg';
import { HOLDER_LOCK, type RelayCheckpoint } from '../relay/lease.js';

/** What was published of a service's log belongs to another log than the one it has now. */
export class AnotherLog extends Error {
  constructor(service: string, generation: number, published: number) {
    super(
      `The log of ${service} is not the one that was published so far: it is of generation ${generation}, and what was ` +
        `published of generation ${published}. Set EVENT_STORE and EVENTSTOREDB_URL as they were, or move the log with: ` +
        `npm run ops -- log copy ${service} --to eventstoredb|postgres`,
    );
    this.name = 'AnotherLog';
  }
}

/** The service runs: its relay holds the lease. */
export class StillRelaying extends Error {
  constructor(service: string) {
    super(`${service} still runs: stop all its processes first, then try again (it may take ten seconds).`);
    this.name = 'StillRelaying';
  }
}

/**
 * For a start: whether the log is the one that the relay's checkpoint belongs to.
 * @throws AnotherLog
 */
export async function refuseAnotherLog(
  pool: Pool,
  service: string,
  store: Pick<EventStore, 'generation'>,
): Promise<void> {
  const { rows } = await pool.query<{ log: number | null }>(
    'SELECT log FROM relay.relays WHERE service = $1',
    [service],
  );
  const published = rows[0]?.log;
  if (published == null) return;
  const generation = await store.generation();
  if (generation !== published) throw new AnotherLog(service, generation, published);
}

/**
 * How far the service's log is published; no relay begins until the caller's transaction ends.
 * @throws StillRelaying
 */
export async function lockPublished(client: PoolClient, service: string): Promise<RelayCheckpoint> {
  const { rows } = await client.query<{ log: number | null; position: Position; free: boolean }>(
    `SELECT log, position, pg_try_advisory_xact_lock($2, hashtext(service || ' ' || fence)) AS free
       FROM relay.relays WHERE service = $1 FOR UPDATE`,
    [service, HOLDER_LOCK],
  );
  if (rows[0]?.free === false) throw new StillRelaying(service);
  return { log: rows[0]?.log ?? undefined, position: rows[0]?.position ?? '' };
}

/** Says that all up to a place of another log is published; the next relay goes on from there. */
export async function movePublished(
  client: PoolClient,
  service: string,
  { log, position }: RelayCheckpoint,
): Promise<void> {
  await client.query(
    `INSERT INTO relay.relays (service, log, position) VALUES ($1, $2, $3)
     ON CONFLICT (service) DO UPDATE SET log = $2, position = $3`,
    [service, log, position],
  );
}

/**
 * For a service whose database was restored from a backup, before it starts again: what it publishes from now on counts as
 * new everywhere, and what it had published before the backup is not published as new.
 * @throws StillRelaying where it runs
 */
export async function resumeRestored(pool: Pool, service: string): Promise<Position> {
  return inTransaction(pool, async (client) => {
    await lockPublished(client, service);
    return leaveGap(client);
  });
}
