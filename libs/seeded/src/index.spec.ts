import { expect, it } from '@jest/globals';
import { random } from './index.js';

it('gives the same numbers for the same seed and label, and others for others', () => {
  const drawn = (seed: number, label: string) => {
    const { between } = random(seed, label);
    return Array.from({ length: 20 }, () => between(1, 1_000_000));
  };
  expect(drawn(1, 'story')).toEqual(drawn(1, 'story'));
  expect(drawn(2, 'story')).not.toEqual(drawn(1, 'story'));
  expect(drawn(1, 'faults')).not.toEqual(drawn(1, 'story'));
});

it('keeps within its bounds, and every element', () => {
  const { between, pick, shuffle, chance } = random(7, 'bounds');
  const seen = new Set(Array.from({ length: 500 }, () => between(3, 5)));
  expect([...seen].sort()).toEqual([3, 4, 5]);
  expect(['a', 'b']).toContain(pick(['a', 'b']));
  expect(shuffle([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5]);
  expect([chance(0), chance(1)]).toEqual([false, true]);
});
