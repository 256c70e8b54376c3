import 'reflect-metadata';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { trace as otel, type Tracer } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsOptional, Min, ValidateNested } from 'class-validator';
import { Pool } from 'pg';
import { Public, Roles } from '@cairn/identity';
import { startPostgres } from '@cairn/testing';
import type { FlowCheck } from '@cairn/telemetry';
import { specApp, type SpecApp } from '../test/spec-app.js';
import { accepted, versioned } from './answer.js';
import { Command } from './command.js';
import { CommandKeys } from './command-keys.js';
import { Exportable, FORMATS, MEDIA_TYPES, type Format } from './exportable.js';
import { IsCalendarDate, IsId, IsText } from './fields.js';
import { Id } from './ids.js';
import { listing, PageQuery } from './listing.js';
import { stopGracefully } from './serve.js';
import { Versioned } from './versioned.js';

class Line {
  @IsText(20)
  text!: string;
}

class Note {
  @IsText(200)
  title!: string;

  @IsId()
  personId!: string;

  @IsOptional()
  @IsCalendarDate()
  dueOn?: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  weight?: number;

  @IsIn(['draft', 'done'])
  state!: string;

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Line)
  lines!: Line[];
}

class RowsQuery extends PageQuery {
  @IsOptional()
  @IsIn(FORMATS)
  format?: Format;

  @IsOptional()
  @IsIn(['n', '-n'])
  sort?: string;
}

const rows = [1, 2, 3].map((n) => ({ n, name: n === 2 ? '=cmd()' : `row ${n}` }));
const list = listing('rows', { n: 'integer' });

@Controller('v1')
class EdgeSpecController {
  @Versioned()
  @Get('notes/:noteId')
  @Roles('coach')
  note(@Id('noteId') noteId: string) {
    return versioned({ noteId, title: 'x' }, 3);
  }

  @Get('rows')
  @Roles('hr')
  rows(@Query() { limit, cursor }: RowsQuery) {
    const after = list.after(cursor)?.n ?? 0;
    const page = list.page(rows.filter(({ n }) => n > after).slice(0, limit + 1), limit, (row) => row);
    return new Exportable(page, { number: ({ n }) => n, name: ({ name }) => name }, 'rows', {
      etag: '"rows-1"',
    });
  }

  @Post('notes')
  @Roles('coach', 'coachee')
  @Command({ status: 201 })
  add(@Body() note: Note) {
    return note;
  }

  @Post('imports')
  @Roles('hr', 'integration')
  @Command({ status: 202 })
  start() {
    return accepted('/spec/v1/imports/1', { id: '1' });
  }

  @Get('slow')
  @Public()
  async slow() {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { done: true };
  }
}

const ID = '0190a1b2-0000-7000-8000-000000000001';
const flow: FlowCheck[] = [];
let spec: SpecApp;
beforeAll(async () => {
  spec = await specApp([EdgeSpecController], { flow });
});
afterAll(() => spec.close());

describe('an answer with a version', () => {
  const get = (headers = {}) => spec.send('GET', `/v1/notes/${ID}`, { as: 'coach', headers });

  it('carries its ETag, and may be kept by its reader alone', async () => {
    expect((await get()).headers).toMatchObject({ etag: '"3"', 'cache-control': 'private, no-cache' });
  });

  it('is 304 without a body to whoever has it', async () => {
    const reply = await get({ 'if-none-match': '"3"' });
    expect([reply.status, reply.text, reply.headers['etag']]).toEqual([304, '', '"3"']);
    expect((await get({ 'if-none-match': '"2"' })).status).toBe(200);
  });
});

describe('a trace', () => {
  afterAll(() => otel.disable());

  it('has a span for each request, by its route', async () => {
    const names: string[] = [];
    const tracer = {
      startSpan(name: string) {
        names.push(name);
        return { spanContext: () => ({ traceId: '', spanId: '', traceFlags: 0 }), setStatus() {}, end() {} };
      },
    } as unknown as Tracer;
    otel.setGlobalTracerProvider({ getTracer: () => tracer });
    await spec.send('GET', `/v1/notes/${ID}`, { as: 'coach' });
    await spec.send('POST', '/v1/imports', { as: 'hr', headers: { 'idempotency-key': 'traced' } });
    expect(names).toEqual(['GET /spec/v1/notes/:noteId', 'POST /spec/v1/imports']);
  });
});

