import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requirePrograms } from '../src/limits/programs.js';
import type { Result } from '../src/measure/result.js';

const run = promisify(execFile);
const main = join(import.meta.dirname, '..', 'dist', 'main.js');
const bench = (...args: string[]) => run(process.execPath, [main, ...args]);

let directory: string;
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
  (measurable ? it : it.skip)('measures appends, prints a table and writes the figures', async () => {
    const out = join(directory, 'bench.json');
    const { stdout } = await bench('--quick', '--only', 'append', '--out', out);
    const { results } = JSON.parse(await readFile(out, 'utf8')) as { results: Result[] };
    expect(results.map(({ what, errors }) => [what, errors])).toEqual([
      ['1 caller', 0],
      ['8 callers', 0],
      ['32 callers', 0],
      ['128 callers', 0],
    ]);
    for (const { ours, limit, ratio } of results) expect(ratio).toBeCloseTo(ours / limit, 6);
    expect(stdout.trim().split('\n')).toHaveLength(5);
  });

  it('names the rows that there are', async () => {
    await expect(bench('--only', 'apend')).rejects.toMatchObject({
      stderr: expect.stringMatching(/no row apend[\s\S]*append, message-db/),
    });
  });
});
