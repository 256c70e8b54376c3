import type { GoalEvent, Party } from '../goal/goal.events.js';
import type { KnownGoal } from '../goal/goal.decider.js';

/** One thing that happened with a goal, for coach and coachee. `text` is private to the two. */
export interface BriefItem {
  readonly goalId: string;
  readonly theme: string;
  readonly what: GoalEvent['type'];
  readonly at: string;
  readonly by: Party;
  readonly detail: string | null;
  readonly textId: string | null;
}

export interface OpenPractice {
  readonly goalId: string;
  readonly theme: string;
  readonly practiceId: string;
  readonly dueOn: string;
  readonly overdue: boolean;
  readonly textId: string;
}

export interface GoalWithEvents {
  readonly goal: KnownGoal;
  readonly events: readonly GoalEvent[];
}

/** What happened with the goals after `since` (null: from the beginning), oldest first. Pure. */
export function happenedSince(goals: readonly GoalWithEvents[], since: string | null): BriefItem[] {
  return goals
    .flatMap(({ goal, events }) =>
      events
        .filter((event) => event.type !== 'GoalSharingSet' && (since === null || event.occurredAt > since))
        .map((event) => ({
          goalId: goal.refs.goalId,
          theme: goal.terms.theme,
          what: event.type,
          at: event.occurredAt,
          by: doerOf(event, goal),
          detail: detailOf(event),
          textId: 'textId' in event.data ? event.data.textId : null,
        })),
    )
    .sort((a, b) => (a.at === b.at ? order(a.goalId, b.goalId) : order(a.at, b.at)));
}

/** Practice that was committed to and not reported yet, the earliest due first. @param today YYYY-MM-DD, in the programme's zone */
export function openPractices(goals: readonly GoalWithEvents[], today: string): OpenPractice[] {
  return goals
    .flatMap(({ goal }) =>
      goal.practices
        .filter(({ done }) => done === null)
        .map(({ practiceId, dueOn, textId }) => ({
          goalId: goal.refs.goalId,
          theme: goal.terms.theme,
          practiceId,
          dueOn,
          overdue: dueOn < today,
          textId,
        })),
    )
    .sort((a, b) => order(a.dueOn, b.dueOn) || order(a.practiceId, b.practiceId));
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Where the event does not name who did it, its kind says so. */
function doerOf(event: GoalEvent, { proposedBy }: KnownGoal): Party {
  switch (event.type) {
    case 'GoalAgreed':
      return proposedBy === 'coach' ? 'coachee' : 'coach';
    case 'AttainmentScored':
      return event.data.scorer === 'self' ? 'coachee' : 'coach';
    case 'PracticeCommitted':
    case 'PracticeReported':
    case 'GoalSharingSet':
      return 'coachee';
    default:
      return event.data.by;
  }
}

function detailOf(event: GoalEvent): string | null {
  switch (event.type) {
    case 'PracticeCommitted':
      return `due ${event.data.dueOn}`;
    case 'PracticeReported':
      return `done: ${event.data.done}`;
    case 'CheckInRecorded':
      return event.data.movement;
    case 'AttainmentScored':
      return `${event.data.moment}: ${event.data.level} (${event.data.scorer})`;
    case 'AttainmentScaleDefined':
      return `baseline ${event.data.baselineLevel}`;
    case 'GoalProposed':
    case 'GoalAgreed':
    case 'GoalRevised':
      return `weight ${event.data.weight}, by ${event.data.targetDate}`;
    case 'GoalClosed':
      return event.data.outcome;
    default:
      return null;
  }
}
