import type { Pool, PoolClient } from 'pg';
import type { AppendRequest } from '../port.js';
import type { PostgresEventStore } from './store.js';

/** A process that is paused inside a transaction may not hold its locks for ever. */
const BEGIN = `BEGIN; SET LOCAL lock_timeout = '10s'; SET LOCAL idle_in_transaction_session_timeout = '10s'`;

/**
 * Rows and events in one transaction: `work` writes the rows and answers with the events, which are appended last, with
 * the COMMIT. When it returns, all is durable; when it throws, nothing was written, or the connection was lost and the
 * command, sent again, finds out.
 */
export async function transact(
  pool: Pool,
  store: PostgresEventStore,
  work: (client: PoolClient) => Promise<readonly AppendRequest[]>,
): Promise<void> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(BEGIN);
    const appends = await work(client);
    if (appends.length > 0) await store.appendAndCommit(client, appends);
    else await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch((lost: Error) => (broken = lost));
    throw error;
  } finally {
    client.release(broken);
  }
}
