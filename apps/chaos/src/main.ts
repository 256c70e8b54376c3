import { randomInt } from 'node:crypto';
import { optionsOf, USAGE, type Options } from './options.js';
import { isWell, run } from './run.js';
import { WRONGS } from './verify/judge.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
/** As many of each kind are told in words. */
const TOLD = 20;

function readOptions(): Options | undefined {
  try {
    return optionsOf(process.argv.slice(2), randomInt(1_000_000_000));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}\n`);
    return undefined;
  }
}

async function main(options: Options): Promise<number> {
  const store = options.eventStore === 'postgres' ? '' : ` --event-store ${options.eventStore}`;
  const again = `npm run chaos -- --points ${options.points} --commands ${options.commands} --seed ${options.seed}${store}`;
  say(`seed ${options.seed}; the same plan again: ${again}`);
  const outcome = await run(options, say);

  for (const wrong of WRONGS)
    for (const [what, { length }] of [...Map.groupBy(outcome.findings[wrong], (each) => each)].slice(0, TOLD))
      say(`  ${wrong}: ${what}${length > 1 ? `, ${length} ×` : ''}`);
  for (const what of outcome.undone.slice(0, TOLD)) say(`  undone: ${what}`);
  const kinds = [...outcome.struck].sort(([a], [b]) => (a < b ? -1 : 1));
  say(`  struck: ${kinds.map(([kind, times]) => `${times} × ${kind}`).join(', ')}`);
  const { points, missed, retries, startsTriedAgain, loadSeconds, events, acknowledged } = outcome;
  say(
    `${points} points (${missed} found nothing to strike), ${acknowledged} commands acknowledged in ${Math.round(loadSeconds)} s ` +
      `with ${retries} sent again, ${events} events, ${startsTriedAgain} starts tried again`,
  );
  const figures = WRONGS.map((wrong) => `${outcome.findings[wrong].length} ${wrong}`);
  say([`seed ${options.seed}`, ...figures, `${outcome.undone.length} undone`].join(', '));
  return isWell(outcome) ? 0 : 1;
}

if (process.argv.includes('--help')) say(USAGE);
else {
  const options = readOptions();
  process.exitCode = options === undefined ? 2 : await main(options);
}
