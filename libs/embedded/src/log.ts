import { open, readFile, rename, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { diskFull, EmbeddedPostgresError, NO_SPACE, portTaken } from './errors.js';
import { inUse } from './owner.js';

/** The server's log, and where in it this run of the server begins. */
export interface ServerLog {
  directory: string;
  path: string;
  file: FileHandle;
  from: number;
}

/**
 * Opens the log of the server on a directory. It is a file, since a pipe would stop the server whenever this process
 * is too busy to read. One over 10 MB is set aside, and only the last of those is kept.
 */
export async function openLog(directory: string): Promise<ServerLog> {
  const path = join(directory, 'postgres.log');
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  if (size > 10_000_000) await rename(path, `${path}.1`);
  const file = await open(path, 'a', 0o600);
  return { directory, path, file, from: (await file.stat()).size };
}

/** Names the reason for which the server ended, as far as its log tells. */
export async function whyEnded(log: ServerLog, port: number): Promise<EmbeddedPostgresError> {
  const text = (await readFile(log.path)).subarray(log.from).toString('utf8').trim();
  if (NO_SPACE.test(text)) return diskFull(log.directory);
  if (/Address already in use/i.test(text)) return portTaken(port);
  const other = /Is another postmaster \(PID (\d+)\) running/.exec(text);
  if (other) return inUse(log.directory, `a PostgreSQL server, process ${other[1]}`);
  if (/pre-existing shared memory/.test(text))
    return new EmbeddedPostgresError(
      'sessions-remain',
      `Sessions of a PostgreSQL that was killed still run on ${log.directory}. Try again in a moment, or end them.`,
    );
  const end = text.split('\n').slice(-10).join('\n');
  return new EmbeddedPostgresError('ended', `PostgreSQL ended by itself; the end of ${log.path}:\n${end}`);
}
