import type { AssessmentRefs, Category, Moment, Priority, ThemeResult } from './assessment.events.js';

/** Answers that were given on a day and are not told yet, all categories together. */
export interface Uncounted {
  readonly on: string;
  readonly answers: number;
}

/** `at` is the instant of the fact (ISO 8601, UTC). The rows hand every command what they know of answers. */
interface Given {
  readonly at: string;
  readonly uncounted: readonly Uncounted[];
  /** How far deadlines may be settled: `at`, but in open history no further than what was declared. */
  readonly settleThrough: string;
}

/** What a handler makes; the rows add the rest. */
export type AssessmentIntent =
  | {
      readonly kind: 'request';
      readonly refs: AssessmentRefs;
      readonly moment: Moment;
      readonly categories: readonly Category[];
      readonly questionnaire: string;
      readonly questionnaireVersion: number;
      readonly themes: readonly string[];
      readonly opensOn: string;
      readonly closesOn: string;
      readonly closesAt: string;
      readonly zone: string;
      /** Self and manager, who come by themselves, as far as they are asked. */
      readonly attributed: readonly { readonly raterId: string; readonly category: Category }[];
    }
  | { readonly kind: 'nominate'; readonly raterId: string; readonly category: Category }
  | { readonly kind: 'approve'; readonly raterId: string }
  /** Of one who has not answered, which the rows know. */
  | { readonly kind: 'remove'; readonly raterId: string; readonly by: 'coachee' | 'staff' }
  /** What time has brought about: days that are over, the last day above all. */
  | { readonly kind: 'settle' }
  | { readonly kind: 'close' }
  | { readonly kind: 'withdraw'; readonly reason: string }
  /** `results` are those of the answers that there are. */
  | { readonly kind: 'release'; readonly results: readonly ThemeResult[] }
  | { readonly kind: 'share'; readonly shared: boolean }
  | { readonly kind: 'prioritise'; readonly priorities: readonly Priority[] };

export type AssessmentCommand = Given & AssessmentIntent;
