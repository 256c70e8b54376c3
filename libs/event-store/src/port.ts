import type { DomainEvent } from '@cairn/decider';

/** Who gave the command: the token's subject and role, and the named person when `integration` acts for one. */
export interface Actor {
  readonly subject: string;
  readonly role: string;
  readonly personId?: string;
}

/** What every stored event says of the command that made it. */
export interface EventMetadata {
  readonly tenantId: string;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly actor: Actor;
  readonly traceparent?: string;
  /** Set by the log itself: SHA-256 of what the event says, so that the same id with other content is noticed. */
  readonly contentHash?: string;
}

/** An event on its way into a stream. `id` is a UUID (v5 of command and index), unique within the stream. */
export interface EventToAppend extends DomainEvent {
  readonly id: string;
  readonly metadata: EventMetadata;
}

/** An event as the log holds it. Versions count from 1 within a stream. */
export interface StoredEvent extends EventToAppend {
  readonly stream: string;
  readonly version: number;
  readonly position: Position;
  /** When the log learnt it; never goes back within a log. ISO 8601, UTC. */
  readonly recordedAt: string;
}

/** An opaque, ordered string: compare with `<`, never compute with it. `START` lies before every event. */
export type Position = string;
export const START: Position = '';

export interface AppendRequest {
  readonly stream: string;
  readonly events: readonly EventToAppend[];
  /** The number of events that the stream must hold: 0 for a new one. There is no "any". */
  readonly expectedVersion: number;
}

/**
 * Asked of each event before it is sent to the log, with the stream and the version that it is meant for: throws where the
 * service could not publish it. What is in the log is published in order, so one such event would stop all that follow.
 */
export type Admission = (stream: string, version: number, event: EventToAppend) => void;

export interface Appended {
  /** The stream's version after its last event of this append. */
  readonly version: number;
  readonly position: Position;
  /** False when the very same events were there already. */
  readonly fresh: boolean;
}

/** The type of the one event that is no service's: the log goes on here after it was restored from a backup. */
export const LOG_RESTORED = 'LogRestored';

/** What a reader needs of a log: one total order, read from any position, then live. Nothing in it ever changes. */
export interface EventLog<Event extends { readonly position: Position } = StoredEvent> {
  /** One page of the log, in order, of at most `limit` events. */
  readAll(after: Position, limit: number): Promise<Event[]>;
  /**
   * Batches of the log from `after` on, then live, each event once, none skipped; the next batch is read only when it is
   * asked for. It outlives a database that is away for a while, and ends when `signal` aborts or the log is closed.
   */
  subscribe(after: Position, options: SubscribeOptions): AsyncIterable<Event[]>;
  /** The position of the last event, or START. */
  head(): Promise<Position>;
  /** The log's generation: raised when a log is made anew, restored or copied, so that consumers can tell. */
  generation(): Promise<number>;
  /** Ends subscriptions; what is being appended is finished, what is asked for afterwards is refused with LogClosed. */
  close(): Promise<void>;
}

/** How far a log reaches: whatever was recorded up to `at` lies at or below `head`, and what comes later is recorded later. */
export interface Reach {
  readonly head: Position;
  readonly at: Date;
}

/** The log of one service: ordered within a stream and as a whole. */
export interface EventStore extends EventLog {
  /** Waits for what is being appended, for as long as that takes. */
  reach(): Promise<Reach>;
  /** Nothing is appended at or below it any more: the head, or the gap that a restore has left since. */
  goesOnBeyond(): Promise<Position>;
  /**
   * All or none. Sent again with the same ids and content it answers as the first time (EventStoreDB looks for them only
   * where this append would put them); when only some of its ids are there already it is a WrongExpectedVersion.
   * @throws WrongExpectedVersion, EventIdConflict, UnstorableEvent
   */
  append(stream: string, events: readonly EventToAppend[], expectedVersion: number): Promise<Appended>;
  /** The events of one stream in order, read in pages; an unknown stream gives none. */
  readStream(stream: string, afterVersion?: number): AsyncIterable<StoredEvent>;
  /** As of any log, and for one tenant alone when `filter` says so. */
  readAll(after: Position, limit: number, filter?: ReadFilter): Promise<StoredEvent[]>;
}

export interface ReadFilter {
  readonly tenantId?: string;
}

export interface SubscribeOptions {
  readonly batchSize: number;
  readonly signal: AbortSignal;
}

/** The stream does not stand where the caller thought: load, decide again, retry. */
export class WrongExpectedVersion extends Error {
  constructor(
    readonly stream: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`stream ${stream} stands at version ${actual}, expected ${expected}`);
    this.name = 'WrongExpectedVersion';
  }
}

/** The same event id came with other content: a defect of the caller, never retried. */
export class EventIdConflict extends Error {
  constructor(
    readonly stream: string,
    readonly eventId: string,
  ) {
    super(`stream ${stream} already holds event ${eventId} with other content`);
    this.name = 'EventIdConflict';
  }
}

/** An event that no log can hold: too large for the bus, or with NUL or a lone surrogate. Refused before anything is sent. */
export class UnstorableEvent extends Error {
  constructor(
    readonly reason: 'too-large' | 'nul' | 'lone-surrogate',
    detail: string,
  ) {
    super(detail);
    this.name = 'UnstorableEvent';
  }
}

/** The log was closed: nothing more is read from it or written to it. */
export class LogClosed extends Error {
  constructor() {
    super('the log is closed');
    this.name = 'LogClosed';
  }
}

/**
 * The log's server did not answer in time. Whether an append was made is unknown: sent again, under the same ids, it is made
 * once. Its code is that of a connection that timed out, so whoever waits for those waits for this.
 */
export class LogUnavailable extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(cause: Error) {
    // gRPC begins a note, and has none.
    super(`the log does not answer: ${cause.message.replace(/\s*Resolution note:\s*$/, '')}`, { cause });
    this.name = 'LogUnavailable';
  }
}

/** The log is another Cairn's: what belongs to its events is in another database. */
export class LogOfAnother extends Error {
  constructor(log: string) {
    super(
      `The log ${log} in EventStoreDB belongs to another database than this one. Two Cairns cannot share it: give this one ` +
        'an EventStoreDB of its own (EVENTSTOREDB_URL), or the database that the log belongs to (DATABASE_URL).',
    );
    this.name = 'LogOfAnother';
  }
}
