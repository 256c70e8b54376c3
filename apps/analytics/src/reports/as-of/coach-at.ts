import { inStreamOrder } from '../../projections/fact.js';
import type { CoachFact } from '../../projections/programs/coach-facts.js';
import { hasHappened, type Moment } from './moment.js';

export interface CredentialAt {
  readonly credential: string;
  readonly issuer: string;
  /** The last day on which it is valid; null where it does not expire. */
  readonly expiresOn: string | null;
  readonly valid: boolean;
}

/** A coach as they stood. */
export interface CoachAt {
  /** Unknown of whom something was told before they were approved. */
  readonly status: 'approved' | 'suspended' | 'retired' | 'unknown';
  /** Engagements that the coach can hold at once, in all programmes; null where it is not known. */
  readonly capacity: number | null;
  /** Of an internal coach. */
  readonly personId?: string;
  readonly credentials: readonly CredentialAt[];
  /** The latest reassessment. */
  readonly reassessed?: { readonly outcome: 'passed' | 'watch' | 'suspended'; readonly at: number };
}

const NOTHING_KNOWN: CoachAt = { status: 'unknown', capacity: null, credentials: [] };

/** @param facts of coaches, in any order. Only those of whom something has happened are in it. */
export function coachesAt(facts: readonly CoachFact[], moment: Moment): Map<string, CoachAt> {
  const coaches = new Map<string, CoachAt>();
  for (const fact of facts.toSorted(inStreamOrder))
    if (hasHappened(fact, moment))
      coaches.set(fact.coachId, after(coaches.get(fact.coachId) ?? NOTHING_KNOWN, fact));
  return coaches;
}

function after(coach: CoachAt, fact: CoachFact): CoachAt {
  switch (fact.fact) {
    case 'approved': {
      const { capacity, personId } = fact;
      return { ...coach, status: 'approved', capacity, ...(personId === undefined ? {} : { personId }) };
    }
    case 'suspended':
    case 'retired':
      return { ...coach, status: fact.fact };
    case 'reinstated':
      return { ...coach, status: 'approved' };
    case 'capacityChanged':
      return { ...coach, capacity: fact.capacity };
    case 'credential': {
      const { credential, issuer, day } = fact;
      const others = coach.credentials.filter((each) => !isSame(each, fact));
      return {
        ...coach,
        credentials: [...others, { credential, issuer, expiresOn: day ?? null, valid: true }],
      };
    }
    case 'expired':
      return {
        ...coach,
        credentials: coach.credentials.map((each) => (isSame(each, fact) ? { ...each, valid: false } : each)),
      };
    case 'reassessed':
      return { ...coach, reassessed: { outcome: fact.outcome, at: fact.occurredAt } };
  }
}

const isSame = (a: Named, b: Named): boolean => a.credential === b.credential && a.issuer === b.issuer;
type Named = Pick<CredentialAt, 'credential' | 'issuer'>;
