import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { sampleStandardDeviation } from 'simple-statistics';
import type { MeasuredFact } from '../../projections/opinions/opinion-facts.js';
import { selfChange } from './behaviour-change.js';
import { toldOf, type Told } from './figure.js';
import type { Change } from './opinion.js';
import { besideOf, cronbach, reliabilityOf } from './reliability.js';

const rounded = (told: Told | string) =>
  typeof told === 'string' ? told : [Number(told.value.toFixed(10)), told.bound];

describe('how reliable questions are', () => {
  it('is their α: worked out by hand', () => {
    // Variances of 5/3 each, 16/3 of the sums 3, 3, 7, 7: 2 · (1 − (10/3) ÷ (16/3)).
    expect(cronbach([[1, 2], [2, 1], [3, 4], [4, 3]])).toBeCloseTo(0.75, 10); // prettier-ignore
    expect(cronbach([[1, 1, 1], [2, 2, 2], [4, 4, 4]])).toBeCloseTo(1, 10); // prettier-ignore
  });

  const baseline = (n: number, itemMeans: number[], more: Partial<MeasuredFact> = {}): MeasuredFact =>
    ({
      fact: 'measured',
      personId: `p${n}`,
      questionnaire: 'q',
      questionnaireVersion: 1,
      results: [{ theme: 'listening', category: 'self', mean: 0, itemMeans }],
      ...more,
    }) as unknown as MeasuredFact;
  const quarters = [[1, 2], [2, 1], [3, 4], [4, 3]]; // prettier-ignore
  const of = (count: number) => Array.from({ length: count }, (_, n) => baseline(n, quarters[n % 4]!));
  const known = (baselines: readonly MeasuredFact[], theme = 'listening') =>
    reliabilityOf(selfChange.change!, theme, 'q 1', baselines);

  it('is known from thirty coachees on, each counted once', () => {
    expect(known(of(29))).toBeUndefined();
    expect(known([...of(29), ...of(29)])).toBeUndefined();
    // Of thirty-two it is that of the four: eight times the same.
    expect(known(of(32))).toBeCloseTo(2 * (1 - (2 * 40) / 128), 10);
  });
  it('is of these questions and this version, by these raters', () => {
    expect(known(of(32), 'delegating')).toBeUndefined();
    const other = [...of(29), baseline(30, [1, 2], { questionnaireVersion: 2 })];
    expect(known(other)).toBeUndefined();
  });
  it('is unknown where all answered alike, or questions contradict each other', () => {
    expect(known(of(40).map((_, n) => baseline(n, [4, 4])))).toBeUndefined();
    expect(known(of(40).map((_, n) => baseline(n, n % 2 ? [1, 7] : [7, 1])))).toBeUndefined();
    // α is 0, and below.
    for (const pairs of [
      [
        [1, 1],
        [1, 2],
        [2, 1],
        [2, 2],
      ],
      [
        [1, 3],
        [3, 1],
        [2, 2],
        [3, 3],
        [1, 2],
      ],
    ])
      // prettier-ignore
      expect(known(of(40).map((_, n) => baseline(n, pairs[n % pairs.length]!)))).toBeUndefined();
  });
});

