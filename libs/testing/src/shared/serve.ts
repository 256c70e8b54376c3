import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeDirectory, temporaryDirectory } from '../temporary.js';
import { SOCKET_VARIABLE } from './ask.js';

export interface SharedServers {
  /** Stops every server that was started. */
  stop(): Promise<void>;
}

interface Started {
  /** What the specs are told. */
  answer: unknown;
  stop(): Promise<void>;
}

/**
 * Listens, in the process that runs Jest, for specs that ask for a shared server, and starts each on the first
 * question: a run of pure specs starts none. The address goes to the workers in an environment variable.
 */
export async function serveSharedServers(log: (line: string) => void): Promise<SharedServers> {
  const starters: Record<string, () => Promise<Started>> = {
    '/postgres': async () => {
      const { sharedPostgres } = await import('../postgres/shared-postgres.js');
      const { url, stop } = await sharedPostgres(log);
      return { answer: { url }, stop };
    },
    '/kafka': async () => {
      const { sharedKafka } = await import('../kafka/shared-kafka.js');
      return sharedKafka(log);
    },
  };
  const running = new Map<string, Promise<Started>>();

  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const starter = starters[path];
    if (!starter)
      return void response.writeHead(404).end(JSON.stringify({ error: `no such server: ${path}` }));
    if (!running.has(path)) running.set(path, starter());
    running.get(path)!.then(
      ({ answer }) => response.writeHead(200).end(JSON.stringify(answer)),
      (error: unknown) => response.writeHead(500).end(JSON.stringify({ error: (error as Error).message })),
    );
  });
  const directory = await temporaryDirectory(tmpdir(), 'shared');
  const socket = join(directory, 'servers');
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  process.env[SOCKET_VARIABLE] = socket;

  return {
    stop: async () => {
      const started = await Promise.allSettled(running.values());
      await Promise.all(started.map((one) => (one.status === 'fulfilled' ? one.value.stop() : undefined)));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await removeDirectory(directory);
    },
  };
}
