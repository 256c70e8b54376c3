import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measured } from '../measure/result.js';
import { runProgram } from './programs.js';

export interface PgbenchRun {
  readonly databaseUrl: string;
  readonly script: string;
  /** What the script names as `:name`; sent as parameters of prepared statements. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly clients: number;
  readonly seconds: number;
  /** `simple` only where several statements travel in one message, which prepared ones cannot. */
  readonly mode?: 'prepared' | 'simple';
}

/** Transactions per second of a script, without the time that its connections took to open. */
export async function pgbench(run: PgbenchRun): Promise<Measured> {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
  try {
    const file = join(directory, 'script.sql');
    await writeFile(file, run.script);
    // Its clock runs while connections open, though that time is not counted: on a busy machine a hundred take seconds.
    for (let time = Math.ceil(run.seconds + run.clients / 64); ; time *= 2) {
      const printed = await runProgram('pgbench', run.databaseUrl, argumentsOf(run, file, time));
      if (!NOTHING_DONE.test(printed) || time > 60) return readPgbench(printed);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const NOTHING_DONE = /^number of transactions actually processed: 0$/m;

const argumentsOf = (
  { clients, mode = 'prepared', variables = {} }: PgbenchRun,
  file: string,
  time: number,
) => [
  '--no-vacuum',
  `--protocol=${mode}`,
  `--client=${clients}`,
  `--jobs=${Math.min(clients, availableParallelism())}`,
  `--time=${time}`,
  `--file=${file}`,
  ...Object.entries(variables).map(([name, value]) => `--define=${name}=${value}`),
];

/** @throws Error where it is no report of pgbench */
export function readPgbench(printed: string): Measured {
  const number = (pattern: RegExp) => {
    const found = pattern.exec(printed)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const perSecond = number(/^tps = ([\d.]+)/m);
  if (perSecond === undefined) throw new Error(`pgbench said: ${printed}`);
  return { perSecond, errors: number(/^number of failed transactions: (\d+)/m) ?? 0 };
}