describe('any other answer', () => {
  it('is kept by nobody, and says its trace', async () => {
    const { headers } = await spec.send('GET', '/v1/slow', { as: 'nobody' });
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'trace-id': expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('to a command that goes on in the background is 202 with its place', async () => {
    const reply = await spec.send('POST', '/v1/imports', { headers: { 'idempotency-key': '1' } });
    expect([reply.status, reply.headers['location']]).toEqual([202, '/spec/v1/imports/1']);
  });
});

describe('a list', () => {
  it('is JSON, page by page', async () => {
    const first = await spec.send('GET', '/v1/rows?limit=2');
    expect(first.body['items']).toEqual(rows.slice(0, 2));
    const second = await spec.send('GET', `/v1/rows?limit=2&cursor=${String(first.body['nextCursor'])}`);
    expect(second.body).toEqual({ items: rows.slice(2) });
  });

  it.each([
    ['?format=csv', {}],
    ['', { accept: 'text/csv' }],
    ['', { accept: 'text/html, text/csv;q=0.9' }],
    ['', { accept: 'application/json;q=0.5, text/csv, */*;q=0.1' }],
  ])('is CSV when asked for with %j %j', async (query, headers) => {
    const reply = await spec.send('GET', `/v1/rows${query}`, { headers });
    expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(reply.headers['content-disposition']).toBe('attachment; filename="rows.csv"');
    expect(reply.text).toBe("number,name\r\n1,row 1\r\n2,'=cmd()\r\n3,row 3\r\n");
  });

  it.each([
    'text/csv;q=0.1, application/json',
    '*/*, text/csv;q=0.9',
    'application/json, text/csv',
    'text/csv;q=0',
  ])('is JSON where that is wanted more: %s', async (accept) => {
    const reply = await spec.send('GET', '/v1/rows', { headers: { accept } });
    expect(reply.headers['content-type']).toMatch(/^application\/json/);
  });

  it('of CSV pages has the next one in its Link', async () => {
    const reply = await spec.send('GET', '/v1/rows?format=csv&limit=2&sort=n');
    const next = /^<(\/spec\/v1\/rows\?[^>]+)>; rel="next"$/.exec(reply.headers['link'] ?? '')![1]!;
    const second = await spec.send('GET', next.replace('/spec', ''));
    expect(second.text).toBe('number,name\r\n3,row 3\r\n');
    expect(second.headers['link']).toBeUndefined();
  });

  it.each([
    ['?format=xlsx', {}],
    ['', { accept: `${MEDIA_TYPES.xlsx}, text/csv;q=0.9` }],
  ])('is a workbook when asked for with %j %j', async (query, headers) => {
    const reply = await spec.send('GET', `/v1/rows${query}`, { headers });
    expect(reply.headers['content-type']).toBe(MEDIA_TYPES.xlsx);
    expect(reply.headers['content-disposition']).toBe('attachment; filename="rows.xlsx"');
    // What every zip archive begins with.
    expect(reply.text.slice(0, 2)).toBe('PK');
  });

  it.each(FORMATS)('is 304 as %s', async (format) => {
    const path = `/v1/rows?format=${format}`;
    const { etag } = (await spec.send('GET', path)).headers;
    expect((await spec.send('GET', path, { headers: { 'if-none-match': etag! } })).status).toBe(304);
  });

  it('has no other form: 400', async () =>
    expect((await spec.send('GET', '/v1/rows?format=xml')).status).toBe(400));
});

describe('health', () => {
  const get = async (what: string) => {
    const { status, body } = await spec.send('GET', `/health/${what}`, { as: 'nobody' });
    return [status, body['status']];
  };

  it('is asked without a token', async () => {
    expect(await get('live')).toEqual([200, 'alive']);
    expect(await get('ready')).toEqual([200, 'ready']);
    expect(await get('flow')).toEqual([200, 'flowing']);
  });

  it('of the flow is bad when a part is stuck, which readiness does not mind', async () => {
    flow.push(async () => ({ name: 'relay', healthy: false, detail: 'no progress for 31 s' }));
    const reply = await spec.send('GET', '/health/flow', { as: 'nobody' });
    expect(reply.status).toBe(503);
    expect(reply.body).toEqual({
      status: 'stuck',
      healthy: false,
      checks: [{ name: 'relay', healthy: false, detail: 'no progress for 31 s' }],
      servers: [],
    });
    expect(await get('ready')).toEqual([200, 'ready']);
    flow.pop();
  });

  it('of the flow is among the metrics, whether anybody has asked for it or not', async () => {
    flow.push(async () => ({ name: 'sweeper', healthy: false, detail: 'no progress for 31 s' }));
    const { text } = await spec.send('GET', '/metrics', { as: 'nobody' });
    expect(text).toContain('cairn_flow_healthy{service="spec",part="sweeper"} 0\n');
    flow.pop();
  });

  it('has metrics beside it', async () => {
    const reply = await spec.send('GET', '/metrics', { as: 'nobody' });
    expect(reply.headers['content-type']).toContain('text/plain');
    expect(reply.text).toContain(
      'cairn_http_request_seconds_count{service="spec",method="GET",route="/spec/v1/notes/:noteId",status="304"} 1',
    );
  });
});

describe('when the database is away', () => {
  it('answers are 503, readiness says so, and all is well once it is back', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'cairn-http-away-'));
    await chmod(dataDir, 0o755);
    let server = await startPostgres({ dataDir });
    const pool = new Pool({ connectionString: server.url, connectionTimeoutMillis: 1000 });
    pool.on('error', () => undefined);
    const away = await specApp([EdgeSpecController], { pool });
    try {
      await CommandKeys.migrate(pool);
      const command = () => away.send('POST', '/v1/imports', { headers: { 'idempotency-key': 'patient' } });
      await server.stop();
      const reply = await command();
      expect([reply.status, reply.body['type'], reply.headers['retry-after']]).toEqual([
        503,
        'urn:cairn:problem:unavailable',
        '1',
      ]);
      expect((await away.send('GET', '/health/ready', { as: 'nobody' })).status).toBe(503);
      expect((await away.send('GET', '/health/live', { as: 'nobody' })).status).toBe(200);
      expect((await away.send('GET', '/v1/slow', { as: 'nobody' })).status).toBe(200);
      server = await startPostgres({ dataDir, port: server.port });
      expect((await command()).status).toBe(202);
      expect((await away.send('GET', '/health/ready', { as: 'nobody' })).status).toBe(200);
    } finally {
      await away.close();
      await pool.end();
      await server.stop();
      await rm(dataDir, { recursive: true });
    }
  });
});

