import type { ClientBase, Pool, PoolClient } from 'pg';
import type { Appended, AppendRequest, EventStore } from '../port.js';

/** A log that takes events together with rows of a PostgreSQL database, all or nothing. */
export interface TransactionalLog extends EventStore {
  /**
   * Ends the caller's open READ COMMITTED transaction with these appends, in order. When it returns, rows and events are
   * there; when it throws, neither is, or the outcome is unknown: then send the command again, under the same ids.
   * @throws WrongExpectedVersion, EventIdConflict, UnstorableEvent
   */
  appendAndCommit(client: ClientBase, requests: readonly AppendRequest[]): Promise<Appended[]>;
}

/**
 * A process that stands still in the middle of a transaction holds its locks no longer than this: longer than a lock is
 * waited for (10 s). A batch whose command waits again and again may lose its transaction all the same: it is handled anew
 * then, and the command is found done.
 */
export const STANDS_SECONDS = 15;

/**
 * Runs `work` in one READ COMMITTED transaction on a connection of `pool`: committed when it resolves, rolled back when it
 * rejects. A connection that broke meanwhile is thrown away.
 * @param idleSeconds how long it may stand still between two statements: then the server ends it
 */
export function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  idleSeconds = STANDS_SECONDS,
): Promise<T> {
  return begun(pool, idleSeconds, async (client) => {
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  });
}

const AWAKE_MS = 3_000;

/**
 * What `work` comes to, which says nothing to `client`: meanwhile the server is told that this process does not stand
 * still, so that the open transaction lives for as long as it takes.
 */
export async function awake<T>(client: ClientBase, work: Promise<T>): Promise<T> {
  const beat = setInterval(() => void client.query('SELECT').catch(() => undefined), AWAKE_MS);
  try {
    return await work;
  } finally {
    clearInterval(beat);
  }
}

/**
 * Rows and events in one transaction: `work` writes the rows and answers with the events, which are appended last, with
 * the COMMIT. When it returns, all is durable; when it throws, nothing was written, or the connection was lost and the
 * command, sent again, finds out.
 */
export function transact(
  pool: Pool,
  store: Pick<TransactionalLog, 'appendAndCommit'>,
  work: (client: PoolClient) => Promise<readonly AppendRequest[]>,
): Promise<Appended[]> {
  return begun(pool, 10, async (client) => store.appendAndCommit(client, await work(client)));
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
