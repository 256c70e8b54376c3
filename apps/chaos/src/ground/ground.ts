import { freePort } from '@cairn/embedded';
import { developmentIssuer, type DevelopmentIssuer } from '@cairn/identity';
import { startKafka, startPostgres, type Kafka, type TestPostgres } from '@cairn/testing';
import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStoreDb, type EventStoreDbStore } from '@cairn/event-store/eventstoredb';
import type { Link } from '../plan.js';
import { Proxy } from '../proxy/proxy.js';
import { watchHttp, watchKafka, watchNothing, watchPostgres } from '../proxy/watch.js';
import { SERVICES, STORED, type EventStoreName, type Publisher, type ServiceName } from '../services.js';
import { makeDatabases, through } from './databases.js';
import { EventStoreProcess } from './event-store.js';
import { ServiceProcess } from './service-process.js';

const ISSUER = 'urn:cairn:chaos';

/** Everything that runs: both servers, the four services, and proxies on all connections between them. */
export interface Ground {
  readonly postgres: TestPostgres;
  readonly kafka: Kafka;
  /** Where the broker says that it is: the proxy before it. */
  readonly brokers: readonly string[];
  readonly services: Readonly<Record<ServiceName, ServiceProcess>>;
  readonly proxies: Readonly<Record<ServiceName, Readonly<Partial<Record<Link, Proxy>>>>>;
  /** Where sessions and goals have their logs, if not in their databases. */
  readonly eventStore: EventStoreProcess | undefined;
  /** The logs there, straight on the server. */
  readonly eventStoreLogs: Readonly<Partial<Record<Publisher, EventStoreDbStore>>>;
  /** Of each service, straight to the server. */
  readonly databases: Readonly<Record<ServiceName, string>>;
  readonly issuer: DevelopmentIssuer;
  /** Where callers reach a path. */
  readonly url: (path: string) => string;
  /** The logs of the services are here; it is not removed by `close`. */
  readonly directory: string;
  /** A second analytics on a database of its own, which begins with nothing. @returns it and its database */
  freshAnalytics(): Promise<{ service: ServiceProcess; database: string }>;
  close(): Promise<void>;
}

export async function startGround(
  eventStoreName: EventStoreName,
  say: (line: string) => void,
): Promise<Ground> {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-chaos-'));
  const issuer = await developmentIssuer(directory, { issuer: ISSUER });
  const keys = join(directory, 'jwks.json');
  await writeFile(keys, JSON.stringify(issuer.jwks));

  const kafkaPort = await freePort();
  const kafkaProxy = await Proxy.open(await freePort(), kafkaPort, watchKafka);
  const brokers = [`127.0.0.1:${kafkaProxy.port}`];
  const [postgres, kafka] = await Promise.all([
    // With its settings for production: without them a killed server may lose what it has acknowledged.
    startPostgres({ durable: true, log: say }),
    startKafka({ own: true, port: kafkaPort, advertised: brokers[0], log: say }),
  ]);
  const eventStore = eventStoreName === 'eventstoredb' ? await EventStoreProcess.start() : undefined;
  const eventStoreLogs: Partial<Record<Publisher, EventStoreDbStore>> = {};
  const databases = await makeDatabases<string>(postgres.url, [...SERVICES, 'analytics_anew']);

  const textKey = randomBytes(32).toString('base64');
  const services = {} as Record<ServiceName, ServiceProcess>;
  const proxies = {} as Record<ServiceName, Partial<Record<Link, Proxy>>>;
  const serviceOn = async (
    name: ServiceName,
    database: string,
    log: string,
    more: Readonly<Record<string, string>> = {},
  ) =>
    new ServiceProcess(
      name,
      await freePort(),
      {
        DATABASE_URL: database,
        KAFKA_BROKERS: brokers[0]!,
        OIDC_ISSUER: ISSUER,
        OIDC_JWKS_FILE: keys,
        TEXT_KEY: textKey,
        LOG_LEVEL: 'warn',
        ...more,
      },
      join(directory, log),
    );
  for (const name of SERVICES) {
    const toPostgres = await Proxy.open(await freePort(), postgres.port, () => watchPostgres(name));
    const kept = STORED.find((each) => each === name);
    let toEventStore: Proxy | undefined;
    let more = {};
    if (eventStore && kept) {
      const { connectionString, port } = eventStore;
      toEventStore = await Proxy.open(await freePort(), port, () => watchNothing(name));
      eventStoreLogs[kept] = openEventStoreDb({ connectionString, log: kept });
      more = {
        EVENT_STORE: 'eventstoredb',
        EVENTSTOREDB_URL: through(connectionString, toEventStore.port),
      };
    }
    const service = await serviceOn(name, through(databases[name]!, toPostgres.port), `${name}.log`, more);
    const toService = await Proxy.open(await freePort(), service.port, () => watchHttp(name));
    services[name] = service;
    proxies[name] = {
      postgres: toPostgres,
      kafka: kafkaProxy,
      http: toService,
      ...(toEventStore && { 'event-store': toEventStore }),
    };
    await service.start();
  }
  await Promise.all(SERVICES.map((name) => services[name].untilReady(60_000)));

  return {
    postgres,
    kafka,
    brokers,
    services,
    proxies,
    eventStore,
    eventStoreLogs,
    databases: databases as Record<ServiceName, string>,
    issuer,
    url: (path) => {
      const name = path.split('/')[1] as ServiceName;
      return `http://127.0.0.1:${proxies[name].http!.port}${path}`;
    },
    directory,
    freshAnalytics: async () => {
      const database = databases['analytics_anew']!;
      const service = await serviceOn('analytics', database, 'analytics-anew.log');
      await service.start();
      return { service, database };
    },
    close: async () => {
      await Promise.all(Object.values(eventStoreLogs).map((log) => log.close()));
      const opened = SERVICES.flatMap((name) => Object.values(proxies[name]));
      await Promise.all([...new Set(opened)].map((proxy) => proxy.close()));
      eventStore?.end();
      await kafka.stop();
      await postgres.stop();
    },
  };
}
