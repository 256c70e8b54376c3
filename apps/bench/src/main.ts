import { mkdir, open, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { ProgramMissing, requirePrograms } from './limits/programs.js';
import type { Result } from './measure/result.js';
import { tableOf } from './report.js';
import type { Bench } from './row.js';
import { ROWS } from './rows/index.js';
import { Servers } from './servers.js';

const USAGE = `npm run bench -- [options]

  --only ROW    only these rows; several may be given: ${ROWS.map(({ name }) => name).join(', ')}
  --quick       a look, not a measurement: one-second rounds, 20,000 events
  --full        growth goes on to 10,000,000 events; no other row has more than without
  --out FILE    where the figures are written as JSON; .cairn/bench.json unless given`;

class UsageError extends Error {}

const say = (line: string) => process.stderr.write(`${line}\n`);

/** @throws UsageError */
function given() {
  try {
    return parseArgs({
      options: {
        only: { type: 'string', multiple: true, default: [] },
        quick: { type: 'boolean', default: false },
        full: { type: 'boolean', default: false },
        out: { type: 'string', default: '.cairn/bench.json' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

/** Before a quarter of an hour is spent. @throws UsageError where the figures could not be written */
async function prepare(out: string): Promise<void> {
  try {
    await mkdir(dirname(out), { recursive: true, mode: 0o711 });
    await (await open(out, 'a')).close();
  } catch (error) {
    throw new UsageError(`The figures cannot be written to ${out}: ${(error as Error).message}`);
  }
}

async function main(): Promise<void> {
  const values = given();
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const unknown = values.only.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0) throw new UsageError(`There is no row ${unknown.join(', ')}.\n\n${USAGE}`);
  if (values.quick && values.full) throw new UsageError(`--quick and --full exclude each other.\n\n${USAGE}`);
  await requirePrograms();
  await prepare(values.out);

  const began = Date.now();
  const [load = 0] = loadavg();
  const cores = availableParallelism();
  if (load > cores / 2)
    say(
      `The machine is busy (load ${load.toFixed(1)} on ${cores} cores): sides of few processes will look slower.`,
    );
  const servers = new Servers((line) => say(`  ${line}`));
  const bench: Bench = {
    servers,
    pace: values.quick
      ? { rounds: 1, seconds: 1, within: 1, warm: false }
      : { rounds: 3, seconds: 2, within: 10 },
    events: values.quick ? 20_000 : values.full ? 10_000_000 : 1_000_000,
    progress: (line) => say(`  ${line}`),
  };
  const results: Result[] = [];
  try {
    for (const row of ROWS.filter(({ name }) => values.only.length === 0 || values.only.includes(name))) {
      const begun = performance.now();
      say(row.name);
      for await (const result of row.results(bench)) {
        results.push(result);
        say(tableOf([result]).split('\n')[1]!);
      }
      say(`  ${Math.round((performance.now() - begun) / 1000)} s`);
    }
  } finally {
    await servers.stop();
  }
  process.stdout.write(`${tableOf(results)}\n`);
  const machine = { cores, loadBefore: load, cpu: cpus()[0]?.model, memory: totalmem() };
  const run = {
    at: new Date(began).toISOString(),
    seconds: (Date.now() - began) / 1000,
    machine,
    node: process.version,
  };
  await writeFile(
    values.out,
    `${JSON.stringify({ ...run, events: bench.events, pace: bench.pace, results }, null, 2)}\n`,
  );
  say(`${values.out} holds the figures.`);
}

await main().catch((error: unknown) => {
  const plain = error instanceof UsageError || error instanceof ProgramMissing;
  process.stderr.write(`${plain ? error.message : ((error as Error).stack ?? String(error))}\n`);
  process.exitCode = 1;
});
