import { isRunning } from '@cairn/embedded';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = 'cairn-test-';

/**
 * Makes an empty directory below `parent`, named after this process, and removes those of processes that were killed
 * before they could remove their own.
 */
export async function temporaryDirectory(parent: string, kind: string): Promise<string> {
  await removeAbandoned(parent);
  const directory = await mkdtemp(join(parent, `${PREFIX}${process.pid}-${kind}-`));
  await chmod(directory, 0o711);
  return directory;
}

/** Removes a directory, also while a server that was just killed still holds files in it. */
export async function removeDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (Number.isNaN(pid) || (await isRunning(pid))) continue;
    // Another user's, or another start removes it at this moment: either way it is not ours to insist.
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
