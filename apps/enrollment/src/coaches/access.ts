import { RefusedError } from '@cairn/decider';
import { hasRole, type Subject } from '@cairn/identity';
import type { EntityManager } from 'typeorm';
import { anyOf, EVERYTHING, reachedByHr, reachOfHr, type Condition } from '../people/reach.js';
import type { CoachEntity } from './coach.entity.js';
import { noSuchCoach, oneself, oneselfOrAbove } from './coach.errors.js';

/** HR reads of every coach but of themself and their own line upwards; org units limit coachees, not coaches. */
const asHr = (subject: Subject): Subject => ({ ...subject, orgUnits: undefined });

/** The coaches `c` whose whole record the subject may read, each of its roles adding its own. */
export const visibleTo = (subject: Subject): Condition =>
  anyOf([
    ...(hasRole(subject, 'hr', 'program-admin', 'integration') ? [reachOfStaff(subject)] : []),
    ...(hasRole(subject, 'coach') && subject.coachId !== undefined
      ? [{ sql: 'c.coach_id = :ownRecord', parameters: { ownRecord: subject.coachId } }]
      : []),
  ]);

function reachOfStaff(subject: Subject): Condition {
  if (!hasRole(subject, 'hr')) return EVERYTHING;
  const { sql, parameters } = reachOfHr(asHr(subject), 'c.person_id');
  const { coachId } = subject;
  return {
    sql: `(c.person_id IS NULL OR (${sql})) AND ${coachId === undefined ? 'true' : 'c.coach_id <> :themself'}`,
    parameters: { ...parameters, themself: coachId },
  };
}

/** A coach, and the employee who it is or is about to be. */
interface Concerned {
  readonly coachId?: string;
  readonly personId: string | null;
}

const isOwn = (subject: Subject, { coachId, personId }: Concerned): boolean =>
  (personId !== null && personId === subject.personId) ||
  (coachId !== undefined && coachId === subject.coachId);

/** Those of these coaches on whom staff decide nothing: nobody on themself, HR on nobody of their line upwards. */
export async function undecidedBy<One extends Concerned>(
  manager: EntityManager,
  subject: Subject,
  coaches: readonly One[],
): Promise<Set<One>> {
  const hr = hasRole(subject, 'hr');
  const personIds = coaches.flatMap(({ personId }) => personId ?? []);
  const reached = await reachedByHr(manager, asHr(subject), personIds);
  const isAbove = ({ personId }: Concerned) => hr && personId !== null && !reached.has(personId);
  return new Set(coaches.filter((coach) => isOwn(subject, coach) || isAbove(coach)));
}

/** That staff may give commands on a coach. @throws RefusedError */
export async function requireGiver(
  manager: EntityManager,
  subject: Subject,
  coach: CoachEntity,
): Promise<void> {
  if (isOwn(subject, coach)) throw new RefusedError(oneself());
  if ((await undecidedBy(manager, subject, [coach])).size > 0) throw new RefusedError(noSuchCoach());
}

/** That staff may make a coach of an employee. Whom they name they know: it is said why not. @throws RefusedError */
export async function requireMaker(
  manager: EntityManager,
  subject: Subject,
  personId: string | null,
): Promise<void> {
  if ((await undecidedBy(manager, subject, [{ personId }])).size > 0)
    throw new RefusedError(oneselfOrAbove());
}
