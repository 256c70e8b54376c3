import { setTimeout as delay } from 'node:timers/promises';
import { topicSpecsOf, WATERMARKS, type Watermark } from '@cairn/messaging';
import { postgresBus } from '@cairn/messaging/postgres';

const SOURCES = ['enrollment', 'goals', 'sessions'];
/** As often as relays say it. */
const EVERY_MS = 2_000;
const HEARD_WITHIN_MS = 60_000;

/** What the relays of all services say while nothing happens: that everything up to now is published. */
export async function quietRelays(busUrl: string): Promise<{ stop(): Promise<void> }> {
  const bus = postgresBus({ connectionString: busUrl });
  await bus.ensureTopics(SOURCES.flatMap(topicSpecsOf));
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = (async () => {
    for (; !signal.aborted; await delay(EVERY_MS, undefined, { signal }).catch(() => undefined))
      await bus.publish(SOURCES.map(watermarkOf));
  })();
  running.catch(() => undefined);
  return {
    stop: async () => {
      stopping.abort();
      await running.finally(() => bus.close());
    },
  };
}

function watermarkOf(service: string) {
  const now = new Date().toISOString();
  const watermark: Watermark = {
    service,
    log: '1',
    head: '',
    published: '',
    covered: now,
    offsets: {},
    at: now,
  };
  return {
    topic: WATERMARKS.name,
    partition: 0,
    key: service,
    value: Buffer.from(JSON.stringify(watermark)),
    headers: { 'content-type': 'application/json' },
  };
}

/** Until analytics has heard of all sources: before that it answers nobody who names no date. */
export async function hasHeard(port: number, token: string): Promise<void> {
  for (const end = Date.now() + HEARD_WITHIN_MS; Date.now() < end; await delay(50)) {
    const response = await fetch(`http://127.0.0.1:${port}/analytics/v1/freshness`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { asOf } = (await response.json()) as { asOf?: string | null };
    if (asOf) return;
  }
  throw new Error(`analytics has heard of no source within ${HEARD_WITHIN_MS / 1000} s`);
}
