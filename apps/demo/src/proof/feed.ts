import type { Client, Json } from '../api/client.js';
import { counted, faint, say } from '../report/print.js';

/** A published event as the feeds give it; what is in it is taken apart here, by its name. */
export interface FeedEvent {
  readonly name: string;
  readonly at: string;
  readonly recordedAt: string;
  readonly stream: string;
  readonly data: Json;
}

/** Everything that a service has published for the tenant, in the order of its log. */
async function readFeed(client: Client, service: string): Promise<FeedEvent[]> {
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

const SERVICES = ['enrollment', 'sessions', 'goals'] as const;

/**
 * How many of these there are depends on when one service hears of another: who hears at once of a session and of its move
 * asks for pulses once, and a match is not at risk where what was missed was made good by then. Those of what was looked at
 * depend on when the demo itself looked.
 */
const DEPENDS_ON_HEARING = new Set([
  'PulseRequested',
  'MatchMarkedAtRisk',
  'MatchRecovered',
  'PeopleShown',
  'SessionsShown',
  'GoalsShown',
]);

/** Waits until deadlines and reactions have done what the story has brought about; health pages say so to anybody. */
async function settled(client: Client): Promise<void> {
  for (const service of SERVICES) await client.settled(service);
}

/** Reads every feed and waits until analytics has applied the last event of each service. */
export async function readAll(client: Client): Promise<FeedEvent[]> {
  // Twice: what one has done may be work for another.
  await settled(client);
  await settled(client);
  const feeds = await Promise.all(SERVICES.map((service) => readFeed(client, service)));
  const lastOf = new Map(
    SERVICES.map((service, index) => [service as string, feeds[index]!.at(-1)?.recordedAt ?? '']),
  );
  await client.until('analytics to have taken in the last event', '/analytics/v1/freshness', ({ sources }) =>
    [...lastOf].every(([service, last]) => {
      const source = sources.find((one: Json) => one.source === service);
      return source !== undefined && source.covered !== null && source.covered > last;
    }),
  );
  const counts = feeds.map((feed) => feed.filter(({ name }) => !DEPENDS_ON_HEARING.has(name)).length);
  const others = feeds.flat().length - counts.reduce((sum, count) => sum + count, 0);
  say(
    faint(
      `  ${counts.map((count, index) => `${count} events of ${SERVICES[index]}`).join(', ')}; analytics has applied them all`,
    ),
  );
  if (others > 0)
    say(
      faint(
        `  beside them ${counted(others, 'request for a pulse, warning or look', 'requests for pulses, warnings and looks')}`,
      ),
    );
  return feeds.flat().sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
