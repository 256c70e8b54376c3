import { hasRole, readsEverybody, type Subject } from '@cairn/identity';
import type { EntityManager } from 'typeorm';
import { THEN_RUNNING } from '../../matching/match.rows.js';
import { anyOf, EVERYTHING, reachOfHr, type Condition } from '../../people/reach.js';
import type { AssessmentEntity, RaterEntity } from '../assessment.entity.js';
import type { AssessmentState } from '../assessment.decider.js';
import { itemsOf, questionnaireOf } from '../questionnaires/questionnaire.js';
import { toldOf } from '../results.js';

type Existing = Exclude<AssessmentState, { status: 'none' }>;
type Released = Extract<AssessmentState, { status: 'released' }>;

/** Whether the assessment is of the subject: then it is the coachee whatever roles it has, and learns what a coachee may. */
export const isOwn = (subject: Subject, { personId }: Pick<AssessmentEntity, 'personId'>): boolean =>
  subject.personId === personId;

/**
 * Of these assessments the ones, by id, whose coachee the subject coaches: who reads results that are shared is told, like
 * the coachee, nothing of who answered, and holds no rater's link, whatever other role they have.
 */
export async function coachedBy(
  manager: EntityManager,
  { coachId, personId }: Subject,
  assessments: readonly Pick<AssessmentEntity, 'assessmentId' | 'enrollmentId'>[],
): Promise<ReadonlySet<string>> {
  if (coachId === undefined && personId === undefined) return NONE;
  // A token of an internal coach need not say which coach they are.
  const rows = await manager.query<{ enrollment_id: string }[]>(
    `SELECT m.enrollment_id FROM matches m JOIN coaches c USING (coach_id)
     WHERE (m.coach_id = $1 OR c.person_id = $2) AND ${THEN_RUNNING} AND m.enrollment_id = ANY ($3)`,
    [coachId, personId, assessments.map(({ enrollmentId }) => enrollmentId)],
  );
  const coached = new Set(rows.map((row) => row.enrollment_id));
  const own = assessments.filter(({ enrollmentId }) => coached.has(enrollmentId));
  return new Set(own.map(({ assessmentId }) => assessmentId));
}
const NONE: ReadonlySet<string> = new Set();

/** Those who ask: they see how many of each category have answered, and who has not. */
const asks = (subject: Subject, assessment: AssessmentEntity, coached: ReadonlySet<string>): boolean =>
  hasRole(subject, 'hr', 'program-admin', 'integration') &&
  !isOwn(subject, assessment) &&
  !coached.has(assessment.assessmentId);

/**
 * How far an assessment is. What was answered is in no part of it; nor is how many did, but for those who ask: less those
 * whom the results count, that is how many of a category that is left out.
 */
export function shown(subject: Subject, assessment: AssessmentEntity, coached = NONE) {
  const counts = asks(subject, assessment, coached);
  const { assessmentId, enrollmentId, programId, cohortId, personId, status, answered } = assessment;
  const state = assessment.state as Existing;
  const { moment, categories, questionnaire, themes, closesOn, closesAt, raters } = state;
  return {
    assessmentId,
    enrollmentId,
    programId,
    cohortId,
    personId,
    moment,
    status,
    questionnaire,
    themes,
    closesOn,
    closesAt,
    categories: categories.map((category) => {
      const of = raters.filter((rater) => rater.category === category);
      const asked = of.filter(({ approved }) => approved).length;
      return {
        category,
        nominated: of.length,
        asked,
        ...(counts ? { answered: answered[category] ?? 0 } : {}),
      };
    }),
    ...(counts ? { answered: Object.values(answered).reduce((sum, count) => sum + count, 0) } : {}),
    ...(isOwn(subject, assessment) ? { sharedWithCoach: state.status === 'released' && state.shared } : {}),
  };
}

/**
 * A rater as those see them who may see raters. Who has answered is told to those who remind, while answering goes on:
 * to the coachee and their coach, who read the results, never.
 */
export function raterShown(
  subject: Subject,
  assessment: AssessmentEntity,
  coached: ReadonlySet<string>,
  rater: RaterEntity,
) {
  const { raterId, category, personId, answered } = rater;
  const state = assessment.state as Existing;
  const approved = state.raters.find((one) => one.raterId === raterId)?.approved ?? false;
  const goesOn = asks(subject, assessment, coached) && assessment.status === 'collecting';
  return { raterId, category, personId, approved, ...(goesOn ? { answered } : {}) };
}

/** The results as the coachee reads them, and a coach with whom they are shared. */
export function resultsShown({ assessmentId }: AssessmentEntity, state: Released) {
  const { moment, categories, themes, results, priorities, shared } = state;
  const questionnaire = questionnaireOf(state.questionnaire);
  return {
    assessmentId,
    moment,
    questionnaire: state.questionnaire,
    scale: questionnaire.scale,
    themes: themes.map((theme) => ({
      theme,
      items: itemsOf(questionnaire, theme).map(({ other }) => other),
      results: results
        .filter((one) => one.theme === theme)
        .map(toldOf)
        .map(({ category, raters, mean, itemMeans }) => ({ category, raters, mean, itemMeans })),
    })),
    /** Asked, and not shown: too few of them have answered, or none. */
    withheld: categories.filter((category) => !results.some((one) => one.category === category)),
    priorities,
    sharedWithCoach: shared,
  };
}

/**
 * Of assessments `a`, those whose results a coach reads: of their present coachee, who shares them. Who was asked in one
 * themself reads none of it: of three answers they would know one.
 */
const SHARED_WITH_COACH = `a.status = 'released' AND (a.state->>'shared')::boolean
  AND EXISTS (SELECT 1 FROM matches m WHERE m.enrollment_id = a.enrollment_id AND m.coach_id = :ownCoach
    AND ${THEN_RUNNING})
  AND NOT EXISTS (SELECT 1 FROM assessment_raters r JOIN coaches c ON c.person_id = r.person_id
    WHERE r.assessment_id = a.assessment_id AND c.coach_id = :ownCoach)`;

const NOTHING: Condition = { sql: 'false', parameters: {} };

const ownOf = (subject: Subject): Condition =>
  hasRole(subject, 'coachee') && subject.personId !== undefined
    ? { sql: 'a.person_id = :ownPerson', parameters: { ownPerson: subject.personId } }
    : NOTHING;

const sharedWith = (subject: Subject): Condition =>
  hasRole(subject, 'coach') && subject.coachId !== undefined
    ? { sql: SHARED_WITH_COACH, parameters: { ownCoach: subject.coachId } }
    : NOTHING;

const reachedBy = (subject: Subject): Condition => {
  if (readsEverybody(subject)) return EVERYTHING;
  return hasRole(subject, 'hr') ? reachOfHr(subject, 'a.person_id') : NOTHING;
};

/** The assessments (`a`) whose raters a subject may read: not a coach, who sees no more than shared results. */
export const ratersVisibleTo = (subject: Subject): Condition => anyOf([reachedBy(subject), ownOf(subject)]);

/** Those whose results it may read: nobody but the coachee and, where they are shared, the coach. */
export const resultsVisibleTo = (subject: Subject): Condition => anyOf([ownOf(subject), sharedWith(subject)]);

/** Those of which it may read how far they are. */
export const visibleTo = (subject: Subject): Condition =>
  anyOf([reachedBy(subject), ownOf(subject), sharedWith(subject)]);
