import { randomUUID } from 'node:crypto';
import type { PreparedEvent } from '../content.js';
import type { EventMetadata, StoredEvent } from '../port.js';
import { jsonEvent } from './client.js';
import type { Positions } from './position.js';

/** What the server keeps beside an event's data, in its metadata. */
interface Kept {
  /** Ours. The server's own id is new with every append, so that it never takes other content for a repeat. */
  readonly id: string;
  readonly occurredAt: string;
  /** The latest `recordedAt` that the writer had seen: this event was not recorded before it. */
  readonly notBefore?: string;
  /** When the log learnt it, where that was not when it was appended here: it came from another log. */
  readonly recordedAt?: string;
  readonly metadata: EventMetadata;
}

export type Proposal = ReturnType<typeof toProposal>;

/** An event as the client sends it. */
export function toProposal(event: PreparedEvent, time: Pick<Kept, 'notBefore' | 'recordedAt'>) {
  const kept: Kept = {
    id: event.id,
    occurredAt: event.occurredAt,
    ...time,
    metadata: JSON.parse(event.metadata) as EventMetadata,
  };
  return jsonEvent({
    id: randomUUID(),
    type: event.type,
    data: JSON.parse(event.data) as Record<string, unknown>,
    metadata: kept,
  });
}

/** An event as the client gives it. */
export interface Recorded {
  readonly streamId: string;
  readonly id: string;
  readonly type: string;
  readonly revision: bigint;
  readonly created: Date;
  readonly data: unknown;
  readonly metadata?: unknown;
  readonly position?: { readonly commit: bigint };
}

/** @throws Error when somebody else wrote it, or the server is too old to tell positions (before 22.6) */
export function toStored(event: Recorded, prefix: string, positions: Positions): StoredEvent {
  const kept = event.metadata as Partial<Kept> | undefined;
  const what = `event ${event.revision} of stream ${event.streamId}`;
  if (kept?.id === undefined || kept.occurredAt === undefined || kept.metadata === undefined) {
    throw new Error(`${what} was not written by this adapter`);
  }
  if (event.position === undefined || event.position.commit > 0x7fff_ffff_ffff_ffffn) {
    throw new Error(`the server does not tell the position of ${what}: it must be of version 22.6 or later`);
  }
  const created = event.created.toISOString();
  return {
    stream: event.streamId.slice(prefix.length),
    id: kept.id,
    type: event.type,
    occurredAt: kept.occurredAt,
    data: event.data as object,
    metadata: kept.metadata,
    version: Number(event.revision) + 1,
    position: positions.of(event.position.commit),
    recordedAt: kept.recordedAt ?? (created < (kept.notBefore ?? '') ? kept.notBefore! : created),
  };
}
