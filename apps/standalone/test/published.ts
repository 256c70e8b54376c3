import { contractOf, topicsOf, type Envelope } from '@cairn/contracts';
import { partitionKey, WATERMARKS, type Bus, type BusRecord } from '@cairn/messaging';
import { randomUUID } from 'node:crypto';
import type { Client } from './client.js';
import { IMPORTER } from './story/teller.js';

/** The services that publish. */
export const PUBLISHERS = ['enrollment', 'sessions', 'goals'] as const;
export const TOPICS = PUBLISHERS.flatMap((service) => Object.values(topicsOf(service)));

/** The name of a published event's contract. */
export const nameOf = ({ type }: Envelope): string => contractOf(type)!.name;

/** Every message that these topics hold now, in order within each partition. */
export async function readTopics(bus: Bus, topics: readonly string[] = TOPICS): Promise<BusRecord[]> {
  const states = await bus.describe(topics);
  const ends = new Map<string, number>();
  const starts = new Map<string, number>();
  for (const [topic, { partitions }] of states)
    for (const [partition, { low, high }] of partitions.entries()) {
      starts.set(partitionKey({ topic, partition }), low);
      if (high > low) ends.set(partitionKey({ topic, partition }), high);
    }
  const records: BusRecord[] = [];
  if (ends.size === 0) return records;
  const reached = Promise.withResolvers<void>();
  const consumption = bus.consume({
    group: `reader-${randomUUID()}`,
    topics,
    position: async () => starts,
    handle: async ({ topic, partition, messages, next }) => {
      const key = partitionKey({ topic, partition });
      const end = ends.get(key) ?? 0;
      records.push(...messages.filter(({ offset }) => offset < end));
      if (next >= end) ends.delete(key);
      if (ends.size === 0) reached.resolve();
      return { next };
    },
    trouble: () => undefined,
  });
  await Promise.race([reached.promise, consumption.ended]);
  await consumption.close();
  return records;
}

export const envelopeOf = ({ value }: BusRecord): Envelope => JSON.parse(value.toString('utf8')) as Envelope;

/** Everything of the client's tenant that a service's feed gives, page by page. */
export async function readFeed(client: Client, service: string, sensitive: boolean): Promise<Envelope[]> {
  const all: Envelope[] = [];
  for (let after = ''; ;) {
    const query = `limit=200&sensitive=${sensitive}${after && `&after=${after}`}`;
    const page = await client.good(IMPORTER, { path: `/${service}/v1/events?${query}` });
    all.push(...(page.events as Envelope[]));
    if (page.next === after || page.events.length === 0) return all;
    after = page.next;
  }
}

/** Waits until reports look from a moment that covers everything recorded so far. @returns the last event's time */
export async function untilCovered(client: Client): Promise<string> {
  const feeds = await Promise.all(PUBLISHERS.map((service) => readFeed(client, service, true)));
  const last = feeds
    .flat()
    .reduce((latest, { recordedtime }) => (recordedtime > latest ? recordedtime : latest), '');
  await client.until(IMPORTER, '/analytics/v1/freshness', ({ asOf }) => asOf !== null && asOf >= last, 60);
  return last;
}

export const ALL_TOPICS = [...TOPICS, WATERMARKS.name];
