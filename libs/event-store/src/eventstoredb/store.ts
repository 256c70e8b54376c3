import { MAX_EVENT_BYTES, type PreparedAppend, prepareAppend } from '../content.js';
import {
  type Admission,
  type Appended,
  type AppendRequest,
  type EventStore,
  type EventToAppend,
  LogClosed,
  type Position,
  type ReadFilter,
  START,
  type StoredEvent,
  type SubscribeOptions,
  UnstorableEvent,
  type Reach,
} from '../port.js';
import { append } from './append.js';
import { connect, type Connection } from './client.js';
import { checkedConnectionString } from './connection-string.js';
import { copyIn } from './copy.js';
import { patiently } from './faults.js';
import { claim, generationOf, leaveGap, positionsOf, raiseGeneration } from './generation.js';
import { ownerIn, type Queryable } from './owed.js';
import { Head, type Place, readLog, readVersions, versionOf } from './reading.js';
import { toProposal } from './recorded.js';
import { follow } from './subscription.js';

export interface EventStoreDbOptions {
  /** `esdb://user:password@host:2113,…?tls=true&tlsCAFile=…`: nodes, TLS, user, certificates; see the how-to. */
  readonly connectionString: string;
  /** The log's name on the server, where others may keep theirs: its streams are called `cairn/<log>/<stream>`. */
  readonly log: string;
  readonly admit?: Admission;
}

const STREAM_PAGE = 500;

/** How long a read goes on trying while the server is away, in milliseconds; `head` is asked by those who ask again. */
const PATIENCE_MS = 10_000;
const HEAD_PATIENCE_MS = 1_000;
/** What the server's clock may differ from ours by, and an event take from its `created` to being read. */
const REACH_MARGIN_MS = 1_000;
/** A transaction is open meanwhile. */
const VERSION_PATIENCE_MS = 3_000;

/** The server takes 1 MiB at once, all events of an append together. */
const MAX_APPEND_BYTES = 1_000_000;

/** A log in EventStoreDB (KurrentDB by its later name). Nothing needs to be made on the server beforehand. */
export function openEventStoreDb(options: EventStoreDbOptions): EventStoreDbStore {
  return new EventStoreDbStore(options);
}

export class EventStoreDbStore implements EventStore {
  private readonly connection: Connection;
  private readonly place: Place;
  private readonly prepare: (request: AppendRequest) => PreparedAppend;
  private readonly lastEvent: Head;
  private readonly appending = new Set<Promise<unknown>>();
  private readonly closing = new AbortController();
  /** The latest `recordedAt` that was read here. */
  private latest: string | undefined;

  constructor({ connectionString, log, admit }: EventStoreDbOptions) {
    if (!/^[a-z][a-z0-9-]*$/.test(log)) throw new TypeError(`"${log}" is no name of a log: a-z, 0-9, -`);
    this.connection = connect(checkedConnectionString(connectionString));
    const onServer = { client: this.connection.client, prefix: `cairn/${log}/` };
    const positions = onceKnown(() => positionsOf(onServer));
    this.place = { ...onServer, positions };
    this.lastEvent = new Head(this.place);
    this.prepare = (request) => prepareAppend(request, MAX_EVENT_BYTES, admit);
  }

  async append(stream: string, events: readonly EventToAppend[], expectedVersion: number): Promise<Appended> {
    this.refuseWhenClosed();
    const request = this.prepare({ stream, events, expectedVersion });
    const time = this.latest === undefined ? {} : { notBefore: this.latest };
    const sent = request.events.map((event) => toProposal(event, time));
    return this.finished(append(this.place, request, sent));
  }

  /** Whether the log would take these events at all. @throws UnstorableEvent, EventIdConflict and as `admit` does */
  check(request: AppendRequest): void {
    const { stream, events } = this.prepare(request);
    const bytes = events.reduce(
      (sum, { data, metadata }) => sum + Buffer.byteLength(data) + Buffer.byteLength(metadata) + 1_000,
      0,
    );
    if (bytes > MAX_APPEND_BYTES)
      throw new UnstorableEvent(
        'too-large',
        `the ${events.length} events for stream ${stream} have ${bytes} bytes together; the limit is ${MAX_APPEND_BYTES}`,
      );
  }

