import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './errors.js';

const run = promisify(execFile);

export interface Account {
  uid: number;
  gid: number;
}

/**
 * The account to run PostgreSQL under: it refuses to run as root, so root hands it to `nobody`.
 * Undefined means the caller's own.
 */
export async function serverAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'nobody'])).stdout.trim())),
    );
    return { uid: uid!, gid: gid! };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'programs-missing',
      'PostgreSQL refuses to run as root, and this machine has no account "nobody" to run it under. ' +
        'Add one, or start Cairn as an ordinary user.',
      { cause },
    );
  }
}

/** Whether the account can enter the directory, tried rather than computed from modes, ACLs and mounts. */
export async function canEnter(directory: string, account: Account | undefined): Promise<boolean> {
  try {
    await run('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { cwd: '/', ...account });
    return true;
  } catch {
    return false;
  }
}

/** Whether the account that an embedded PostgreSQL runs under can enter the directory. */
export async function canServerEnter(directory: string): Promise<boolean> {
  return canEnter(directory, await serverAccount());
}
