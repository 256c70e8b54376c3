import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { meanOf, toldOf, type Told } from './figure.js';
import { satisfaction } from './satisfaction.js';
import { sessionThemes } from './session-themes.js';

const rounded = ({ value, bound }: Told) => [Number(value.toFixed(10)), bound];
const twenty = (score: number, last: number) => [...Array.from({ length: 19 }, () => score), last];

describe('what is told of a mean', () => {
  it.each([
    ['five people', [4, 4, 4, 4, 5], [4.2, null]],
    ['six people, to the nearest fifth', [4, 4, 4, 4, 5, 5], [4.4, null]],
    ['all at the end of the scale', [5, 5, 5, 5, 5], [4.6, 'at-least']],
    ['almost all', [5, 5, 5, 5, 4], [4.6, 'at-least']],
    ['all at the other end', [1, 1, 1, 1, 1], [1.4, 'at-most']],
    ['twenty people, to the nearest twentieth', twenty(4, 5), [4.05, null]],
    ['twenty at the end', twenty(5, 5), [4.9, 'at-least']],
  ] as const)('of %s', (_, figures, told) => {
    expect(rounded(toldOf(figures, satisfaction, 5))).toEqual(told);
  });
  it('of shares, in the same way', () => {
    expect(rounded(toldOf([0, 0, 0, 0, 0.5], sessionThemes, 5))).toEqual([0.2, 'at-most']);
    expect(rounded(toldOf([1, 1, 0.5, 0, 0.5], sessionThemes, 5))).toEqual([0.6, null]);
  });
  it('over several stretches is the mean of what is told of each', () => {
    const told = (value: number, bound: Told['bound'] = null): Told => ({ value, bound });
    expect(meanOf([told(4), told(4.2)])).toEqual({ value: 4.1, bound: null });
    expect(meanOf([told(4), told(4.6, 'at-least')])).toEqual({ value: 4.3, bound: 'at-least' });
    expect(meanOf([told(1.4, 'at-most'), told(4.6, 'at-least')])).toEqual({ value: 3, bound: null });
  });
});

const figures = fc
  .integer({ min: 3, max: 8 })
  .chain((minimum) =>
    fc.tuple(
      fc.constant(minimum),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: minimum, maxLength: 5 * minimum, size: 'max' }),
    ),
  );

/** All that `people` people can say, by what is told of it: the smallest and the largest sum. */
function sumsBy(people: number, minimum: number): Map<string, { least: number; most: number }> {
  const sums = new Map<string, { least: number; most: number }>();
  for (let sum = people; sum <= 5 * people; sum++) {
    const said = Array.from({ length: people }, (_, i) => Math.floor((sum + i) / people));
    const key = JSON.stringify(rounded(toldOf(said, satisfaction, minimum)));
    const known = sums.get(key);
    sums.set(key, { least: known?.least ?? sum, most: sum });
  }
  return sums;
}

describe('whoever knows all who answered, and what is told', () => {
  it('knows of nobody more than half of the scale', () => {
    fc.assert(
      fc.property(figures, ([minimum, said]) => {
        const n = said.length;
        const { least, most } = sumsBy(n, minimum).get(
          JSON.stringify(rounded(toldOf(said, satisfaction, minimum))),
        )!;
        const [low, high] = [Math.max(1, least - 5 * (n - 1)), Math.min(5, most - (n - 1))];
        expect(high - low).toBeGreaterThanOrEqual(2);
      }),
    );
  });
  it('cannot tell that more answered than had to', () => {
    fc.assert(
      fc.property(figures, ([minimum, said]) => {
        const room = said.length >= 4 * minimum ? 4 * minimum : minimum;
        const key = JSON.stringify(rounded(toldOf(said, satisfaction, minimum)));
        expect([...sumsBy(room, minimum).keys()]).toContain(key);
      }),
    );
  });
});
