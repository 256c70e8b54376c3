import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { canEnter, serverAccount } from './account.js';
import { makeDirectory } from './directories.js';

export interface DataPlace {
  /** The directory to give to `startEmbeddedPostgres`; its parents exist. */
  directory: string;
  /** Why it is not `.cairn` in the checkout, in a sentence; undefined where it is. */
  because?: string;
}

/**
 * Where the embedded PostgreSQL of a checkout keeps its data: `.cairn/postgres` in the checkout, or, when root
 * started it below a directory that PostgreSQL's unprivileged account cannot enter, a directory of its own
 * below /var/lib/cairn, named by a hash of the checkout's path.
 */
export async function dataPlace(checkout: string): Promise<DataPlace> {
  const account = await serverAccount();
  const home = join(checkout, '.cairn');
  await makeDirectory(home);
  if (!account || (await canEnter(home, account))) return { directory: join(home, 'postgres') };

  const hash = createHash('sha256')
    .update(await realpath(checkout))
    .digest('hex')
    .slice(0, 12);
  const elsewhere = join('/var/lib/cairn', hash);
  await makeDirectory('/var/lib/cairn');
  await makeDirectory(elsewhere);
  return {
    directory: join(elsewhere, 'postgres'),
    because: `PostgreSQL does not run as root, and its account "nobody" cannot enter ${checkout}`,
  };
}
