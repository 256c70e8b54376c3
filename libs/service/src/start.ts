import type { EventStore } from '@cairn/event-store';
import type { BesideRowsOptions } from '@cairn/event-store/eventstoredb';
import {
  HANGS,
  migrate as migrateLog,
  openPool,
  openPostgresLog,
  serverOf,
  unlessSilent,
  type TransactionalLog,
} from '@cairn/event-store/postgres';
import {
  CommandKeys,
  createHttpApp,
  stopGracefully,
  systemClock,
  type Answers,
  type Clock,
} from '@cairn/http';
import { verifier } from '@cairn/identity';
import {
  CairnTransport,
  migrate as migrateMessaging,
  publishable,
  refuseAnotherLog,
  refuseUnfitTopics,
  registerInbox,
  startRelay,
  STUCK_MS,
  type Bus,
} from '@cairn/messaging';
import { postgresBus } from '@cairn/messaging/postgres';
import type { FlowCheck, ServerCheck } from '@cairn/telemetry';
import { Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolConfig } from 'pg';
import type { ServiceConfig } from './config.js';
import { LOG, PARTS, POOL, type ServiceDefinition, type ServiceParts } from './definition.js';
import { feedOf } from './events-feed.js';
import { migrateReads, PersonReads } from './person-reads.js';
import { traced } from './traced-log.js';

/** A service that answers, publishes and consumes. */
export interface RunningService {
  readonly name: string;
  /** Initialised; it listens only when told to (`listen` of @cairn/http), or is served by its `routing`. */
  readonly app: NestFastifyApplication;
  /** Finishes what is under way and closes everything that `startService` opened. */
  stop(drainSeconds?: number): Promise<void>;
}

@Module({})
class PartsModule {}

const partsModule = (definition: ServiceDefinition, parts: ServiceParts): DynamicModule => ({
  module: PartsModule,
  global: true,
  imports: [definition.module(parts)],
  controllers:
    definition.publish === undefined ? [] : [feedOf({ ...definition, publish: definition.publish }, parts)],
  providers: [
    { provide: PARTS, useValue: parts },
    { provide: POOL, useValue: parts.pool },
    { provide: LOG, useValue: parts.log },
    {
      provide: PersonReads,
      useValue: definition.showing && new PersonReads(parts.pool, parts.log, parts.clock, definition.showing),
    },
  ],
  exports: [PARTS, POOL, LOG, PersonReads],
});

/**
 * Brings a service up on its database and bus. The database must answer, and go on answering; the bus may be away: what
 * waits for it goes on when it comes back.
 */
