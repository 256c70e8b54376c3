import type { DomainEvent } from '@cairn/decider';

/** Whom the assessment is of; carried by every event of it. */
export interface AssessmentRefs {
  readonly assessmentId: string;
  readonly enrollmentId: string;
  readonly programId: string;
  readonly cohortId: string;
  readonly personId: string;
}

export const MOMENTS = ['baseline', 'followUp'] as const;
export type Moment = (typeof MOMENTS)[number];

/** One answer is shown, and the rater is told so before answering. */
export const ATTRIBUTED = ['self', 'manager'] as const;
/** Shown from three distinct raters, and in nothing else. */
export const ANONYMOUS = ['peer', 'directReport', 'other'] as const;
export const CATEGORIES = [...ATTRIBUTED, ...ANONYMOUS] as const;
export type Category = (typeof CATEGORIES)[number];
export type AnonymousCategory = (typeof ANONYMOUS)[number];

export const isAnonymous = (category: Category): category is AnonymousCategory =>
  ANONYMOUS.some((one) => one === category);

/** What one category said of one theme. */
export interface ThemeResult {
  readonly theme: string;
  readonly category: Category;
  readonly raters: number;
  /** Of the items' means below, 1 to 7. */
  readonly mean: number;
  /** Of the raters' means, over n − 1, in what was released before decision 34; null since. */
  readonly sd: number | null;
  /** One mean for each item, in the questionnaire's order; of an anonymous category in half points. */
  readonly itemMeans: readonly number[];
}

/** What the coachee wants to work on, and whose answers led to it. */
export interface Priority {
  readonly theme: string;
  readonly sources: readonly Category[];
}

export const WITHDRAWAL_REASONS = ['by-hr', 'not-enough-raters', 'other'] as const;

type Of<Type extends string, Body extends object = object> = DomainEvent<Type, AssessmentRefs & Body>;

/**
 * Stored names are pinned: rename the type alias, never the string. No event is of a single answer, and none says which
 * person a rater is: those are rows (see the README).
 */
export type AssessmentEvent =
  | Of<
      'AssessmentRequested',
      {
        moment: Moment;
        categories: readonly Category[];
        questionnaire: string;
        questionnaireVersion: number;
        themes: readonly string[];
        /** The first and the last day of answering, in `zone`, and the instant at which that is over. */
        opensOn: string;
        closesOn: string;
        closesAt: string;
        zone: string;
      }
    >
  | Of<'RaterNominated', { raterId: string; category: Category }>
  | Of<'RaterApproved', { raterId: string; category: Category }>
  | Of<'RaterRemoved', { raterId: string; category: Category }>
  /** All categories together. */
  | Of<'AnswersCounted', { on: string; answers: number }>
  | Of<'AssessmentClosed', { by: 'deadline' | 'hand' }>
  | Of<'AssessmentWithdrawn', { reason: string }>
  | Of<
      'ResultsReleased',
      {
        moment: Moment;
        questionnaire: string;
        questionnaireVersion: number;
        results: readonly ThemeResult[];
      }
    >
  | Of<'ResultsShared', { shared: boolean }>
  | Of<'PrioritiesIdentified', { priorities: readonly Priority[] }>;
