import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ENOUGH, taken, type Batch } from './batch.js';

/** Who answers, in turn; what they answer is told from all others by its number. */
const answering = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 60 });

function play(raters: readonly string[]) {
  let waiting: Batch = { raters: [], answers: [] };
  const batches: number[][] = [];
  for (const [n, rater] of raters.entries()) {
    const { waiting: left, released } = taken(waiting, rater, n);
    waiting = left;
    if (released.length > 0) batches.push([...released]);
  }
  return { waiting, batches };
}

describe('a batch', () => {
  it('has never fewer than three distinct raters, and nobody twice', () =>
    fc.assert(
      fc.property(answering, (raters) => {
        for (const batch of play(raters).batches) {
          const who = batch.map((n) => raters[n]);
          expect(new Set(who).size).toBe(batch.length);
          expect(batch.length).toBeGreaterThanOrEqual(ENOUGH);
        }
      }),
    ));
  it('shares no answer with another, nor with what waits', () =>
    fc.assert(
      fc.property(answering, (raters) => {
        const { batches, waiting } = play(raters);
        const all = [...batches.flat(), ...waiting.answers];
        expect(new Set(all).size).toBe(all.length);
        expect(waiting.raters).toHaveLength(waiting.answers.length);
        expect(waiting.raters.length).toBeLessThan(ENOUGH);
      }),
    ));
  it('is released as soon as there are three', () => {
    expect(play(['a', 'b', 'a', 'c', 'a']).batches).toEqual([[0, 1, 3]]);
  });
});