describe('the API document', () => {
  type Schema = { properties: Record<string, object>; required?: string[] };
  type Operation = {
    security?: object[];
    description?: string;
    parameters: { name: string; in: string; required: boolean; schema?: object }[];
    responses: Record<string, { content?: object }>;
  };
  let document: {
    openapi: string;
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, Schema> };
  };
  beforeAll(async () => {
    document = (await spec.send('GET', '/openapi.json', { as: 'nobody' })).body as never;
  });

  it('lists every route below the service', () => {
    expect(document.openapi).toMatch(/^3\.1/);
    expect(Object.keys(document.paths).sort()).toEqual([
      '/spec/health/flow',
      '/spec/health/live',
      '/spec/health/ready',
      '/spec/v1/imports',
      '/spec/v1/notes',
      '/spec/v1/notes/{noteId}',
      '/spec/v1/rows',
      '/spec/v1/slow',
    ]);
  });

  it('says what a body takes, from its validators', () => {
    expect(document.components.schemas['Note']).toMatchObject({
      required: ['title', 'personId', 'state', 'lines'],
      properties: {
        title: { type: 'string', minLength: 1, maxLength: 200 },
        personId: { type: 'string', format: 'uuid' },
        dueOn: { type: 'string', format: 'date' },
        weight: { type: 'integer', minimum: 1 },
        state: { type: 'string', enum: ['draft', 'done'] },
        lines: { type: 'array', items: { $ref: '#/components/schemas/Line' } },
      },
    });
    expect(document.components.schemas['Line']!.properties['text']).toMatchObject({ maxLength: 20 });
  });

  it('says what a query takes', () => {
    const { parameters } = document.paths['/spec/v1/rows']!['get']!;
    expect(parameters.map(({ name, required }) => [name, required])).toEqual(
      expect.arrayContaining([
        ['limit', false],
        ['cursor', false],
        ['format', false],
        ['sort', false],
      ]),
    );
    expect(parameters.find(({ name }) => name === 'limit')!.schema).toMatchObject({
      type: 'integer',
      minimum: 1,
      maximum: 500,
    });
  });

  it('says what has a version, and what that is good for', () => {
    const read = document.paths['/spec/v1/notes/{noteId}']!['get']!;
    expect(read.responses['200']).toMatchObject({ headers: { ETag: {} } });
    expect(Object.keys(read.responses).sort()).toEqual(['200', '304', '401', '403', '404', 'default']);
    expect(read.parameters.map(({ name }) => name)).toEqual(['noteId', 'If-None-Match']);
  });

  it('says who may, and which headers a command has', () => {
    const command = document.paths['/spec/v1/notes']!['post']!;
    expect(command.security).toEqual([{ token: [] }]);
    expect(command.description).toContain('Roles: coach, coachee.');
    expect(
      command.parameters
        .filter((parameter) => parameter.in === 'header')
        .map(({ name, required }) => [name, required]),
    ).toEqual([
      ['Idempotency-Key', true],
      ['Cairn-Occurred-At', false],
      ['Cairn-On-Behalf-Of', false],
    ]);
    const statuses = ['201', '400', '401', '403', '409', '422', 'default'];
    expect(Object.keys(command.responses).sort()).toEqual(statuses);
    for (const status of statuses.slice(1))
      expect(command.responses[status]!.content).toMatchObject({
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      });
    expect(document.paths['/spec/health/live']!['get']!.security).toBeUndefined();
    expect(document.components.schemas['Problem']).toBeDefined();
  });
});

