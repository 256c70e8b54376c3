import type { Database } from '../servers.js';
import type { Measured } from '../measure/result.js';
import { pgbench } from './pgbench.js';

/**
 * The limit of whatever appends one event at a time: bare inserts into the log's own table, of a row as large as those
 * that the store has written there, without its order, its checks or its wake-ups.
 */
export async function singleRowInserts(
  { url, pool }: Database,
  clients: number,
  seconds: number,
): Promise<Measured> {
  const { rows } = await pool.query<{ type: string; tenant: string; data: string; metadata: string }>(
    'SELECT type, tenant_id AS tenant, data::text, metadata::text FROM log.events ORDER BY position DESC LIMIT 1',
  );
  await pool.query('CREATE SEQUENCE IF NOT EXISTS bench_position');
  await pool.query(
    `SELECT setval('bench_position', (SELECT e.position FROM log.events e ORDER BY e.position DESC LIMIT 1))`,
  );
  return pgbench({ databaseUrl: url, script: INSERT, variables: { ...rows[0]! }, clients, seconds });
}

const INSERT = `INSERT INTO log.events
  (position, occurred_at, recorded_at, event_id, version, stream, type, tenant_id, data, metadata)
VALUES (nextval('bench_position'), now(), now(), gen_random_uuid(), 1, 'session-' || gen_random_uuid(),
  :type, :tenant, :data, :metadata);
`;
