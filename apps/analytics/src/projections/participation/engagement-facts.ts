import type { ReceivedContract } from '@cairn/contracts';
import { engagementRefsOf, stampOf, type EngagementRefs, type Stamp } from '../fact.js';

type Said =
  | { readonly fact: 'planned'; readonly matchId: string; readonly day: string }
  | { readonly fact: 'started' }
  | { readonly fact: 'paused'; readonly day: string }
  | { readonly fact: 'resumed'; readonly day: string }
  | { readonly fact: 'extended'; readonly day: string }
  | { readonly fact: 'completed' }
  | { readonly fact: 'ended'; readonly reason: string };

/** One thing that one engagement's stream said; `day` is its end date, or the day from which a pause or resume counts. */
export type EngagementFact = Stamp & EngagementRefs & Said;

/** The fact that an event is; undefined for events of other streams and for those that no report reads. */
export function engagementFact(event: ReceivedContract): EngagementFact | undefined {
  switch (event.name) {
    case 'EngagementPlanned':
      return fact(event, { fact: 'planned', matchId: event.data.matchId, day: event.data.endsOn });
    case 'EngagementStarted':
      return fact(event, { fact: 'started' });
    case 'EngagementPaused':
      return fact(event, { fact: 'paused', day: event.data.from });
    case 'EngagementResumed':
      return fact(event, { fact: 'resumed', day: event.data.on });
    case 'EngagementExtended':
      return fact(event, { fact: 'extended', day: event.data.endsOn });
    case 'EngagementCompleted':
      return fact(event, { fact: 'completed' });
    case 'EngagementEnded':
      return fact(event, { fact: 'ended', reason: event.data.reason });
    default:
      return undefined;
  }
}

type EngagementEvent = Extract<ReceivedContract, { name: `Engagement${string}`; data: EngagementRefs }>;

const fact = (event: EngagementEvent, said: Said): EngagementFact => ({
  ...stampOf(event),
  ...engagementRefsOf(event.data),
  ...said,
});
