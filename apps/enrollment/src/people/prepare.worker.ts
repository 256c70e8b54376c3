import { parentPort, workerData } from 'node:worker_threads';
import { Client } from 'pg';
import type { Answer } from './prepare-apart.js';
import { planFile, readFile, type ImportRequest, type ReadFile } from './prepare.js';

const { request, url } = workerData as { request: ImportRequest; url: string };
const say = (answer: Answer) => parentPort!.postMessage(answer);

const read = await readFile(process.stdin, request);
if (read.ok) parentPort!.on('message', () => void plan(read));
say({ read: read.ok ? null : read });

async function plan(file: Extract<ReadFile, { ok: true }>): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'cairn-enrollment-import' });
  // The next query of a lost connection reports the fault.
  client.on('error', () => undefined);
  try {
    await client.connect();
    say({ planned: await planFile(client, request, file) });
  } catch (error) {
    const { message, code } = error as { message: string; code?: unknown };
    say({ failed: { message, code } });
  } finally {
    await client.end().catch(() => undefined);
  }
}
