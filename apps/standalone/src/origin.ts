import { answerClientError, problemOf } from '@cairn/http';
import type { RunningService } from '@cairn/service';
import { traceOf } from '@cairn/telemetry';
import type { FastifyInstance } from 'fastify';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { createPages } from './pages/pages.js';

type Route = (request: IncomingMessage, response: ServerResponse) => void;

export interface OriginOptions {
  readonly services: readonly RunningService[];
  readonly pages: ReturnType<typeof createPages>;
  /** Served at `/.well-known/jwks.json`. */
  readonly jwks: object;
}

/** One HTTP server for everything: each service below its own prefix, and the pages beside them. */
export function createOrigin({ services, pages, jwks }: OriginOptions): Server {
  const routes = new Map<string, Route>(
    services.map(({ name, app }) => {
      const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
      return [name, (request, response) => fastify.routing(request, response)];
    }),
  );

  const server = createServer((request, response) => {
    // Where a client of SCIM looks for it, by custom.
    if (request.url?.startsWith('/scim/v2')) request.url = `/enrollment${request.url}`;
    const pathname = pathOf(request.url ?? '/');
    const route = routes.get(pathname.split('/', 2)[1] ?? '');
    if (route !== undefined) return route(request, response);
    const { traceId } = traceOf(request);
    response.setHeader('trace-id', traceId);
    void answer(pathname, response, traceId).catch(() => response.destroy());
  });
  return server.on('clientError', answerClientError);

  async function answer(path: string, response: ServerResponse, traceId: string): Promise<void> {
    if (path === '/.well-known/jwks.json') return json(response, 200, jwks);
    if (path === '/health/live') return json(response, 200, { status: 'alive' });
    if (path === '/health/ready' || path === '/health/flow') return json(response, ...(await healthOf(path)));
    if (await pages(path, response)) return;
    const detail = `Nothing is at ${path}. The services are below ${services.map(({ name }) => `/${name}`).join(', ')}; see /docs.`;
    const problem = problemOf({ status: 404, slug: 'not-found', detail }, traceId);
    json(response, 404, problem, 'application/problem+json');
  }

  /** The services' health as one: the worst status of all. */
  async function healthOf(path: string): Promise<[number, object]> {
    const answers = await Promise.all(
      services.map(async ({ name, app }) => {
        const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
        const { statusCode, body } = await fastify.inject({ method: 'GET', url: `/${name}${path}` });
        return { name, statusCode, body: JSON.parse(body) as object };
      }),
    );
    const status = Math.max(...answers.map(({ statusCode }) => statusCode));
    return [status, Object.fromEntries(answers.map(({ name, body }) => [name, body]))];
  }
}

/** Of a request line's target, whatever it is: nothing in it may be a reason to throw. */
const pathOf = (target: string): string =>
  target.replace(/^[a-z]+:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] || '/';

function json(response: ServerResponse, status: number, body: object, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
