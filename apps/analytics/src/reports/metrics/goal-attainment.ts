import { mean } from 'simple-statistics';
import { baselineOf, type GoalAt } from '../as-of/goal-at.js';
import { isWithin, ratioOf, sumOf, type Definition, type Share } from './measure.js';

/** The correlation between goals that Kiresuk & Sherman assume. */
const RHO = 0.3;

/**
 * The goal attainment score T = 50 + 10·Σwx ÷ √((1−ρ)Σw² + ρ(Σw)²), ρ = 0.30
 * (Kiresuk & Sherman 1968, Community Mental Health Journal 4, 443–453).
 * @param goals of one coachee: weights above 0, levels −2 … +2; at least one
 */
export function attainmentScore(goals: readonly { weight: number; level: number }[]): number {
  const weights = sumOf(goals, (goal) => goal.weight);
  const squares = sumOf(goals, (goal) => goal.weight ** 2);
  const weighted = sumOf(goals, (goal) => goal.weight * goal.level);
  return 50 + (10 * weighted) / Math.sqrt((1 - RHO) * squares + RHO * weights ** 2);
}

interface Attainment extends Share {
  readonly baseline: number;
  readonly closing: number;
}

/** One coachee's own scores at baseline and at closing, over the goals that have both; undefined without any. */
export function attainmentOf(goals: readonly GoalAt[]): { baseline: number; closing: number } | undefined {
  const both = goals.filter((goal) => baselineOf(goal) !== undefined && goal.closing !== undefined);
  if (both.length === 0) return undefined;
  return {
    baseline: attainmentScore(both.map((goal) => ({ weight: goal.weight, level: baselineOf(goal)! }))),
    closing: attainmentScore(both.map(({ weight, closing }) => ({ weight, level: closing!.level }))),
  };
}

/** The mean change of T from baseline to closing over coachees, by their own scores. */
export const goalAttainment: Definition<Attainment> = {
  id: 'goal-attainment',
  source: 'self-reported',
  looksAt: 'period',
  overTime: 'states',
  counts: 'people',
  shares: (view, period) =>
    view.participants.flatMap(({ personId, enrollment, goals }) => {
      const scored = attainmentOf(
        goals.filter((goal) => goal.closing && isWithin(goal.closing.at, period, view)),
      );
      if (!scored) return [];
      const { enrollmentId } = enrollment;
      return [
        { personId, enrollmentId, numerator: scored.closing - scored.baseline, denominator: 1, ...scored },
      ];
    }),
  value: ratioOf,
  beside: (shares) => ({
    scorer: 'self',
    baseline: shares.length === 0 ? null : mean(shares.map((share) => share.baseline)),
    closing: shares.length === 0 ? null : mean(shares.map((share) => share.closing)),
  }),
};
