import type { GoalAt } from '../as-of/goal-at.js';
import type { Participant, ProgramView } from '../as-of/view.js';
import { countsBeside, isWithin, ratioOf, shareOf, type Definition } from './measure.js';

/** When an agreed goal falls due: on its target date, or when its engagement ends, whichever is first. */
function dueAt(goal: GoalAt, { enrollment, engagements }: Participant, view: ProgramView): number {
  const engagement = engagements.find((each) => each.engagementId === goal.engagementId);
  return Math.min(
    view.program.zone.startOf(goal.targetDate),
    engagement?.endedAt ?? Infinity,
    enrollment.endedAt ?? Infinity,
  );
}

const OTHERWISE = {
  partlyAttained: 'partlyAttained',
  notAttained: 'notAttained',
  dropped: 'dropped',
} as const;

/** attained ÷ agreed goals whose target date or engagement end has come, dropped ones included. */
export const goalCompletion: Definition = {
  id: 'goal-completion',
  source: 'self-reported',
  looksAt: 'period',
  overTime: 'states',
  counts: 'people',
  shares: (view, period) =>
    view.participants.flatMap((participant) =>
      participant.goals
        .filter((goal) => goal.agreedAt !== undefined)
        .filter((goal) => isWithin(dueAt(goal, participant, view), period, view))
        .map((goal) => {
          if (goal.status === 'attained') return shareOf(goal, true);
          const beside = OTHERWISE[goal.status as keyof typeof OTHERWISE] ?? 'unscored';
          return shareOf(goal, false, { [beside]: 1 });
        }),
    ),
  value: ratioOf,
  beside: countsBeside('partlyAttained', 'notAttained', 'dropped', 'unscored'),
};
