import { refusalsOf, type Refusal } from '@cairn/decider';

const ANOTHER = 'Propose another goal (POST …/engagements/{engagementId}/goals).';

export const {
  noSuch: noSuchGoal,
  notInState,
  outOfOrder,
} = refusalsOf('goal', 'goal-state', {
  draft:
    'Both agree to it first (POST …/goals/{goalId}/agree), or it is dropped (POST …/goals/{goalId}/close).',
  attained: ANOTHER,
  partlyAttained: ANOTHER,
  notAttained: ANOTHER,
  dropped: ANOTHER,
});

export const noSuchPerson = (): Refusal => ({
  kind: 'not-found',
  slug: 'not-found',
  detail: 'There is no such person here, or no goal of theirs that you may see.',
});
export const noSuchEngagement = (): Refusal => ({
  kind: 'not-found',
  slug: 'not-found',
  detail:
    'There is no such engagement here. If it was planned a moment ago, its event is on its way: try again in a second.',
});
export const noSuchPractice = (): Refusal => ({
  kind: 'not-found',
  slug: 'not-found',
  detail: 'The goal has no such practice commitment.',
});
export const otherPartyAgrees = (by: string, state: string): Refusal => ({
  kind: 'conflict',
  slug: 'other-party-agrees',
  detail: `The ${by} proposed this goal as it stands; the other party of the engagement agrees to it.`,
  extra: { state },
});
export const weightNotPositive = (): Refusal => ({
  kind: 'invalid',
  slug: 'weight',
  detail: 'A weight is a number above 0 and at most 100.',
  errors: [{ pointer: '/weight', detail: 'must be above 0 and at most 100' }],
});
/** A day by which something is to be reached or done is not over when it is set, nor further off than can be meant. */
export const dayOutOfReach = (field: 'targetDate' | 'dueOn', from: string, to: string): Refusal => ({
  kind: 'invalid',
  slug: field === 'targetDate' ? 'target-date' : 'due-date',
  detail: `The ${field} must lie between ${from} and ${to}: from the day on which it is set, in the programme's zone, to five years ahead. An importer gives the time at which it was set as occurredAt.`,
  errors: [{ pointer: `/${field}`, detail: `must be from ${from} to ${to}` }],
});
export const scaleNeedsFiveLevels = (given: number): Refusal => ({
  kind: 'invalid',
  slug: 'scale-levels',
  detail: `An attainment scale has five levels, from -2 to +2; ${given} were given.`,
  errors: [{ pointer: '/levels', detail: 'must have exactly five entries, from -2 to +2' }],
});
export const scaleIsFixed = (state: string): Refusal => ({
  kind: 'conflict',
  slug: 'scale-fixed',
  detail: 'The scale is fixed once it was scored on: scores on two scales cannot be compared.',
  extra: { state },
});
export const noScaleYet = (state: string): Refusal => ({
  kind: 'conflict',
  slug: 'no-scale',
  detail: 'Define the attainment scale before scoring on it.',
  extra: { state },
});
export const practiceReported = (done: string): Refusal => ({
  kind: 'conflict',
  slug: 'practice-reported',
  detail: `This practice was reported already, as done: ${done}. Commit to a new one, or check in, instead.`,
  extra: { state: 'reported', done },
});
export const engagementIsOver = (at: string): Refusal => ({
  kind: 'conflict',
  slug: 'engagement-over',
  detail: `The engagement is over since ${at}: its goals can be reported on, scored and closed, but no goal and no practice begins.`,
  extra: { state: 'over' },
});
export const themesNotYetKnown = (): Refusal => ({
  kind: 'not-yet-known',
  slug: 'not-yet-known',
  detail: "The programme's themes have not arrived here yet. Try again in a second.",
});
export const unknownTheme = (themes: readonly string[]): Refusal => ({
  kind: 'invalid',
  slug: 'unknown-theme',
  detail: `The theme must be one of the programme's: ${themes.join(', ')}.`,
  errors: [{ pointer: '/theme', detail: `must be one of: ${themes.join(', ')}` }],
});
