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
} from '../port.js';

/** A real log that lasts as long as its process: for specs of handlers, and for a first look without a database. */
export function memoryLog(): EventStore {
  return new MemoryEventStore();
}

const toPosition = (index: number): Position => String(index + 1).padStart(16, '0');

class MemoryEventStore implements EventStore {
  private readonly events: StoredEvent[] = [];
  private readonly streams = new Map<string, StoredEvent[]>();
  private readonly waiting = new Set<() => void>();
  private lastRecorded = 0;
  private closed = false;

  async append(stream: string, events: readonly EventToAppend[], expectedVersion: number): Promise<Appended> {
    this.refuseWhenClosed();
    const append = prepareAppend({ stream, events, expectedVersion }, MAX_EVENT_BYTES);
    const held = this.streams.get(stream) ?? [];
    const repeated = judge(append, held);
    if (repeated !== undefined)
      return { version: repeated.version, position: repeated.position, fresh: false };
    this.lastRecorded = Math.max(this.lastRecorded, Date.now());
    const recordedAt = new Date(this.lastRecorded).toISOString();
    for (const { id, type, occurredAt, data, metadata } of append.events) {
      const stored: StoredEvent = {
        stream,
        id,
        type,
        occurredAt,
        recordedAt,
        version: held.length + 1,
        position: toPosition(this.events.length),
        data: JSON.parse(data) as object,
        metadata: JSON.parse(metadata) as EventMetadata,
      };
      held.push(stored);
      this.events.push(stored);
    }
    this.streams.set(stream, held);
    for (const wake of this.waiting) wake();
    return { version: held.length, position: held.at(-1)!.position, fresh: true };
  }

  async *readStream(stream: string, afterVersion = 0): AsyncGenerator<StoredEvent> {
    for (let version = afterVersion; ; version += 1) {
      this.refuseWhenClosed();
      const event = this.streams.get(stream)?.[version];
      if (event === undefined) return;
      yield structuredClone(event);
    }
  }

  async readAll(after: Position, limit: number, { tenantId }: ReadFilter = {}): Promise<StoredEvent[]> {
    this.refuseWhenClosed();
    return this.events
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
    return this.events.at(-1)?.position ?? START;
  }

  async generation(): Promise<number> {
    this.refuseWhenClosed();
    return 1;
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const wake of this.waiting) wake();
  }

  private more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
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
  held: readonly StoredEvent[],
): StoredEvent | undefined {
  const there = events.map(({ id }) => held.find((event) => event.id === id));
  for (const [index, event] of there.entries()) {
    if (event !== undefined && event.metadata.contentHash !== events[index]!.contentHash) {
      throw new EventIdConflict(stream, event.id);
    }
  }
  const [first] = there;
  if (first !== undefined && there.every((event, index) => event?.version === first.version + index))
    return there.at(-1);
  if (there.some((event) => event !== undefined) || held.length !== expectedVersion) {
    throw new WrongExpectedVersion(stream, expectedVersion, held.length);
  }
  return undefined;
}
