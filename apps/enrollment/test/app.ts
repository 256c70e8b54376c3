import type { Published } from '@cairn/contracts';
import type { StoredEvent } from '@cairn/event-store';
import { openPostgresLog } from '@cairn/event-store/postgres';
import type { Clock } from '@cairn/http';
import type { Role, Subject } from '@cairn/identity';
import { testService, type TestService } from '@cairn/service/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { definition } from '../src/app.module.js';

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

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Somebody with a token. */
export interface Caller {
  get(path: string): Promise<Reply>;
  post(path: string, body?: unknown, sent?: Sent): Promise<Reply>;
  put(path: string, body?: unknown, sent?: Sent): Promise<Reply>;
  patch(path: string, body?: unknown, sent?: Sent): Promise<Reply>;
  delete(path: string, body?: unknown, sent?: Sent): Promise<Reply>;
}

export interface TestApp {
  readonly clock: SetClock;
  readonly tenantId: string;
  readonly http: NestFastifyApplication;
  readonly dataSource: DataSource;
  /** The service itself, and what it stands on. */
  readonly running: TestService;
  /** Somebody of the spec's tenant, or of the one that `who` names. */
  as(roles: Role | Role[], who?: Partial<Subject>): Caller;
  /** A tenant of its own, for specs that share the database. */
  inNewTenant(): TestApp;
  /** An event of another service, in the tenant that the app begins with. */
  readonly tell: TestService['tell'];
  /** Stored events of the tenant in log order, without what was looked at; of one stream when given. */
  events(stream?: string): Promise<StoredEvent[]>;
  /** What was looked at, in the order told. */
  looked(): Promise<Published<'PeopleShown'>[]>;
  close(): Promise<void>;
}

/** The service as it runs, with its relay, inbox and deadlines. Paths are relative to `/enrollment/v1`. */
export async function enrollmentApp(): Promise<TestApp> {
  const clock = new SetClock();
  const running = await testService(definition, { clock });
  const http = running.service.app;
  const log = openPostgresLog({ pool: running.pool });

  const call = async (
    who: Partial<Subject>,
    method: Method,
    path: string,
    body: unknown,
    { key, occurredAt, onBehalfOf, ifMatch, contentType }: Sent,
  ): Promise<Reply> => {
    const headers = {
      ...(contentType ? { 'content-type': contentType } : {}),
      ...(occurredAt ? { 'cairn-occurred-at': occurredAt } : {}),
      ...(onBehalfOf ? { 'cairn-on-behalf-of': onBehalfOf } : {}),
      ...(ifMatch ? { 'if-match': ifMatch } : {}),
    };
    const answer = await running.call(method, `/v1${path}`, {
      as: who,
      body,
      headers,
      ...(key ? { key } : {}),
    });
    return answer as Reply;
  };

  const inTenant = (tenantId: string): TestApp => ({
    clock,
    tenantId,
    http,
    dataSource: http.get(DataSource),
    running,
    as(roles, who = {}) {
      const subject = { tenantId, subject: 'somebody', roles: [roles].flat(), ...who };
      const by =
        (method: Method) =>
        (path: string, body?: unknown, sent: Sent = {}) =>
          call(subject, method, path, body, sent);
      return {
        get: (path) => by('GET')(path),
        post: by('POST'),
        put: by('PUT'),
        patch: by('PATCH'),
        delete: by('DELETE'),
      };
    },
    inNewTenant: () => inTenant(randomUUID()),
    tell: running.tell,
    async events(stream) {
      const all = await log.readAll('', 10_000, { tenantId });
      return all.filter((event) =>
        stream === undefined ? event.type !== 'PeopleShown' : event.stream === stream,
      );
    },
    async looked() {
      const all = await log.readAll('', 10_000, { tenantId });
      return all
        .filter(({ type }) => type === 'PeopleShown')
        .map(({ data }) => data as Published<'PeopleShown'>);
    },
    async close() {
      await log.close();
      await running.stop();
    },
  });
  return inTenant(running.tenantId);
}

/** Waits until something that goes on in the background has come to pass. */
export async function eventually<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  for (const end = Date.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > end) throw new Error(`it did not come to pass: ${JSON.stringify(answer)}`);
  }
}
