import type { ReceivedContract } from '@cairn/contracts';
import { enrollmentRefsOf, instant, stampOf, type EnrollmentRefs, type Stamp } from '../fact.js';

type Said =
  | { readonly fact: 'nominated' }
  | { readonly fact: 'waitlisted'; readonly place: number }
  | { readonly fact: 'invited'; readonly deadline: number }
  | { readonly fact: 'declined'; readonly reason: string }
  | { readonly fact: 'expired'; readonly deadline: number }
  | { readonly fact: 'withdrawn'; readonly reason: string }
  | { readonly fact: 'activated' }
  /** The first day that does not count. */
  | { readonly fact: 'paused'; readonly day: string; readonly reason: string }
  /** The first day that counts again. */
  | { readonly fact: 'resumed'; readonly day: string }
  | { readonly fact: 'extended'; readonly day: string }
  | { readonly fact: 'completed'; readonly early: boolean }
  | { readonly fact: 'discontinued'; readonly reason: string }
  | { readonly fact: 'cancelled'; readonly reason: string }
  /** Sessions granted in all. */
  | { readonly fact: 'allotted'; readonly total: number };

/** One thing that one enrolment's stream said. */
export type EnrollmentFact = Stamp & EnrollmentRefs & Said;

/** The fact that an event is; undefined for events of other streams and for those that no report reads. */
export function enrollmentFact(event: ReceivedContract): EnrollmentFact | undefined {
  switch (event.name) {
    case 'ParticipantNominated':
      return fact(event, { fact: 'nominated' });
    case 'ParticipantWaitlisted':
      return fact(event, { fact: 'waitlisted', place: event.data.place });
    case 'InvitationSent':
      return fact(event, { fact: 'invited', deadline: instant(event.data.deadline) });
    case 'InvitationDeclined':
      return fact(event, { fact: 'declined', reason: event.data.reason });
    case 'InvitationExpired':
      return fact(event, { fact: 'expired', deadline: instant(event.data.deadline) });
    case 'ParticipantWithdrawn':
      return fact(event, { fact: 'withdrawn', reason: event.data.reason });
    case 'EnrollmentActivated':
      return fact(event, { fact: 'activated' });
    case 'EnrollmentPaused':
      return fact(event, { fact: 'paused', day: event.data.from, reason: event.data.reason });
    case 'EnrollmentResumed':
      return fact(event, { fact: 'resumed', day: event.data.on });
    case 'EnrollmentExtended':
      return fact(event, { fact: 'extended', day: event.data.endsOn });
    case 'EnrollmentCompleted':
      return fact(event, { fact: 'completed', early: event.data.early });
    case 'EnrollmentDiscontinued':
      return fact(event, { fact: 'discontinued', reason: event.data.reason });
    case 'EnrollmentCancelled':
      return fact(event, { fact: 'cancelled', reason: event.data.reason });
    case 'SessionsAllotted':
      return fact(event, { fact: 'allotted', total: event.data.total });
    default:
      return undefined;
  }
}

type EnrollmentEvent = Extract<ReceivedContract, { data: { enrollmentId: string } }>;

const fact = (event: EnrollmentEvent, said: Said): EnrollmentFact => ({
  ...stampOf(event),
  ...enrollmentRefsOf(event.data),
  ...said,
});
