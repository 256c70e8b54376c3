import { attainmentScore } from '../metrics/goal-attainment.js';
import type { Opinion } from './opinion.js';
import { hadGoal } from './running.js';

/**
 * The goal attainment score T at closing as others saw it, over each person's goals that they scored; 50 is what was
 * expected. Not the change: where goals began is seen by those who see goals, and would tell who was scored.
 */
export const observedAttainment: Opinion = {
  id: 'goal-attainment',
  source: 'observed',
  // Of one goal; of several, T can lie a little beyond, and is then told as the end of the range.
  range: [30, 70],
  unit: 10,
  items: () => ['closing'],
  figure(own, _, { goals }) {
    const levels = new Map(
      own.flatMap((fact) =>
        fact.fact === 'scored' && fact.moment === 'closing' ? [[fact.goalId, fact.level] as const] : [],
      ),
    );
    const scored = goals
      .filter(({ goalId }) => levels.has(goalId))
      .map(({ goalId, weight }) => ({ weight, level: levels.get(goalId)! }));
    return scored.length === 0 ? undefined : attainmentScore(scored);
  },
  could: hadGoal,
};
