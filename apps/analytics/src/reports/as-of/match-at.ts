import type { EnrollmentRefs } from '../../projections/fact.js';
import type { MatchFact } from '../../projections/participation/match-facts.js';
import { hasHappened, type Moment } from './moment.js';

export type MatchStatus = 'open' | 'withdrawn' | 'active' | 'ended';

/** One search for a coach, and what came of it, as it stood. */
export interface MatchAt extends EnrollmentRefs {
  readonly matchId: string;
  /** The first of the enrolment, or for another coach than the one they have. */
  readonly kind: 'first' | 'rematch';
  readonly status: MatchStatus;
  readonly requestedAt: number;
  readonly matchedAt?: number;
  readonly withdrawnAt?: number;
  readonly endedAt?: number;
  /** Why it ended, as a code. */
  readonly endReason?: string;
  readonly coachId?: string;
  /** 0…1 */
  readonly score?: number;
}

/** @param facts of one match, in stream order. Undefined while it was not requested yet. */
export function matchAt(facts: readonly MatchFact[], moment: Moment): MatchAt | undefined {
  let match: MatchAt | undefined;
  for (const fact of facts) if (hasHappened(fact, moment)) match = after(match, fact);
  return match;
}

function after(match: MatchAt | undefined, fact: MatchFact): MatchAt | undefined {
  const at = fact.occurredAt;
  if (fact.fact === 'requested')
    return {
      matchId: fact.matchId,
      enrollmentId: fact.enrollmentId,
      programId: fact.programId,
      cohortId: fact.cohortId,
      personId: fact.personId,
      kind: fact.kind,
      status: 'open',
      requestedAt: at,
    };
  if (!match) return undefined;
  switch (fact.fact) {
    case 'shortlisted':
    case 'proposed':
    case 'declined':
    case 'noCoach':
      // The search goes on; how far it is, no report tells.
      return match;
    case 'withdrawn':
      return { ...match, status: 'withdrawn', withdrawnAt: at };
    case 'matched':
      return { ...match, status: 'active', matchedAt: at, coachId: fact.coachId, score: fact.score };
    case 'ended':
      return { ...match, status: 'ended', endedAt: at, endReason: fact.reason };
  }
}
