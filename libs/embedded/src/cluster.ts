import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Account } from './account.js';
import { diskFull, EmbeddedPostgresError, minding, NO_SPACE } from './errors.js';
import { inUse } from './owner.js';
import { isRunning } from './processes.js';
import type { Programs } from './programs.js';

const run = promisify(execFile);

/** What initdb works in, with the id of the process that started it. */
const WORK = 'cluster.new-';

/** The superuser of an embedded server. */
export const USER = 'cairn';

export interface Cluster {
  /** PostgreSQL's own data directory. */
  path: string;
  password: string;
}

/** Where the cluster of a directory is, whether it has been made or not. */
export const clusterPath = (directory: string) => join(directory, 'cluster', 'data');

/** Opens the cluster in the directory, or makes it: UTF-8, C.UTF-8 collation on every platform, SCRAM only. */
export async function openCluster(
  directory: string,
  programs: Programs,
  account: Account | undefined,
  options: { durable: boolean; progress: (line: string) => void },
): Promise<Cluster> {
  const path = clusterPath(directory);
  if ((await writtenBy(path)) === undefined) {
    options.progress('Creating the database');
    await initialise(directory, programs, account, options.durable);
  }
  const version = await writtenBy(path);
  if (version !== programs.major) throw otherVersion(path, String(version), programs.major);
  const password = await readFile(join(directory, 'cluster', 'password'), 'utf8');
  return { path, password: password.trim() };
}

async function writtenBy(path: string): Promise<string | undefined> {
  return (await readFile(join(path, 'PG_VERSION'), 'utf8').catch(() => undefined))?.trim();
}

/**
 * initdb works aside, and cluster and password move into place together: an interrupted start leaves nothing that
 * could be taken for a cluster, and of two starts at once one wins.
 */
async function initialise(
  directory: string,
  programs: Programs,
  account: Account | undefined,
  durable: boolean,
): Promise<void> {
  await removeBrokenOff(directory);
  const work = join(directory, `${WORK}${process.pid}`);
  const handedOver = join(work, 'password-for-initdb');
  try {
    await minding(directory, async () => {
      const password = randomBytes(24).toString('base64url');
      await mkdir(join(work, 'data'), { recursive: true });
      await chmod(work, 0o711);
      await writeFile(join(work, 'password'), password + '\n', { mode: 0o600 });
      await writeFile(handedOver, password, { mode: 0o600 });
      if (account)
        for (const entry of [join(work, 'data'), handedOver]) await chown(entry, account.uid, account.gid);
    });
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const access = [`--username=${USER}`, `--pwfile=${handedOver}`, '--auth=scram-sha-256'];
    const sync = durable ? [] : ['--no-sync'];
    await run(programs.initdb, ['-D', join(work, 'data'), ...locale, ...access, ...sync], {
      cwd: work,
      ...account,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
    await rm(handedOver);
    await rename(work, join(directory, 'cluster'));
  } catch (error) {
    throw asFault(error, directory);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What a start left that ended while initdb worked. */
async function removeBrokenOff(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    if (name.startsWith(WORK) && !(await isRunning(Number(name.slice(WORK.length)))))
      await rm(join(directory, name), { recursive: true, force: true });
  }
}

function asFault(error: unknown, directory: string): Error {
  if (error instanceof EmbeddedPostgresError) return error;
  const { code, stderr = '', stdout = '', message } = error as Error & Record<string, string | undefined>;
  if (NO_SPACE.test(stderr + stdout)) return diskFull(directory, error);
  if (code === 'ENOTEMPTY' || code === 'EEXIST') return inUse(directory, 'another start at this very moment');
  return new EmbeddedPostgresError(
    'ended',
    `PostgreSQL could not create its files in ${directory}: ${stderr.trim() || message}`,
    { cause: error },
  );
}

function otherVersion(path: string, found: string, ours: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'other-major-version',
    `${path} was written by PostgreSQL ${found}; this release brings PostgreSQL ${ours}. ` +
      'Take a dump with the release that wrote it, move the directory away and restore the dump, ' +
      'or move it away to begin empty.',
  );
}
