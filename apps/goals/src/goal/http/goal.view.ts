import type { Sight } from '../goal.access.js';
import type { KnownGoal } from '../goal.decider.js';

/**
 * A goal as a command answers it. The answer is kept for repeats of the command, where no person's key seals it, so it
 * repeats none of the private words; and integration gets it for what it tells in somebody's name, so it repeats no score,
 * which may be a coach's opinion. Who may see them reads the goal.
 */
export const answered = ({ refs, status, terms, proposedBy, scale, practices, sharedWith }: KnownGoal) => ({
  goalId: refs.goalId,
  engagementId: refs.engagementId,
  personId: refs.personId,
  status,
  ...terms,
  proposedBy,
  scale: scale && { baselineLevel: scale.baselineLevel },
  practices: practices.map(({ practiceId, dueOn, done }) => ({ practiceId, dueOn, done })),
  sharedWith,
});

/** The ids of the texts that belong to what `sight` allows. */
export function textIdsOf({ textId, scale, practices, checkIns }: KnownGoal, sight: Sight): string[] {
  if (sight === 'text-shared') return [textId];
  if (sight !== 'all') return [];
  const written = [
    ...practices.flatMap((practice) => [practice.textId, practice.reportTextId]),
    ...checkIns.map((checkIn) => checkIn.textId),
  ];
  return [textId, ...(scale?.levelTextIds ?? []), ...written.filter((id) => id !== null)];
}

/** A goal as `sight` allows; texts that were erased are null. */
export function viewed(goal: KnownGoal, sight: Sight, texts: ReadonlyMap<string, string>) {
  const { goalId, engagementId, personId } = goal.refs;
  const { status, terms } = goal;
  const textOf = (id: string | null) => (id === null ? null : (texts.get(id) ?? null));
  if (sight !== 'all') {
    const seen = sight === 'text-shared' ? { ...terms, text: textOf(goal.textId) } : { theme: terms.theme };
    return { goalId, engagementId, personId, status, ...seen };
  }
  return {
    ...answered(goal),
    text: textOf(goal.textId),
    scores: goal.scores,
    scale: goal.scale && {
      baselineLevel: goal.scale.baselineLevel,
      levels: goal.scale.levelTextIds.map(textOf),
    },
    practices: goal.practices.map(({ practiceId, dueOn, done, textId, reportTextId }) => ({
      practiceId,
      dueOn,
      done,
      text: textOf(textId),
      reportText: textOf(reportTextId),
    })),
    checkIns: goal.checkIns.map(({ at, movement, textId }) => ({ at, movement, text: textOf(textId) })),
  };
}
