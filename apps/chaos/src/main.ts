import { randomInt } from 'node:crypto';
import { optionsOf, USAGE, type Options } from './options.js';
import { reportOf } from './outcome.js';
import { run } from './run.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

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
  const { lines, code } = reportOf(await run(options, say), options.seed);
  lines.forEach(say);
  return code;
}

if (process.argv.includes('--help')) say(USAGE);
else {
  const options = readOptions();
  process.exitCode = options === undefined ? 2 : await main(options);
}
