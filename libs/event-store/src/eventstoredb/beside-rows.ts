import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase, Pool } from 'pg';
import {
  type Appended,
  type AppendRequest,
  type EventLog,
  type EventToAppend,
  LogClosed,
  LogUnavailable,
  type Position,
  type ReadFilter,
  type StoredEvent,
  type SubscribeOptions,
  WrongExpectedVersion,
  type Reach,
} from '../port.js';
import { openLogPool } from '../postgres/pool.js';
import { transact, type TransactionalLog } from '../postgres/transaction.js';
import {
  debtsOf,
  debtsOlderThan,
  owe,
  type Owed,
  owedIn,
  owedNow,
  type Queryable,
  strikeOut,
} from './owed.js';
import { type EventStoreDbOptions, EventStoreDbStore } from './store.js';

/** How often what others have left unpaid is looked for, and how old it is then: its writer may still be at it. */
const LOOK_MS = 1_000;
const LEFT_SECONDS = 2;

/** A committed transaction owes the log what the log will not take: somebody else writes to these streams. */
export class DebtRefused extends Error {
  constructor(stream: string, cause: Error) {
    super(
      `The log in EventStoreDB refuses what was committed for stream ${stream}: ${cause.message}. Something else than the ` +
        'service has written there. What is owed stays in owed.appends of the database, and is tried again and again.',
      { cause },
    );
    this.name = 'DebtRefused';
  }
}

export interface BesideRowsOptions extends EventStoreDbOptions {
  /** Where the service's database is, which has had `migrateOwed`. */
  readonly databaseUrl: string;
  /** Rejects where the log is not the one that was looked for, which then is left to whomever it belongs. */
  readonly refuse?: (log: EventLog) => Promise<void>;
}

/**
 * A log in EventStoreDB whose events are appended together with rows of the service's PostgreSQL, all or nothing. It says
 * that the log belongs to this database, for good, before it pays anything into it.
 * @throws LogOfAnother, LogUnavailable, and what `refuse` throws
 */
export async function openEventStoreDbBesideRows({
  databaseUrl,
  refuse,
  ...options
}: BesideRowsOptions): Promise<EventStoreDbBesideRows> {
  // Of its own: requests and batches that hold a connection while they read the log must not wait for each other.
  const pool = openLogPool(databaseUrl);
  const store = new EventStoreDbStore(options);
  try {
    await refuse?.(store);
    await store.claim(pool);
    return new EventStoreDbBesideRows(store, pool);
  } catch (error) {
    await Promise.all([store.close(), pool.end()]);
    throw error;
  }
}

/**
 * The rows' COMMIT decides. In the same transaction stands what it owes to the log, at which version of which stream; the
 * events follow at once, or are brought after by whoever reads the stream next, or within seconds by any process. Sent by
 * two at the same time they are there once, so nobody has to know whether the first is still alive.
 *
 * Every append of the service goes this way, with rows or without: none can then come between a COMMIT and its events.
 */
export class EventStoreDbBesideRows implements TransactionalLog {
  private readonly closing = new AbortController();
  private readonly appending = new Set<Promise<unknown>>();
  private readonly collecting: Promise<void>;
  private fault: Error | undefined;

  constructor(
    private readonly store: EventStoreDbStore,
    private readonly pool: Pool,
  ) {
    this.collecting = this.collect();
  }

  async append(stream: string, events: readonly EventToAppend[], expectedVersion: number): Promise<Appended> {
    this.refuseWhenClosed();
    const log = { appendAndCommit: this.commit.bind(this) };
    const [appended] = await this.finished(
      transact(this.pool, log, async () => [{ stream, events, expectedVersion }]),
    );
    return appended!;
  }

