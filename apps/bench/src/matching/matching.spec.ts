import { assign } from '@cairn/enrollment/matching';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Highs } from 'highs';
import { ceiling, cohortOf, greedy, ON, scoresOf } from './cohort.js';
import { exact, loadHighs } from './exact.js';

let highs: Highs;
beforeAll(async () => {
  highs = await loadHighs();
});

describe('the bulk run', () => {
  it.each([
    ['places enough', 60, 8],
    ['too few places', 60, 4],
    ['a choice of many', 20, 40],
  ])('finds the optimum that HiGHS finds: %s', (_, coachees, coaches) => {
    for (let draw = 0; draw < 5; draw++) {
      const cohort = cohortOf(coachees, coaches, draw, 'own');
      const { assigned, totalFit } = assign(cohort.coachees, cohort.coaches, ON);
      const scores = scoresOf(cohort);
      const optimum = { matched: assigned.length, total: Math.round(totalFit * 1_000_000) };
      expect(exact(highs, scores)).toEqual(optimum);
      expect(greedy(scores).matched).toBeLessThanOrEqual(optimum.matched);
      expect(ceiling(scores).total).toBeGreaterThanOrEqual(optimum.total);
    }
  });
});
