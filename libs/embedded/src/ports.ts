import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Above what is well known, below what systems give to outgoing connections (from 32,768 on). */
const FROM = 10_000;
const BELOW = 32_768;
const TRIES = 100;

function listen(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve()));
  });
}

/**
 * A TCP port of the loopback address that nobody listens on at this moment. No outgoing connection is given it before it is
 * listened on, as could happen to one that the system itself names.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(FROM, BELOW);
    if (await isPortFree(port)) return port;
  }
  throw new Error(
    `No port of 127.0.0.1 can be listened on: ${TRIES} from ${FROM} to ${BELOW - 1} were tried.`,
  );
}

/** Whether `port` of the loopback address can be listened on at this moment. */
export async function isPortFree(port: number): Promise<boolean> {
  try {
    await listen(port);
    return true;
  } catch {
    return false;
  }
}