  async appendAndCommit(client: ClientBase, requests: readonly AppendRequest[]): Promise<Appended[]> {
    if (this.closing.signal.aborted) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw new LogClosed();
    }
    return this.finished(this.commit(client, requests));
  }

  private async commit(client: ClientBase, requests: readonly AppendRequest[]): Promise<Appended[]> {
    if (requests.length === 0) {
      await client.query('COMMIT');
      return [];
    }
    const debt = await this.commitOwing(client, requests);
    if (debt !== undefined) return this.pay(client, debt, requests);
    const streams = requests.map(({ stream }) => stream);
    await this.payOn(client, streams);
    return this.asBefore(requests);
  }

  /** Commits the rows and what they owe where each stream stands as expected; else rolls back, and owes nothing. */
  private async commitOwing(
    client: ClientBase,
    requests: readonly AppendRequest[],
  ): Promise<string | undefined> {
    try {
      for (const request of requests) this.store.check(request);
      const debt = await owe(client, requests);
      const stands = debt !== undefined && (await this.standAsExpected(requests));
      await client.query(stands ? 'COMMIT' : 'ROLLBACK');
      return stands ? debt : undefined;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  async *readStream(stream: string, afterVersion = 0): AsyncGenerator<StoredEvent> {
    this.refuseWhenClosed();
    await this.payOn(this.pool, [stream]);
    yield* this.store.readStream(stream, afterVersion);
  }

  readAll(after: Position, limit: number, filter?: ReadFilter): Promise<StoredEvent[]> {
    return this.store.readAll(after, limit, filter);
  }

  subscribe(after: Position, options: SubscribeOptions): AsyncGenerator<StoredEvent[]> {
    return this.store.subscribe(after, options);
  }

  head(): Promise<Position> {
    return this.store.head();
  }

  reach(): Promise<Reach> {
    return this.store.reach();
  }

  goesOnBeyond(): Promise<Position> {
    return this.store.goesOnBeyond();
  }

  generation(): Promise<number> {
    return this.store.generation();
  }

  /** As of any log that is copied into; `payAll` comes first. */
  copyIn(events: readonly StoredEvent[]): Promise<Position> {
    return this.store.copyIn(events);
  }

  raiseGeneration(above?: number): Promise<number> {
    return this.store.raiseGeneration(above);
  }

  /** What committed transactions still owe to the log, and why the last try to pay failed. */
  async owed(): Promise<Owed & { readonly fault?: string }> {
    const owed = await owedNow(this.pool);
    return owed.appends > 0 && this.fault ? { ...owed, fault: this.fault.message } : owed;
  }

  /** Pays all that is owed: before the log is copied, say. @throws DebtRefused, LogUnavailable */
  async payAll(): Promise<void> {
    for (;;) {
      const debts = await debtsOlderThan(this.pool, 0);
      if (debts.length === 0) return;
      for (const debt of debts) await this.pay(this.pool, debt);
    }
  }

  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    await Promise.allSettled([...this.appending, this.collecting]);
    await this.store.close();
    await this.pool.end();
  }

  /** The rows of `owed` for these streams are ours: nobody moves them meanwhile. */
  private async standAsExpected(requests: readonly AppendRequest[]): Promise<boolean> {
    const versions = await Promise.all(requests.map(({ stream }) => this.store.versionOf(stream)));
    return requests.every(({ expectedVersion }, index) => versions[index] === expectedVersion);
  }

  /** Nothing was written: either all of it was there before, or the caller has to load again. */
  private async asBefore(requests: readonly AppendRequest[]): Promise<Appended[]> {
    for (const { stream, expectedVersion } of requests) {
      const version = await this.store.versionOf(stream);
      if (version <= expectedVersion) throw new WrongExpectedVersion(stream, expectedVersion, version);
    }
    return this.sendAll(requests); // each stream is beyond: the log only compares
  }

  private async payOn(db: Queryable, streams: readonly string[]): Promise<void> {
    for (const debt of await debtsOf(db, streams)) await this.pay(db, debt);
  }

  private async pay(db: Queryable, debt: string, requests?: readonly AppendRequest[]): Promise<Appended[]> {
    const owed = requests ?? (await owedIn(db, debt));
    const appended = await this.sendAll(owed).catch((error: Error) => {
      if (error instanceof LogUnavailable || error instanceof LogClosed) throw error;
      throw new DebtRefused(owed.map(({ stream }) => stream).join(', '), error);
    });
    await strikeOut(db, debt).catch(() => undefined); // whoever looks for what is left finds it
    return appended;
  }

  private async sendAll(requests: readonly AppendRequest[]): Promise<Appended[]> {
    const appended: Appended[] = [];
    for (const { stream, events, expectedVersion } of requests)
      appended.push(await this.store.append(stream, events, expectedVersion));
    return appended;
  }

  /** Pays what somebody who is gone has left. */
  private async collect(): Promise<void> {
    const { signal } = this.closing;
    for (; !signal.aborted; await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined)) {
      try {
        this.fault = undefined;
        for (const debt of await debtsOlderThan(this.pool, LEFT_SECONDS))
          if (!signal.aborted) await this.pay(this.pool, debt).catch((error: Error) => (this.fault = error));
      } catch (error) {
        this.fault = error as Error;
      }
    }
  }

  /** `close` waits for it. */
  private finished<T>(appending: Promise<T>): Promise<T> {
    this.appending.add(appending);
    return appending.finally(() => this.appending.delete(appending));
  }

  private refuseWhenClosed(): void {
    if (this.closing.signal.aborted) throw new LogClosed();
  }
}
