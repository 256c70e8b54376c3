import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError, minding } from './errors.js';
import { commandLine, isRunning, processBirth, waitForEnd } from './processes.js';

/*
 * owner.json names the process that started the server on a directory. PostgreSQL's own postmaster.pid keeps two
 * servers off one directory; this file tells a server somebody uses from one that was left behind by a SIGKILL.
 */
interface Owner {
  pid: number;
  birth: string | undefined;
}

const fileIn = (directory: string) => join(directory, 'owner.json');

/**
 * Claims the directory for this process, ending a server that a killed process left behind on it.
 * Refuses with `data-directory-in-use` when the process that owns it lives.
 */
export async function claim(directory: string, cluster: string): Promise<void> {
  const owner = await readOwner(directory);
  if (owner && (await isAlive(owner))) throw inUse(directory, `process ${owner.pid}`);
  const server = await liveServer(cluster);
  if (server !== undefined) {
    if (!owner || !(await endLeftBehind(server)))
      throw inUse(directory, `a PostgreSQL server, process ${server}`);
  }
  const mine: Owner = { pid: process.pid, birth: await processBirth(process.pid) };
  await minding(directory, () => writeFile(fileIn(directory), JSON.stringify(mine) + '\n'));
}

/** Gives up this process's claim; another's is left alone. */
export async function release(directory: string): Promise<void> {
  if ((await readOwner(directory))?.pid === process.pid) await rm(fileIn(directory), { force: true });
}

export function inUse(directory: string, by: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'data-directory-in-use',
    `The data directory ${directory} is in use by ${by}: Cairn runs on it already. ` +
      'Stop that one first, or start this one on data of its own: CAIRN_HOME=<an existing directory> npm start',
  );
}

async function readOwner(directory: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(fileIn(directory), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  return (await isRunning(owner.pid)) && (await processBirth(owner.pid)) === owner.birth;
}

/**
 * The id of the server that runs on the cluster. A postmaster.pid that names a process which is not that server
 * (its id was used again) is removed: PostgreSQL itself would refuse to start because of it.
 */
async function liveServer(cluster: string): Promise<number | undefined> {
  const file = join(cluster, 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  if (!pid) return undefined;
  if ((await isRunning(pid)) && (await commandLine(pid)).includes(cluster)) return pid;
  await rm(file, { force: true });
  return undefined;
}

/** Fast shutdown first, then immediate: the next start recovers from the log. */
async function endLeftBehind(pid: number): Promise<boolean> {
  for (const [signal, milliseconds] of [
    ['SIGINT', 4000],
    ['SIGQUIT', 2000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return !(await isRunning(pid));
    }
    if (await waitForEnd(pid, milliseconds)) return true;
  }
  return false;
}
