import type { Refusal } from '@cairn/decider';

export const noSuchEngagement = (): Refusal => ({
  kind: 'not-found',
  slug: 'not-found',
  detail: 'There is no such engagement.',
});

export const engagementOver = (state: string): Refusal => ({
  kind: 'conflict',
  slug: 'engagement-state',
  detail: `The engagement is ${state}: no session can be booked or moved in it. Book in one that goes on (GET …/engagements); where there is none, the coachee is nominated anew.`,
  extra: { state },
});

/** Told late: the end would have cancelled it. */
export const afterItWasOver = (overAt: string): Refusal => ({
  kind: 'invalid',
  slug: 'after-the-end',
  detail: `The engagement was over at ${overAt}; a session from then on is cancelled by that. Choose an earlier time.`,
  errors: [{ pointer: '/startsAt', detail: `must be before ${overAt}` }],
});

export const engagementPaused = (from: string, until: string | null): Refusal => ({
  kind: 'conflict',
  slug: 'engagement-paused',
  detail:
    until === null
      ? `The engagement is paused from ${from} on; it must be resumed before a session can lie there.`
      : `The engagement is paused from ${from} to ${until}; choose a time outside that.`,
  extra: { state: 'paused', from, until },
});

export const afterTheEnd = (endsOn: string): Refusal => ({
  kind: 'invalid',
  slug: 'after-the-end',
  detail: `The engagement ends on ${endsOn}; choose an earlier time, or have it extended.`,
  errors: [{ pointer: '/startsAt', detail: `must be on or before ${endsOn}` }],
});
