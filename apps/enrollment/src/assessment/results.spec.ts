import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CATEGORIES, isAnonymous } from './assessment.events.js';
import { FEWEST_ANONYMOUS, resultsOf, type Answer } from './results.js';

const answer = (category: Answer['category'], ...values: number[]): Answer => ({
  category,
  items: { t: values },
});

describe('results', () => {
  it('are means and deviations of raters, worked out by hand', () => {
    const answers = [
      answer('peer', 1, 2, 3),
      answer('peer', 4, 4, 4),
      answer('peer', 7, 6, 5),
      answer('self', 7, 7, 6),
    ];
    expect(resultsOf(['t'], ['self', 'peer'], answers)).toEqual([
      { theme: 't', category: 'self', raters: 1, mean: 20 / 3, sd: null, itemMeans: [7, 7, 6] },
      // The raters' means are 2, 4 and 6.
      { theme: 't', category: 'peer', raters: 3, mean: 4, sd: 2, itemMeans: [4, 4, 4] },
    ]);
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

  it('lie on the scale', () => {
    fc.assert(
      fc.property(some, (answers) => {
        for (const { mean, sd, itemMeans } of of(answers)) {
          for (const value of [mean, ...itemMeans]) expect(value >= 1 && value <= 7).toBe(true);
          expect(sd === null || sd >= 0).toBe(true);
        }
      }),
    );
  });
});
