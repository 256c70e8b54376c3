import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Pool, type ClientBase, type PoolConfig, type QueryConfig, type QueryResult } from 'pg';

/**
 * A pool that a lost connection cannot crash: idle clients report to the pool, borrowed ones to whoever runs a query on
 * them, and both need a listener for 'error'.
 */
export function openPool(config: PoolConfig): Pool {
  return withErrorListeners(new Pool({ keepAlive: true, ...config }));
}

/** node-postgres goes on with a connection whose answer it no longer waits for; all that is asked next would wait behind it. */
class HangingUp extends Client {
  // All of the client's ways to ask, and what each answers with.
  override query(...asked: unknown[]): never {
    const asking: unknown = Reflect.apply(super.query, this, asked);
    if (asking instanceof Promise)
      asking.catch((error: unknown) => {
        if ((error as Error).message === 'Query read timeout') this.connection.stream.destroy();
      });
    return asking as never;
  }
}

/**
 * Of a service that runs, in milliseconds: a connection that hangs (its server is gone without a word, or the network
 * swallows everything) is given up and closed, which TCP by itself does after a quarter of an hour. What may take longer
 * says so.
 */
export const HANGS = { connectionTimeoutMillis: 30_000, query_timeout: 30_000, Client: HangingUp };

const PATIENCE_MS = 24 * 3_600_000;

/** As `client.query`, of what takes as long as tables are large: its connection is not taken for one that hangs. */
export const queryPatiently = (
  client: Pick<ClientBase, 'query'>,
  text: string,
  values: unknown[] = [],
): Promise<QueryResult> => client.query({ text, values, query_timeout: PATIENCE_MS } as QueryConfig);

/** The pool of a log. */
export const openLogPool = (connectionString: string | undefined): Pool =>
  openPool({ connectionString, max: 10, ...HANGS });

/** Where a database is, in words, and nothing of its user and password. */
export function serverOf(connectionString: string | undefined): string {
  const host = URL.parse(connectionString ?? '')?.host;
  return host ? `PostgreSQL at ${host}` : 'PostgreSQL';
}

/** A database that takes no connection for so long is given up by `unlessSilent`, in milliseconds. */
export const ANSWERS_WITHIN_MS = 10_000;

/**
 * What `work` comes to, unless a database that it uses falls silent meanwhile (frozen, or its packets are swallowed): what
 * waits on an open connection waits without end then. A server that answers anything is not silent, however long it takes.
 * @param pools asked again and again: `work` may open more
 */
export async function unlessSilent<T>(pools: () => Iterable<Pool>, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const silence = async (): Promise<never> => {
    for (;;) {
      for (const { options } of pools())
        if (await isSilent(options))
          throw new Error(
            `${serverOf(options.connectionString)} does not answer: nothing within ${ANSWERS_WITHIN_MS / 1000} s`,
          );
      await sleep(ANSWERS_WITHIN_MS / 2, undefined, { signal: done.signal });
    }
  };
  try {
    return await Promise.race([work, silence()]);
  } finally {
    done.abort();
  }
}

async function isSilent(options: PoolConfig): Promise<boolean> {
  const client = new Client({ ...options, connectionTimeoutMillis: ANSWERS_WITHIN_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return false;
  } catch (error) {
    return (error as Error).message === 'timeout expired';
  } finally {
    void client.end().catch(() => undefined);
  }
}

const guarded = new WeakSet<Pool>();

/** Adds the listeners once; the next query of a lost connection reports the fault to its caller. */
export function withErrorListeners(pool: Pool): Pool {
  if (guarded.has(pool)) return pool;
  guarded.add(pool);
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** SQLSTATE classes and codes that say "not now" rather than "not so": connections, resources, shutdown, locks. */
const TRANSIENT_STATE = /^(08|53|57P0|40|55P03|25P03|25P04)/;

/** What node-postgres, which gives its own errors no code, says of a connection that is away or has hung. */
export const SAYS_CONNECTION =
  /connection terminated|timeout exceeded when trying to connect|query read timeout|not queryable/i;

/** Whether the same call may succeed later: the database is away or busy, nothing is wrong with what was asked. */
export function isTransient(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, errors } = error as { code?: unknown; message?: unknown; errors?: unknown };
  // Several addresses were tried, and each has an error of its own.
  if (Array.isArray(errors)) return errors.some(isTransient);
  if (typeof code === 'string') return /^E[A-Z]{3,}/.test(code) || TRANSIENT_STATE.test(code);
  return typeof message === 'string' && SAYS_CONNECTION.test(message);
}
