import type { Outcome, ReceivedContract } from '@cairn/contracts';
import { engagementRefsOf, instant, stampOf, type EngagementRefs, type Stamp } from '../fact.js';

export type Party = 'coachee' | 'coach';

type Said =
  | {
      readonly fact: 'scheduled';
      readonly by: Party;
      readonly startsAt: number;
      readonly endsAt: number;
    }
  | { readonly fact: 'moved'; readonly by: Party; readonly startsAt: number; readonly endsAt: number }
  | {
      readonly fact: 'cancelled';
      readonly by: Party | 'cairn';
      readonly late: boolean;
      readonly forfeited: boolean;
    }
  | { readonly fact: 'awaiting' }
  | { readonly fact: 'noShow'; readonly by: Party; readonly forfeited: boolean }
  | { readonly fact: 'completed'; readonly auto: boolean }
  | { readonly fact: 'unconfirmed' }
  | { readonly fact: 'disputed'; readonly by: Party }
  | { readonly fact: 'corrected'; readonly outcome: Outcome; readonly forfeited: boolean };

/** One thing that one session's stream said. */
export type SessionFact = Stamp & EngagementRefs & { readonly sessionId: string } & Said;

/**
 * The fact that an event is; undefined for events of other streams and for those that no report reads: a forfeit stands
 * on the outcome that caused it, and ratings, themes and notes are no operational measures.
 */
export function sessionFact(event: ReceivedContract): SessionFact | undefined {
  switch (event.name) {
    case 'SessionScheduled':
      return fact(event, { fact: 'scheduled', by: event.data.by, ...times(event.data) });
    case 'SessionRescheduled':
      return fact(event, { fact: 'moved', by: event.data.by, ...times(event.data.to) });
    case 'SessionCancelled': {
      const { by, late, forfeited } = event.data;
      return fact(event, { fact: 'cancelled', by, late, forfeited });
    }
    case 'SessionAwaitingConfirmation':
      return fact(event, { fact: 'awaiting' });
    case 'NoShowRecorded':
      return fact(event, { fact: 'noShow', by: event.data.party, forfeited: event.data.forfeited });
    case 'SessionCompleted':
      return fact(event, { fact: 'completed', auto: event.data.auto });
    case 'SessionUnconfirmed':
      return fact(event, { fact: 'unconfirmed' });
    case 'SessionDisputed':
      return fact(event, { fact: 'disputed', by: event.data.by });
    case 'OutcomeCorrected':
      return fact(event, { fact: 'corrected', outcome: event.data.to, forfeited: event.data.forfeited });
    default:
      return undefined;
  }
}

type SessionEvent = Extract<ReceivedContract, { data: { sessionId: string } }>;

const fact = (event: SessionEvent, said: Said): SessionFact => ({
  ...stampOf(event),
  sessionId: event.data.sessionId,
  ...engagementRefsOf(event.data),
  ...said,
});

const times = ({ startsAt, endsAt }: { startsAt: string; endsAt: string }) => ({
  startsAt: instant(startsAt),
  endsAt: instant(endsAt),
});
