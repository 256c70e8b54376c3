import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loggerOf } from '@cairn/telemetry';
import { Draining } from './health-controllers.js';

/** Longer than that, what a service stands on does not answer; who runs it would soon end it by force. */
const STOPS_WITHIN_MS = 25_000;

/** Serves one service on a port of its own, until SIGTERM or SIGINT. @param stop ends all of it, `app` too */
export async function listen(
  app: NestFastifyApplication,
  { service, port }: { service: string; port: number },
  stop: () => Promise<void>,
): Promise<void> {
  const log = loggerOf(service, 'http');
  await app.listen(port, '0.0.0.0');
  log.info({ port }, 'listening');
  let stopping = false;
  const end = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping: requests under way are finished');
    const tooLong = sleep(STOPS_WITHIN_MS).then(() => {
      throw new Error(`it takes longer than ${STOPS_WITHIN_MS / 1000} s`);
    });
    void Promise.race([stop(), tooLong]).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'could not stop in order');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

/**
 * Stops without failing a client: says "not ready" and closes each connection after its answer for `drainSeconds`, so that
 * a balancer looks elsewhere; then accepts no more, finishes what is under way, and lets the modules shut down
 * (`onApplicationShutdown` is where pools are closed; `onModuleDestroy` comes before the last answers).
 */
export async function stopGracefully(app: NestFastifyApplication, drainSeconds: number): Promise<void> {
  app.get(Draining).active = true;
  await sleep(drainSeconds * 1000);
  // A connection that is kept alive after an answer sent before the drain would hold the process for its whole time-out.
  const server = app.getHttpServer() as Server;
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
  }
}
