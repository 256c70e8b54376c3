import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, goldenOf, type ContractEvent } from '@cairn/contracts';
import { migrate as migrateDeadlines } from '@cairn/deadlines';
import { eventId, newId, type EventToAppend, type StoredEvent } from '@cairn/event-store';
import { openEventStoreDb, openEventStoreDbBesideRows } from '@cairn/event-store/eventstoredb';
import { openPostgresLog, type TransactionalLog } from '@cairn/event-store/postgres';
import { topicSpecsOf } from '@cairn/messaging';
import { postgresBus } from '@cairn/messaging/postgres';
import { standInEventStore, testDatabase, type StandInEventStore, type TestDatabase } from '@cairn/testing';
import { Module } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStoreConfig, ServiceConfig } from '../config.js';
import type { ServiceDefinition, ServiceParts } from '../definition.js';
import { startService, type RunningService } from '../start.js';
import { moveLog } from './move-log.js';

@Module({})
class Nothing {}

const golden = goldenOf(contracts.get('PracticeReported')!).data as object;
const tenantId = newId();

let database: TestDatabase;
let busDatabase: TestDatabase;
let server: StandInEventStore;
let parts: ServiceParts;
let running: RunningService | undefined;
const definition: ServiceDefinition = {
  name: 'goals',
  title: 'Goals',
  description: 'A service with nothing in it but its log.',
  holdsText: false,
  eventSourced: true,
  migrate: async (given) => void (parts = given),
  module: () => ({ module: Nothing }),
  publish: ({ data }) => [{ name: 'PracticeReported', data } as ContractEvent],
};

beforeAll(async () => {
  [database, busDatabase, server] = await Promise.all([testDatabase(), testDatabase(), standInEventStore()]);
  await migrateDeadlines(database.pool);
  const bus = postgresBus({ connectionString: busDatabase.url, partitions: 3 });
  await bus.ensureTopics(topicSpecsOf('goals'));
  await bus.close();
});
afterAll(async () => {
  await running?.stop();
  await Promise.all([database.drop(), busDatabase.drop(), server.remove()]);
});

const stores = (): Record<EventStoreConfig['kind'], EventStoreConfig> => ({
  postgres: { kind: 'postgres' },
  eventstoredb: { kind: 'eventstoredb', connectionString: server.connectionString },
});
const start = async (kind: EventStoreConfig['kind']) => {
  const config: ServiceConfig = {
    port: 0,
    databaseUrl: database.url,
    eventStore: stores()[kind],
    bus: { kind: 'postgres', url: busDatabase.url, partitions: 3, createTopics: true },
    identity: { issuer: 'urn:cairn:spec', audience: 'cairn', keys: { keys: [] } },
  };
  running = await startService(definition, config);
};
const stop = async () => {
  await running?.stop();
  running = undefined;
};
const move = (to: EventStoreConfig['kind']) =>
  moveLog({ service: 'goals', databaseUrl: database.url, eventStoreDb: server.connectionString, to });

const streams = ['goal-1', 'goal-2', 'goal-3'];
const versions = new Map<string, number>();
const appended: string[] = [];
/** Appends `count` events, dealt to the streams in turn. */
async function append(log: TransactionalLog, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const stream = streams[n % streams.length]!;
    const version = versions.get(stream) ?? 0;
    const commandId = newId();
    const event: EventToAppend = {
      id: eventId(commandId, 0),
      type: 'Reported',
      occurredAt: '2026-03-02T09:00:00.000Z',
      data: golden,
      metadata: {
        tenantId,
        commandId,
        correlationId: commandId,
        actor: { subject: 'spec', role: 'coachee' },
      },
    };
    await log.append(stream, [event], version);
    versions.set(stream, version + 1);
    appended.push(event.id);
  }
}

/** What a service does that dies before it has published what it appended. */
async function appendUnpublished(kind: EventStoreConfig['kind'], count: number): Promise<void> {
  const log =
    kind === 'postgres'
      ? openPostgresLog({ connectionString: database.url })
      : openEventStoreDbBesideRows({
          connectionString: server.connectionString,
          log: 'goals',
          databaseUrl: database.url,
        });
  await append(log, count);
  await log.close();
}

