import { hasRole, readsEverybody, type Subject } from '@cairn/identity';
import type { EntityManager } from 'typeorm';
import { BY_WHICH_COACH_SEES } from '../../matching/match.entity.js';
import { anyOf, EVERYTHING, reachedByHr, reachOfHr, type Condition } from '../../people/reach.js';
import type { EnrollmentEntity } from '../enrollment.entity.js';
import { feedbackAsked } from '../enrollment.state.js';
import { sessionsHeld } from '../units.js';

/** Where people open Cairn, or null where that is not configured: what the controllers hand to `shownTo`. */
export const PUBLIC_URL = Symbol('public url');

/** The version that readers are told: that the coachee has given feedback is for nobody else to see. */
export const versionShown = ({ version, state }: EnrollmentEntity): number =>
  version - Object.keys(state.feedback ?? {}).length;

/**
 * Enrolments as their API shows them to a subject. Why somebody declined is nowhere in it; preferences only for those whom
 * they concern.
 */
async function allShownTo(
  manager: EntityManager,
  subject: Subject,
  enrollments: readonly EnrollmentEntity[],
  publicUrl: string | null,
) {
  const people = enrollments.map(({ personId }) => personId);
  const reached = await reachedByHr(manager, subject, people);
  const coached = await coachedBy(manager, subject, enrollments);
  return enrollments.map((one) => {
    const { enrollmentId, personId } = one;
    const sees = reached.has(personId) || coached.has(enrollmentId) || seesPreferences(subject, personId);
    return shown(subject, one, publicUrl, sees);
  });
}

/** The same as they are read: with what the coachee alone is asked. No command answers that: it may be given in their name. */
export async function allReadBy(
  manager: EntityManager,
  subject: Subject,
  enrollments: readonly EnrollmentEntity[],
  publicUrl: string | null,
) {
  const own = enrollments.filter(({ personId }) => isOwn(subject, personId));
  const held = await sessionsHeld(
    manager,
    subject.tenantId,
    own.map(({ enrollmentId }) => enrollmentId),
  );
  const all = await allShownTo(manager, subject, enrollments, publicUrl);
  return enrollments.map(({ enrollmentId, personId, state }, n) => ({
    ...all[n]!,
    ...(isOwn(subject, personId) ? { feedbackAsked: feedbackAsked(state, held.get(enrollmentId) ?? 0) } : {}),
  }));
}

/** What a command on one answers. */
export async function shownTo(
  manager: EntityManager,
  subject: Subject,
  enrollment: EnrollmentEntity,
  publicUrl: string | null,
) {
  return (await allShownTo(manager, subject, [enrollment], publicUrl))[0]!;
}

function shown(
  subject: Subject,
  enrollment: EnrollmentEntity,
  publicUrl: string | null,
  withPreferences: boolean,
) {
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
    ...(withPreferences ? { preferences: state.preferences } : {}),
  };
}

/**
 * What HR hands to whoever has no e-mail address, on paper for example: a page that says how to take up an invitation.
 * It needs no token, so it tells nothing of the person or the programme.
 */
const invitationLink = (publicUrl: string, enrollmentId: string): string =>
  `${publicUrl}/invitations/${enrollmentId}`;

/**
 * They name themes: those of a person are for the coachee, their coach, the HR that reaches them and integration, not for
 * the programme's administration.
 */
export const seesPreferences = (subject: Subject, personId: string): boolean =>
  (hasRole(subject, 'integration') && !hasRole(subject, 'hr')) || isOwn(subject, personId);

/** Whether the subject is the person, as a coachee. */
export const isOwn = (subject: Subject, personId: string): boolean =>
  hasRole(subject, 'coachee') && subject.personId === personId;

/** Those of the enrolments whose coach the subject is, or is asked to be. */
async function coachedBy(
  manager: EntityManager,
  { tenantId, roles, coachId }: Subject,
  enrollments: readonly EnrollmentEntity[],
): Promise<ReadonlySet<string>> {
  if (!roles.includes('coach') || coachId === undefined || enrollments.length === 0) return new Set();
  const rows = await manager
    .createQueryBuilder()
    .select('m.enrollment_id', 'enrollmentId')
    .from('matches', 'm')
    .where('m.tenant_id = :tenantId AND m.coach_id = :coachId', { tenantId, coachId })
    .andWhere('m.enrollment_id = ANY (:ids)', { ids: enrollments.map(({ enrollmentId }) => enrollmentId) })
    .andWhere(BY_WHICH_COACH_SEES)
    .getRawMany<{ enrollmentId: string }>();
  return new Set(rows.map(({ enrollmentId }) => enrollmentId));
}

/** The enrolments (`e`) that a subject may read, each of its roles adding its own. */
export function visibleTo(subject: Subject): Condition {
  if (readsEverybody(subject)) return EVERYTHING;
  const { personId, coachId } = subject;
  const conditions: Condition[] = [];
  if (hasRole(subject, 'hr')) conditions.push(reachOfHr(subject, 'e.person_id'));
  if (hasRole(subject, 'coachee') && personId !== undefined)
    conditions.push({ sql: 'e.person_id = :ownPerson', parameters: { ownPerson: personId } });
  if (hasRole(subject, 'coach') && coachId !== undefined)
    conditions.push({
      sql: `EXISTS (SELECT 1 FROM matches m WHERE m.enrollment_id = e.enrollment_id AND m.coach_id = :ownCoach
              AND ${BY_WHICH_COACH_SEES})`,
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
