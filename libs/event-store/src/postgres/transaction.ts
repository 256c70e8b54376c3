import type { Pool, PoolClient } from 'pg';

/** A process that stands still inside a transaction may not keep its locks for ever, nor may others wait for ever. */
const BEGIN = `BEGIN; SET LOCAL lock_timeout = '10s'; SET LOCAL idle_in_transaction_session_timeout = '60s'`;

/**
 * Runs `work` in one READ COMMITTED transaction on a connection of `pool`: committed when it resolves, rolled back when it
 * rejects. A connection that broke meanwhile is thrown away.
 */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => (broken = error);
  client.on('error', onError);
  try {
    await client.query(BEGIN);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failed: Error) => (broken ??= failed));
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}
