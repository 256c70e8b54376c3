import type { Instant } from '../../days.js';
import type { FeedEvent } from '../feed.js';
import { shareOf, type Figures } from './facts.js';

/** Outcome of each session as it stands, corrections included. */
export interface Session {
  readonly id: string;
  readonly person: string;
  /** When it was to begin as first booked. */
  readonly booked: Instant;
  startsAt: Instant;
  outcome: string;
  completedAt?: Instant;
  cancelledAt?: Instant;
  cancelledBy?: string;
  readonly moves: Instant[];
  auto: boolean;
  corrected: boolean;
  movedBy: Set<string>;
  forfeited: boolean;
  disputed: boolean;
}

export function sessionsOf(events: readonly FeedEvent[]): Session[] {
  const found = new Map<string, Session>();
  for (const { name, data, at } of events) {
    if (name === 'SessionScheduled')
      found.set(data.sessionId, {
        id: data.sessionId,
        person: data.personId,
        booked: data.startsAt,
        startsAt: data.startsAt,
        moves: [],
        auto: false,
        corrected: false,
        outcome: 'scheduled',
        movedBy: new Set(),
        forfeited: false,
        disputed: false,
      });
    const session = data.sessionId === undefined ? undefined : found.get(data.sessionId);
    if (session === undefined) continue;
    if (name === 'SessionRescheduled') {
      session.startsAt = data.to.startsAt;
      session.movedBy.add(data.by);
      session.moves.push(at);
    } else if (name === 'SessionCancelled') {
      session.outcome = data.late && data.by !== 'cairn' ? `${data.by}-late-cancel` : 'cancelled-in-time';
      session.forfeited = data.forfeited;
      session.cancelledAt = at;
      session.cancelledBy = data.by;
    } else if (name === 'SessionAwaitingConfirmation') session.outcome = 'awaiting';
    else if (name === 'SessionUnconfirmed') session.outcome = 'unconfirmed';
    else if (name === 'NoShowRecorded') {
      session.outcome = `${data.party}-no-show`;
      session.forfeited = data.forfeited;
    } else if (name === 'SessionCompleted') {
      session.outcome = 'completed';
      session.completedAt = at;
      session.auto = data.auto;
      session.disputed = false;
    } else if (name === 'SessionDisputed') session.disputed = true;
    else if (name === 'OutcomeCorrected') {
      session.outcome = data.to;
      session.auto = false;
      session.corrected = true;
      session.forfeited = data.forfeited;
      session.disputed = false;
      if (data.to === 'completed') session.completedAt ??= at;
    }
  }
  return [...found.values()];
}

/** Completed ÷ (due − awaiting − disputed), and each party's failures over the same. */
export function sessions(events: readonly FeedEvent[], asOf: Instant): Figures {
  const due = sessionsOf(events).filter((s) => s.startsAt <= asOf && s.outcome !== 'cancelled-in-time');
  const open = (s: Session) => s.outcome === 'awaiting' || s.outcome === 'scheduled';
  const judged = due.filter((s) => !s.disputed && !open(s));
  const share = (outcome: string) => shareOf(judged, (s) => s.outcome === outcome);
  const by = (party: string) => due.filter((s) => s.movedBy.has(party)).length;
  return {
    'completion-rate': {
      ...share('completed'),
      beside: {
        autoConfirmed: judged.filter((s) => s.outcome === 'completed' && s.auto).length,
        awaiting: due.filter((s) => !s.disputed && open(s)).length,
        disputed: due.filter((s) => s.disputed).length,
      },
    },
    'coachee-no-show-rate': share('coachee-no-show'),
    'coachee-late-cancel-rate': share('coachee-late-cancel'),
    'coach-no-show-rate': share('coach-no-show'),
    'coach-late-cancel-rate': share('coach-late-cancel'),
    'reschedule-rate': {
      ...shareOf(due, (s) => s.movedBy.size > 0),
      beside: { 'byCoachee.numerator': by('coachee'), 'byCoach.numerator': by('coach') },
    },
  };
}
