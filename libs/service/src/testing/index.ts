import { contracts, topicsOf, type ContractEvent, type Envelope } from '@cairn/contracts';
import { newId } from '@cairn/event-store';
import { openPostgresLog } from '@cairn/event-store/postgres';
import { OpenApiDocument, type Clock } from '@cairn/http';
import { developmentIssuer, type Subject } from '@cairn/identity';
import { messageOf, topicSpecsOf, WATERMARKS } from '@cairn/messaging';
import { postgresBus } from '@cairn/messaging/postgres';
import { testDatabase } from '@cairn/testing';
import type { FastifyInstance } from 'fastify';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventStoreConfig } from '../config.js';
import type { ServiceDefinition } from '../definition.js';
import { startService, type RunningService } from '../start.js';
import { DocumentedAnswers } from './answers.js';

export { inProcesses, type InProcesses } from './in-processes.js';
export { countStatements, manyPeople } from './many-people.js';
export { LogAlone } from './log-alone.js';
export { mutationsOf } from './mutations.js';
export { person, policy, program } from './told.js';

export interface TestAnswer {
  readonly status: number;
  // What a spec looks at it decides itself.
  // eslint-disable-next-line typescript/no-explicit-any
  readonly body: any;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface CallOptions {
  readonly as?: Partial<Subject>;
  readonly body?: unknown;
  /** Idempotency-Key; a new one for each call unless given. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An event of another service, as a spec tells it. */
export type Told = ContractEvent & {
  readonly stream: string;
  readonly version: number;
  readonly at?: string;
  /** When it was written down, where that is not when it happened. */
  readonly recordedAt?: string;
  readonly traceparent?: string;
};

interface Documented {
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly required?: boolean;
  }[];
}

const PARTITIONS = 3;

/**
 * One service as it runs, on a PostgreSQL and a PostgreSQL bus of its own, for its specs: real tables, real HTTP, real
 * events. Stop it in `afterAll`. With `busUrl` it shares the bus of another.
 */
export async function testService(
  definition: ServiceDefinition,
  {
    clock,
    eventStore = { kind: 'postgres' },
    busUrl: given,
  }: { clock?: Clock; eventStore?: EventStoreConfig; busUrl?: string } = {},
) {
  const database = await testDatabase();
  const busDatabase = given === undefined ? await testDatabase() : undefined;
  const busUrl = given ?? busDatabase!.url;
  const home = await mkdtemp(join(tmpdir(), 'cairn-issuer-'));
  const issuer = await developmentIssuer(home, { issuer: 'urn:cairn:spec' });
  const tenantId = newId();
  const service: RunningService = await startService(
    definition,
    {
      port: 0,
      databaseUrl: database.url,
      eventStore,
      bus: { kind: 'postgres', url: busUrl, partitions: PARTITIONS, createTopics: true },
      identity: { issuer: issuer.issuer, audience: issuer.audience, keys: issuer.jwks },
      textKey: Buffer.alloc(32, 5),
      publicUrl: 'https://cairn.example.org',
    },
    clock,
  );
  const fastify = service.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const bus = postgresBus({ connectionString: busUrl, partitions: PARTITIONS });
  const documented = new DocumentedAnswers(service.app.get(OpenApiDocument).document as never);
  let position = 0;

  const token = (subject: Partial<Subject>) =>
    issuer.sign({ tenantId, subject: 'spec', roles: [], ...subject } as Parameters<typeof issuer.sign>[0]);

  async function call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    options: CallOptions = {},
  ): Promise<TestAnswer> {
    const { as = {}, body, key = newId(), headers = {} } = options;
    const response = await fastify.inject({
      method,
      url: `/${definition.name}${path}`,
      headers: {
        authorization: `Bearer ${await token(as)}`,
        ...(method === 'GET' ? {} : { 'idempotency-key': key }),
        ...(body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const isJson = /json/.test(String(response.headers['content-type']));
    const answered: unknown = isJson ? response.json() : response.body;
    if (isJson) documented.check(method, `/${definition.name}${path}`, response.statusCode, answered);
    return {
      status: response.statusCode,
      body: answered,
      headers: response.headers,
    };
  }

  /** Publishes events as their services would, in this order. */
  async function tell(...events: Told[]): Promise<void> {
    const messages = events.map((event) => {
      const contract = contracts.get(event.name)!;
      const at = event.at ?? '2026-01-05T09:00:00.000Z';
      const envelope: Envelope = {
        specversion: '1.0',
        id: newId(),
        type: contract.type,
        source: `/cairn/${contract.context}`,
        subject: event.stream,
        time: at,
        datacontenttype: 'application/json',
        dataschema: `urn:cairn:schema:${contract.context}:v1:${contract.name}`,
        tenantid: tenantId,
        streamversion: event.version,
        recordedtime: event.recordedAt ?? at,
        correlationid: newId(),
        causationid: newId(),
        ...(event.traceparent && { traceparent: event.traceparent }),
        log: '1',
        logposition: String(++position).padStart(16, '0'),
        logindex: 0,
        data: event.data,
      };
      const sensitive = contract.sensitive(event.data as Record<string, unknown>);
      const { open, sensitive: hidden } = topicsOf(contract.context);
      return messageOf({ topic: sensitive ? hidden : open, sensitive, envelope }, PARTITIONS);
    });
    const contexts = new Set(events.map(({ name }) => contracts.get(name)!.context));
    await bus.ensureTopics([...[...contexts].flatMap((context) => topicSpecsOf(context)), WATERMARKS]);
    await bus.publish(messages);
  }

  return {
    service,
    tenantId,
    pool: database.pool,
    call,
    tell,
    token,
    /** The bus that the service reads from, and how many partitions its topics have. */
    bus,
    partitions: PARTITIONS,
    busUrl,
    databaseUrl: database.url,
    /** Waits until all that the log holds now is on the bus; for a minute at most. */
    async published(): Promise<void> {
      const head = await openPostgresLog({ pool: database.pool }).head();
      for (const end = Date.now() + 60_000; ; await delay(50)) {
        const { rows } = await database.pool.query<{ position: string }>('SELECT position FROM relay.relays');
        if (rows[0] !== undefined && rows[0].position >= head) return;
        if (Date.now() > end)
          throw new Error(`within a minute no more was published than: ${JSON.stringify(rows)}`);
      }
    },
    /** Every route of the service under `/v1`, as its API document has them, and the headers that each needs. */
    async routes(): Promise<{ readonly name: string; readonly headers: readonly string[] }[]> {
      const { body } = await call('GET', '/openapi.json');
      return Object.entries(body.paths as Record<string, Record<string, Documented>>)
        .filter(([path]) => path.startsWith(`/${definition.name}/v1/`))
        .flatMap(([path, methods]) =>
          Object.entries(methods).map(([method, { parameters = [] }]) => ({
            name: `${method.toUpperCase()} ${path.slice(definition.name.length + 1)}`,
            headers: parameters
              .filter(({ in: where, required }) => where === 'header' && required)
              .map(({ name }) => name),
          })),
        )
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    /** Calls until `holds` is true of the answer, and returns it; for a minute at most. */
    async until(ask: () => Promise<TestAnswer>, holds: (answer: TestAnswer) => boolean): Promise<TestAnswer> {
      for (const end = Date.now() + 60_000; ; await delay(50)) {
        const answer = await ask();
        if (holds(answer)) return answer;
        if (Date.now() > end)
          throw new Error(`within a minute no more than: ${answer.status} ${JSON.stringify(answer.body)}`);
      }
    },
    async stop() {
      await service.stop();
      await bus.close();
      await database.drop();
      await busDatabase?.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

export type TestService = Awaited<ReturnType<typeof testService>>;
