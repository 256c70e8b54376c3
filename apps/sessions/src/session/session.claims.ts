import type { Times } from './session.events.js';
import type { KnownSession, SessionState } from './session.state.js';

/** What a unit of the allotment is in: booked and not yet judged, or spent on a session held or forfeited. */
export type Unit = 'reserved' | 'completed' | 'forfeited';

/** What a session holds in the ledger: both calendars from start to end, and a unit of the engagement's allotment. */
export interface Claims {
  readonly slot: Times | null;
  readonly unit: Unit | null;
}

const NONE: Claims = { slot: null, unit: null };

/**
 * The ledger follows the session's state and nothing else, so a correction restates it too. A cancelled session frees
 * both calendars; an unconfirmed one, or one that the coach missed, returns its unit.
 */
export function claimsOf(state: SessionState): Claims {
  if (state.status === 'none') return NONE;
  const slot = { startsAt: state.startsAt, endsAt: state.endsAt };
  if (state.status === 'scheduled' || state.status === 'awaitingConfirmation')
    return { slot, unit: 'reserved' };
  const { outcome, forfeited } = state.judgement;
  switch (outcome) {
    case 'completed':
      return { slot, unit: 'completed' };
    case 'coachee-no-show':
    case 'coach-no-show':
    case 'unconfirmed':
      return { slot, unit: forfeited ? 'forfeited' : null };
    case 'cancelled-in-time':
    case 'coachee-late-cancel':
    case 'coach-late-cancel':
      return { slot: null, unit: forfeited ? 'forfeited' : null };
  }
}

/** Whether a session that goes from one state to another has spent a unit that it had not spent before. */
export function spendsUnit(from: SessionState, to: KnownSession): boolean {
  const { unit } = claimsOf(to);
  return unit !== claimsOf(from).unit && (unit === 'completed' || unit === 'forfeited');
}
