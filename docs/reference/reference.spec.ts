import { expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

it('what is made from the contracts is up to date', () => {
  const generate = join(import.meta.dirname, 'generate.mjs');
  const { stderr, status } = spawnSync(process.execPath, [generate, '--check'], { encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});
