import { describe, expect, it } from '@jest/globals';
import { Standstill } from './standstill.js';

describe('a standstill', () => {
  it('lasts for as long as a part with work waiting stands where it stood', () => {
    const still = new Standstill();
    expect(still.lasts(1_000)).toBe(0);
    still.look(1_000, new Map([['a', 7]]));
    still.look(3_000, new Map([['a', 7]]));
    expect(still.lasts(40_000)).toBe(39_000);
  });

  it('ends with a step, with work that is done, and not with the steps of others', () => {
    const still = new Standstill();
    const both = (a: number, b: string) =>
      new Map<string, number | string>([
        ['a', a],
        ['b', b],
      ]);
    still.look(0, both(7, 'x'));
    still.look(10_000, both(8, 'x'));
    expect(still.lasts(10_000)).toBe(10_000);
    still.look(20_000, both(9, 'y'));
    expect(still.lasts(25_000)).toBe(5_000);
    still.look(30_000, new Map());
    expect(still.lasts(90_000)).toBe(0);
    still.look(100_000, both(9, 'y'));
    expect(still.lasts(100_000)).toBe(0);
  });
});
