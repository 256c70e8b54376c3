import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GOALS } from './goals.js';
import { ROWS } from './rows/index.js';

it('what each row has to reach is what the reference promises, which names all rows', () => {
  const reference = readFileSync(join(import.meta.dirname, '../../../docs/reference/bench.md'), 'utf8');
  const [, section] = /^## The rows$(.*?)^## /ms.exec(reference)!;
  const promised = [...section!.matchAll(/^\| `([\w-]+)` \|.*\| ([^|]+) \|$/gm)].map(([, row, goal]) => {
    const [short] = goal!.replaceAll(/p99|,(?=\d{3})/g, '').split('which');
    return [row, [...new Set(short!.match(/[\d.]+/g)!.map(Number))].sort((a, b) => a - b)];
  });
  const held = Object.entries(GOALS).map(([row, goals]) => [
    row,
    [...new Set(goals.flatMap((goal) => Object.values(goal)))].sort((a, b) => a - b),
  ]);
  expect(held).toEqual(promised);
  expect(ROWS.map(({ name }) => name)).toEqual(Object.keys(GOALS));
});
