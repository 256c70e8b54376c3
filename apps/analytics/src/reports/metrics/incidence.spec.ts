import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { cumulativeIncidence, quantileOf, type Case } from './incidence.js';

const cases = (ending: Case['ending'], ...days: number[]): Case[] =>
  days.map((each) => ({ days: each, ending }));

describe('cumulative incidence', () => {
  it('is the plain share where every case has ended', () => {
    const steps = cumulativeIncidence(cases('event', 1, 2, 2, 5));
    expect(steps).toEqual([
      { day: 1, incidence: 0.25 },
      { day: 2, incidence: 0.75 },
      { day: 5, incidence: 1 },
    ]);
    expect([quantileOf(steps, 0.5), quantileOf(steps, 0.9)]).toEqual([2, 5]);
  });

  // Kaplan & Meier's own arithmetic: remission times in weeks of the 6-MP group (Freireich 1963), median 23.
  it('is 1 − Kaplan–Meier where cases are open', () => {
    const remission = [
      ...cases('event', 6, 6, 6, 7, 10, 13, 16, 22, 23),
      ...cases('open', 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35),
    ];
    const steps = cumulativeIncidence(remission);
    const survival = steps.map(({ day, incidence }) => [day, Number((1 - incidence).toFixed(4))]);
    expect(survival).toEqual([
      [6, 0.8571],
      [7, 0.8067],
      [10, 0.7529],
      [13, 0.6902],
      [16, 0.6275],
      [22, 0.5378],
      [23, 0.4482],
    ]);
    expect(quantileOf(steps, 0.5)).toBe(23);
    expect(quantileOf(steps, 0.9)).toBeNull();
  });

  it('counts a competing end as never: of two in four, one withdrew, so three quarters are not reached', () => {
    const steps = cumulativeIncidence([...cases('event', 1, 3), ...cases('competing', 2, 2)]);
    expect(steps).toEqual([
      { day: 1, incidence: 0.25 },
      { day: 3, incidence: 0.5 },
    ]);
    expect(quantileOf(steps, 0.75)).toBeNull();
  });

  it('never falls and never passes 1, and the order of cases is nothing to it', () => {
    const anyCase = fc.record({
      days: fc.integer({ min: 0, max: 20 }),
      ending: fc.constantFrom<Case['ending']>('event', 'competing', 'open'),
    });
    fc.assert(
      fc.property(fc.array(anyCase, { maxLength: 40 }), fc.func(fc.integer()), (some, by) => {
        const steps = cumulativeIncidence(some);
        let last = 0;
        for (const { incidence } of steps) {
          expect(incidence).toBeGreaterThan(last);
          last = incidence;
        }
        expect(last).toBeLessThanOrEqual(1 + 1e-9);
        expect(cumulativeIncidence(some.toSorted((a, b) => by(a) - by(b)))).toEqual(steps);
      }),
    );
  });
});
