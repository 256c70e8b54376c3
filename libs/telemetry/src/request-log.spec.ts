import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, HttpException, Logger, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { makeLogger, NestLog, noteRoute, requestLogging } from './log.js';
import { traceOf } from './trace.js';

const lines: Record<string, unknown>[] = [];
const logger = makeLogger(
  { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  'debug',
);

@Controller()
class Notes {
  @Get('people')
  find() {
    new Logger('Notes').log('looked');
    return [];
  }

  @Get('people/:personId/named/:name')
  read() {
    return {};
  }

  @Post('notes')
  add() {
    return {};
  }

  @Get('health/flow')
  flow() {
    throw new HttpException('stuck', 503);
  }

  @Get('breaks')
  breaks() {
    throw new Error('canary');
  }
}

@Module({ imports: [requestLogging(logger)], controllers: [Notes], providers: [NestLog] })
class Spec {}

let app: NestFastifyApplication;
beforeAll(async () => {
  const adapter = new FastifyAdapter({ genReqId: (request: IncomingMessage) => traceOf(request).traceId });
  app = await NestFactory.create<NestFastifyApplication>(Spec, adapter, { bufferLogs: true });
  app.useLogger(app.get(NestLog));
  app.setGlobalPrefix('spec');
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', async (request) => {
    const { url } = request.routeOptions;
    if (url !== undefined) noteRoute(request.raw, url, request.params as Record<string, unknown>);
  });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(() => app.close());

async function logged(method: 'GET' | 'POST', url: string): Promise<Record<string, unknown>[]> {
  lines.length = 0;
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  await app.inject({
    method,
    url,
    headers: { authorization: 'Bearer canary', cookie: 'canary', traceparent },
    ...(method === 'POST' ? { payload: { note: 'canary' } } : {}),
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  return lines.slice();
}

describe('a request', () => {
  it('is one line with service, path, status, time and trace, and nothing of what was sent', async () => {
    const [line, ...more] = await logged('POST', '/spec/notes?name=canary');
    expect(more).toEqual([]);
    expect(line).toEqual({
      level: 30,
      time: expect.any(String),
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      service: 'spec',
      method: 'POST',
      path: '/spec/notes',
      status: 201,
      ms: expect.any(Number),
      msg: 'POST /spec/notes 201',
    });
  });

  it('that reads is for debugging; what is logged on the way has its trace', async () => {
    const [looked, line] = await logged('GET', '/spec/people?name=canary');
    expect(looked).toMatchObject({
      msg: 'looked',
      context: 'Notes',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    });
    expect(line).toMatchObject({ level: 20, status: 200 });
    expect(JSON.stringify([looked, line])).not.toContain('canary');
  });

  it('is known by its route and its ids, whatever else stands in its path', async () => {
    const id = '0190a1b2-0000-7000-8000-00000000000a';
    const path = `/spec/people/${id}/named/:name`;
    expect((await logged('GET', `/spec/people/${id}/named/canary%20smith`)).at(-1)).toMatchObject({ path });
    const [unknown] = await logged('POST', '/spec/people/canary?x=canary');
    expect(unknown).toMatchObject({ service: 'spec', path: 'no such route', status: 404 });
    expect(JSON.stringify(unknown)).not.toContain('canary');
  });

  it('for health is for debugging too, also when it is bad', async () => {
    expect((await logged('GET', '/spec/health/flow')).at(-1)).toMatchObject({ level: 20, status: 503 });
  });

  it('that fails is an error', async () => {
    expect(await logged('GET', '/spec/breaks')).toContainEqual(
      expect.objectContaining({ level: 50, status: 500 }),
    );
  });
});
