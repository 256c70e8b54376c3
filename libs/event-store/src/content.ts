import { hash } from 'node:crypto';
import {
  type Admission,
  type AppendRequest,
  EventIdConflict,
  type EventToAppend,
  UnstorableEvent,
} from './port.js';

/** What an adapter writes of one event: its JSON as text, checked, measured and hashed. */
export interface PreparedEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly tenantId: string;
  readonly data: string;
  readonly metadata: string;
  readonly contentHash: string;
}

export interface PreparedAppend {
  readonly stream: string;
  readonly expectedVersion: number;
  readonly events: readonly PreparedEvent[];
  /** Of data and metadata together, in UTF-16 units: good enough to bound a batch. */
  readonly size: number;
}

/** Kafka takes 1 MB with its envelope; an event that the bus cannot carry must not enter the log. */
export const MAX_EVENT_BYTES = 900_000;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * Checks one append before it meets others in a batch, and writes its events as JSON.
 * @throws UnstorableEvent, EventIdConflict (one id twice), RangeError and TypeError where the caller is broken, and
 * whatever `admit` throws
 */
export function prepareAppend(
  request: AppendRequest,
  maxEventBytes: number,
  admit?: Admission,
): PreparedAppend {
  const { stream, events, expectedVersion } = request;
  if (events.length === 0) throw new RangeError(`nothing to append to stream ${stream}`);
  if (!Number.isInteger(expectedVersion) || expectedVersion < 0) {
    throw new RangeError(`expected version ${expectedVersion} of stream ${stream} is no count of events`);
  }
  checkText(stream, 'the name of the stream');
  const ids = new Set<string>();
  let size = 0;
  const prepared = events.map((event, index) => {
    if (ids.has(event.id)) throw new EventIdConflict(stream, event.id);
    ids.add(event.id);
    const one = prepareEvent(event, maxEventBytes);
    admit?.(stream, expectedVersion + index + 1, event);
    size += one.data.length + one.metadata.length;
    return one;
  });
  return { stream, expectedVersion, events: prepared, size };
}

function prepareEvent(event: EventToAppend, maxEventBytes: number): PreparedEvent {
  const { id, type, occurredAt, metadata } = event;
  if (!INSTANT.test(occurredAt))
    throw new TypeError(`${type}: occurredAt ${occurredAt} is not an instant in UTC`);
  checkText(type, 'the type of an event');
  const data = stableJson(event.data);
  // The tenant belongs to what an event says; trace and correlation differ between two tries of one command.
  const contentHash = hash('sha256', `${type}\n${occurredAt}\n${metadata.tenantId}\n${data}`, 'hex');
  const stored = stableJson({ ...metadata, contentHash });
  if ((data.length + stored.length) * 3 > maxEventBytes) {
    const bytes = Buffer.byteLength(data) + Buffer.byteLength(stored);
    if (bytes > maxEventBytes) {
      throw new UnstorableEvent('too-large', `${type} has ${bytes} bytes; the limit is ${maxEventBytes}`);
    }
  }
  return { id, type, occurredAt, tenantId: metadata.tenantId, data, metadata: stored, contentHash };
}

/** JSON with the keys of each object in order: the same content gives the same text, whoever put it together. */
export function stableJson(value: unknown): string {
  if (typeof value === 'string') {
    checkText(value, 'a text');
    return JSON.stringify(value);
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return stableJson(value.toJSON());
  let json = '';
  for (const key of Object.keys(value).sort()) {
    const member: unknown = (value as Record<string, unknown>)[key];
    if (member === undefined) continue;
    checkText(key, 'the name of a member');
    json += `${json === '' ? '{' : ','}${JSON.stringify(key)}:${stableJson(member)}`;
  }
  return json === '' ? '{}' : `${json}}`;
}

/** PostgreSQL stores neither; the text itself is not repeated, it may be private. */
function checkText(text: string, what: string): void {
  if (text.includes('\0')) throw new UnstorableEvent('nul', `${what} holds the character NUL; leave it out`);
  if (!text.isWellFormed()) {
    throw new UnstorableEvent(
      'lone-surrogate',
      `${what} holds half of a character (a lone surrogate); leave it out`,
    );
  }
}
