import { hasRole, type Subject } from '@cairn/identity';
import { anyOf, EVERYTHING, reachOfHr, type Condition } from '../../people/reach.js';
import type { EnrollmentEntity } from '../enrollment.entity.js';

/** Where people open Cairn, or null where that is not configured: what the controllers hand to `shownTo`. */
export const PUBLIC_URL = Symbol('public url');

/** An enrolment as its API shows it. Why somebody declined is nowhere in it; preferences only for those whom they concern. */
export function shownTo(subject: Subject, enrollment: EnrollmentEntity, publicUrl: string | null) {
  const { enrollmentId, programId, cohortId, personId, status, state } = enrollment;
  return {
    enrollmentId,
    programId,
    cohortId,
    personId,
    status,
    invitationDeadline: status === 'invited' ? state.deadline : null,
    ...(status === 'invited' && publicUrl !== null && hasRole(subject, 'hr', 'program-admin')
      ? { invitationLink: invitationLink(publicUrl, enrollmentId) }
      : {}),
    activatedAt: state.activatedAt,
    endsOn: state.endsOn,
    sessionsAllotted: state.allotted,
    history: state.history,
    ...(seesPreferences(subject, personId) ? { preferences: state.preferences } : {}),
  };
}

/**
 * What HR hands to whoever has no e-mail address, on paper for example: a page that says how to take up an invitation.
 * It needs no token, so it tells nothing of the person or the programme.
 */
const invitationLink = (publicUrl: string, enrollmentId: string): string =>
  `${publicUrl}/invitations/${enrollmentId}`;

/** They name themes: those of a person are for the coachee, their coach and HR, not for the programme's administration. */
function seesPreferences(subject: Subject, personId: string): boolean {
  if (hasRole(subject, 'hr', 'integration')) return true;
  if (hasRole(subject, 'coachee') && subject.personId === personId) return true;
  return hasRole(subject, 'coach') && !hasRole(subject, 'program-admin', 'manager');
}

/** The enrolments (`e`) that a subject may read, each of its roles adding its own. */
export function visibleTo(subject: Subject): Condition {
  if (hasRole(subject, 'program-admin', 'integration')) return EVERYTHING;
  const { personId, coachId } = subject;
  const conditions: Condition[] = [];
  if (hasRole(subject, 'hr')) conditions.push(reachOfHr(subject, 'e.person_id'));
  if (hasRole(subject, 'coachee') && personId !== undefined)
    conditions.push({ sql: 'e.person_id = :ownPerson', parameters: { ownPerson: personId } });
  if (hasRole(subject, 'coach') && coachId !== undefined)
    conditions.push({
      sql: `EXISTS (SELECT 1 FROM matches m WHERE m.enrollment_id = e.enrollment_id AND m.coach_id = :ownCoach
              AND m.status IN ('proposed', 'active', 'ended'))`,
      parameters: { ownCoach: coachId },
    });
  if (hasRole(subject, 'manager') && personId !== undefined)
    conditions.push({
      sql: `EXISTS (SELECT 1 FROM people r WHERE r.person_id = e.person_id AND r.manager_id = :manager)
            AND EXISTS (SELECT 1 FROM programs p WHERE p.program_id = e.program_id
              AND (p.state->'values'->>'managersSeeParticipation')::boolean)`,
      parameters: { manager: personId },
    });
  return anyOf(conditions);
}
