import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import type { ClientBase } from 'pg';
import type { DataSource } from 'typeorm';
import { planFile, readFile, type ImportRequest, type Planned, type ReadFile } from './prepare.js';

/** A file that was read: it can be planned, as often as the directory changes meanwhile. */
export interface Preparation {
  /** What kept the file from being read; nothing else works then. */
  readonly unread?: Extract<ReadFile, { ok: false }>;
  plan(): Promise<Planned>;
  close(): Promise<void>;
}

/** Up to this size a file is read and planned within some tenths of a second, and others can wait for it. */
const INLINE_BYTES = 1_000_000;

/** Reads a file of people; a large one in a thread of its own, which plans it too, so that others are answered meanwhile. */
export async function prepare(
  bytes: AsyncIterable<Uint8Array>,
  request: ImportRequest,
  dataSource: DataSource,
): Promise<Preparation> {
  const source = bytes[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  for (let size = 0; size <= INLINE_BYTES;) {
    const next = await source.next();
    if (next.done) return here(await readFile(Readable.from(head), request), request, dataSource);
    head.push(next.value);
    size += next.value.length;
  }
  async function* all() {
    yield* head;
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
  }
  return apart(all(), request, dataSource);
}

function here(read: ReadFile, request: ImportRequest, dataSource: DataSource): Preparation {
  return {
    ...(read.ok ? {} : { unread: read }),
    async plan() {
      if (!read.ok) throw new Error('the file was not read');
      const runner = dataSource.createQueryRunner();
      try {
        return await planFile((await runner.connect()) as ClientBase, request, read);
      } finally {
        await runner.release();
      }
    },
    close: async () => undefined,
  };
}

/** What the thread answers: first how reading went, then each plan that it is asked for. */
export type Answer =
  | { readonly read: Extract<ReadFile, { ok: false }> | null }
  | { readonly planned: Planned }
  // Errors lose their code on the way between threads, and by it an outage is known.
  | { readonly failed: { readonly message: string; readonly code?: unknown } };

async function apart(
  bytes: AsyncIterable<Uint8Array>,
  request: ImportRequest,
  dataSource: DataSource,
): Promise<Preparation> {
  const { url } = dataSource.options as { url: string };
  const worker = new Worker(new URL('./prepare.worker.js', import.meta.url), {
    stdin: true,
    workerData: { request, url },
  });
  // Whoever waits for an answer hears of it; when nobody does, it is told by the end of the thread.
  worker.on('error', () => undefined);
  // Lets go of the body where the thread needs no more of it, or has failed.
  const enough = new AbortController();
  const answer = async <T extends Answer>(): Promise<T> => {
    const failed = once(worker, 'exit', { signal: enough.signal }).then(() => {
      throw new Error('the thread that reads the file of people ended');
    });
    failed.catch(() => undefined);
    const [said] = (await Promise.race([once(worker, 'message'), failed])) as [Answer];
    if ('failed' in said) throw Object.assign(new Error(said.failed.message), { code: said.failed.code });
    return said as T;
  };
  const close = async () => {
    enough.abort();
    await worker.terminate();
  };
  try {
    const fed = pipeline(Readable.from(bytes), worker.stdin!, { signal: enough.signal });
    const reading = answer<Extract<Answer, { read: unknown }>>();
    reading.catch(() => undefined);
    // A body that fails ends everything; one that is wholly handed over waits for what becomes of it.
    const { read } = await Promise.race([reading, fed.then(() => reading)]);
    if (read !== null) {
      fed.catch(() => undefined);
      await close();
      return { unread: read, plan: unread, close: async () => undefined };
    }
    await fed;
    return {
      async plan() {
        const planned = answer<Extract<Answer, { planned: unknown }>>();
        worker.postMessage('plan');
        return (await planned).planned;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const unread = () => Promise.reject(new Error('the file was not read'));
