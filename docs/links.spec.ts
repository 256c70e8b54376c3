import { expect, it } from '@jest/globals';
import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const pages = globSync(['*.md', 'docs/**/*.md', 'apps/*/**/*.md', 'libs/*/**/*.md'], { cwd: root }).filter(
  (page) => !page.includes('node_modules'),
);

/** A heading's anchor, as it is made of it where Markdown is shown. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[`*]/g, '')
    .replace(/[^\p{L}\p{N}\- ]/gu, '')
    .replaceAll(' ', '-');

const anchorsIn = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!));

it.each(pages)('the links of %s lead somewhere', async (page) => {
  const text = await readFile(join(root, page), 'utf8');
  const dead: string[] = [];
  for (const [, target = '', anchor] of text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)) {
    const path = target === '' ? join(root, page) : join(root, dirname(page), target);
    const found = existsSync(path);
    if (!found || (anchor && !anchorsIn(await readFile(path, 'utf8')).includes(anchor)))
      dead.push(`${target}#${anchor ?? ''}`);
  }
  expect(dead).toEqual([]);
});
