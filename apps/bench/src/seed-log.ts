import { migrate, openPostgresLog } from '@cairn/event-store/postgres';
import type { Pool } from 'pg';
import { booking } from './events.js';
import type { Database } from './servers.js';

const AT_ONCE = 100_000;

/**
 * A log of so many bookings, each in a stream of its own: the store writes the first, the database the others like it,
 * with ids of their own. Analysed, as a log that has grown by itself would be.
 */
export async function seedBookings({ url, pool }: Database, events: number): Promise<void> {
  await migrate(pool);
  const store = openPostgresLog({ connectionString: url });
  const { stream, event } = booking();
  await store.append(stream, [event], 0);
  await store.close();
  await growTo(pool, 1, events);
}

/** Adds bookings to such a log until it holds so many. */
export async function growTo(pool: Pool, from: number, events: number): Promise<void> {
  for (let last = from; last < events; last += AT_ONCE)
    await pool.query(MORE, [last, Math.min(last + AT_ONCE, events)]);
  await pool.query('VACUUM ANALYZE log.events');
}

const MORE = `INSERT INTO log.events
  (position, occurred_at, recorded_at, event_id, version, stream, type, tenant_id, data, metadata)
SELECT n, e.occurred_at, e.recorded_at, gen_random_uuid(), 1, 'session-' || session, e.type, e.tenant_id,
       replace(e.data::text, e.data->>'sessionId', session::text)::json, e.metadata
FROM log.events e, generate_series($1::bigint + 1, $2::bigint) n, LATERAL (SELECT CASE WHEN n > 0 THEN gen_random_uuid() END) AS s(session)
WHERE e.position = 1`;
