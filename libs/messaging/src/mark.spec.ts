import { describe, expect, it } from '@jest/globals';
import { isBeyond } from './mark.js';

const mark = (log: number, position: string, index: number) => ({ log, position, index });

describe('a mark', () => {
  it('lies beyond no mark at all', () => expect(isBeyond(mark(1, '', 0), undefined)).toBe(true));
  it('does not lie beyond itself', () => expect(isBeyond(mark(1, 'a', 0), mark(1, 'a', 0))).toBe(false));
  it.each([
    ['generation', mark(10, 'a', 0), mark(9, 'z', 9)],
    ['position', mark(1, '0000000000000010', 0), mark(1, '0000000000000009', 9)],
    ['index', mark(1, 'a', 1), mark(1, 'a', 0)],
  ])('goes by %s', (_, higher, lower) => {
    expect(isBeyond(higher, lower)).toBe(true);
    expect(isBeyond(lower, higher)).toBe(false);
  });
});
