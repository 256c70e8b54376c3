import type { IncomingMessage } from 'node:http';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RefusedError } from '@cairn/decider';
import { AuthGuard, VERIFIER } from '@cairn/identity';
import { histogram, NestLog, noteRoute, requestLogging, traceOf } from '@cairn/telemetry';
import { EdgeAdapter } from './adapter.js';
import { AnswerInterceptor } from './answer-interceptor.js';
import { Bodies } from './bodies.js';
import { answerClientError } from './client-error.js';
import { CLOCK, systemClock } from './clock.js';
import { CommandInterceptor } from './command-interceptor.js';
import { CommandKeys } from './command-keys.js';
import { EDGE, type Edge, type EdgeOptions } from './edge.js';
import { FaultError } from './fault-error.js';
import { Draining, HealthController, MetricsController } from './health-controllers.js';
import { parseJsonBody } from './json-body.js';
import { KeyHousekeeping } from './key-housekeeping.js';
import { OpenApiController, OpenApiDocument } from './openapi.js';
import type { Fault } from './problem.js';
import { ProblemFilter } from './problem-filter.js';
import { QueryNames } from './query-names.js';
import { EdgeValidation } from './validation.js';

const BODY_LIMIT = 1024 * 1024;

const PACKED: Fault = {
  status: 415,
  slug: 'unsupported-media-type',
  detail: 'No Content-Encoding is understood: leave it out, and send the body uncompressed.',
  headers: { 'accept-encoding': 'identity' },
};

@Module({})
class EdgeModule {}

/** The service's module, with all that stands between it and the wire. */
function edgeModule(module: Type | DynamicModule, edge: Edge, problems: ProblemFilter): DynamicModule {
  return {
    module: EdgeModule,
    global: true,
    imports: [requestLogging(), module],
    controllers: [HealthController, MetricsController, OpenApiController],
    providers: [
      { provide: EDGE, useValue: edge },
      { provide: CLOCK, useValue: edge.clock },
      { provide: VERIFIER, useValue: edge.verifier },
      { provide: CommandKeys, useValue: new CommandKeys(edge.pool) },
      KeyHousekeeping,
      Draining,
      OpenApiDocument,
      NestLog,
      { provide: APP_FILTER, useValue: problems },
      { provide: APP_GUARD, useClass: AuthGuard },
      // The first one is the outermost: it shapes what the others hand back.
      { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
      { provide: APP_INTERCEPTOR, useClass: QueryNames },
      { provide: APP_INTERCEPTOR, useClass: Bodies },
      { provide: APP_INTERCEPTOR, useClass: CommandInterceptor },
      { provide: APP_PIPE, useClass: EdgeValidation },
    ],
    exports: [CLOCK, CommandKeys, EDGE],
  };
}

/**
 * A service's HTTP side, initialised and not listening: `/<service>/…` for the controllers of `module`, health, metrics and
 * `openapi.json`. `listen` (serve.ts) serves it alone; several may be served behind one `http.Server` by their `routing`.
 * The database must have had `CommandKeys.migrate`.
 */
export async function createHttpApp(
  module: Type | DynamicModule,
  options: EdgeOptions,
): Promise<NestFastifyApplication> {
  const edge: Edge = {
    ...options,
    clock: options.clock ?? systemClock,
    flow: options.flow ?? [],
    servers: options.servers ?? [],
    bodyLimit: BODY_LIMIT,
  };
  const problems = new ProblemFilter(edge);
  const adapter = new EdgeAdapter({
    bodyLimit: BODY_LIMIT,
    clientErrorHandler: answerClientError,
    genReqId: (request: IncomingMessage) => traceOf(request).traceId,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      problems.answer(error, request, reply),
    // A request on a connection that is still open while the process stops is answered, not turned away.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(edgeModule(module, edge, problems), adapter, {
    abortOnError: false,
    bodyParser: false,
    bufferLogs: true,
  });
  app.useLogger(app.get(NestLog));
  app.setGlobalPrefix(edge.service);
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  readBodies(fastify, edge);
  watch(fastify, edge, app.get(Draining));
  app.get(OpenApiDocument).describe(app);
  await app.init();
  await fastify.ready();
  return app;
}

function readBodies(fastify: FastifyInstance, { streams = [], jsonTypes = [] }: Edge): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(['application/json', ...jsonTypes], { parseAs: 'buffer' }, (_, body, done) => {
    try {
      done(null, parseJsonBody(body as Buffer));
    } catch (error) {
      // Told by Bodies, which knows whether the route takes JSON at all.
      if (error instanceof RefusedError) done(null, error);
      else done(error as Error);
    }
  });
  // Its bytes would be taken for what they pack.
  fastify.addHook('preParsing', ({ headers }: FastifyRequest, _: FastifyReply, payload, done) => {
    const packed = (headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity';
    done(packed ? new FaultError(PACKED) : null, payload);
  });
  for (const type of streams) fastify.addContentTypeParser(type, (_, body, done) => done(null, body));
}

function watch(fastify: FastifyInstance, { service }: Edge, draining: Draining): void {
  const seconds = histogram('cairn_http_request_seconds', 'Time to answer, in seconds', [
    'service',
    'method',
    'route',
    'status',
  ]);

  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done) => {
    const route = request.routeOptions.url;
    if (route !== undefined) noteRoute(request.raw, route, request.params as Record<string, unknown>);
    void reply.headers({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'trace-id': traceOf(request.raw).traceId,
    });
    done();
  });
  // So that clients come back over a new connection, to a process that stays.
  fastify.addHook('onSend', (_: FastifyRequest, reply: FastifyReply, payload, done) => {
    if (draining.active) void reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    seconds.observe(
      { service, method: request.method, route, status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    );
    done();
  });
}
