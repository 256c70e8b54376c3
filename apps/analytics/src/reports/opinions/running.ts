import type { Participant } from '../as-of/view.js';

/** Whether they had a coach, to say something of, at any time after `since`. */
export const hadCoach = ({ matches }: Participant, since: number): boolean =>
  matches.some(({ matchedAt, endedAt = Infinity }) => matchedAt !== undefined && endedAt > since);

/** Whether at any time after `since` a goal of theirs was open, in an engagement that went on. */
export function hadGoal({ goals, engagements }: Participant, since: number): boolean {
  const over = new Map(engagements.map(({ engagementId, endedAt }) => [engagementId, endedAt]));
  return goals.some(
    ({ agreedAt, closedAt = Infinity, engagementId }) =>
      agreedAt !== undefined && closedAt > since && (over.get(engagementId) ?? Infinity) > since,
  );
}
