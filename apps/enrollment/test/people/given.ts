import type { Subject } from '@cairn/identity';
import { newId } from '@cairn/event-store';
import type { ServiceDefinition } from '@cairn/service';
import { testService, type TestService } from '@cairn/service/testing';
import type { FastifyInstance } from 'fastify';
import { definition } from '../../src/app.module.js';

// What a spec looks at it decides itself.
// eslint-disable-next-line typescript/no-explicit-any
export type Json = any;

export interface Reply {
  readonly status: number;
  readonly body: Json;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** The HR file of these specs: people by id, name, manager's name, dates, status, place and a survey's answer. */
export const MAPPING = {
  snapshotDate: '2026-01-31',
  employeeId: 'Id',
  fullName: 'Name',
  department: 'Dept',
  position: 'Title',
  manager: { name: 'Boss' },
  level: { column: 'Title', rules: [{ level: 'manager', words: ['Manager'] }], otherwise: 'individual' },
  hiredOn: { column: 'Hired', formats: ['YYYY-MM-DD'] },
  leftOn: { column: 'Left', formats: ['YYYY-MM-DD'] },
  engagementScore: { column: 'Score', surveyedOn: '2026-01-15', scale: { lowest: 1, highest: 5 } },
};

const HEADER = ['Id', 'Name', 'Dept', 'Title', 'Boss', 'Hired', 'Left', 'Score'];

/** A person as a row: the boss and ten people, unless told otherwise. */
export type Row = readonly string[];
export const boss: Row = ['E0', 'Marlow, Edith', 'Making', 'Plant Manager', '', '2015-01-01', '', '4.5'];
export const worker = (n: number, some: Partial<Record<string, string>> = {}): Row =>
  HEADER.map(
    (name, i) =>
      some[name] ??
      [`E${n}`, `Okoro, Temi ${n}`, 'Making', 'Operator', 'Edith Marlow', '2018-03-01', '', '4'][i]!,
  );
export const crew = (count: number): Row[] => [
  boss,
  ...Array.from({ length: count }, (_, i) => worker(i + 1)),
];

const quoted = (cell: string) => (/[",;\t\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
export const csv = (rows: readonly Row[], delimiter = ','): string =>
  [HEADER, ...rows].map((row) => `${row.map(quoted).join(delimiter)}\n`).join('');

/** The service as Node itself runs it: with threads, which need files that are built. */
export async function builtDefinition(): Promise<ServiceDefinition> {
  const built = new URL('../../dist/app.module.js', import.meta.url).href;
  return ((await import(built)) as { definition: ServiceDefinition }).definition;
}

/** The day on which the specs happen: after every file of theirs. */
export const NOW = '2026-06-01T09:00:00.000Z';

/** The service, with tenants of their own for each spec. */
export async function peopleService(tested: ServiceDefinition = definition) {
  const service: TestService = await testService(tested, { clock: { now: () => new Date(NOW) } });
  const fastify = service.service.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;

  function tenant(tenantId = newId()) {
    const call = async (
      method: 'GET' | 'POST' | 'PUT',
      path: string,
      sent: {
        as?: Partial<Subject>;
        body?: unknown;
        contentType?: string;
        key?: string;
        ifMatch?: string;
      } = {},
    ): Promise<Reply> => {
      const { as = { roles: ['hr'] }, body, contentType = 'application/json', key = newId(), ifMatch } = sent;
      const token = await service.token({ tenantId, ...as });
      const raw = typeof body === 'string' || Buffer.isBuffer(body) || body === undefined;
      const response = await fastify.inject({
        method,
        url: `/enrollment/v1/people${path}`,
        headers: {
          authorization: `Bearer ${token}`,
          ...(method === 'GET' ? {} : { 'idempotency-key': key }),
          ...(body === undefined ? {} : { 'content-type': contentType }),
          ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        },
        ...(body === undefined ? {} : { payload: raw ? body : JSON.stringify(body) }),
      });
      return {
        status: response.statusCode,
        body: response.payload === '' ? undefined : response.json(),
        headers: response.headers,
      };
    };
    /** As a client of SCIM sends it: without a key, and with a media type of its own. */
    const scim = async (
      method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
      path: string,
      body?: unknown,
      headers: Readonly<Record<string, string>> = {},
      as: Partial<Subject> = { roles: ['integration'] },
    ): Promise<Reply> => {
      const token = await service.token({ tenantId, ...as });
      const response = await fastify.inject({
        method,
        url: `/enrollment/scim/v2${path}`,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/scim+json; charset=utf-8' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      });
      return {
        status: response.statusCode,
        body: response.payload === '' ? undefined : response.json(),
        headers: response.headers,
      };
    };
    return {
      tenantId,
      call,
      scim,
      get: (path: string, as?: Partial<Subject>) => call('GET', path, as ? { as } : {}),
      save: (mapping: object = MAPPING, name = 'crew') =>
        call('PUT', `/mappings/${name}`, { body: mapping, ifMatch: '*' }),
      send: (file: string | Buffer, query = '', key?: string) =>
        call('POST', `/imports?mapping=crew${query}`, {
          body: file,
          contentType: 'text/csv',
          ...(key ? { key } : {}),
        }),
      async events(): Promise<Json[]> {
        const { rows } = await service.pool.query(
          `SELECT stream, version, type, occurred_at, data FROM log.events WHERE tenant_id = $1 ORDER BY position`,
          [tenantId],
        );
        return rows;
      },
      feed: async () =>
        (
          await service.call('GET', '/v1/events?limit=1000&sensitive=true', {
            as: { tenantId, roles: ['integration'], sensitive: true },
          })
        ).body.events as Json[],
    };
  }
  return { service, tenant, stop: () => service.stop() };
}

export type PeopleService = Awaited<ReturnType<typeof peopleService>>;
export type Tenant = ReturnType<PeopleService['tenant']>;
