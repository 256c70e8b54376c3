/**
 * Makes what in this folder follows from the contracts: asyncapi.json, and the lists in events.md.
 * `node docs/reference/generate.mjs` writes them; with `--check` it says which of them is out of date.
 */
import { asyncApiDocument, goldenOf } from '@cairn/contracts';
import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';

const here = (name) => new URL(name, import.meta.url);
const document = asyncApiDocument(goldenOf);

const lists = Object.values(document.channels).map(({ address, messages }) => {
  const rows = Object.keys(messages)
    .map((name) => document.components.messages[name])
    .map(({ title, name, summary }) => `| ${title} | \`${name}\` | ${summary} |`);
  return `### \`${address}\`\n\n| event | type | what it says |\n|---|---|---|\n${rows.join('\n')}`;
});
const events = readFileSync(here('events.md'), 'utf8').replace(
  /(?<=<!-- made by generate\.mjs -->\n)[\s\S]*(?=<!-- end -->)/,
  `\n${lists.join('\n\n')}\n\n`,
);
const made = {
  'asyncapi.json': await format(JSON.stringify(document, null, 2), { parser: 'json', printWidth: 110 }),
  'events.md': events,
};

for (const [name, content] of Object.entries(made)) {
  if (!process.argv.includes('--check')) writeFileSync(here(name), content);
  else if (readFileSync(here(name), 'utf8') !== content) {
    console.error(`docs/reference/${name} is out of date. Run: node docs/reference/generate.mjs`);
    process.exitCode = 1;
  }
}
