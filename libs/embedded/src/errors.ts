/**
 * What can keep the embedded PostgreSQL from running, each with its own message:
 *
 * - `port-taken`: another process listens on the port that was asked for.
 * - `data-directory-in-use`: a live process runs a PostgreSQL on this directory.
 * - `sessions-remain`: those of a server that was killed have not ended yet, and hold its shared memory.
 * - `disk-full`: no space left while the directory was made or the server ran.
 * - `programs-missing`: there is no PostgreSQL for this platform, or it does not run here.
 * - `other-major-version`: the directory was written by another major version.
 * - `directory-unreachable`: the account that PostgreSQL runs under cannot enter the directory.
 * - `ended`: the server ended by itself; the message carries the end of its log.
 */
export type EmbeddedPostgresFault =
  | 'port-taken'
  | 'data-directory-in-use'
  | 'sessions-remain'
  | 'disk-full'
  | 'programs-missing'
  | 'other-major-version'
  | 'directory-unreachable'
  | 'ended';

/** A fault whose `message` is meant for the person at the terminal: what happened and what to do. */
export class EmbeddedPostgresError extends Error {
  constructor(
    readonly code: EmbeddedPostgresFault,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
  }
}

export function isFault(error: unknown, code: EmbeddedPostgresFault): error is EmbeddedPostgresError {
  return error instanceof EmbeddedPostgresError && error.code === code;
}

/** PostgreSQL's and the system's words for it; a file that could only be extended in part has none of its own. */
export const NO_SPACE =
  /No space left on device|ENOSPC|EDQUOT|Disk quota exceeded|wrote only \d+ of \d+ bytes|Check free disk space/i;

/** PostgreSQL's SQLSTATE for it. */
const DISK_FULL = '53100';

export function diskFull(where: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'disk-full',
    `The disk that holds ${where} is full. Free some space there and start again; what was acknowledged is kept.`,
    { cause },
  );
}

export function portTaken(port: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'port-taken',
    `Port ${port} of 127.0.0.1, wanted for the embedded PostgreSQL, is taken by another process.`,
  );
}

/** Runs `work` on files, or databases, in `where`, and names a full disk as what it is. */
export async function minding<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    const { code } = error as { code?: unknown };
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === DISK_FULL) throw diskFull(where, error);
    throw error;
  }
}
