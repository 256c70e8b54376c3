import type { Client, Json } from '../api/client.js';

/** A published event as the feeds give it; what is in it is taken apart here, by its name. */
export interface FeedEvent {
  readonly name: string;
  readonly at: string;
  readonly recordedAt: string;
  readonly stream: string;
  readonly data: Json;
}

/** Everything that a service has published for the tenant, in the order of its log. */
export async function readFeed(client: Client, service: string): Promise<FeedEvent[]> {
  const events: FeedEvent[] = [];
  for (let after = ''; ;) {
    const page = await client.get(
      `/${service}/v1/events?limit=1000&sensitive=true${after === '' ? '' : `&after=${after}`}`,
      'integration',
    );
    for (const envelope of page.events)
      events.push({
        name: envelope.dataschema.split(':').at(-1),
        at: envelope.time,
        recordedAt: envelope.recordedtime,
        stream: envelope.subject,
        data: envelope.data,
      });
    if (page.next === after) return events;
    after = page.next;
  }
}
