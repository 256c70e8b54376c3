import type { Published, ReceivedContract } from '@cairn/contracts';
import { stampOf, type Stamp } from '../fact.js';

type Said =
  | {
      readonly fact: 'approved';
      readonly capacity: number;
      /** Only for an internal coach. */
      readonly personId?: string;
    }
  | { readonly fact: 'suspended'; readonly reason: string }
  | { readonly fact: 'reinstated' }
  | { readonly fact: 'retired'; readonly reason: string }
  | { readonly fact: 'capacityChanged'; readonly capacity: number }
  /** `day` is the last on which it is valid; none where it does not expire. */
  | {
      readonly fact: 'credential';
      readonly credential: string;
      readonly issuer: string;
      readonly day?: string;
    }
  | {
      readonly fact: 'expired';
      readonly credential: string;
      readonly issuer: string;
      readonly day: string;
    }
  | { readonly fact: 'reassessed'; readonly outcome: Published<'CoachReassessed'>['outcome'] };

/** One thing that one coach's stream said. */
export type CoachFact = Stamp & { readonly coachId: string } & Said;

/** The fact that an event is; undefined for events of other streams. */
export function coachFact(event: ReceivedContract): CoachFact | undefined {
  switch (event.name) {
    case 'CoachApproved': {
      const { capacity, personId } = event.data;
      return fact(event, { fact: 'approved', capacity, ...(personId === undefined ? {} : { personId }) });
    }
    case 'CoachSuspended':
      return fact(event, { fact: 'suspended', reason: event.data.reason });
    case 'CoachReinstated':
      return fact(event, { fact: 'reinstated' });
    case 'CoachRetired':
      return fact(event, { fact: 'retired', reason: event.data.reason });
    case 'CoachCapacityChanged':
      return fact(event, { fact: 'capacityChanged', capacity: event.data.capacity });
    case 'CredentialRecorded': {
      const { credential, issuer, expiresOn } = event.data;
      const until = expiresOn === undefined ? {} : { day: expiresOn };
      return fact(event, { fact: 'credential', credential, issuer, ...until });
    }
    case 'CredentialExpired': {
      const { credential, issuer, on } = event.data;
      return fact(event, { fact: 'expired', credential, issuer, day: on });
    }
    case 'CoachReassessed':
      return fact(event, { fact: 'reassessed', outcome: event.data.outcome });
    default:
      return undefined;
  }
}

type CoachEvent = Extract<
  ReceivedContract,
  {
    name:
      | 'CoachApproved'
      | 'CoachSuspended'
      | 'CoachReinstated'
      | 'CoachRetired'
      | 'CoachCapacityChanged'
      | 'CredentialRecorded'
      | 'CredentialExpired'
      | 'CoachReassessed';
  }
>;

const fact = (event: CoachEvent, said: Said): CoachFact => ({
  ...stampOf(event),
  coachId: event.data.coachId,
  ...said,
});
