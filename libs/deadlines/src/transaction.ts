import type { Pool, PoolClient } from 'pg';

/** Runs `work` in a transaction; a connection that was lost on the way is not given back to the pool. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => (broken = error);
  client.on('error', onError);
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failed: Error) => (broken ??= failed));
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}