describe('several services behind one server', () => {
  it('are reached through their routing', async () => {
    const { routing } = spec.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
    const server = createServer((request, response) => routing(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      expect(await (await fetch(`${origin}/spec/health/live`)).json()).toEqual({ status: 'alive' });
      const refused = await fetch(`${origin}/spec/v1/notes`, {
        method: 'POST',
        body: '{',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await spec.token('coach')}` },
      });
      expect(refused.status).toBe(400);
      expect((await fetch(`${origin}/other`)).status).toBe(404);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

describe('a graceful stop', () => {
  it('fails no request of a client that heeds readiness', async () => {
    const leaving = await specApp([EdgeSpecController]);
    await leaving.app.listen(0, '127.0.0.1');
    const origin = `http://127.0.0.1:${(leaving.app.getHttpServer().address() as AddressInfo).port}/spec`;
    const state = { ready: true };
    const outcomes: unknown[] = [];
    const client = async () => {
      while (state.ready)
        outcomes.push(
          await fetch(`${origin}/v1/slow`).then(
            (response) => response.status,
            (error: unknown) => error,
          ),
        );
    };
    const watcher = async () => {
      while (state.ready) {
        state.ready = (await fetch(`${origin}/health/ready`)).status === 200;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const load = Promise.all([watcher(), ...Array.from({ length: 10 }, client)]);
    while (outcomes.length <= 20) await new Promise((resolve) => setTimeout(resolve, 10));
    await stopGracefully(leaving.app, 0.5);
    await load;
    expect(outcomes.filter((outcome) => outcome !== 200)).toEqual([]);
    await expect(fetch(`${origin}/v1/slow`)).rejects.toThrow();
    await leaving.close();
  });

  it('answers what is under way, without a drain too', async () => {
    const leaving = await specApp([EdgeSpecController]);
    await leaving.app.listen(0, '127.0.0.1');
    const origin = `http://127.0.0.1:${(leaving.app.getHttpServer().address() as AddressInfo).port}/spec`;
    const underWay = fetch(`${origin}/v1/slow`);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await stopGracefully(leaving.app, 0);
    expect((await underWay).status).toBe(200);
    await leaving.close();
  });
});
