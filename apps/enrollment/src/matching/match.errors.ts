import type { Refusal } from '@cairn/decider';

export const noSuchMatch = (): Refusal => ({
  kind: 'not-found',
  slug: 'not-found',
  detail: 'There is no such match.',
});

export const notInState = (action: string, state: string): Refusal => ({
  kind: 'conflict',
  slug: 'match-state',
  detail: `A match that is ${state} cannot be ${action}.`,
  extra: { state },
});

export const withdrawnOtherwise = (): Refusal => ({
  kind: 'conflict',
  slug: 'match-state',
  detail: 'The request was withdrawn already, for another reason, which stays.',
  extra: { state: 'withdrawn' },
});

export const outOfOrder = (at: string, last: string): Refusal => ({
  kind: 'conflict',
  slug: 'out-of-order',
  detail: `This happened at ${at}, but the match already holds a fact of ${last}. Give the facts of one match in the order in which they happened.`,
  extra: { lastOccurredAt: last },
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
