import type { EngagementFact } from '../../projections/participation/engagement-facts.js';
import type { EngagementRefs } from '../../projections/fact.js';
import { hasHappened, type Moment } from './moment.js';

/** One coachee's time with one coach as it stood. */
export interface EngagementAt extends EngagementRefs {
  readonly plannedAt: number;
  readonly startedAt?: number;
  /** When it was completed or ended. */
  readonly endedAt?: number;
}

/** @param facts of one engagement, in stream order. Undefined while it was not planned yet. */
export function engagementAt(facts: readonly EngagementFact[], moment: Moment): EngagementAt | undefined {
  let engagement: EngagementAt | undefined;
  for (const fact of facts) {
    if (!hasHappened(fact, moment)) continue;
    const at = fact.occurredAt;
    if (fact.fact === 'planned')
      engagement = {
        engagementId: fact.engagementId,
        enrollmentId: fact.enrollmentId,
        programId: fact.programId,
        cohortId: fact.cohortId,
        personId: fact.personId,
        coachId: fact.coachId,
        plannedAt: at,
      };
    else if (!engagement) continue;
    else if (fact.fact === 'started') engagement = { ...engagement, startedAt: at };
    else if (fact.fact === 'completed' || fact.fact === 'ended') engagement = { ...engagement, endedAt: at };
  }
  return engagement;
}
