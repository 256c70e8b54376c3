import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loggerOf } from '@cairn/telemetry';
import { Draining } from './health-controllers.js';

/** Serves one service on a port of its own, until SIGTERM or SIGINT. */
export async function listen(
  app: NestFastifyApplication,
  options: { service: string; port: number; drainSeconds: number },
): Promise<void> {
  const log = loggerOf(options.service, 'http');
  await app.listen(options.port, '0.0.0.0');
  log.info({ port: options.port }, 'listening');
  let stopping: Promise<void> | undefined;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    log.info({ signal }, 'stopping: requests under way are finished');
    stopping = stopGracefully(app, options.drainSeconds).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/**
 * Stops without failing a client: says "not ready" and closes each connection after its answer for `drainSeconds`, so that
 * a balancer looks elsewhere; then accepts no more, finishes what is under way, and lets the modules shut down
 * (`onApplicationShutdown` is where pools are closed; `onModuleDestroy` comes before the last answers).
 */
export async function stopGracefully(app: NestFastifyApplication, drainSeconds: number): Promise<void> {
  app.get(Draining).active = true;
  await new Promise((resolve) => setTimeout(resolve, drainSeconds * 1000));
  // A connection that is kept alive after an answer sent before the drain would hold the process for its whole time-out.
  const server = app.getHttpServer() as Server;
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
  }
}
