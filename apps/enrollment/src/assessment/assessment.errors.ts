import { refusalsOf, type Refusal } from '@cairn/decider';
import type { AnonymousCategory, Category } from './assessment.events.js';

export const {
  noSuch: noSuchAssessment,
  notInState,
  toldOtherwise,
  outOfOrder,
} = refusalsOf('assessment', 'assessment-state', {
  requested: 'Name its raters and approve one first (POST …/assessments/{assessmentId}/raters).',
  collecting: 'Close it first (POST …/assessments/{assessmentId}/close), or wait for its last day.',
  closed: 'Answering is over: release it (POST …/assessments/{assessmentId}/release).',
  released:
    'Results stay with the coachee: a follow-up asks again (POST …/enrollments/{enrollmentId}/assessments).',
  withdrawn: 'Ask for another one (POST …/enrollments/{enrollmentId}/assessments).',
});

export const noSuchRater = (): Refusal => ({
  kind: 'not-found',
  slug: 'not-found',
  detail: 'There is no such rater of this assessment.',
});

export const noManager = (): Refusal => ({
  kind: 'conflict',
  slug: 'no-manager',
  detail:
    'The directory names no manager of this person who is still there. Leave "manager" out, or import an HR file that names one.',
});

export const closesBadly = (earliest: string, latest: string): Refusal => ({
  kind: 'invalid',
  slug: 'bad-closing-day',
  detail: `The last day of answering lies between ${earliest} and ${latest}.`,
  errors: [{ pointer: '/closesOn', detail: `must be from ${earliest} to ${latest}` }],
});

export const assessmentOpen = (assessmentId: string, state: string): Refusal => ({
  kind: 'conflict',
  slug: 'assessment-open',
  detail: `An assessment of this enrolment is ${state}: one at a time. ${state === 'closed' ? 'Release' : 'Close and release'} it first, or withdraw it.`,
  extra: { assessmentId, state },
});

export const alreadyAssessed = (assessmentId: string): Refusal => ({
  kind: 'conflict',
  slug: 'already-assessed',
  detail:
    'There is a baseline of this enrolment already. Ask for a follow-up ("moment": "followUp"), which asks the same again.',
  extra: { assessmentId },
});

export const noBaseline = (): Refusal => ({
  kind: 'conflict',
  slug: 'no-baseline',
  detail:
    'A follow-up asks what the released baseline has asked, and there is none. Ask for a baseline, or release it.',
});

export function categoryNotAsked(asked: readonly AnonymousCategory[]): Refusal {
  const fix =
    asked.length === 0
      ? 'This assessment asks nobody but those who come by themselves.'
      : `It asks: ${asked.join(', ')}.`;
  return {
    kind: 'invalid',
    slug: 'category-not-asked',
    detail: `This assessment does not ask raters of this category. ${fix}`,
    errors: [
      {
        pointer: '/category',
        detail: asked.length === 0 ? 'nobody can be nominated' : `must be one of ${asked.join(', ')}`,
      },
    ],
  };
}

const WRONG_CATEGORY = {
  self: 'The coachee is asked about themself, as self, and rates in no other category.',
  manager: 'The coachee’s manager is asked as manager, and rates in no other category.',
  directReport: 'This person reports to the coachee: nominate them as directReport.',
  coach: 'The coachee’s coach reads the results where they are shared, and rates in no category.',
  outsider: 'Somebody from outside reports to nobody here: nominate them as peer or other.',
  other: 'This person does not report to the coachee: nominate them as peer or other.',
} as const;

/** @param is what the directory says that the person is to the coachee */
export const wrongCategory = (is: keyof typeof WRONG_CATEGORY): Refusal => ({
  kind: 'invalid',
  slug: 'wrong-category',
  detail: WRONG_CATEGORY[is],
  errors: [{ pointer: '/category', detail: WRONG_CATEGORY[is] }],
});

export const alreadyNominated = (raterId: string, category: Category): Refusal => ({
  kind: 'conflict',
  slug: 'already-nominated',
  detail: `This person is a rater of this assessment already (${category}): everybody answers once.`,
  extra: { raterId, category },
});

export const namedTwice = (): Refusal => ({
  kind: 'invalid',
  slug: 'rater-named-twice',
  detail: 'Name a rater by personId or by employeeId, not by both; somebody from outside by neither.',
  errors: [{ pointer: '/employeeId', detail: 'must be left out beside personId' }],
});

export const tooManyRaters = (most: number): Refusal => ({
  kind: 'conflict',
  slug: 'too-many-raters',
  detail: `An assessment has ${most} raters at most.`,
});

export const raterApproved = (): Refusal => ({
  kind: 'conflict',
  slug: 'rater-approved',
  detail:
    'This rater is approved, and so is asked: from then on HR or the programme’s administrator removes them.',
});

/** Said to those who remind, who know who has answered. */
export const categoryAnswers = (): Refusal => ({
  kind: 'conflict',
  slug: 'already-answered',
  detail:
    'Somebody of this category has answered. Were others taken off the list now, the coachee would see on it who has: all stay. Mint a new link and keep it, so that the one that this rater has leads nowhere.',
});

export const raterHasLeft = (): Refusal => ({
  kind: 'conflict',
  slug: 'rater-has-left',
  detail: 'This rater has left the company and is asked no more. The coachee may nominate another.',
});

export const raterNotApproved = (): Refusal => ({
  kind: 'conflict',
  slug: 'rater-not-approved',
  detail:
    'This rater is not approved yet (POST /enrollment/v1/assessments/{assessmentId}/raters/{raterId}/approve).',
});

export const alreadyAnswered = (): Refusal => ({
  kind: 'conflict',
  slug: 'already-answered',
  detail: 'The answers to these questions have been given: they count once and cannot be changed.',
});

/** The same for every link that leads nowhere, so that nobody learns from one what it once was. */
export const noSuchLink = (): Refusal => ({
  kind: 'not-found',
  slug: 'not-found',
  detail:
    'This link leads to no questions: it was replaced by a newer one, or you are asked no more, or answering is over. Ask whoever gave it to you.',
});

/** @param themes those that are asked about */
export const notAllAnswered = (themes: readonly string[], items: number): Refusal => ({
  kind: 'invalid',
  slug: 'not-all-answered',
  detail: `Answer every question: ${items} of each of the themes ${themes.join(', ')}, each theme once.`,
  errors: [{ pointer: '/answers', detail: `must have ${items} values for each of ${themes.join(', ')}` }],
});

export const unknownTheme = (index: number, themes: readonly string[]): Refusal => ({
  kind: 'invalid',
  slug: 'unknown-theme',
  detail:
    themes.length === 0
      ? 'The results show nothing that a priority could come from: too few have answered.'
      : `A priority is one of the themes that the results show, each once: ${themes.join(', ')}.`,
  errors: [
    {
      pointer: `/priorities/${index}/theme`,
      detail: themes.length === 0 ? 'has no results' : `must be one of ${themes.join(', ')}, each once`,
    },
  ],
  extra: { allowed: themes },
});

export const unknownSource = (index: number, shown: readonly Category[]): Refusal => ({
  kind: 'invalid',
  slug: 'unknown-source',
  detail: `The sources of a priority are categories whose results show its theme: ${shown.join(', ')}.`,
  errors: [{ pointer: `/priorities/${index}/sources`, detail: `must be of ${shown.join(', ')}` }],
  extra: { allowed: shown },
});
