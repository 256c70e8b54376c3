import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requirePrograms } from '../src/limits/programs.js';
import type { Result } from '../src/measure/result.js';

const run = promisify(execFile);
const main = join(import.meta.dirname, '..', 'dist', 'main.js');
const bench = (...args: string[]) =>
  run(process.execPath, [main, ...args], {
    env: { ...process.env, PATH: `${directory}:${process.env['PATH']}` },
  });

let directory: string;
/** Has calls of a program noted, with their arguments, on their way to it. */
async function recorded(program: string): Promise<void> {
  const { stdout } = await run('which', [program]);
  const script = `#!/bin/sh\necho "${program} $*" >> '${directory}/called'\nexec '${stdout.trim()}' "$@"\n`;
  await writeFile(join(directory, program), script, { mode: 0o755 });
}
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cairn-bench-spec-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Where the limit cannot be measured there is nothing to compare with; CI must not pass over it. */
const measurable =
  process.env['CI'] === 'true' ||
  (await requirePrograms().then(
    () => true,
    () => false,
  ));

describe('the bench', () => {
  (measurable ? it : it.skip)(
    'measures both sides alike, prints a table and writes the figures',
    async () => {
      const out = join(directory, 'bench.json');
      const rows = ['append', 'message-db', 'append-with-rows', 'read'];
      await recorded('pgbench');
      await recorded('psql');
      const { stdout } = await bench('--quick', ...rows.flatMap((row) => ['--only', row]), '--out', out);
      const { results, events } = JSON.parse(await readFile(out, 'utf8')) as {
        results: Result[];
        events: number;
      };
      expect(results.map(({ row, what, goal, errors }) => [row, what, goal, errors])).toEqual([
        ['append', '1 caller', { atLeast: 0.5 }, 0],
        ['append', '8 callers', { atLeast: 0.9 }, 0],
        ['append', '32 callers', { atLeast: 1.4 }, 0],
        ['append', '128 callers', { atLeast: 1.4 }, 0],
        ['message-db', '32 callers', { atLeast: 6 }, 0],
        ['append-with-rows', '32 callers', { atLeast: 0.6 }, 0],
        ['read', 'pages of 1000', { atLeast: 0.7 }, 0],
      ]);
      for (const { ours, limit, ratio } of results) expect(ratio).toBeCloseTo(ours / limit, 6);
      expect(stdout.trim().split('\n')).toHaveLength(8);
      const called = (await readFile(join(directory, 'called'), 'utf8')).split('\n');
      // Where no transaction came to its end in the time, pgbench is called again.
      const clients = called.flatMap((line) => /--client=(\d+)/.exec(line)?.[1] ?? []);
      expect(clients.filter((count, at) => count !== clients[at - 1])).toEqual(['1', '8', '32', '128', '32']);
      expect(called.filter((line) => line.includes(`position <= ${events} `))).toHaveLength(1);
    },
  );

  it('names the rows that there are', async () => {
    await expect(bench('--only', 'apend')).rejects.toMatchObject({
      stderr: expect.stringMatching(/no row apend[\s\S]*append, message-db/),
    });
  });

  it('is not quick and full at once', async () => {
    await expect(bench('--quick', '--full')).rejects.toMatchObject({
      stderr: expect.stringContaining('--quick and --full exclude each other'),
    });
  });
});
