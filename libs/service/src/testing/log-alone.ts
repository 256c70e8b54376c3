import { contracts, goldenOf, type ContractEvent } from '@cairn/contracts';
import { migrate as migrateDeadlines } from '@cairn/deadlines';
import { eventId, newId, type EventToAppend, type StoredEvent } from '@cairn/event-store';
import { openEventStoreDb, openEventStoreDbBesideRows } from '@cairn/event-store/eventstoredb';
import { openPostgresLog, type TransactionalLog } from '@cairn/event-store/postgres';
import { topicSpecsOf } from '@cairn/messaging';
import { postgresBus } from '@cairn/messaging/postgres';
import { standInEventStore, testDatabase, type StandInEventStore, type TestDatabase } from '@cairn/testing';
import { Module } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStoreConfig, ServiceConfig } from '../config.js';
import type { ServiceDefinition, ServiceParts } from '../definition.js';
import { startService, type RunningService } from '../start.js';

@Module({})
class Nothing {}

const golden = goldenOf(contracts.get('PracticeReported')!).data as object;
const tenantId = newId();

/** What a service tells on the bus, as far as these specs look at it. */
export type Told = Readonly<Record<'id' | 'causationid' | 'subject' | 'logposition', string>> &
  Readonly<Record<'log' | 'streamversion', number>>;

/** goals with nothing in it but its log, in either store, and a bus that hears it: for what operators do to logs. */
export class LogAlone {
  readonly service = 'goals';
  readonly streams = ['goal-1', 'goal-2', 'goal-3'];
  /** How many events each stream has, and the commands that they came from, in order. */
  readonly versions = new Map<string, number>();
  readonly appended: string[] = [];
  private parts: ServiceParts | undefined;
  private running: RunningService | undefined;
  private readonly definition: ServiceDefinition = {
    name: this.service,
    title: 'Goals',
    description: 'A service with nothing in it but its log.',
    holdsText: false,
    eventSourced: true,
    migrate: async (given) => void (this.parts = given),
    module: () => ({ module: Nothing }),
    publish: ({ data }) => [{ name: 'PracticeReported', data } as ContractEvent],
  };

  private constructor(
    readonly database: TestDatabase,
    private readonly busDatabase: TestDatabase,
    readonly server: StandInEventStore,
    private readonly isGuest: boolean,
  ) {}

  /** @param on the server of another one, which removes it */
  static async prepare(on?: LogAlone): Promise<LogAlone> {
    const [database, busDatabase, server] = await Promise.all([
      testDatabase(),
      testDatabase(),
      on?.server ?? standInEventStore(),
    ]);
    await migrateDeadlines(database.pool);
    const alone = new LogAlone(database, busDatabase, server, on !== undefined);
    await alone.withBus((bus) => bus.ensureTopics(topicSpecsOf(alone.service)));
    return alone;
  }

  async remove(): Promise<void> {
    await this.stop();
    await Promise.all([this.database.drop(), this.busDatabase.drop()]);
    if (!this.isGuest) await this.server.remove();
  }

  eventStore(kind: EventStoreConfig['kind']): EventStoreConfig {
    return kind === 'postgres' ? { kind } : { kind, connectionString: this.server.connectionString };
  }

  /** @param bus its address, where it is not where it was */
  async start(kind: EventStoreConfig['kind'], bus = this.busDatabase.url): Promise<void> {
    const config: ServiceConfig = {
      port: 0,
      databaseUrl: this.database.url,
      eventStore: this.eventStore(kind),
      bus: { kind: 'postgres', url: bus, partitions: 3, createTopics: true },
      identity: { issuer: 'urn:cairn:spec', audience: 'cairn', keys: { keys: [] } },
    };
    this.running = await startService(this.definition, config);
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  /** Appends `count` events through the service, dealt to the streams in turn. */
  append(count: number): Promise<void> {
    return this.appendTo(this.parts!.log, count);
  }

  /** What a service does that dies before it has published what it appended. */
  async appendUnpublished(kind: EventStoreConfig['kind'], count: number): Promise<void> {
    const append = await this.forgotten(kind);
    await append(count);
  }

  /** A process that has opened the log. @returns how it appends, once, and ends */
  async forgotten(kind: EventStoreConfig['kind']): Promise<(count: number) => Promise<void>> {
    const log =
      kind === 'postgres'
        ? openPostgresLog({ connectionString: this.database.url })
        : await openEventStoreDbBesideRows({
            connectionString: this.server.connectionString,
            log: this.service,
            databaseUrl: this.database.url,
          });
    return (count) => this.appendTo(log, count).finally(() => log.close());
  }

  /** What a service leaves that dies after its COMMIT, before it has appended to EventStoreDB. */
  async oweUnpaid(client: Pick<ClientBase, 'query'> = this.database.pool): Promise<void> {
    const { stream, event, version } = this.nextOf(this.streams[0]!);
    await client.query(
      `INSERT INTO owed.appends (stream, debt, ordinal, expected_version, events)
       VALUES ($1, gen_random_uuid(), 0, $2, $3)`,
      [stream, version, JSON.stringify([event])],
    );
    this.appended.push(event.metadata.commandId);
    this.versions.set(stream, version + 1);
  }

  async told(): Promise<Told[]> {
    const messages = await this.withBus((bus) =>
      Promise.all([0, 1, 2].map((partition) => bus.read('cairn.goals.v1', partition, 0, 10_000))),
    );
    return messages.flat().map(({ value }) => JSON.parse(String(value)) as Told);
  }

  /** What another Cairn leaves that publishes to the same topics. */
  async tellAsAnother(): Promise<void> {
    const message = { topic: 'cairn.goals.v1', partition: 0, key: 'goal-of-another', headers: {} };
    await this.withBus((bus) => bus.publish([{ ...message, value: Buffer.from('{}') }]));
  }

  async allPublished(): Promise<void> {
    for (const end = Date.now() + 60_000; ; await sleep(50)) {
      const told = new Set((await this.told()).map(({ causationid }) => causationid));
      const missing = this.appended.filter((command) => !told.has(command)).length;
      if (missing === 0) return;
      if (Date.now() > end) throw new Error(`${missing} of ${this.appended.length} are not published`);
    }
  }

  /** All events of the log in one of the stores, without their positions. */
  async contentOf(kind: EventStoreConfig['kind']): Promise<object[]> {
    const log =
      kind === 'postgres'
        ? openPostgresLog({ connectionString: this.database.url })
        : openEventStoreDb({ connectionString: this.server.connectionString, log: this.service });
    const events = await log.readAll('', 1000);
    await log.close();
    return events.map((event: StoredEvent) => ({ ...event, position: undefined }));
  }

  private async appendTo(log: TransactionalLog, count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      const { stream, event, version } = this.nextOf(this.streams[n % this.streams.length]!);
      await log.append(stream, [event], version);
      this.appended.push(event.metadata.commandId);
      this.versions.set(stream, version + 1);
    }
  }

  /** An event that a command means now, and the version at which its stream stands. */
  private nextOf(stream: string) {
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
    return { stream, event, version: this.versions.get(stream) ?? 0 };
  }

  private async withBus<T>(use: (bus: ReturnType<typeof postgresBus>) => Promise<T>): Promise<T> {
    const bus = postgresBus({ connectionString: this.busDatabase.url, partitions: 3 });
    try {
      return await use(bus);
    } finally {
      await bus.close();
    }
  }
}
