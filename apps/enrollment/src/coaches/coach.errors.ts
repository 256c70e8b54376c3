import type { Refusal } from '@cairn/decider';
import { refusalsOf } from '../refusals.js';

export const {
  noSuch: noSuchCoach,
  notInState,
  toldOtherwise,
  outOfOrder,
} = refusalsOf('coach', 'coach-state');

export const referenceTaken = (externalRef: string, coachId: string): Refusal => ({
  kind: 'conflict',
  slug: 'coach-reference-taken',
  detail: `Another coach has the reference "${externalRef}".`,
  extra: { coachId },
});

export const noSuchEmployee = (pointer: string): Refusal => ({
  kind: 'invalid',
  slug: 'no-such-employee',
  detail: 'An internal coach is one of the people in the directory; import them first.',
  errors: [{ pointer, detail: 'must be an employee id of the directory' }],
});

/** How a coachee gets another coach than one who cannot be matched with them now. */
export const ANOTHER_COACH =
  'Choose another one of the shortlist, or decline it, or the proposal, to get another shortlist.';

/** The coachee's choice came too late: others have taken the coach's last place. */
export const noPlaceLeft = (coachId: string): Refusal => ({
  kind: 'conflict',
  slug: 'coach-full',
  detail: `This coach has no place left now. ${ANOTHER_COACH}`,
  extra: { coachId },
});

export const notAvailable = (coachId: string, state: string): Refusal => ({
  kind: 'conflict',
  slug: 'coach-not-available',
  detail: `This coach is ${state} and takes no new match. ${ANOTHER_COACH}`,
  extra: { coachId, state },
});
