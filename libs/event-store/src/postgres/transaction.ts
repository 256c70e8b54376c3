import type { Pool, PoolClient } from 'pg';
import type { AppendRequest } from '../port.js';
import type { PostgresEventStore } from './store.js';

/**
 * Runs `work` in one READ COMMITTED transaction on a connection of `pool`: committed when it resolves, rolled back when it
 * rejects. A connection that broke meanwhile is thrown away.
 */
export function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return begun(pool, 60, async (client) => {
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  });
}

/**
 * Rows and events in one transaction: `work` writes the rows and answers with the events, which are appended last, with
 * the COMMIT. When it returns, all is durable; when it throws, nothing was written, or the connection was lost and the
 * command, sent again, finds out.
 */
export function transact(
  pool: Pool,
  store: PostgresEventStore,
  work: (client: PoolClient) => Promise<readonly AppendRequest[]>,
): Promise<void> {
  return begun(pool, 10, async (client) => {
    await store.appendAndCommit(client, await work(client));
  });
}

/** `idleSeconds`: a process that stands still inside a transaction may not keep its locks for ever. */
async function begun<T>(
  pool: Pool,
  idleSeconds: number,
  untilCommitted: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => (broken = error);
  client.on('error', onError);
  try {
    await client.query(
      `BEGIN; SET LOCAL lock_timeout = '10s'; SET LOCAL idle_in_transaction_session_timeout = '${idleSeconds}s'`,
    );
    return await untilCommitted(client);
  } catch (error) {
    await client.query('ROLLBACK').catch((failed: Error) => (broken ??= failed));
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}
