import type { Refusal } from '@cairn/decider';
import type { Party, PartyOrCairn } from './session.events.js';

export const noSuchSession = (): Refusal => ({
  kind: 'not-found',
  slug: 'not-found',
  detail: 'There is no such session.',
});

export const notInState = (action: string, state: string): Refusal => ({
  kind: 'conflict',
  slug: 'session-state',
  detail: `A session that is ${state} cannot be ${action}.`,
  extra: { state },
});

const WHO_CANCELLED = {
  coachee: 'The coachee has cancelled this session already.',
  coach: 'The coach has cancelled this session already.',
  cairn: 'This session was cancelled already, when coaching was paused or ended.',
};
/** @param by nobody where a correction alone made it a cancelled one */
export const cancelledAlready = (state: string, by: PartyOrCairn | undefined): Refusal => ({
  kind: 'conflict',
  slug: 'session-state',
  detail: `${by === undefined ? 'This session was corrected to a cancelled one already.' : WHO_CANCELLED[by]} There is nothing left to cancel.`,
  extra: { state, by: by ?? null },
});

/** A dispute stands until the outcome is corrected: whoever comes second is told what it says. */
export const disputedAlready = (dispute: { readonly by: Party; readonly reason: string }): Refusal => ({
  kind: 'conflict',
  slug: 'session-state',
  detail: `The ${dispute.by} has disputed this outcome already, with the reason ${dispute.reason}: that stands until a programme admin corrects or upholds it.`,
  extra: { state: 'disputed', dispute },
});

export const outOfOrder = (at: string, last: string): Refusal => ({
  kind: 'conflict',
  slug: 'out-of-order',
  detail: `This happened at ${at}, but the session already holds a fact of ${last}. Give the facts of one session in the order in which they happened.`,
  extra: { lastOccurredAt: last },
});

export const startsInThePast = (startsAt: string, at: string): Refusal => ({
  kind: 'invalid',
  slug: 'starts-in-the-past',
  detail: `The session would start at ${startsAt}, which is not after ${at}, when it was booked.`,
  errors: [{ pointer: '/startsAt', detail: `must be after ${at}` }],
});

export const alreadyBegun = (action: string, startsAt: string): Refusal => ({
  kind: 'conflict',
  slug: 'already-begun',
  detail: `The session began at ${startsAt} and can no longer be ${action}. After its end, confirm it or record a no-show.`,
  extra: { state: 'scheduled', startsAt },
});

export const notEndedYet = (action: string, endsAt: string, state = 'scheduled'): Refusal => ({
  kind: 'conflict',
  slug: 'not-ended-yet',
  detail: `The session ends at ${endsAt} and cannot be ${action} before.`,
  extra: { state, endsAt },
});

export const alreadyConfirmed = (): Refusal => ({
  kind: 'conflict',
  slug: 'already-confirmed',
  detail:
    'You have confirmed that this session was held, so you cannot record a no-show. Dispute the outcome instead.',
  extra: { state: 'awaitingConfirmation' },
});

export const unknownThemes = (unknown: readonly string[], allowed: readonly string[]): Refusal => ({
  kind: 'invalid',
  slug: 'unknown-theme',
  detail: `Not a theme of this programme: ${unknown.length} of those given. Its themes are: ${allowed.join(', ')}.`,
  errors: [{ pointer: '/themes', detail: 'holds a theme that the programme does not have' }],
  extra: { allowed },
});

export const disputeWindowClosed = (until: string, state: string): Refusal => ({
  kind: 'conflict',
  slug: 'dispute-window-closed',
  detail: `The outcome could be disputed until ${until}. A programme admin can still correct it.`,
  extra: { state, until },
});

export const judgedSoAlready = (state: string): Refusal => ({
  kind: 'conflict',
  slug: 'session-state',
  detail: `The session is ${state} already, and forfeited or not as this would have it: there is nothing to correct.`,
  extra: { state },
});

export const cannotForfeit = (outcome: string): Refusal => ({
  kind: 'invalid',
  slug: 'cannot-forfeit',
  detail: `A session judged "${outcome}" is never forfeited: only a coachee's late cancel or no-show can be.`,
  errors: [{ pointer: '/forfeited', detail: 'must be false or left out' }],
});
