import type { ClientBase, Pool } from 'pg';
import { MAX_EVENT_BYTES, prepareAppend, type PreparedAppend } from '../content.js';
import {
  type Admission,
  type Appended,
  type AppendRequest,
  type EventToAppend,
  LogClosed,
  type Position,
  type ReadFilter,
  START,
  type StoredEvent,
  type SubscribeOptions,
  type Reach,
} from '../port.js';
import { callAppend, callAppendAndCommit, toPosition } from './append-call.js';
import { HOLDS_LOG_SECONDS, lockLog } from './append.sql.js';
import { copyIn, raiseGeneration } from './copy-in.js';
import { Gathering } from './gathering.js';
import { openLogPool, withErrorListeners } from './pool.js';
import { readPage, readStreamPage, readStreamPages, type StreamPlace } from './reading.js';
import { follow } from './subscription.js';
import { inTransaction, type TransactionalLog } from './transaction.js';
import { Notices, Wakeups } from './wakeups.js';

export interface PostgresLogOptions {
  /**
   * Either where the database is: the log then has a pool of its own. Or a pool that stays the caller's; its clients must
   * not be held by transactions that read the log meanwhile, or append to it by `append`: when all are held so, they wait
   * for each other.
   */
  readonly connectionString?: string;
  readonly pool?: Pool;
  /** The schema that holds the log, `log` unless told; see `migrate`. */
  readonly schema?: string;
  /** Largest event, data and metadata as JSON together; 900,000 unless told. */
  readonly maxEventBytes?: number;
  readonly admit?: Admission;
}

const STREAM_PAGE = 500;
/** Most streams are shorter. */
const FIRST_PAGE = 100;
/** Characters of a first page that is full; what batches of them are bounded by. */
const LARGE_PAGE = 100_000;

/** A log in PostgreSQL, whose tables `migrate` has made. */
export function openPostgresLog(options: PostgresLogOptions): PostgresEventStore {
  return new PostgresEventStore(options);
}

export class PostgresEventStore implements TransactionalLog {
  private readonly pool: Pool;
  private readonly ownsPool: boolean;
  private readonly schema: string;
  private readonly prepare: (request: AppendRequest) => PreparedAppend;
  /** One batch at a time: two were no faster, since the log's lock lets one commit at a time. */
  private readonly group: Gathering<PreparedAppend, Appended>;
  /** The beginnings of streams that commands load at the same time. */
  private readonly beginnings: Gathering<StreamPlace, StoredEvent[]>;
  private readonly wakeups: Wakeups;
  private readonly notices: Notices;
  private readonly closing = new AbortController();

  constructor({
    connectionString,
    pool,
    schema = 'log',
    maxEventBytes = MAX_EVENT_BYTES,
    admit,
  }: PostgresLogOptions) {
    this.ownsPool = pool === undefined;
    this.pool = pool === undefined ? openLogPool(connectionString) : withErrorListeners(pool);
    this.schema = schema;
    this.prepare = (request) => prepareAppend(request, maxEventBytes, admit);
    const channel = `${schema}_appended`;
    this.wakeups = new Wakeups(this.pool.options, channel);
    this.notices = new Notices(this.pool, channel);
    this.group = new Gathering(
      async (appends) => {
        const fates = await callAppend(this.pool, schema, appends, { strict: false, notify: false });
        this.announce(fates);
        return fates;
      },
      ({ size }) => size,
    );
    this.beginnings = new Gathering(
      (places) => readStreamPages(this.pool, schema, places, FIRST_PAGE),
      () => LARGE_PAGE,
    );
  }

  /** Way in (a): gathered with the appends of others, for commands that touch only the log. */
  async append(stream: string, events: readonly EventToAppend[], expectedVersion: number): Promise<Appended> {
    this.refuseWhenClosed();
    return this.group.add(this.prepare({ stream, events, expectedVersion }));
  }

  /**
   * Way in (b): inside the caller's READ COMMITTED transaction, after its rows, in order, all or none. From here to the
   * COMMIT the log waits for the caller: let nothing stand between them. A refusal leaves only ROLLBACK.
   * @throws WrongExpectedVersion, EventIdConflict, UnstorableEvent
   */
  async appendIn(client: ClientBase, requests: readonly AppendRequest[]): Promise<Appended[]> {
    this.refuseWhenClosed();
    const prepared = requests.map(this.prepare);
    const appended = await callAppend(client, this.schema, prepared, { strict: true, notify: true });
    return appended as Appended[]; // in strict mode a refusal is thrown
  }

