import { describe, expect, it } from '@jest/globals';
import { Batches } from './batches.js';

const share = (personId: string, numerator = 0) => ({
  personId,
  enrollmentId: personId,
  numerator,
  denominator: 1,
});
/** Who is told of in month after month, where three make a batch; `x…` are people who hide nobody. */
const told = (...months: (string | ReturnType<typeof share>)[][]) => {
  const batches = new Batches(({ enrollmentId }) => enrollmentId, {
    minimum: 3,
    counts: (personId) => !personId.startsWith('x'),
  });
  return months.map((month) =>
    batches
      .at(month.map((each) => (typeof each === 'string' ? share(each) : each)))
      .map(({ personId, numerator }) => `${personId}${numerator || ''}`)
      .sort()
      .join(' '),
  );
};

describe('people in batches', () => {
  it('come when there are enough of them', () => {
    expect(told(['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd'], ['a', 'b', 'c', 'd', 'e', 'f'])).toEqual([
      '',
      'a b c',
      'a b c',
      'a b c d e f',
    ]);
  });
  it('go when enough have gone, and stay until then as they were last', () => {
    const six = ['a', 'b', 'c', 'd', 'e', 'f'];
    expect(told([share('a', 1), ...six.slice(1)], six.slice(1), six.slice(2), six.slice(3))).toEqual([
      'a1 b c d e f',
      'a1 b c d e f',
      'a1 b c d e f',
      'd e f',
    ]);
  });
  it('are told as they are now while they are there', () => {
    expect(told(['a', 'b', 'c'], [share('a', 1), 'b', 'c'])).toEqual(['a b c', 'a1 b c']);
  });
  it('are not filled by those whom the reader sees anyway', () => {
    expect(told(['a', 'b', 'x1', 'x2'], ['a', 'b', 'c', 'x1', 'x2'])).toEqual(['', 'a b c x1 x2']);
  });
});