  /** How many events the stream holds. */
  versionOf(stream: string): Promise<number> {
    return this.reading(() => versionOf(this.place, stream), VERSION_PATIENCE_MS);
  }

  /**
   * Appends events of another log, while nobody else writes to this one: in their order, with their ids, versions and
   * `recordedAt`. Sent again after a failure it goes on where it was. Afterwards `raiseGeneration`.
   * @returns the position of the last one, START when there is none
   * @throws WrongExpectedVersion, EventIdConflict where this log holds something else
   */
  async copyIn(events: readonly StoredEvent[]): Promise<Position> {
    this.refuseWhenClosed();
    return (await this.finished(copyIn(this.place, events))) ?? START;
  }

  async *readStream(stream: string, afterVersion = 0): AsyncGenerator<StoredEvent> {
    for (let version = afterVersion; ;) {
      const page = await this.reading(() => readVersions(this.place, stream, version, STREAM_PAGE));
      for (const { event } of page) yield this.seen(event);
      if (page.length < STREAM_PAGE) return;
      version = page.at(-1)!.event.version;
    }
  }

  async readAll(after: Position, limit: number, { tenantId }: ReadFilter = {}): Promise<StoredEvent[]> {
    const page = await this.reading(() => readLog(this.place, after, limit, tenantId));
    return page.map((event) => this.seen(event));
  }

  async *subscribe(after: Position, { batchSize, signal }: SubscribeOptions): AsyncGenerator<StoredEvent[]> {
    if (this.closing.signal.aborted) return;
    const ending = AbortSignal.any([signal, this.closing.signal]);
    for await (const batch of follow(this.place, after, { batchSize, signal: ending })) {
      yield batch.map((event) => this.seen(event));
    }
  }

  async head(): Promise<Position> {
    return this.reading(() => this.lastEvent.find(), HEAD_PATIENCE_MS);
  }

  async reach(): Promise<Reach> {
    const at = new Date(Date.now() - REACH_MARGIN_MS);
    return { at, head: await this.head() };
  }

  async goesOnBeyond(): Promise<Position> {
    const [head, positions] = await Promise.all([this.head(), this.reading(() => this.place.positions())]);
    return head > positions.gap ? head : positions.gap;
  }

  async generation(): Promise<number> {
    return this.reading(() => generationOf(this.place));
  }

  /** For a log that was restored or copied: gives it a generation above its own and above `above`. */
  async raiseGeneration(above = 0): Promise<number> {
    return this.reading(() => raiseGeneration(this.place, above));
  }

  /**
   * Says that the log belongs to this database, which has had `migrateOwed`; once said, no other can.
   * @throws LogOfAnother, LogUnavailable
   */
  async claim(db: Queryable): Promise<void> {
    const owner = await ownerIn(db);
    await this.reading(() => claim(this.place, owner));
  }

  /** For a server that was restored from a backup. This one is of no more use then: open the log again. @returns the gap's end */
  async leaveGap(): Promise<Position> {
    return this.reading(() => leaveGap(this.place));
  }

  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    await Promise.allSettled(this.appending);
    await this.connection.close();
  }

  /** `close` waits for it. */
  private finished<T>(appending: Promise<T>): Promise<T> {
    this.appending.add(appending);
    return appending.finally(() => this.appending.delete(appending));
  }

  /** A read may be repeated at will; one that `close` cuts short says so. */
  private async reading<T>(read: () => Promise<T>, ms = PATIENCE_MS): Promise<T> {
    this.refuseWhenClosed();
    try {
      return await patiently(read, ms, this.closing.signal);
    } catch (error) {
      this.refuseWhenClosed();
      throw error;
    }
  }

  private seen(event: StoredEvent): StoredEvent {
    if (this.latest === undefined || event.recordedAt > this.latest) this.latest = event.recordedAt;
    return event;
  }

  private refuseWhenClosed(): void {
    if (this.closing.signal.aborted) throw new LogClosed();
  }
}

/** What is asked for once; a failure is forgotten. */
function onceKnown<T>(ask: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined;
  return () => {
    known ??= ask().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}
