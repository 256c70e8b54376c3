import { RefusedError, type Refusal } from '@cairn/decider';
import type { CommandActor } from '@cairn/http';
import type { Subject } from '@cairn/identity';
import type { EngagementRefs, Standing } from '../knowledge/known.js';
import { noSuchGoal } from './goal.errors.js';
import type { Party } from './goal.events.js';
import type { KnownGoal } from './goal.handler.js';

type Parties = Pick<EngagementRefs, 'personId' | 'coachId'>;

/** The subject's part in an engagement; null for anybody else. */
export function partyOf({ roles, personId, coachId }: Subject, engagement: Parties): Party | null {
  if (roles.includes('coachee') && personId !== undefined && personId === engagement.personId)
    return 'coachee';
  if (roles.includes('coach') && coachId !== undefined && coachId === engagement.coachId) return 'coach';
  return null;
}

/** As which party somebody acts. @throws RefusedError 404: what is not one's own looks as if it had never existed */
export function actingParty(
  { role, personId, coachId }: CommandActor,
  engagement: Parties,
  refusal: Refusal = noSuchGoal(),
): Party {
  if (role === 'coachee' && personId !== undefined && personId === engagement.personId) return 'coachee';
  if (role === 'coach' && coachId !== undefined && coachId === engagement.coachId) return 'coach';
  throw new RefusedError(refusal);
}

/** What a reader may see of a goal: all of it, theme and status, or nothing. */
export type Sight = 'all' | 'text-shared' | 'status' | 'none';

/**
 * Coachee and coach see all; HR sees theme, status and movement, and the goal's text where the coachee shares it; the
 * manager theme and status where the coachee shares them.
 */
export function sightOf(subject: Subject, goal: KnownGoal, standing: Standing): Sight {
  if (partyOf(subject, goal.refs) !== null) return 'all';
  // Nobody in HR sees their own record as HR; as its coachee they have seen it above.
  if (subject.roles.includes('hr') && standing.isReachedByHr)
    return goal.sharedWith.includes('hr') ? 'text-shared' : 'status';
  const manages = subject.roles.includes('manager') && standing.isManager;
  return manages && goal.sharedWith.includes('manager') ? 'status' : 'none';
}

/** Whether a reader may know that an engagement has no goals. A manager may not: they see only what is shared. */
export const mayKnowOf = (subject: Subject, engagement: Parties, standing: Standing): boolean =>
  partyOf(subject, engagement) !== null || (subject.roles.includes('hr') && standing.isReachedByHr);
