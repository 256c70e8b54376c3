import { MAX_EVENT_BYTES, prepareAppend, type PreparedAppend } from '../content.js';
import {
  type Appended,
  EventIdConflict,
  type EventMetadata,
  type EventStore,
  type EventToAppend,
  LogClosed,
  type Position,
  type ReadFilter,
  START,
  type StoredEvent,
  type SubscribeOptions,
  WrongExpectedVersion,
  type Reach,
} from '../port.js';

/** What a log in memory holds. Two stores on the same events are as two processes on one database. */
export class MemoryEvents {
  readonly all: StoredEvent[] = [];
  readonly streams = new Map<string, StoredEvent[]>();
  /** By stream and event id. */
  readonly ids = new Map<string, StoredEvent>();
  readonly waiting = new Set<() => void>();
  lastRecorded = 0;

  wake(): void {
    for (const wake of this.waiting) wake();
  }
}

/** A real log that lasts as long as its process: for specs of handlers, and for a first look without a database. */
export function memoryLog(events = new MemoryEvents()): EventStore {
  return new MemoryEventStore(events);
}

const toPosition = (index: number): Position => String(index + 1).padStart(16, '0');

class MemoryEventStore implements EventStore {
  private closed = false;

  constructor(private readonly log: MemoryEvents) {}

  async append(stream: string, events: readonly EventToAppend[], expectedVersion: number): Promise<Appended> {
    this.refuseWhenClosed();
    const append = prepareAppend({ stream, events, expectedVersion }, MAX_EVENT_BYTES);
    const held = this.log.streams.get(stream) ?? [];
    const there = append.events.map(({ id }) => this.log.ids.get(`${stream} ${id}`));
    const repeated = judge(append, held.length, there);
    if (repeated !== undefined)
      return { version: repeated.version, position: repeated.position, fresh: false };
    this.log.lastRecorded = Math.max(this.log.lastRecorded, Date.now());
    const recordedAt = new Date(this.log.lastRecorded).toISOString();
    for (const { id, type, occurredAt, data, metadata } of append.events) {
      const stored: StoredEvent = {
        stream,
        id,
        type,
        occurredAt,
        recordedAt,
        version: held.length + 1,
        position: toPosition(this.log.all.length),
        data: JSON.parse(data) as object,
        metadata: JSON.parse(metadata) as EventMetadata,
      };
      held.push(stored);
      this.log.ids.set(`${stream} ${id}`, stored);
      this.log.all.push(stored);
    }
    this.log.streams.set(stream, held);
    this.log.wake();
    return { version: held.length, position: held.at(-1)!.position, fresh: true };
  }

  async *readStream(stream: string, afterVersion = 0): AsyncGenerator<StoredEvent> {
    for (let version = afterVersion; ; version += 1) {
      this.refuseWhenClosed();
      const event = this.log.streams.get(stream)?.[version];
      if (event === undefined) return;
      yield structuredClone(event);
    }
  }

  async readAll(after: Position, limit: number, { tenantId }: ReadFilter = {}): Promise<StoredEvent[]> {
    this.refuseWhenClosed();
    return this.log.all
      .slice(after === START ? 0 : Number(after))
      .filter(({ metadata }) => tenantId === undefined || metadata.tenantId === tenantId)
      .slice(0, limit)
      .map((event) => structuredClone(event));
  }

  async *subscribe(after: Position, { batchSize, signal }: SubscribeOptions): AsyncGenerator<StoredEvent[]> {
    let position = after;
    while (!signal.aborted && !this.closed) {
      const batch = await this.readAll(position, batchSize);
      if (batch.length === 0) {
        await this.more(signal);
        continue;
      }
      position = batch.at(-1)!.position;
      yield batch;
    }
  }

  async head(): Promise<Position> {
    this.refuseWhenClosed();
    return this.log.all.at(-1)?.position ?? START;
  }

  async reach(): Promise<Reach> {
    return { at: new Date(Date.now() - 1), head: await this.head() };
  }

  goesOnBeyond(): Promise<Position> {
    return this.head();
  }

  async generation(): Promise<number> {
    this.refuseWhenClosed();
    return 1;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.log.wake();
  }

  private more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.log.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.log.waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  private refuseWhenClosed(): void {
    if (this.closed) throw new LogClosed();
  }
}

/** The last event when all are there already; undefined when they may be appended. */
function judge(
  { stream, events, expectedVersion }: PreparedAppend,
  version: number,
  there: readonly (StoredEvent | undefined)[],
): StoredEvent | undefined {
  for (const [index, event] of there.entries()) {
    if (event !== undefined && event.metadata.contentHash !== events[index]!.contentHash) {
      throw new EventIdConflict(stream, event.id);
    }
  }
  const [first] = there;
  if (first !== undefined && there.every((event, index) => event?.version === first.version + index)) {
    return there.at(-1);
  }
  if (there.some((event) => event !== undefined) || version !== expectedVersion) {
    throw new WrongExpectedVersion(stream, expectedVersion, version);
  }
  return undefined;
}
