import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A program of PostgreSQL's own, run to its end against a database; answers what it printed. */
export async function runProgram(
  program: 'pgbench' | 'psql',
  databaseUrl: string,
  args: readonly string[],
): Promise<string> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const { stdout } = await run(program, args, {
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...process.env,
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: username,
      PGPASSWORD: password,
      PGDATABASE: pathname.slice(1),
    },
  });
  return stdout;
}

/** @throws ProgramMissing unless pgbench and psql are to be had: they are the limit that most rows are measured beside */
export async function requirePrograms(): Promise<void> {
  for (const program of ['pgbench', 'psql'])
    await run(program, ['--version']).catch(() => {
      throw new ProgramMissing(
        `The bench measures beside PostgreSQL's own pgbench and psql, and there is no ${program} on the path. ` +
          'Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql.',
      );
    });
}

export class ProgramMissing extends Error {}
