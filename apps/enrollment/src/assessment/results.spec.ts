import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CATEGORIES, isAnonymous } from './assessment.events.js';
import { FEWEST_ANONYMOUS, resultsOf, toldOf, type Answer } from './results.js';

const answer = (category: Answer['category'], ...values: number[]): Answer => ({
  category,
  items: { t: values },
});

describe('results', () => {
  it('are means of items and of themes, of anonymous raters in half points, worked out by hand', () => {
    const answers = [
      answer('peer', 1, 2, 1),
      answer('peer', 4, 4, 1),
      answer('peer', 7, 7, 1),
      answer('self', 7, 7, 6),
    ];
    expect(resultsOf(['t'], ['self', 'peer'], answers)).toEqual([
      { theme: 't', category: 'self', raters: 1, mean: 20 / 3, sd: null, itemMeans: [7, 7, 6] },
      // 13 ÷ 3 is told as 4.5, and 1 as all that lies at the end of the scale; the mean is of what is told.
      { theme: 't', category: 'peer', raters: 3, mean: 10 / 3, sd: null, itemMeans: [4, 4.5, 1.5] },
    ]);
  });

  it('lean to neither end of the scale where a mean lies between two halves', () => {
    const of = (...values: number[]) =>
      resultsOf(
        ['t'],
        ['peer'],
        values.map((value) => answer('peer', value)),
      );
    const told = [of(3, 3, 3, 4), of(3, 4, 4, 4), of(4, 4, 4, 5), of(4, 5, 5, 5)].map(([peer]) => peer!.mean);
    expect(told).toEqual([3, 4, 4, 5]);
  });

  const one = fc.record({
    category: fc.constantFrom(...CATEGORIES),
    items: fc.record({
      t: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 3, maxLength: 3 }),
      u: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 3, maxLength: 3 }),
    }),
  });
  const some = fc.array(one, { maxLength: 14 });
  const of = (answers: readonly Answer[]) => resultsOf(['t', 'u'], CATEGORIES, answers);

  it('show an anonymous category from three raters, and no figure says anything of one with fewer', () => {
    fc.assert(
      fc.property(some, (answers) => {
        const count = (category: string) => answers.filter((each) => each.category === category).length;
        const shown = new Set(of(answers).map(({ category }) => category));
        for (const category of CATEGORIES)
          expect(shown.has(category)).toBe(count(category) >= (isAnonymous(category) ? FEWEST_ANONYMOUS : 1));
        const withoutFew = answers.filter(({ category }) => shown.has(category));
        expect(of(withoutFew)).toEqual(of(answers));
      }),
    );
  });

  it('are the same to the last digit in whatever order the answers lie', () => {
    const shuffled = some.chain((answers) =>
      fc.tuple(fc.constant(answers), fc.shuffledSubarray(answers, { minLength: answers.length })),
    );
    fc.assert(fc.property(shuffled, ([answers, mixed]) => expect(of(mixed)).toEqual(of(answers))));
  });

  it('lie on the scale, and told again stay as they are', () => {
    fc.assert(
      fc.property(some, (answers) => {
        for (const result of of(answers)) {
          for (const value of [result.mean, ...result.itemMeans]) expect(value >= 1 && value <= 7).toBe(true);
          expect(toldOf(result)).toEqual(result);
        }
      }),
    );
  });
});

/** Decision 34: what the coachee could work out from what they are told. */
describe('of single answers of anonymous raters', () => {
  const scale = [1, 2, 3, 4, 5, 6, 7];
  const setsOf = (raters: number, from = 1): number[][] =>
    raters === 0
      ? [[]]
      : scale
          .filter((value) => value >= from)
          .flatMap((value) => setsOf(raters - 1, value).map((others) => [value, ...others]));
  const told = (rows: readonly (readonly number[])[]) =>
    resultsOf(
      ['t'],
      ['peer'],
      rows.map((row) => answer('peer', ...row)),
    );
  /** All sets of answers to one item, by everything that is told of them. */
  const openOf = (raters: number) =>
    Map.groupBy(setsOf(raters), (set) => JSON.stringify(told(set.map((value) => [value]))));

  it.each([3, 4, 5, 6])('%i raters: whatever is told leaves several sets of answers open', (raters) => {
    for (const [is, sets] of openOf(raters)) {
      expect([is, sets.length >= 3]).toEqual([is, true]);
      const [{ mean }] = JSON.parse(is) as [{ mean: number }];
      // But at the ends of the scale, where one mean says that somebody is there, no answer is in all of them.
      const certain = scale.filter((value) => sets.every((set) => set.includes(value)));
      expect([is, certain]).toEqual([is, mean < 2 ? [1] : mean > 6 ? [7] : []]);
    }
  });

  it('the items of a theme tell no more of each other, nor does its mean', () => {
    const alike = [...openOf(FEWEST_ANONYMOUS).values()];
    expect(alike.flat()).toHaveLength(84);
    const item = fc
      .constantFrom(...alike)
      .chain((sets) => fc.tuple(fc.constantFrom(...sets), fc.constantFrom(...sets)));
    fc.assert(
      fc.property(fc.tuple(item, item, item), (items) => {
        const rowsOf = (which: 0 | 1) =>
          Array.from({ length: FEWEST_ANONYMOUS }, (_, rater) => items.map((sets) => sets[which][rater]!));
        expect(told(rowsOf(0))).toEqual(told(rowsOf(1)));
      }),
    );
  });
});
