import { expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

it('what is made from the contracts is up to date', () => {
  const generate = join(import.meta.dirname, 'generate.mjs');
  const { stderr, status } = spawnSync(process.execPath, [generate, '--check'], { encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});

it('what the API references say of answers is what the types say', () => {
  const generate = join(import.meta.dirname, 'answers.mjs');
  const { stderr, status } = spawnSync(process.execPath, [generate, '--check'], { encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
}, 240_000);

/** The slugs that a source file refuses with. */
const slugsIn = (text: string): string[] =>
  [...text.matchAll(/\bslug: '([a-z0-9-]+)'/g)].map(([, slug]) => slug!);

it('the reference of errors names every slug', async () => {
  const page = await readFile(join(import.meta.dirname, 'http-conventions.md'), 'utf8');
  const root = join(import.meta.dirname, '../..');
  const files = globSync(
    [
      'apps/{enrollment,sessions,goals,analytics}/src/**/*.ts',
      'libs/{http,identity,service,event-store}/src/**/*.ts',
    ],
    {
      cwd: root,
    },
  ).filter((file) => !/\.spec\.ts$|\/testing\//.test(file));
  const slugs = await Promise.all(
    files.map(async (file) => slugsIn(await readFile(join(root, file), 'utf8'))),
  );
  expect(slugs.flat().length).toBeGreaterThan(50);
  expect(slugs.flat().filter((slug) => !page.includes(`\`${slug}\``))).toEqual([]);
});
