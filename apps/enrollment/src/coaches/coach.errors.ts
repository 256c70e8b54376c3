import type { Refusal } from '@cairn/decider';

export const noSuchCoach = (): Refusal => ({
  kind: 'not-found',
  slug: 'not-found',
  detail: 'There is no such coach.',
});

export const notInState = (action: string, state: string): Refusal => ({
  kind: 'conflict',
  slug: 'coach-state',
  detail: `A coach who is ${state} cannot be ${action}.`,
  extra: { state },
});

export const suspendedOtherwise = (): Refusal => ({
  kind: 'conflict',
  slug: 'coach-state',
  detail: 'The coach is suspended already, for another reason. Reinstate first to suspend anew.',
  extra: { state: 'suspended' },
});

export const outOfOrder = (at: string, last: string): Refusal => ({
  kind: 'conflict',
  slug: 'out-of-order',
  detail: `This happened at ${at}, but a fact of ${last} is already known of the coach. Give the facts of one coach in the order in which they happened.`,
  extra: { lastOccurredAt: last },
});

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

/** The coachee's choice came too late: others have taken the coach's last place. */
export const noPlaceLeft = (coachId: string): Refusal => ({
  kind: 'conflict',
  slug: 'coach-full',
  detail:
    'This coach has no place left now. Choose another one of the shortlist, or decline it to get another.',
  extra: { coachId },
});

export const notAvailable = (coachId: string, state: string): Refusal => ({
  kind: 'conflict',
  slug: 'coach-not-available',
  detail: `This coach is ${state} and takes no new match. Choose another one of the shortlist, or decline it to get another.`,
  extra: { coachId, state },
});
