import { sampleStandardDeviation, sampleVariance } from 'simple-statistics';
import type { MeasuredFact } from '../../projections/opinions/opinion-facts.js';
import { WITHHELD } from '../privacy/minimum-group.js';
import { toldOf, type Told } from './figure.js';
import type { Change, Changes } from './opinion.js';

export const UNKNOWN = 'reliability-unknown';

export const questionsOf = ({ questionnaire, questionnaireVersion }: MeasuredFact): string =>
  `${questionnaire} ${questionnaireVersion}`;

/** What stands beside a mean change, each where it can be told. */
export interface BesideChange {
  /** Cohen's d: the mean change as it is told ÷ the standard deviation of the baselines. */
  readonly effectSize: Told | typeof WITHHELD;
  /** The share of people whose change is more than what an instrument of this reliability finds by chance. */
  readonly reliablyBetter: Told | typeof WITHHELD | typeof UNKNOWN;
}

/** Of fewer coachees, a deviation says little. */
const FEWEST_COACHEES = 10;
/** From fewer baselines, reliability is a guess. */
const FEWEST_BASELINES = 30;
/** Of the normal distribution, 95 % lie within. */
const Z = 1.96;

/**
 * Cronbach's α of people's answers to some items (Cronbach 1951, Psychometrika 16, 297–334).
 * @param people at least two, each with the same items, two or more
 */
export function cronbach(people: readonly (readonly number[])[]): number {
  const items = people[0]!.length;
  const single = people[0]!.map((_, n) => sampleVariance(people.map((answers) => answers[n]!)));
  const total = sampleVariance(people.map((answers) => sum(answers)));
  return (items / (items - 1)) * (1 - sum(single) / total);
}

/** How reliable a theme of these questions is, by what the baselines said; undefined where that is unknown. */
export function reliabilityOf(
  { answersIn }: Changes,
  theme: string,
  questions: string,
  baselines: readonly MeasuredFact[],
): number | undefined {
  const people = new Map(
    baselines.flatMap((baseline) => {
      const answers = questionsOf(baseline) === questions && answersIn(baseline, theme);
      return answers ? [[baseline.personId, answers] as const] : [];
    }),
  );
  if (people.size < FEWEST_BASELINES) return undefined;
  const alpha = cronbach([...people.values()]);
  return alpha > 0 ? Math.min(1, alpha) : undefined;
}

/**
 * Beside the mean change of these coachees. The effect size is computed from the mean as it is told, so that it tells
 * nothing more of the changes.
 * @param areEnough whether so many may be told of
 * @param told how a mean is told; the attack passes others
 */
export function besideOf(
  changes: readonly Change[],
  value: Told,
  reliability: (questions: string) => number | undefined,
  minimum: number,
  areEnough: (fewest: number) => boolean,
  told = toldOf,
): BesideChange {
  const known = new Map(
    [...new Set(changes.map(({ questions }) => questions))].map((each) => [each, reliability(each)]),
  );
  const enough = changes.length >= FEWEST_COACHEES && areEnough(Math.max(FEWEST_COACHEES, minimum));
  const spread = enough ? sampleStandardDeviation(changes.map(({ before }) => before)) : 0;
  // The reliable change index of Jacobson & Truax (1991, J. Consult. Clin. Psychol. 59, 12–19) is above Z.
  const isBetter = ({ before, after, questions }: Change) =>
    after - before > Z * spread * Math.sqrt(2 * (1 - known.get(questions)!));
  return {
    effectSize: enough ? effectOf(value, spread) : WITHHELD,
    reliablyBetter: [...known.values()].includes(undefined)
      ? UNKNOWN
      : enough
        ? told(
            changes.map((change) => (isBetter(change) ? 1 : 0)),
            SHARE,
            minimum,
          )
        : WITHHELD,
  };
}

const SHARE = { range: [0, 1], unit: 1 } as const;

/** In fifths of a deviation, up to two. */
function effectOf({ value, bound }: Told, spread: number): Told {
  const size = value === 0 ? 0 : value / spread;
  if (Math.abs(size) >= LARGEST)
    return { value: LARGEST * Math.sign(size), bound: size > 0 ? 'at-least' : 'at-most' };
  return { value: Math.round(size / STEP) * STEP, bound };
}
const LARGEST = 2;
const STEP = 0.2;

const sum = (figures: readonly number[]) => figures.reduce((total, each) => total + each, 0);
