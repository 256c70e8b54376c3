import { RefusedError, type Refusal } from '@cairn/decider';
import type { Subject } from '@cairn/identity';
import type { EngagementRefs, Standing } from '../knowledge/known.js';
import type { Party } from './goal.events.js';
import type { KnownGoal } from './goal.decider.js';

type Parties = Pick<EngagementRefs, 'personId' | 'coachId'>;

/** The subject's part in an engagement; null for anybody else. */
export function partyOf({ roles, personId, coachId }: Subject, engagement: Parties): Party | null {
  if (roles.includes('coachee') && personId !== undefined && personId === engagement.personId)
    return 'coachee';
  if (roles.includes('coach') && coachId !== undefined && coachId === engagement.coachId) return 'coach';
  return null;
}

/**
 * As which party somebody acts, who may be coachee here and coach there; `only` where it takes that one of the two.
 * @throws RefusedError 404: what is not one's own looks as if it had never existed
 */
export function ownParty(subject: Subject, engagement: Parties, refusal: Refusal, only?: Party): Party {
  const party = partyOf(subject, engagement);
  if (party === null || (only !== undefined && party !== only)) throw new RefusedError(refusal);
  return party;
}

/** Whether the coachee has handed over to this coach, for as long as they coach them, what the coach of before knew. To read, not to write. */
const isHandedOver = (
  { roles }: Subject,
  engagement: Pick<EngagementRefs, 'enrollmentId' | 'coachId'>,
  { handedOver }: Standing,
): boolean =>
  roles.includes('coach') &&
  handedOver.some(
    ({ enrollmentId, coachId }) => enrollmentId === engagement.enrollmentId && coachId === engagement.coachId,
  );

/** What a reader may see of a goal: all of it, theme and status, or nothing. */
export type Sight = 'all' | 'text-shared' | 'status' | 'none';

/**
 * Coachee and coach see all, and so does the next coach, for as long as they coach, where the coachee has handed it over;
 * HR sees theme, status and movement, and the goal's text where the coachee shares it; the manager theme and status where
 * the coachee shares them.
 */
export function sightOf(subject: Subject, goal: KnownGoal, standing: Standing): Sight {
  if (partyOf(subject, goal.refs) !== null || isHandedOver(subject, goal.refs, standing)) return 'all';
  // Nobody in HR sees their own record as HR; as its coachee they have seen it above.
  if (subject.roles.includes('hr') && standing.isReachedByHr)
    return goal.sharedWith.includes('hr') ? 'text-shared' : 'status';
  const manages = subject.roles.includes('manager') && standing.isManager;
  return manages && goal.sharedWith.includes('manager') ? 'status' : 'none';
}

/** Whether a reader may know that an engagement has no goals. A manager may not: they see only what is shared. */
export const mayKnowOf = (
  subject: Subject,
  engagement: Parties & Pick<EngagementRefs, 'enrollmentId'>,
  standing: Standing,
): boolean =>
  partyOf(subject, engagement) !== null ||
  isHandedOver(subject, engagement, standing) ||
  (subject.roles.includes('hr') && standing.isReachedByHr);
