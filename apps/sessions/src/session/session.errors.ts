import { refusalsOf, type Refusal } from '@cairn/decider';
import type { Party, PartyOrCairn } from './session.events.js';

const DISPUTE = 'Dispute the outcome where it is wrong (POST …/sessions/{sessionId}/dispute)';
const ANOTHER_TIME = 'book another time (POST …/engagements/{engagementId}/sessions)';
const UPHELD =
  'That stands until a programme admin corrects or upholds the outcome (POST …/sessions/{sessionId}/correct).';
const SAY_WHAT_HAPPENED =
  'Confirm that it was held (POST …/sessions/{sessionId}/confirm), or record a no-show (POST …/sessions/{sessionId}/no-show).';

export const {
  noSuch: noSuchSession,
  notInState,
  outOfOrder,
} = refusalsOf('session', 'session-state', {
  scheduled:
    'Up to its start it can be moved (POST …/sessions/{sessionId}/reschedule) or cancelled (POST …/sessions/{sessionId}/cancel).',
  awaitingConfirmation: SAY_WHAT_HAPPENED,
  unconfirmed: SAY_WHAT_HAPPENED,
  completed: `${DISPUTE}, or ${ANOTHER_TIME}.`,
  cancelledInTime: `${DISPUTE}, or ${ANOTHER_TIME}.`,
  lateCancelled: `${DISPUTE}, or ${ANOTHER_TIME}.`,
  noShow: `${DISPUTE}, or ${ANOTHER_TIME}.`,
  disputed: UPHELD,
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
  detail: `The ${dispute.by} has disputed this outcome already, with the reason ${dispute.reason}. ${UPHELD}`,
  extra: { state: 'disputed', dispute },
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
  detail: `The session is ${state} already, and forfeited or not as this would have it. There is nothing to correct but to another outcome.`,
  extra: { state },
});

export const cannotForfeit = (outcome: string): Refusal => ({
  kind: 'invalid',
  slug: 'cannot-forfeit',
  detail: `A session judged "${outcome}" is never forfeited: only a coachee's late cancel or no-show can be.`,
  errors: [{ pointer: '/forfeited', detail: 'must be false or left out' }],
});
