import type { EngagementRefs } from '../../projections/fact.js';
import type { GoalFact, GoalOutcome } from '../../projections/participation/goal-facts.js';
import { hasHappened, type Moment } from './moment.js';

export type GoalStatus = 'draft' | 'agreed' | 'inProgress' | GoalOutcome;

export interface Practice {
  readonly committedAt: number;
  readonly dueOn: string;
  readonly reportedAt?: number;
  readonly done?: 'yes' | 'partly' | 'no';
}

export interface CheckIn {
  readonly at: number;
  readonly movement: 'forward' | 'steady' | 'back';
}

/** One goal as it stood: its theme, status and movement, never its text. */
export interface GoalAt extends EngagementRefs {
  readonly goalId: string;
  readonly status: GoalStatus;
  readonly proposedAt: number;
  readonly agreedAt?: number;
  readonly closedAt?: number;
  readonly theme: string;
  readonly weight: number;
  readonly targetDate: string;
  readonly practices: ReadonlyMap<string, Practice>;
  readonly checkIns: readonly CheckIn[];
  /** The level that the latest scale was drawn from, −2 … +2. */
  readonly scaledFrom?: number;
  /** The coachee's own scores, −2 … +2. */
  readonly scoredBaseline?: number;
  readonly closing?: { readonly level: number; readonly at: number };
  /** Every instant at which something was done with it. */
  readonly activity: readonly number[];
}

/** @param facts of one goal, in stream order. Undefined while it was not proposed yet. */
export function goalAt(facts: readonly GoalFact[], moment: Moment): GoalAt | undefined {
  let goal: GoalAt | undefined;
  const activity: number[] = [];
  for (const fact of facts) {
    if (!hasHappened(fact, moment)) continue;
    goal = after(goal, fact);
    if (goal) activity.push(fact.occurredAt);
  }
  return goal && { ...goal, activity };
}

function after(goal: GoalAt | undefined, fact: GoalFact): GoalAt | undefined {
  const at = fact.occurredAt;
  if (fact.fact === 'proposed')
    return {
      goalId: fact.goalId,
      engagementId: fact.engagementId,
      enrollmentId: fact.enrollmentId,
      programId: fact.programId,
      cohortId: fact.cohortId,
      personId: fact.personId,
      coachId: fact.coachId,
      status: 'draft',
      proposedAt: at,
      theme: fact.theme,
      weight: fact.weight,
      targetDate: fact.targetDate,
      practices: new Map(),
      checkIns: [],
      activity: [],
    };
  if (!goal || fact.fact === 'pulseRequested' || fact.fact === 'pulsesReleased') return undefined;
  switch (fact.fact) {
    case 'agreed':
      return {
        ...goal,
        status: 'agreed',
        agreedAt: at,
        theme: fact.theme,
        weight: fact.weight,
        targetDate: fact.targetDate,
      };
    case 'revised':
      return { ...goal, theme: fact.theme, weight: fact.weight, targetDate: fact.targetDate };
    case 'scaled':
      return { ...goal, scaledFrom: fact.level };
    case 'committed':
      return moving(goal, {
        practices: new Map(goal.practices).set(fact.practiceId, { committedAt: at, dueOn: fact.dueOn }),
      });
    case 'reported':
      return moving(goal, { practices: reported(goal.practices, fact) });
    case 'checkedIn':
      return moving(goal, { checkIns: [...goal.checkIns, { at, movement: fact.movement }] });
    case 'scored':
      if (fact.moment === 'baseline') return { ...goal, scoredBaseline: fact.level };
      return fact.moment === 'closing' ? { ...goal, closing: { level: fact.level, at } } : goal;
    case 'closed':
      return { ...goal, status: fact.outcome, closedAt: at };
  }
}

/** An agreed goal is in progress from its first practice or check-in on. */
const moving = (goal: GoalAt, change: Partial<GoalAt>): GoalAt => ({
  ...goal,
  ...change,
  status: goal.status === 'agreed' ? 'inProgress' : goal.status,
});

function reported(
  practices: GoalAt['practices'],
  fact: GoalFact & { fact: 'reported' },
): GoalAt['practices'] {
  const practice = practices.get(fact.practiceId);
  if (!practice) return practices;
  return new Map(practices).set(fact.practiceId, {
    ...practice,
    reportedAt: fact.occurredAt,
    done: fact.done,
  });
}

/** Where it began: a score given at the baseline says more than the level that the latest scale was drawn from. */
export const baselineOf = ({ scoredBaseline, scaledFrom }: GoalAt): number | undefined =>
  scoredBaseline ?? scaledFrom;

/** Agreed by both and not closed. */
export const isOpen = ({ status }: GoalAt): boolean => status === 'agreed' || status === 'inProgress';
