import type { ReceivedContract } from '@cairn/contracts';
import { enrollmentRefsOf, stampOf, type EnrollmentRefs, type Stamp } from '../fact.js';

type Said =
  | { readonly fact: 'requested'; readonly kind: 'first' | 'rematch' }
  | { readonly fact: 'shortlisted' }
  | { readonly fact: 'proposed'; readonly coachId: string }
  | { readonly fact: 'declined'; readonly by: 'coachee' | 'coach' }
  | { readonly fact: 'withdrawn'; readonly reason: string }
  /** Nobody qualified; `reason` is the constraint that removed the last candidates. */
  | { readonly fact: 'noCoach'; readonly reason: string }
  /** `score` lies in 0…1. */
  | { readonly fact: 'matched'; readonly coachId: string; readonly score: number }
  | { readonly fact: 'ended'; readonly coachId: string; readonly reason: string };

/** One thing that one match's stream said. */
export type MatchFact = Stamp & EnrollmentRefs & { readonly matchId: string } & Said;

/** The fact that an event is; undefined for events of other streams. */
export function matchFact(event: ReceivedContract): MatchFact | undefined {
  switch (event.name) {
    case 'MatchRequested':
      return fact(event, { fact: 'requested', kind: event.data.kind });
    case 'CoachesShortlisted':
      return fact(event, { fact: 'shortlisted' });
    case 'MatchProposed':
      return fact(event, { fact: 'proposed', coachId: event.data.coachId });
    case 'MatchDeclined':
      return fact(event, { fact: 'declined', by: event.data.by });
    case 'MatchRequestWithdrawn':
      return fact(event, { fact: 'withdrawn', reason: event.data.reason });
    case 'NoCoachAvailable':
      return fact(event, { fact: 'noCoach', reason: event.data.constraint });
    case 'CoachMatched':
      return fact(event, { fact: 'matched', coachId: event.data.coachId, score: event.data.score });
    case 'MatchEnded':
      return fact(event, { fact: 'ended', coachId: event.data.coachId, reason: event.data.reason });
    default:
      return undefined;
  }
}

type MatchEvent = Extract<
  ReceivedContract,
  { name: `Match${string}` | 'CoachesShortlisted' | 'NoCoachAvailable' | 'CoachMatched' }
> & { data: { matchId: string } };

const fact = (event: MatchEvent, said: Said): MatchFact => ({
  ...stampOf(event),
  matchId: event.data.matchId,
  ...enrollmentRefsOf(event.data),
  ...said,
});
