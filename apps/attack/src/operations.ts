import type { Random } from '@cairn/seeded';
import { DAYS } from './days.js';
import { MANAGER, PROGRAM, type Refs, type Reports, type Teller } from './teller.js';

/**
 * What happens beside answers, drawn apart from them: sessions that are missed, cancelled, disputed or judged anew, and
 * goals that are closed, a second one among them.
 * @param goalId of the first goal, agreed on the third day
 */
export function operate(
  told: Teller,
  dice: Random,
  { refs, joins, leaves, goalId }: { refs: Refs; joins: number; leaves: number; goalId: string | undefined },
): void {
  for (let n = dice.between(0, 4); n > 0; n--) {
    const outcome = dice.pick(['missed', 'cancelled', 'disputed', 'corrected'] as const);
    const day = dice.between(joins + 3, leaves - 3);
    const by = dice.pick(['coachee', 'coach'] as const);
    told.session(refs, `${outcome} ${refs.personId} ${n}`, day, outcome, dice.chance(0.2), by);
  }
  if (goalId === undefined) return;
  const close = (id: string, day: number) => {
    const closes = dice.between(day + 20, DAYS);
    told.attained(refs, id, day, dice, closes < leaves && dice.chance(0.6) ? closes : undefined);
  };
  close(goalId, joins + 3);
  if (!dice.chance(0.4)) return;
  const day = dice.between(joins + 5, leaves - 3);
  told.goal(refs, `second ${goalId}`, day, dice);
  if (day + 20 < DAYS) close(`second ${goalId}`, day);
}

/** Some report to the manager who asks, and some come to, or did; the manager to nobody here. */
export function reportsOf(person: string, dice: Random): Reports {
  const to = person !== MANAGER && dice.chance(0.15);
  const later = person !== MANAGER && dice.chance(0.15) ? !to : undefined;
  return { to, later, from: dice.between(5, DAYS - 20) };
}

interface Places {
  readonly cohorts: readonly string[];
  readonly departments: readonly string[];
  readonly locations: readonly string[];
}

/** A few who are nominated and never take part. */
export function absentees(told: Teller, dice: Random, { cohorts, departments, locations }: Places): void {
  for (let n = dice.between(0, 8); n > 0; n--) {
    const personId = `absent ${n}`;
    const place = { department: dice.pick(departments), location: dice.pick(locations) };
    told.person(personId, place, reportsOf(personId, dice), dice);
    const refs = {
      enrollmentId: `enrollment ${personId}`,
      programId: PROGRAM,
      cohortId: dice.pick(cohorts),
      personId,
      engagementId: '',
      coachId: '',
    };
    told.absent(refs, dice.between(0, 150), dice.pick(['not invited', 'declined', 'expired', 'expired']));
  }
}
