import { parseArgs } from 'node:util';
import type { Highs } from 'highs';
import { attack, type Outcome } from './attack.js';
import { load } from './highs.js';
import { attackMetrics, type Findings } from './operational.js';
import { organisationOf } from './organisation.js';
import { EXACT, WEAKENED, WEAKENED_WALLS } from './weakened.js';

const USAGE = `npm run attack -- [options]

  --organisations N   how many random organisations are attacked; 100 unless given
  --seed N            the first one's number; 1 unless given
  --weaken            each rule weakened in turn, over the same organisations: the attack must win`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Asked {
  readonly count: number;
  readonly seed: number;
  readonly weaken: boolean;
}

/** @returns a text where that is not what can be asked for: what is wrong; none where help is wanted */
function asked(): Asked | string {
  try {
    const { values } = parseArgs({
      options: {
        organisations: { type: 'string', default: '100' },
        seed: { type: 'string', default: '1' },
        weaken: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const { organisations, seed, weaken, help } = values;
    if (help) return '';
    if (!/^[1-9]\d*$/.test(organisations))
      return `--organisations takes a whole number from 1 on, not "${organisations}".`;
    if (!/^\d+$/.test(seed)) return `--seed takes a whole number, not "${seed}".`;
    return { count: Number(organisations), seed: Number(seed), weaken };
  } catch (error) {
    return (error as Error).message;
  }
}

/** What is attacked, under all rules or with one weakened. */
interface Trial {
  readonly name: string;
  /** With a rule weakened the attack must win; else it must not. */
  readonly mustWin: boolean;
  attack(organisation: number): Findings & Partial<Outcome>;
}

function trialsOf(highs: Highs, weaken: boolean): Trial[] {
  const nameOf = (what: string, weakened?: { rule: string }) =>
    `${what}, ${weakened ? `without "${weakened.rule}"` : 'all rules'}`;
  return [
    ...(weaken ? [undefined, EXACT, ...WEAKENED] : [undefined]).map((weakened) => ({
      name: nameOf('opinions', weakened),
      mustWin: weakened !== undefined && weakened !== EXACT,
      attack: (n: number) => attack(highs, organisationOf(n, weakened?.eager), weakened),
    })),
    ...(weaken ? [undefined, ...WEAKENED_WALLS] : [undefined]).map((weakened) => ({
      name: nameOf('operational measures', weakened),
      mustWin: weakened !== undefined,
      attack: (n: number) => attackMetrics(organisationOf(n), weakened),
    })),
  ];
}

/** @returns whether the attack won */
function run({ name, mustWin, attack: attackOne }: Trial, { count, seed }: Asked): boolean {
  const began = Date.now();
  let [heard, unknown, recovered, won, shortest] = [0, 0, 0, 0, Infinity];
  for (let n = seed; n < seed + count; n++) {
    const found = named(`${name}, organisation ${n}`, () => attackOne(n));
    heard += found.heard;
    unknown += found.unknown ?? 0;
    recovered += found.recovered.length;
    if (found.recovered.length > 0) won++;
    shortest = Math.min(shortest, found.shortest ?? Infinity);
    const done = n - seed + 1;
    if (done % 50 === 0) process.stderr.write(`  ${done} of ${count}\n`);
    if (!mustWin) for (const what of found.recovered) say(`  organisation ${n}: ${what}`);
  }
  const seconds = Math.round((Date.now() - began) / 1000);
  const figures = unknown > 0 ? ` of ${unknown} unknown figures, none closer than ${shortest.toFixed(2)} of its scale` : ''; // prettier-ignore
  say(`${name}: ${recovered} recovered in ${won} of ${count} organisations; ${heard} different answers${figures}; ${seconds} s`); // prettier-ignore
  return won > 0;
}

/** What is not understood names the organisation in which it was found. */
function named<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
  }
}

async function main(): Promise<number> {
  const what = asked();
  if (typeof what === 'string') {
    if (what) process.stderr.write(`${what}\n\n`);
    say(USAGE);
    return what ? 2 : 0;
  }
  const trials = trialsOf(await load(), what.weaken);
  const wrong = trials.filter((trial) => run(trial, what) !== trial.mustWin);
  for (const { name, mustWin } of wrong)
    say(`${name}: the attack ${mustWin ? 'must win, and did not' : 'must not win, and did'}`);
  return wrong.length === 0 ? 0 : 1;
}

process.exitCode = await main();