const told = async () => {
  const bus = postgresBus({ connectionString: busDatabase.url, partitions: 3 });
  try {
    const messages = await Promise.all(
      [0, 1, 2].map((partition) => bus.read('cairn.goals.v1', partition, 0, 10_000)),
    );
    return messages.flat().map(({ value }) => JSON.parse(String(value)) as Record<string, string | number>);
  } finally {
    await bus.close();
  }
};
const allPublished = async () => {
  for (const end = Date.now() + 60_000; (await told()).length < appended.length; await sleep(50))
    if (Date.now() > end) throw new Error(`${(await told()).length} of ${appended.length} are published`);
};
const contentOf = async (log: Pick<TransactionalLog, 'readAll' | 'close'>) => {
  const events = await log.readAll('', 1000);
  await log.close();
  return events.map((event: StoredEvent) => ({ ...event, position: undefined }));
};
const postgresLog = () => contentOf(openPostgresLog({ connectionString: database.url }));
const eventStoreDb = () =>
  contentOf(openEventStoreDb({ connectionString: server.connectionString, log: 'goals' }));

describe('a log that is moved to the other store and back', () => {
  it('is not moved while the service runs', async () => {
    await start('postgres');
    await append(parts.log, 30);
    await allPublished();
    await expect(move('eventstoredb')).rejects.toThrow('goals still runs');
    await stop();
  });

  it('keeps order, ids and times, and what was published is not published again', async () => {
    await appendUnpublished('postgres', 7);
    const before = await postgresLog();
    // Deadlines were set up to the 20th event when the service stopped.
    await database.pool.query('INSERT INTO deadlines.checkpoint (position) VALUES ($1)', [
      '20'.padStart(16, '0'),
    ]);
    const { events } = await move('eventstoredb');
    expect(events).toBe(37);
    expect(await eventStoreDb()).toEqual(before);
    const { rows } = await database.pool.query('SELECT position FROM deadlines.checkpoint');
    const log = openEventStoreDb({ connectionString: server.connectionString, log: 'goals' });
    const [next] = await log.readAll((rows[0] as { position: string }).position, 1);
    await log.close();
    expect(next).toMatchObject({ id: before[20]!.id });

    await start('eventstoredb');
    await append(parts.log, 5);
    await allPublished();
    await stop();
  });

  it('does not start on the store that it was moved from', async () => {
    await expect(start('postgres')).rejects.toThrow(
      'npm run ops -- log copy goals --to eventstoredb|postgres',
    );
  });

  it('comes back with what was written meanwhile, though the first try broke off', async () => {
    await appendUnpublished('eventstoredb', 6);
    const before = await eventStoreDb();
    const interrupted = openPostgresLog({ connectionString: database.url });
    const source = openEventStoreDb({ connectionString: server.connectionString, log: 'goals' });
    await interrupted.copyIn((await source.readAll('', 40)).slice(30));
    await Promise.all([interrupted.close(), source.close()]);
    await move('postgres');
    expect(await postgresLog()).toEqual(before);
    await start('postgres');
    await append(parts.log, 4);
    await allPublished();
    await stop();
  });

  it('has published each event once, in the order of its stream', async () => {
    const all = await told();
    expect(all).toHaveLength(52);
    expect(new Set(all.map(({ id }) => id)).size).toBe(52);
    for (const stream of streams) {
      const seen = all.filter(({ subject }) => subject === stream).map(({ streamversion }) => streamversion);
      expect(seen).toEqual(Array.from({ length: versions.get(stream)! }, (_, n) => n + 1));
    }
    expect(new Set(all.map(({ log }) => log)).size).toBe(3); // each copy began a generation
  });

  it('is not mixed with another log', async () => {
    const other = openEventStoreDb({ connectionString: server.connectionString, log: 'goals' });
    const [event] = await other.readAll('', 1);
    const postgres = openPostgresLog({ connectionString: database.url });
    await expect(postgres.copyIn([{ ...event!, id: newId() }])).rejects.toThrow('stands at version');
    await expect(postgres.copyIn([{ ...event!, data: { other: true } }])).rejects.toThrow('other content');
    await Promise.all([other.close(), postgres.close()]);
  });
});
