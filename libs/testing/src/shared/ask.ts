import { request } from 'node:http';

/** Where the process that runs Jest listens for its workers; set by `serveSharedServers`. */
export const SOCKET_VARIABLE = 'CAIRN_TEST_SERVERS';

/** Asks the process that runs Jest for a server that all specs share, and waits until it runs. */
export async function askShared<T>(server: 'postgres' | 'kafka'): Promise<T> {
  const socketPath = process.env[SOCKET_VARIABLE];
  if (!socketPath)
    throw new Error('The shared test servers are started by Jest: run specs with `npm run jest -- <path>`.');
  return new Promise((resolve, reject) => {
    // A connection of its own: one kept from an earlier question may be closed by the other side just now.
    const asked = request({ socketPath, path: `/${server}`, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answer = JSON.parse(Buffer.concat(chunks).toString('utf8')) as T & { error?: string };
        if (response.statusCode === 200) resolve(answer);
        else reject(new Error(answer.error));
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}
