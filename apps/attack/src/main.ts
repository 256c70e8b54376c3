import { parseArgs } from 'node:util';
import { attack } from './attack.js';
import { load } from './highs.js';
import { organisationOf } from './organisation.js';
import { EXACT, WEAKENED } from './weakened.js';

const USAGE = `npm run attack -- [options]

  --organisations N   how many random organisations are attacked; 100 unless given
  --seed N            the first one's number; 1 unless given
  --weaken            each rule weakened in turn, over the same organisations: the attack must win`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      organisations: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      weaken: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [count, seed] = [Number(values.organisations), Number(values.seed)];
  if (values.help || !Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
    say(USAGE);
    return values.help ? 0 : 2;
  }
  const highs = await load();
  let isWell = true;
  for (const weakened of values.weaken ? [undefined, EXACT, ...WEAKENED] : [undefined]) {
    const began = Date.now();
    let [heard, unknown, recovered, won, shortest] = [0, 0, 0, 0, Infinity];
    for (let n = seed; n < seed + count; n++) {
      const found = attack(highs, organisationOf(n, weakened?.eager), weakened);
      heard += found.heard;
      unknown += found.unknown;
      recovered += found.recovered.length;
      if (found.recovered.length > 0) won++;
      shortest = Math.min(shortest, found.shortest);
      const done = n - seed + 1;
      if (done % 50 === 0) process.stderr.write(`  ${done} of ${count}\n`);
      if (!weakened) for (const what of found.recovered) say(`  organisation ${n}: ${what}`);
    }
    const seconds = Math.round((Date.now() - began) / 1000);
    say(
      `${weakened ? `without "${weakened.rule}"` : 'all rules'}: ${recovered} recovered in ${won} of ${count} organisations; ` +
        `${heard} different answers of ${unknown} unknown figures, none closer than ${shortest.toFixed(2)} of its scale; ${seconds} s`,
    );
    const mustWin = weakened !== undefined && weakened !== EXACT;
    if (mustWin !== won > 0) isWell = false;
  }
  return isWell ? 0 : 1;
}

process.exitCode = await main();
