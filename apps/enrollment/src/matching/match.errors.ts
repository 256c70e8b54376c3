import { refusalsOf, type Refusal } from '@cairn/decider';
import { ANOTHER_COACH } from '../coaches/coach.errors.js';
import type { CoachStatus } from '../coaches/coach.js';
import { CONFLICTS, type Conflict } from './constraints.js';

const RUNNING_ON =
  'Ask for another coach (POST …/enrollments/{enrollmentId}/match/rematch); it ends with the enrolment.';
const ANEW = 'Once the enrolment is over, nominate them anew (POST …/programs/{programId}/enrollments).';

export const {
  noSuch: noSuchMatch,
  notInState,
  toldOtherwise,
  outOfOrder,
} = refusalsOf('match', 'match-state', {
  requested: 'A shortlist comes first (POST …/enrollments/{enrollmentId}/match/shortlist).',
  shortlisted:
    'The coachee chooses of the shortlist (POST …/enrollments/{enrollmentId}/match/propose) or declines it.',
  proposed:
    'The coach accepts it (POST …/enrollments/{enrollmentId}/match/accept), or one of the two declines.',
  active: RUNNING_ON,
  atRisk: RUNNING_ON,
  ended: ANEW,
  withdrawn: ANEW,
});

export const notOnShortlist = (coachIds: readonly string[]): Refusal => ({
  kind: 'invalid',
  slug: 'not-on-shortlist',
  detail: 'Choose one of the coaches on the shortlist, or decline it to get another.',
  errors: [{ pointer: '/coachId', detail: `must be one of ${coachIds.join(', ')}` }],
});

export const declinedBefore = (coachId: string): Refusal => ({
  kind: 'conflict',
  slug: 'coach-declined-before',
  detail: `Coach ${coachId} was part of a declined shortlist or proposal of this match; find others.`,
  extra: { coachId },
});

export const coachAccepts = (): Refusal => ({
  kind: 'conflict',
  slug: 'coach-accepts',
  detail:
    'The coachee has chosen this coach; it is for the coach to accept now. The coachee can still decline.',
  extra: { state: 'proposed' },
});

export const coachOfThePast = (): Refusal => ({
  kind: 'forbidden',
  slug: 'history-not-allowed',
  detail:
    'Only role integration tells the past: leave "coachId" out, and the coaches who fit best are found.',
});

export const noOpenHistory = (): Refusal => ({
  kind: 'conflict',
  slug: 'no-history',
  detail:
    'The coach of the past is named while the history of an enrolment is told; this one was not opened with "history": true, or is complete. Leave "coachId" out.',
});

export const neverApproved = (coachId: string, state: CoachStatus): Refusal => ({
  kind: 'conflict',
  slug: 'coach-not-available',
  detail: 'This coach has never been approved. Approve them; whoever coaches no more is retired after that.',
  extra: { coachId, state },
});

/** It has come up since the shortlist was made. */
export const conflictOfInterest = (coachId: string, conflict: Conflict): Refusal => ({
  kind: 'conflict',
  slug: 'conflict-of-interest',
  detail: `This is a conflict of interest: ${CONFLICTS[conflict]}. ${ANOTHER_COACH}`,
  extra: { coachId, constraint: conflict },
});

export const rematchUnderWay = (): Refusal => ({
  kind: 'conflict',
  slug: 'rematch-under-way',
  detail: 'Another coach is looked for already. Choose from the shortlist, or withdraw that request first.',
});

export const noHandover = (): Refusal => ({
  kind: 'invalid',
  slug: 'no-handover',
  detail: 'There is no former coach whose knowledge could be handed over; leave "handover" out.',
  errors: [{ pointer: '/handover', detail: 'must not be true for a first match' }],
});
