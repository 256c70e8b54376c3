import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { contracts } from './catalogue.js';

const root = join(import.meta.dirname, '..');

it('ships the golden example of every event, and no spec', () => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
  });
  const found = JSON.parse(output) as object;
  const [{ files }] = Object.values(found) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  for (const { context, name } of contracts.values())
    expect(paths).toContain(`golden/${context}/v1/${name}.json`);
  expect(paths).toContain('dist/index.js');
  expect(paths.filter((path) => path.includes('.spec.') || path.startsWith('src/'))).toEqual([]);
});

it('lets a golden example be read by its name', () => {
  const resolve = createRequire(join(root, 'src/index.ts')).resolve;
  for (const { context, name } of contracts.values())
    expect(resolve(`@cairn/contracts/golden/${context}/v1/${name}.json`)).toContain(`${name}.json`);
});
