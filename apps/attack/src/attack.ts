import type { Highs } from 'highs';
import { RULES, type Opinion, type Rules } from '@cairn/analytics/reports';
import { everyAnswer, type Heard } from './ask.js';
import type { Organisation } from './organisation.js';
import { knownTo, readersOf } from './readers.js';
import { solve, type Found, type Sum } from './solve.js';
import type { Weakened } from './weakened.js';

export interface Outcome {
  /** Different answers that were heard. */
  readonly heard: number;
  /** Unknown figures in them. */
  readonly unknown: number;
  /** What was found out, in words. */
  readonly recovered: readonly string[];
  /** Of all single figures: the shortest interval, as a part of the scale. */
  readonly shortest: number;
}

/** Known to within this part of the scale is recovered: of 1 to 5, to within one. */
export const RECOVERED = 1 / 4;

/** Asks everything, and works out what can be. */
export function attack(highs: Highs, organisation: Organisation, weakened?: Weakened): Outcome {
  const rules: Rules = { ...RULES, ...weakened?.rules };
  const heard = everyAnswer(organisation, weakened);
  const recovered = new Set<string>();
  let shortest = Infinity;
  const unknown = new Set(
    heard.flatMap(({ opinion, unknowns }) => unknowns.map((each) => opinion.id + each)),
  );
  const look = (own: readonly Heard[], knownOf: (each: Heard) => ReadonlySet<string>) => {
    for (const [opinion, all] of Map.groupBy(own, (each) => each.opinion)) {
      const rows = [...new Map(all.map((each) => [saidBy(each), each])).values()];
      const known = knownOf(rows[0]!);
      const figures = new Map(
        rows.flatMap(({ unknowns }) => unknowns.filter((each) => known.has(personOf(each))).map((each) => [each, figureOf(each)])), // prettier-ignore
      );
      const minimum = Math.min(...rows.map((each) => each.minimum));
      for (const found of solve(
        highs,
        opinion,
        rows.map((each) => sumOf(each, rules)),
        figures,
      )) {
        const part = shortestOf(found, opinion, minimum);
        shortest = Math.min(shortest, part);
        if (part <= RECOVERED + TINY) recovered.add(`${opinion.id}: ${found.members.join(' + ')}`);
      }
    }
  };
  // All readers together; and each who knows some of the answers anyway.
  look(heard, () => NOBODY);
  for (const reader of readersOf(organisation)) {
    const knownOf = ({ opinion, row: { item } }: Heard) => knownTo(reader, opinion, item);
    look(
      heard.filter((each) => each.reader === reader.name && knownOf(each).size > 0),
      knownOf,
    );
  }
  if (!weakened?.figuresAlone)
    for (const each of heard) for (const sure of certainOf(each, rules)) recovered.add(sure);
  return { heard: heard.length, unknown: unknown.size, recovered: [...recovered], shortest };
}

const NOBODY: ReadonlySet<string> = new Set();

/** The same for what several readers are told alike. */
const saidBy = ({ row: { value, bound }, unknowns }: Heard): string => `${value} ${bound} ${unknowns.join()}`;

const personOf = (unknown: string): string => unknown.slice(0, unknown.indexOf(' '));
const figureOf = (unknown: string): number => Number(unknown.slice(unknown.lastIndexOf('=') + 2));

/**
 * The shortest interval that anything of fewer people than the minimum is known to lie in: one person's figure, and the
 * sum of each smaller number of the class, as a part of the scale.
 */
function shortestOf(
  { members, least, most }: Found,
  { range: [low, high] }: Opinion,
  minimum: number,
): number {
  const size = new Set(members.map(personOf)).size;
  const several = Array.from({ length: Math.min(size, minimum - 1) }, (_, i) => {
    const others = size - i - 1;
    const from = Math.max((i + 1) * low, least - others * high);
    const to = Math.min((i + 1) * high, most - others * low);
    return (to - from) / (high - low);
  });
  return Math.min(...several);
}

/** Between what a mean lies of which this is told. Whatever is told of means grows with them. */
function sumOf({ row, unknowns, opinion, minimum }: Heard, rules: Rules): Sum {
  const [low, high] = opinion.range;
  const told = (mean: number) =>
    rules.told(Array.from({ length: unknowns.length }, () => mean), opinion, minimum).value; // prettier-ignore
  const border = (isBelow: (mean: number) => boolean): number => {
    let [below, above] = [low, high];
    for (let n = 0; n < 40; n++) {
      const middle = (below + above) / 2;
      if (isBelow(middle)) below = middle;
      else above = middle;
    }
    return (below + above) / 2;
  };
  const value = row.value!;
  return {
    unknowns,
    least: border((mean) => told(mean) < value - TINY),
    most: border((mean) => told(mean) <= value + TINY),
  };
}

const TINY = 1e-7;

/** Of whom it is certain that they answered: where at least the minimum must have, and no more could. */
function certainOf({ stretch, minimum, opinion, row, unknowns }: Heard, rules: Rules): string[] {
  const certain = stretch.cells
    .filter(({ could }) => could.length <= minimum)
    .map(({ could }) => `${opinion.id} ${stretch.through}: ${could.join()} answered`);
  if (row.group !== null || opinion.id !== 'satisfaction') return certain;
  // Or where no smaller number of people can have what is told.
  const could = stretch.cells.flatMap((cell) => cell.could).length;
  const canHave = (people: number) => {
    for (let sum = people; sum <= 5 * people; sum++) {
      const said = Array.from({ length: people }, (_, i) => Math.floor((sum + i) / people));
      if (Math.abs(rules.told(said, opinion, minimum).value - row.value!) < TINY) return true;
    }
    return false;
  };
  if (unknowns.length === could) {
    let fewest = minimum;
    while (!canHave(fewest)) fewest++;
    if (fewest >= could) certain.push(`${opinion.id} ${stretch.through}: all ${could} answered`);
  }
  return certain;
}
