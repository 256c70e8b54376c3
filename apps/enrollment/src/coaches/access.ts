import { RefusedError } from '@cairn/decider';
import { hasRole, type Subject } from '@cairn/identity';
import type { EntityManager } from 'typeorm';
import { anyOf, EVERYTHING, reachedByHr, reachOfHr, type Condition } from '../people/reach.js';
import type { CoachEntity } from './coach.entity.js';
import { noSuchCoach, oneself } from './coach.errors.js';

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

/** That staff may give commands on a coach: nobody on themself, HR on nobody of their line upwards. @throws RefusedError */
export async function requireGiver(
  manager: EntityManager,
  subject: Subject,
  { coachId, personId }: CoachEntity,
): Promise<void> {
  const own = personId !== null && personId === subject.personId;
  if (own || coachId === subject.coachId) throw new RefusedError(oneself());
  if (!hasRole(subject, 'hr') || personId === null) return;
  if (!(await reachedByHr(manager, asHr(subject), [personId])).has(personId))
    throw new RefusedError(noSuchCoach());
}
