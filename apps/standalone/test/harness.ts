import 'reflect-metadata';
import { definition as analytics } from '@cairn/analytics/app.module';
import { definition as enrollment } from '@cairn/enrollment/app.module';
import { definition as goals } from '@cairn/goals/app.module';
import { OpenApiDocument } from '@cairn/http';
import { developmentIssuer } from '@cairn/identity';
import type { Bus } from '@cairn/messaging';
import { kafkaBus } from '@cairn/messaging/kafka';
import { postgresBus } from '@cairn/messaging/postgres';
import { startService, type BusConfig } from '@cairn/service';
import { definition as sessions } from '@cairn/sessions/app.module';
import { startKafka, testDatabase, type TestDatabase } from '@cairn/testing';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICES, type DatabaseName, type ServiceName } from '../src/databases.js';
import { createOrigin } from '../src/origin.js';
import type { OpenApi } from '../src/pages/merge-openapi.js';
import { createPages } from '../src/pages/pages.js';
import { Client } from './client.js';

export type BusKind = BusConfig['kind'];

/** The four services as the standalone puts them together, on databases of their own. */
export interface Cairn {
  readonly client: Client;
  readonly databases: Readonly<Record<DatabaseName, TestDatabase>>;
  /** The bus that the services write to, to be read from. */
  readonly bus: Bus;
  readonly partitions: number;
  stop(): Promise<void>;
}

const DEFINITIONS = [enrollment, sessions, goals, analytics];
const PARTITIONS = 3;

/** Starts Cairn in this process behind its one origin, over either bus; a Kafka is started for it alone. */
export async function openCairn(kind: BusKind): Promise<Cairn> {
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const databases = {} as Record<DatabaseName, TestDatabase>;
    for (const name of [...SERVICES, 'bus'] as const) {
      databases[name] = await testDatabase();
      closing.push(() => databases[name].drop());
    }
    const busConfig = await busOf(kind, databases.bus, closing);
    const home = await mkdtemp(join(tmpdir(), 'cairn-e2e-'));
    closing.push(() => rm(home, { recursive: true, force: true }));
    const issuer = await developmentIssuer(home, { issuer: 'urn:cairn:e2e' });

    const services = await Promise.all(
      DEFINITIONS.map((definition) =>
        startService(definition, {
          port: 0,
          databaseUrl: databases[definition.name as ServiceName].url,
          eventStore: { kind: 'postgres' },
          bus: { ...busConfig, partitions: PARTITIONS, createTopics: true },
          identity: { issuer: issuer.issuer, audience: issuer.audience, keys: issuer.jwks },
          textKey: Buffer.alloc(32, 7),
        }),
      ),
    );
    closing.push(() => Promise.all(services.map((service) => service.stop())));
    const openApi = services.map(({ app }) => app.get(OpenApiDocument).document as unknown as OpenApi);
    const server = createOrigin({ services, pages: createPages(openApi), jwks: issuer.jwks });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(async () => {
      server.closeAllConnections();
      server.close();
    });

    const bus =
      busConfig.kind === 'kafka'
        ? kafkaBus({ clientId: 'e2e', brokers: [...busConfig.brokers], partitions: PARTITIONS })
        : postgresBus({ connectionString: busConfig.url, partitions: PARTITIONS });
    closing.push(() => bus.close());
    const { port } = server.address() as AddressInfo;
    const client = new Client(`http://127.0.0.1:${port}`, issuer);
    return { client, databases, bus, partitions: PARTITIONS, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

async function busOf(
  kind: BusKind,
  database: TestDatabase,
  closing: (() => Promise<unknown>)[],
): Promise<BusConfig> {
  if (kind === 'postgres') return { kind, url: database.url };
  // Its topics have fixed names: a broker that is shared would hold what other specs published.
  const kafka = await startKafka({ own: true });
  closing.push(() => kafka.stop());
  return { kind, brokers: kafka.brokers };
}
