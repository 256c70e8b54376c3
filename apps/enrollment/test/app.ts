import { migrate as migrateLog, openPostgresLog } from '@cairn/event-store/postgres';
import type { StoredEvent } from '@cairn/event-store';
import { CommandKeys, createHttpApp, type Clock } from '@cairn/http';
import { developmentIssuer, verifier, type Role, type Subject } from '@cairn/identity';
import { testDatabase } from '@cairn/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import type { ServiceParts } from '@cairn/service';
import { AppModule } from '../src/app.module.js';
import { migrateTables } from '../src/database.js';

process.env['LOG_LEVEL'] ??= 'fatal';

/** A clock that stands where a spec puts it. */
export class SetClock implements Clock {
  private at = new Date('2026-01-05T08:00:00.000Z');

  now(): Date {
    return this.at;
  }

  set(instant: string): void {
    this.at = new Date(instant);
  }
}

export interface Reply {
  readonly status: number;
  // What the API answers, as a client would read it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Sent {
  /** A new one unless given. */
  readonly key?: string;
  readonly occurredAt?: string;
  readonly onBehalfOf?: string;
  readonly ifMatch?: string;
  readonly contentType?: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH';

/** Somebody with a token. */
export interface Caller {
  get(path: string): Promise<Reply>;
  post(path: string, body?: unknown, sent?: Sent): Promise<Reply>;
  put(path: string, body?: unknown, sent?: Sent): Promise<Reply>;
  patch(path: string, body?: unknown, sent?: Sent): Promise<Reply>;
}

export interface TestApp {
  readonly clock: SetClock;
  readonly tenantId: string;
  readonly http: NestFastifyApplication;
  readonly dataSource: DataSource;
  /** Somebody of the spec's tenant, or of the one that `who` names. */
  as(roles: Role | Role[], who?: Partial<Subject>): Caller;
  /** A tenant of its own, for specs that share the database. */
  inNewTenant(): TestApp;
  /** Stored events of the tenant in log order; of one stream when given. */
  events(stream?: string): Promise<StoredEvent[]>;
  close(): Promise<void>;
}

/** The service's HTTP side on a database of its own, without its bus. Paths are relative to `/enrollment/v1`. */
export async function enrollmentApp(): Promise<TestApp> {
  const database = await testDatabase();
  await migrateLog(database.pool);
  await CommandKeys.migrate(database.pool);
  await migrateTables(database.url);
  const directory = await mkdtemp(join(tmpdir(), 'cairn-issuer-'));
  const issuer = await developmentIssuer(directory, { issuer: 'https://issuer.test' });
  const clock = new SetClock();
  const log = openPostgresLog({ connectionString: database.url });
  const http = await createHttpApp(
    AppModule.register({
      config: { databaseUrl: database.url },
      log,
      clock,
      flow: [],
      pool: database.pool,
    } as unknown as ServiceParts),
    {
      service: 'enrollment',
      title: 'Enrolment',
      description: 'Under test',
      pool: database.pool,
      verifier: verifier({ issuer: issuer.issuer, audience: issuer.audience, keys: issuer.jwks }),
      clock,
      streams: ['text/csv', 'multipart/form-data'],
    },
  );
  const fastify = http.getHttpAdapter().getInstance();

  const call = async (
    token: string,
    method: Method,
    path: string,
    body: unknown,
    sent: Sent,
  ): Promise<Reply> => {
    const raw = sent.contentType !== undefined;
    const response = await fastify.inject({
      method,
      url: `/enrollment/v1${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        ...(method === 'GET' ? {} : { 'idempotency-key': sent.key ?? randomUUID() }),
        ...(body === undefined ? {} : { 'content-type': sent.contentType ?? 'application/json' }),
        ...(sent.occurredAt ? { 'cairn-occurred-at': sent.occurredAt } : {}),
        ...(sent.onBehalfOf ? { 'cairn-on-behalf-of': sent.onBehalfOf } : {}),
        ...(sent.ifMatch ? { 'if-match': sent.ifMatch } : {}),
      },
      ...(body === undefined ? {} : { payload: raw ? (body as string | Buffer) : JSON.stringify(body) }),
    });
    const json = String(response.headers['content-type']).includes('json');
    return {
      status: response.statusCode,
      body: response.payload === '' ? undefined : json ? JSON.parse(response.payload) : response.payload,
      headers: response.headers as Record<string, string>,
    };
  };

  const inTenant = (tenantId: string): TestApp => ({
    clock,
    tenantId,
    http,
    dataSource: http.get(DataSource),
    as(roles, who = {}) {
      const token = issuer.sign({ tenantId, subject: 'somebody', roles: [roles].flat(), ...who });
      const with_ =
        (method: Method) =>
        async (path: string, body?: unknown, sent: Sent = {}) =>
          call(await token, method, path, body, sent);
      return {
        get: (path) => with_('GET')(path),
        post: with_('POST'),
        put: with_('PUT'),
        patch: with_('PATCH'),
      };
    },
    inNewTenant: () => inTenant(randomUUID()),
    async events(stream) {
      const all = await log.readAll('', 10_000, { tenantId });
      return stream === undefined ? all : all.filter((event) => event.stream === stream);
    },
    async close() {
      await http.close();
      await log.close();
      await database.drop();
      await rm(directory, { recursive: true });
    },
  });
  return inTenant(randomUUID());
}
