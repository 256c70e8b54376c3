import { type Position, START, type StoredEvent } from '../port.js';
import {
  BACKWARDS,
  type Client,
  END,
  FORWARDS,
  type AllStreamResolvedEvent,
  type StreamingRead,
  StreamNotFoundError,
} from './client.js';
import { SilentServer } from './faults.js';
import type { Positions } from './position.js';
import { toStored } from './recorded.js';

/** Where a log is: a client, and what the names of its streams begin with. */
export interface LogOnServer {
  readonly client: Client;
  readonly prefix: string;
}

/** A log whose positions are known. */
export interface Place extends LogOnServer {
  /** Asked of the server the first time, and again after a failure. */
  readonly positions: () => Promise<Positions>;
}

export interface Held {
  readonly event: StoredEvent;
  /** The id by which the server knows it. */
  readonly serverId: string;
}

/** At most `count` events of a stream after a version. The leader is asked: a follower may be behind. */
export async function readVersions(
  { client, prefix, positions: asked }: Place,
  stream: string,
  afterVersion: number,
  count: number,
): Promise<Held[]> {
  const positions = await asked();
  const read = client.readStream(prefix + stream, {
    direction: FORWARDS,
    fromRevision: BigInt(afterVersion),
    maxCount: count,
    requiresLeader: true,
  });
  const page: Held[] = [];
  try {
    for await (const { event } of untilLeft(read)) {
      if (event !== undefined) page.push({ event: toStored(event, prefix, positions), serverId: event.id });
    }
  } catch (error) {
    if (error instanceof StreamNotFoundError) return [];
    throw error;
  }
  return page;
}

/** How many events a stream holds. */
export async function versionOf({ client, prefix }: LogOnServer, stream: string): Promise<number> {
  const read = client.readStream(prefix + stream, {
    direction: BACKWARDS,
    fromRevision: END,
    maxCount: 1,
    requiresLeader: true,
  });
  let version = 0;
  try {
    // To its end: one left early is never closed.
    for await (const { event } of untilLeft(read)) if (event) version = Number(event.revision) + 1;
  } catch (error) {
    if (!(error instanceof StreamNotFoundError)) throw error;
  }
  return version;
}

/** How many events of all logs on the server are asked for at once, at most. */
const ALL_PAGE = 4096;

/**
 * A page of the log. Only a subscription can have the server leave out others' streams; here they are left out on arrival,
 * so a page costs what lies between its events.
 */
export async function readLog(
  { client, prefix, positions: asked }: Place,
  after: Position,
  limit: number,
  tenantId?: string,
): Promise<StoredEvent[]> {
  const positions = await asked();
  const page: StoredEvent[] = [];
  let from = after;
  for (let count = limit + 1; page.length < limit; count = Math.min(count * 2, ALL_PAGE)) {
    const fromPosition = positions.onServer(from);
    const read = client.readAll({ direction: FORWARDS, fromPosition, maxCount: count, requiresLeader: true });
    let looked = 0;
    for await (const { event } of untilLeft<AllStreamResolvedEvent>(read)) {
      looked += 1;
      if (event === undefined) continue;
      const position = positions.of(event.position.commit);
      if (position <= from) continue; // a read begins at its position, a subscription after it
      from = position;
      if (!event.streamId.startsWith(prefix)) continue;
      const stored = toStored(event, prefix, positions);
      if (tenantId !== undefined && stored.metadata.tenantId !== tenantId) continue;
      if (page.push(stored) === limit) break;
    }
    if (looked < count) break;
  }
  return page;
}

/**
 * Finds the last event of the log, from the server's end backwards. What was looked through once is not looked through
 * again, so that asking often costs little though others write much to the same server.
 */
export class Head {
  private head: Position = START;
  private lookedThrough: Position = START;

  constructor(private readonly place: Place) {}

  async find(): Promise<Position> {
    // As a rule the log's last event is near the end; else a second read looks on.
    const end = (await this.lookBack(16)) ?? (await this.lookBack());
    if (end !== undefined && end > this.lookedThrough) this.lookedThrough = end;
    return this.head;
  }

  /** Where the server's end was, once all is known that lies before it; undefined when `maxCount` was too small. */
  private async lookBack(maxCount?: number): Promise<Position | undefined> {
    const { client, prefix } = this.place;
    const positions = await this.place.positions();
    const read = client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount, requiresLeader: true });
    let end: Position | undefined;
    let looked = 0;
    for await (const { event } of untilLeft<AllStreamResolvedEvent>(read)) {
      looked += 1;
      if (event === undefined) continue;
      const position = positions.of(event.position.commit);
      end ??= position;
      if (position <= this.lookedThrough) return end;
      if (!event.streamId.startsWith(prefix)) continue;
      if (position > this.head) this.head = position;
      return end;
    }
    return looked === maxCount ? undefined : (end ?? START);
  }
}

/** A read of which nothing comes for so long is given up; the client itself sets no limit to reads, in milliseconds. */
export const ANSWERS = { withinMs: 10_000 };

/**
 * Ends the call when the reader, who takes each event at once, leaves early: the client would keep it open, with the rest
 * in its buffers. And when the server is silent.
 */
export async function* untilLeft<Event>(read: StreamingRead<Event>): AsyncGenerator<Event> {
  read.on('error', () => undefined); // the loop throws it; one that comes later would end the process
  const silence = setTimeout(() => read.destroy(new SilentServer(ANSWERS.withinMs)), ANSWERS.withinMs);
  try {
    for await (const event of read) {
      silence.refresh();
      yield event;
    }
  } finally {
    clearTimeout(silence);
    const left = read.cancel().catch(() => undefined);
    if (!read.errored) await left;
  }
}
