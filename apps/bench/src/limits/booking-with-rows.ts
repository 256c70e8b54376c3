import { escapeLiteral } from 'pg';
import type { EventToAppend } from '@cairn/event-store';
import type { Database } from '../servers.js';
import type { Measured } from '../measure/result.js';
import { pgbench } from './pgbench.js';

/** How many ledgers the bookings of all callers fall on, so that two seldom wait for the same row. */
export const LEDGERS = 10_000;

/** Rows as a booking writes them: a slot of its own, and one unit of a ledger that may not run dry. */
export const TABLES = `
CREATE TABLE slots (session_id uuid PRIMARY KEY, ledger int NOT NULL, starts_at timestamptz NOT NULL);
CREATE TABLE ledgers (ledger int PRIMARY KEY, reserved int NOT NULL, allotted int NOT NULL CHECK (reserved <= allotted));
INSERT INTO ledgers SELECT n, 0, 1000000000 FROM generate_series(1, ${LEDGERS}) n;`;

export const RESERVE = 'UPDATE ledgers SET reserved = reserved + 1 WHERE ledger = $1';
export const BOOK = 'INSERT INTO slots (session_id, ledger, starts_at) VALUES ($1, $2, $3)';

/** The same statements in the same messages as the store's transaction sends them. */
export async function bookingsWithRows(
  { url, pool }: Database,
  { type, occurredAt, metadata: { tenantId } }: EventToAppend,
  clients: number,
  seconds: number,
): Promise<Measured> {
  const { rows } = await pool.query<{ data: string; metadata: string }>(
    'SELECT data::text, metadata::text FROM log.events ORDER BY position DESC LIMIT 1',
  );
  const texts = { ...rows[0]!, type, occurred: occurredAt, tenant: tenantId };
  const variables = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, escapeLiteral(text)]),
  );
  return pgbench({ databaseUrl: url, script: SCRIPT, variables, clients, seconds, mode: 'simple' });
}

/** Ids are put together of random digits here: asking the server for them would be one more message. */
const SCRIPT = `
\\set ledger random(1, ${LEDGERS})
\\set high random(1000, 9999)
\\set low random(100000000000, 999999999999)
BEGIN\\; SET LOCAL lock_timeout = '10s'\\; SET LOCAL idle_in_transaction_session_timeout = '10s';
UPDATE ledgers SET reserved = reserved + 1 WHERE ledger = :ledger;
INSERT INTO slots (session_id, ledger, starts_at)
  VALUES ('01900000-:high-7000-8000-:low', :ledger, '2026-03-09T08:00:00Z');
SELECT * FROM log.append(true, false, '{session-01900000-:high-7000-8000-:low}', '{0}', '{1}',
  '{session-01900000-:high-7000-8000-:low}', '{1}', '{01900000-:high-7000-8000-:low}', ARRAY[:type], ARRAY[:occurred],
  ARRAY[:tenant], ARRAY[:data]::json[], ARRAY[:metadata]::json[])\\; COMMIT;
`;
