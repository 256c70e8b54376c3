import { contractOf, topicsOf, type Envelope } from '@cairn/contracts';
import { START, type StoredEvent } from '@cairn/event-store';
import { openPool } from '@cairn/event-store/postgres';
import { listConsumers, partitionKey, type Bus } from '@cairn/messaging';
import { kafkaBus } from '@cairn/messaging/kafka';
import { contentHash, readBuilds, schemaOf } from '@cairn/projections';
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Ground } from '../ground/ground.js';
import { PUBLISHERS, SERVICES, type Publisher } from '../services.js';
import { keeperOf, KNOWN, readKnown } from './known.js';
import { readLedger } from './ledger.js';
import { readPlaces } from './places.js';
import type { Fact, Received, Seen, Stored } from './seen.js';

export const TOPICS = PUBLISHERS.flatMap((service) => Object.values(topicsOf(service)));

/** Everything that the run has left, read from outside: over HTTP, from Kafka, from the tables. */
export async function gather(
  ground: Ground,
  tenants: ReadonlySet<string>,
): Promise<Omit<Seen, 'acknowledged' | 'readModels' | 'died' | 'failed'>> {
  const { databases } = ground;
  const bus = kafkaBus({ clientId: 'cairn-chaos', brokers: ground.brokers });
  try {
    return {
      logs: await fromEach(PUBLISHERS, (service) => readLog(ground, service)),
      feeds: await fromEach(PUBLISHERS, (service) => readFeeds(ground, service, tenants)),
      topics: await readTopics(bus),
      intake: await withPool(databases.analytics, readIntake),
      ledger: await withPool(databases.sessions, readLedger),
      places: await withPool(databases.enrollment, readPlaces),
      known: await fromEach(KNOWN, (table) =>
        withPool(databases[keeperOf(table)], (pool) => readKnown(pool, table)),
      ),
      aside: Object.values(
        await fromEach(SERVICES, (service) => withPool(databases[service], listConsumers)),
      ).flat(),
    };
  } finally {
    await bus.close();
  }
}

async function fromEach<Name extends string, T>(
  names: readonly Name[],
  read: (name: Name) => Promise<T>,
): Promise<Record<Name, T>> {
  const found = {} as Record<Name, T>;
  for (const name of names) found[name] = await read(name);
  return found;
}

export async function withPool<T>(url: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = openPool({ connectionString: url, max: 2 });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

async function readLog({ eventStoreLogs, databases }: Ground, service: Publisher): Promise<Stored[]> {
  const log = eventStoreLogs[service];
  if (log) {
    const stored: StoredEvent[] = [];
    for (let page; (page = await log.readAll(stored.at(-1)?.position ?? START, 1_000)).length > 0;)
      stored.push(...page);
    return stored;
  }
  return withPool(databases[service], async (pool) => {
    const { rows } = await pool.query<Stored>(
      `SELECT event_id AS id, stream, version, to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') AS "recordedAt",
              type, to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "occurredAt", data
         FROM log.events ORDER BY position`,
    );
    return rows;
  });
}

async function readIntake(pool: Pool): Promise<Fact[]> {
  const { rows } = await pool.query<{ envelope: Envelope }>(
    'SELECT envelope FROM imported.events ORDER BY position',
  );
  return rows.map(({ envelope }) => factOf(envelope));
}

async function readFeeds(
  { url, issuer }: Ground,
  service: Publisher,
  tenants: ReadonlySet<string>,
): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (const tenantId of tenants) {
    const token = await issuer.sign({ tenantId, subject: 'reader', roles: ['integration'], sensitive: true });
    for (let after = ''; ;) {
      const path = `/${service}/v1/events?limit=1000&sensitive=true${after && `&after=${after}`}`;
      const answer = await fetch(url(path), { headers: { authorization: `Bearer ${token}` } });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      const { events, next } = (await answer.json()) as { events: Envelope[]; next: string };
      facts.push(...events.map(factOf));
      if (next === after || events.length === 0) break;
      after = next;
    }
  }
  return facts;
}

/** All that the topics hold now, as a new consumer group gets it. */
async function readTopics(bus: Bus): Promise<Received[]> {
  const starts = new Map<string, number>();
  const ends = new Map<string, number>();
  for (const [topic, { partitions }] of await bus.describe(TOPICS))
    for (const [partition, { low, high }] of partitions.entries()) {
      starts.set(partitionKey({ topic, partition }), low);
      if (high > low) ends.set(partitionKey({ topic, partition }), high);
    }
  const received: Received[] = [];
  if (ends.size === 0) return received;
  const reached = Promise.withResolvers<void>();
  const consumption = bus.consume({
    group: `chaos-${randomUUID()}`,
    topics: TOPICS,
    position: async () => starts,
    handle: async (batch) => {
      const { topic, partition, messages, next } = batch;
      const end = ends.get(partitionKey(batch)) ?? 0;
      for (const { offset, value } of messages)
        if (offset < end)
          received.push({ ...factOf(JSON.parse(value.toString('utf8')) as Envelope), topic, partition });
      if (next >= end) ends.delete(partitionKey(batch));
      if (ends.size === 0) reached.resolve();
      return { next };
    },
    trouble: () => undefined,
  });
  await Promise.race([reached.promise, consumption.ended]);
  await consumption.close();
  return received;
}

function factOf(envelope: Envelope): Fact {
  const contract = contractOf(envelope.type)!;
  const source = envelope.source.slice('/cairn/'.length);
  const { open, sensitive } = topicsOf(source);
  return {
    id: envelope.id,
    source,
    name: contract.name,
    topic: contract.sensitive(envelope.data as Record<string, unknown>) ? sensitive : open,
    tenantId: envelope.tenantid,
    stream: envelope.subject,
    version: envelope.streamversion,
    position: envelope.logposition,
    index: envelope.logindex,
    correlationId: envelope.correlationid,
    causationId: envelope.causationid,
  };
}

/** A hash of each table of facts that analytics' reports are read from. */
export async function hashes(pool: Pool): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const build of await readBuilds(pool)) {
    const { rows } = await pool.query<{ name: string }>(
      'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 ORDER BY 1',
      [schemaOf(build)],
    );
    for (const { name } of rows) found.set(name, await contentHash(pool, [{ name }], build));
  }
  return found;
}