  /**
   * Way in (b), and the COMMIT in the same message. When it returns, the caller's transaction is committed; when it throws,
   * it is rolled back, or its connection is lost and the outcome unknown: then send the command again, under the same ids.
   */
  async appendAndCommit(client: ClientBase, requests: readonly AppendRequest[]): Promise<Appended[]> {
    try {
      this.refuseWhenClosed();
      const prepared = requests.map(this.prepare);
      if (prepared.length === 0) {
        await client.query('COMMIT');
        return [];
      }
      const appended = await callAppendAndCommit(client, this.schema, prepared);
      this.announce(appended);
      return appended;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  /**
   * Appends events of another log, while nobody else writes to this one: in their order, with their ids, versions and
   * `recordedAt`. Sent again after a failure it goes on where it was. Afterwards `raiseGeneration`.
   * @returns the position of the last one, START when there is none
   * @throws WrongExpectedVersion, EventIdConflict where this log holds something else
   */
  async copyIn(events: readonly StoredEvent[]): Promise<Position> {
    this.refuseWhenClosed();
    return events.length === 0 ? START : copyIn(this.pool, this.schema, events);
  }

  /** For a log that was restored or copied: gives it a generation above its own and above `above`. */
  raiseGeneration(above = 0): Promise<number> {
    this.refuseWhenClosed();
    return raiseGeneration(this.pool, above, this.schema);
  }

  async *readStream(stream: string, afterVersion = 0): AsyncGenerator<StoredEvent> {
    this.refuseWhenClosed();
    let page = await this.beginnings.add({ stream, afterVersion });
    yield* page;
    for (let size = FIRST_PAGE; page.length === size; size = STREAM_PAGE) {
      this.refuseWhenClosed();
      page = await readStreamPage(this.pool, this.schema, stream, page.at(-1)!.version, STREAM_PAGE);
      yield* page;
    }
  }

  async readAll(after: Position, limit: number, filter: ReadFilter = {}): Promise<StoredEvent[]> {
    this.refuseWhenClosed();
    return readPage(this.pool, this.schema, after, limit, filter.tenantId);
  }

  subscribe(after: Position, { batchSize, signal }: SubscribeOptions): AsyncGenerator<StoredEvent[]> {
    return follow((position, limit) => this.readAll(position, limit), this.wakeups, after, {
      batchSize,
      signal: AbortSignal.any([signal, this.closing.signal]),
    });
  }

  async head(): Promise<Position> {
    this.refuseWhenClosed();
    const { rows } = await this.pool.query<{ position: string }>(
      `SELECT position FROM ${this.schema}.events ORDER BY position DESC LIMIT 1`,
    );
    return rows[0] === undefined ? START : toPosition(rows[0].position);
  }

  /** The gap that a restore leaves ends with an event. */
  goesOnBeyond(): Promise<Position> {
    return this.head();
  }

  /** Under the log's lock: an append is stamped under it, and holds it until it is committed. */
  async reach(): Promise<Reach> {
    this.refuseWhenClosed();
    return inTransaction(
      this.pool,
      async (client) => {
        await lockLog(client, this.schema);
        // Times are recorded in milliseconds: what is appended within this one still may have it.
        const { rows } = await client.query<{ position: string | null; at: Date }>(
          `SELECT (SELECT position FROM ${this.schema}.events ORDER BY position DESC LIMIT 1) AS position,
                date_trunc('milliseconds', clock_timestamp()) - interval '1 millisecond' AS at`,
        );
        const [{ position, at }] = rows as [(typeof rows)[0]];
        return { at, head: position === null ? START : toPosition(position) };
      },
      HOLDS_LOG_SECONDS,
    );
  }

  async generation(): Promise<number> {
    this.refuseWhenClosed();
    const { rows } = await this.pool.query<{ generation: string }>(
      `SELECT generation FROM ${this.schema}.generation`,
    );
    return Number(rows[0]!.generation);
  }

  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    await this.group.drained();
    await this.notices.drained();
    await this.wakeups.close();
    if (this.ownsPool) await this.pool.end();
  }

  private announce(fates: readonly (Appended | Error)[]): void {
    const positions = fates.flatMap((fate) => (fate instanceof Error ? [] : [fate.position]));
    if (positions.length === 0) return;
    const last = positions.reduce((a, b) => (a > b ? a : b));
    this.wakeups.wake(last);
    this.notices.send(last);
  }

  private refuseWhenClosed(): void {
    if (this.closing.signal.aborted) throw new LogClosed();
  }
}
