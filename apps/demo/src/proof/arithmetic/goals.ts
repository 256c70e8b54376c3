import { dayOf, type Instant } from '../../days.js';
import type { FeedEvent } from '../feed.js';
import { has, last, peopleIn, ratio, shareOf, type Figure, type Figures, type Program } from './facts.js';

/** Attained ÷ agreed goals that are due, and the mean change of the goal attainment T score. */
export function goals(events: readonly FeedEvent[], program: Program, asOf: Instant): Figures {
  const own = Map.groupBy(
    events.filter(({ stream }) => stream.startsWith('goal-')),
    ({ data }) => data.goalId as string,
  );
  const over = new Set(
    events
      .filter(({ name }) => name === 'EngagementEnded' || name === 'EngagementCompleted')
      .map(({ data }) => data.engagementId),
  );
  const due = [...own.values()].filter((goal) => {
    if (!has(goal, 'GoalAgreed')) return false;
    const terms = last(goal, 'GoalProposed', 'GoalAgreed', 'GoalRevised')!.data;
    return terms.targetDate <= dayOf(asOf, program.zone) || over.has(terms.engagementId);
  });
  const attained = due.filter((goal) => last(goal, 'GoalClosed')?.data.outcome === 'attained');

  const perPerson = Map.groupBy([...own.values()], (goal) => goal[0]!.data.personId as string);
  const changes: number[] = [];
  for (const list of perPerson.values()) {
    const scored = list.flatMap((goal) => {
      const closing = goal.findLast(
        ({ name, data }) =>
          name === 'AttainmentScored' && data.scorer === 'self' && data.moment === 'closing',
      );
      const baseline = last(goal, 'AttainmentScaleDefined');
      const weight = last(goal, 'GoalProposed', 'GoalAgreed', 'GoalRevised')!.data.weight as number;
      return closing && baseline
        ? [{ weight, before: baseline.data.baselineLevel as number, after: closing.data.level as number }]
        : [];
    });
    if (scored.length === 0) continue;
    const score = (level: (one: (typeof scored)[number]) => number) => {
      const weighted = scored.reduce((sum, one) => sum + one.weight * level(one), 0);
      const squares = scored.reduce((sum, one) => sum + one.weight ** 2, 0);
      const total = scored.reduce((sum, one) => sum + one.weight, 0);
      return 50 + (10 * weighted) / Math.sqrt(0.7 * squares + 0.3 * total ** 2);
    };
    changes.push(score((one) => one.after) - score((one) => one.before));
  }
  const sum = changes.reduce((total, change) => total + change, 0);
  const person = (goal: readonly FeedEvent[]) => ({ person: goal[0]!.data.personId as string, goal });
  return {
    'goal-completion': shareOf(due.map(person), ({ goal }) => attained.some((one) => one === goal)),
    'goal-attainment': {
      value: ratio(sum, changes.length),
      numerator: sum,
      denominator: changes.length,
      n: changes.length,
    },
    ...themes([...own.values()].filter((goal) => has(goal, 'GoalAgreed')).map(person)),
  };
}

/** Of agreed goals, those with each theme. */
function themes(agreed: readonly { person: string; goal: readonly FeedEvent[] }[]): Figures {
  const themeOf = (goal: readonly FeedEvent[]): string =>
    last(goal, 'GoalProposed', 'GoalAgreed', 'GoalRevised')!.data.theme;
  const named = [...new Set(agreed.map(({ goal }) => themeOf(goal)))];
  const total = shareOf(agreed, () => true);
  return {
    'theme-share': total,
    ...Object.fromEntries(
      named.map((theme) => {
        const own = agreed.filter(({ goal }) => themeOf(goal) === theme);
        const { value, numerator, denominator } = shareOf(agreed, (one) => own.includes(one));
        return [`theme-share.${theme}`, { value, numerator, denominator, n: peopleIn(own) } as Figure];
      }),
    ),
  };
}
