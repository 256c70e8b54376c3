import { eventId, newId } from '../ids.js';
import type { AppendRequest, EventLog, EventStore, EventToAppend, Position, StoredEvent } from '../port.js';

export const TENANT = '01900000-0000-7000-8000-000000000001';
export const OTHER_TENANT = '01900000-0000-7000-8000-000000000002';

export const newStream = (): string => `session-${newId()}`;

/** Events of one command, numbered in their data. */
export function events(
  count: number,
  options: { commandId?: string; tenantId?: string; data?: object } = {},
): EventToAppend[] {
  const { commandId = newId(), tenantId = TENANT, data = {} } = options;
  return Array.from({ length: count }, (_, index) => ({
    id: eventId(commandId, index),
    type: 'SessionScheduled',
    occurredAt: '2026-03-01T09:00:00.000Z',
    data: { index, zone: 'Europe/Zürich', ...data },
    metadata: {
      tenantId,
      commandId,
      correlationId: newId(),
      actor: { subject: 'spec', role: 'coach', personId: newId() },
    },
  }));
}

export const request = (stream: string, expectedVersion: number, count = 1): AppendRequest => ({
  stream,
  expectedVersion,
  events: events(count),
});

export async function collect(stream: AsyncIterable<StoredEvent>): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  for await (const event of stream) all.push(event);
  return all;
}

/** Follows the log until `enough` says so, then ends the subscription. */
export async function followUntil(
  log: EventLog,
  after: Position,
  enough: (seen: readonly StoredEvent[]) => boolean,
  batchSize = 50,
): Promise<StoredEvent[]> {
  const stop = new AbortController();
  const seen: StoredEvent[] = [];
  for await (const batch of log.subscribe(after, { batchSize, signal: stop.signal })) {
    seen.push(...batch);
    if (enough(seen)) stop.abort();
  }
  return seen;
}

/** Everything after `after` that the log holds now. */
export async function everything(store: EventStore, after: Position): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  for (let position = after; ;) {
    const page = await store.readAll(position, 500);
    all.push(...page);
    if (page.length < 500) return all;
    position = page.at(-1)!.position;
  }
}
