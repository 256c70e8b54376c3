import { randomUUID } from 'node:crypto';
import type { ContractEvent } from '@cairn/contracts';
import type { StoredEvent } from '@cairn/event-store';
import { envelopesOf, messageOf, type Addressed } from '../envelope.js';
import type { Bus, BusMessage } from '../port.js';

/** A name that no other spec has: topics of a shared broker outlive a spec. Letters only, like a service's. */
export const uniqueName = (): string =>
  randomUUID()
    .replace(/[^a-f]/g, '')
    .padEnd(10, 'x') + String(process.hrtime.bigint()).replace(/\d/g, (d) => 'abcdefghij'[Number(d)]!);

/** Streams whose events carry a number each, as a service's log would hold them. */
export class Story {
  readonly topic: string;
  readonly streams: readonly string[];
  private readonly places: ReadonlyMap<string, number>;
  private position = 0;
  private readonly versions = new Map<string, number>();

  /** @param tenants to whom the streams belong, in turn */
  constructor(
    readonly service: string,
    streams: number,
    readonly tenants: readonly string[] = ['11111111-1111-4111-8111-111111111111'],
  ) {
    this.topic = `cairn.${service}.v1`;
    this.streams = Array.from({ length: streams }, () => `engagement-${randomUUID()}`);
    this.places = new Map(this.streams.map((stream, place) => [stream, place]));
  }

  /** The next event of a stream; its `total` is the event's version, so that order can be told from what arrives. */
  next(stream: string): StoredEvent {
    const version = (this.versions.get(stream) ?? 0) + 1;
    this.versions.set(stream, version);
    const id = stream.slice('engagement-'.length);
    return {
      id: randomUUID(),
      type: 'AllotmentUsed',
      occurredAt: '2026-03-03T10:05:00.000Z',
      recordedAt: '2026-03-03T10:05:00.250Z',
      stream,
      version,
      position: String(++this.position).padStart(16, '0'),
      metadata: {
        tenantId: this.tenantOf(stream),
        commandId: randomUUID(),
        correlationId: randomUUID(),
        actor: { subject: 'spec', role: 'hr' },
      },
      data: {
        engagementId: id,
        enrollmentId: id,
        programId: id,
        cohortId: id,
        personId: id,
        coachId: id,
        completed: version,
        forfeited: 0,
        total: version,
      },
    };
  }

  tenantOf(stream: string): string {
    return this.tenants[(this.places.get(stream) ?? 0) % this.tenants.length]!;
  }

  /** `count` events, dealt to the streams in turn. */
  take(count: number): StoredEvent[] {
    return Array.from({ length: count }, (_, index) => this.next(this.streams[index % this.streams.length]!));
  }

  /** The stored event as its service's relay would send it. */
  addressed(stored: StoredEvent): Addressed[] {
    return envelopesOf({ service: this.service, generation: 1, publish: publishAll }, stored);
  }
}

/** Publishes every event as it is. */
export const publishAll = (stored: StoredEvent): ContractEvent[] => [
  { name: stored.type, data: stored.data } as ContractEvent,
];

/** What the relay would send of these events. */
export const messagesOf = (story: Story, stored: readonly StoredEvent[], partitions: number): BusMessage[] =>
  stored.flatMap((event) => story.addressed(event).map((each) => messageOf(each, partitions)));

/** Sends in batches, each acknowledged before the next, as a relay does. */
export async function send(bus: Bus, messages: readonly BusMessage[], batch = 500): Promise<void> {
  for (let at = 0; at < messages.length; at += batch) await bus.publish(messages.slice(at, at + batch));
}