describe('beside a mean change stands', () => {
  /** Half of them were at 3 before, half at 5: a deviation of √(10/9) among ten. */
  const changes = (...by: number[]): Change[] =>
    by.map((change, n) => ({ before: n % 2 ? 3 : 5, after: (n % 2 ? 3 : 5) + change, questions: 'q 1' }));
  const told = (value: number, bound: Told['bound'] = null): Told => ({ value, bound });
  const beside = (of: readonly Change[], value: Told, r: number | undefined = 0.75, could = of.length + 1) =>
    besideOf(
      of,
      value,
      () => r,
      5,
      (fewest) => of.length >= fewest && could > fewest,
    );
  const ten = changes(2, 2, 2, 2, 1, 1, 0, 0, -1, -1);

  it('its size in deviations, and who changed more than chance would have it', () => {
    const { effectSize, reliablyBetter } = beside(ten, told(0.8));
    // 0.8 ÷ 1.054 is 0.759, in fifths 0.8.
    expect(rounded(effectSize)).toEqual([0.8, null]);
    // Above 1.96 · 1.054 · √(2 · 0.25) = 1.461 are four of ten.
    expect(rounded(reliablyBetter)).toEqual([0.4, null]);
    // Above 1.96 · 1.054 · √(2 · 0.04) = 0.584, six.
    expect(rounded(beside(ten, told(0.8), 0.96).reliablyBetter)).toEqual([0.6, null]);
    // Above 1.96 · 1.054 · √(2 · 0.5) = 2.066, none: told only that they are few.
    expect(rounded(beside(ten, told(0.8), 0.5).reliablyBetter)).toEqual([0.2, 'at-most']);
  });
  it('neither, of fewer than ten, nor where ten would be known to have answered', () => {
    const withheld = { effectSize: 'too-few-people', reliablyBetter: 'too-few-people' };
    expect(beside(ten.slice(1), told(0.8))).toEqual(withheld);
    expect(beside(ten, told(0.8), 0.75, 10)).toEqual(withheld);
  });
  it('no reliable change where reliability is unknown, however many there are', () => {
    expect(
      besideOf(
        ten,
        told(0.8),
        () => undefined,
        5,
        () => true,
      ).reliablyBetter,
    ).toBe('reliability-unknown');
    const mixed = ten.map((change, n) => ({ ...change, questions: `q ${n % 2}` }));
    expect(
      besideOf(
        mixed,
        told(0.8),
        (each) => (each === 'q 0' ? 0.9 : undefined),
        5,
        () => true,
      ).reliablyBetter,
    ).toBe('reliability-unknown');
  });
  it('a size of two deviations or more as that alone, and the bound of the mean', () => {
    const alike = ten.map((change) => ({ ...change, before: 4 }));
    expect(rounded(beside(alike, told(0.2)).effectSize)).toEqual([2, 'at-least']);
    expect(rounded(beside(alike, told(-0.2)).effectSize)).toEqual([-2, 'at-most']);
    expect(rounded(beside(alike, told(0)).effectSize)).toEqual([0, null]);
    expect(rounded(beside(ten, told(1, 'at-least')).effectSize)).toEqual([1, 'at-least']);
  });
});

/** Ten people or more, of two kinds: where each kind begins, by how much it changes, and which of them somebody is. */
const answers = fc
  .record({
    minimum: fc.integer({ min: 3, max: 6 }),
    kinds: fc.array(fc.tuple(third(3, 21), third(-18, 18)), { minLength: 2, maxLength: 2 }),
    people: fc.array(fc.tuple(fc.nat(1), third(-2, 2), third(-2, 2)), { minLength: 10, maxLength: 30 }),
    r: fc.double({ min: 0.05, max: 0.99, noNaN: true }),
  })
  .map(({ minimum, kinds, people, r }) => {
    const within = (answer: number) => Math.max(1, Math.min(7, answer));
    const changes = people.map(([kind, apart, more]): Change => {
      const [level, by] = kinds[kind]!;
      const before = within(level + apart);
      return { before, after: within(before + by + more), questions: 'q 1' };
    });
    return { minimum, changes, r };
  });
function third(least: number, most: number) {
  return fc.integer({ min: least, max: most }).map((n) => n / 3);
}

describe('whoever knows what is told of a mean and of who is reliably better, and from what change on that is', () => {
  it('knows of nobody more than half of the scale', () => {
    fc.assert(
      fc.property(answers, ({ minimum, changes, r }) => {
        const by = changes.map(({ before, after }) => after - before);
        const mean = toldOf(by, selfChange, minimum);
        const { reliablyBetter } = besideOf(changes, mean, () => r, minimum, () => true); // prettier-ignore
        const n = by.length;
        const alike = (other: Told, told: Told) =>
          JSON.stringify(rounded(other)) === JSON.stringify(rounded(told));
        const sums = Array.from({ length: 36 * n + 1 }, (_, i) => i / 3 - 6 * n).filter(
          (sum) =>
          alike(toldOf(by.map(() => sum / n), selfChange, minimum), mean), // prettier-ignore
        );
        const counts = Array.from({ length: n + 1 }, (_, k) => k).filter(
          (k) =>
          alike(toldOf(by.map((_, i) => (i < k ? 1 : 0)), { range: [0, 1], unit: 1 }, minimum), reliablyBetter as Told), // prettier-ignore
        );
        const spread = sampleStandardDeviation(changes.map(({ before }) => before));
        const from = Math.min(6, 1.96 * spread * Math.sqrt(2 * (1 - r)));
        const [least, most] = [sums[0]!, sums.at(-1)!];
        // Of k people who changed by `from` or more, and the others by less: between what one of them can have changed.
        const could = counts.flatMap((k) => {
          const [lowest, highest] = [k * from - 6 * (n - k), 6 * k + from * (n - k)];
          if (lowest > most || highest < least) return [];
          const better =
            k > 0 ? [Math.max(from, least - highest + 6), Math.min(6, most - lowest + from)] : [];
          const other =
            k < n ? [Math.max(-6, least - highest + from), Math.min(from, most - lowest - 6)] : [];
          return [...better, ...other];
        });
        expect(Math.max(...could) - Math.min(...could)).toBeGreaterThanOrEqual(6);
      }),
      { numRuns: 40 },
    );
  });
});