export async function startService(
  definition: ServiceDefinition,
  config: ServiceConfig,
  clock: Clock = systemClock,
): Promise<RunningService> {
  const poolOf = (name: string, limits: PoolConfig) =>
    openPool({ connectionString: config.databaseUrl, application_name: `cairn-${name}`, ...limits });
  const pool = poolOf(definition.name, { max: 15, ...HANGS });
  // Migrations take as long as they take.
  const beginning = poolOf(`${definition.name}-start`, {});
  const closing: (() => Promise<unknown>)[] = [() => pool.end()];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  const flow: FlowCheck[] = [];
  const begin = async (): Promise<RunningService> => {
    await CommandKeys.migrate(beginning);
    await migrateMessaging(beginning);
    if (definition.inbox) await registerInbox(beginning, definition.inbox.group, definition.inbox.topics);
    const refuse = async (log: Pick<EventStore, 'generation'>) => {
      if (definition.publish) await refuseAnotherLog(pool, definition.name, log);
    };
    const log = traced(await openLog(definition, config, beginning, flow, refuse));
    closing.push(() => log.close());
    await refuse(log);
    const bus = await openBus(definition.name, config);
    closing.push(() => bus.close());
    if (definition.publish) await refuseUnfitTopics(pool, definition.name, log, bus);
    const parts: ServiceParts = { config, pool, log, bus, clock, flow };
    await definition.migrate({ ...parts, pool: beginning });
    if (definition.showing) await migrateReads(beginning);
    await beginning.end();

    const app = await createHttpApp(partsModule(definition, parts), {
      service: definition.name,
      title: definition.title,
      description: definition.description,
      pool,
      verifier: verifier(config.identity),
      clock,
      flow: parts.flow,
      servers: serversNeeded(definition, config, parts),
      streams: definition.streams ?? [],
      jsonTypes: definition.jsonTypes ?? [],
      errorForms: definition.errorForms ?? [],
      ...(definition.answers && {
        answers: JSON.parse(await readFile(definition.answers, 'utf8')) as Answers,
      }),
    });
    // A batch holds its connection while its reactions work on others.
    const batches = poolOf(`${definition.name}-inbox`, { max: 10, ...HANGS });
    closing.push(() => batches.end());
    const consumer = definition.inbox && new CairnTransport({ bus, pool: batches, ...definition.inbox });
    if (consumer) {
      app.connectMicroservice({ strategy: consumer });
      await app.startAllMicroservices();
      parts.flow.push(() => consumer.flow());
    }
    if (definition.publish && definition.name !== 'analytics') {
      const { name: service, publish } = definition;
      const relay = startRelay({ service, store: log, pool, bus, publish: (stored) => publish(stored) });
      parts.flow.push(() => relay.status());
      closing.push(() => relay.stop());
    }
    return {
      name: definition.name,
      app,
      stop: async (drainSeconds = 0) => {
        await stopGracefully(app, drainSeconds);
        await close();
      },
    };
  };
  try {
    return await unlessSilent(() => [pool], begin());
  } catch (error) {
    // First the pools, with which what was given up ends; but connections to a server that is silent do not end.
    const ended = Promise.allSettled([beginning.end(), pool.end(), close()]);
    await Promise.race([ended, sleep(5_000, undefined, { ref: false })]);
    throw error;
  }
}

/** The service's log, with connections of its own: those who hold one while they read it must not wait for each other. */
async function openLog(
  definition: ServiceDefinition,
  { databaseUrl, eventStore }: ServiceConfig,
  pool: Pool,
  flow: FlowCheck[],
  refuse: BesideRowsOptions['refuse'],
): Promise<TransactionalLog> {
  if (eventStore.kind === 'postgres' || !definition.eventSourced) {
    await migrateLog(pool);
    return openPostgresLog({ connectionString: databaseUrl, ...admissionOf(definition) });
  }
  const { migrateOwed, openEventStoreDbBesideRows } = await import('@cairn/event-store/eventstoredb');
  await migrateOwed(pool);
  const { connectionString } = eventStore;
  const place = { connectionString, log: definition.name, databaseUrl, refuse };
  const log = await openEventStoreDbBesideRows({ ...place, ...admissionOf(definition) });
  flow.push(async () => {
    const { oldestSeconds, ...detail } = await log.owed();
    const healthy = oldestSeconds * 1000 <= STUCK_MS;
    return { name: 'events owed to the log', healthy, detail: { ...detail, oldestSeconds } };
  });
  return log;
}

const admissionOf = ({ name, publish }: ServiceDefinition) =>
  publish && { admit: publishable(name, (stored) => publish(stored)) };

/** What the service needs, for whoever asks which of it does not answer. */
function serversNeeded(
  { eventSourced }: ServiceDefinition,
  { databaseUrl, eventStore }: ServiceConfig,
  { pool, bus, log }: ServiceParts,
): ServerCheck[] {
  const inEventStoreDb = eventStore.kind === 'eventstoredb' && eventSourced;
  return [
    { name: `database: ${serverOf(databaseUrl)}`, ask: () => pool.query('select 1') },
    { name: `bus: ${bus.server}`, ask: () => bus.describe([]) },
    ...(inEventStoreDb ? [{ name: 'log: EventStoreDB', ask: () => log.head() }] : []),
  ];
}

async function openBus(name: string, { bus }: ServiceConfig): Promise<Bus> {
  const { partitions, createTopics } = bus;
  if (bus.kind === 'postgres') return postgresBus({ connectionString: bus.url, partitions });
  const { kafkaBus } = await import('@cairn/messaging/kafka');
  const { brokers, security } = bus;
  return kafkaBus({ clientId: `cairn-${name}`, brokers, security, partitions, createTopics });
}
