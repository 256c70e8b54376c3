import type { Day, Instant } from '../days.js';

export type Party = 'coachee' | 'coach';
export type Level = -2 | -1 | 0 | 1 | 2;
export type Moment = 'baseline' | 'followUp';

/** What one rater answers in an assessment: three items of each theme, 1 to 7. */
export interface Answered {
  readonly category: 'self' | 'manager' | 'directReport';
  readonly values: Readonly<Record<string, readonly number[]>>;
}

/** What happens to one coachee, at its own time. `n` counts sessions and `g` goals, from 0; `p` counts a goal's practices. */
export type Step = { readonly at: Instant } & (
  | { readonly kind: 'book'; readonly n: number; readonly startsAt: string }
  | { readonly kind: 'book-series'; readonly count: number; readonly startsAt: string }
  | { readonly kind: 'move'; readonly n: number; readonly by: Party; readonly startsAt: string }
  | { readonly kind: 'cancel'; readonly n: number; readonly by: Party }
  | { readonly kind: 'confirm'; readonly n: number; readonly by: Party }
  | { readonly kind: 'no-show'; readonly n: number; readonly party: Party }
  | { readonly kind: 'dispute'; readonly n: number }
  | { readonly kind: 'correct'; readonly n: number }
  | {
      readonly kind: 'rate';
      readonly n: number;
      readonly useful: number;
      readonly relationship: number;
      readonly progress: number;
    }
  | { readonly kind: 'themes'; readonly n: number; readonly themes: readonly string[] }
  | { readonly kind: 'note'; readonly n: number; readonly by: Party; readonly text: string }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'propose'; readonly g: number; readonly theme: string; readonly targetDate: Day }
  | { readonly kind: 'agree'; readonly g: number }
  | { readonly kind: 'scale'; readonly g: number; readonly baseline: Level }
  | { readonly kind: 'practise'; readonly g: number; readonly p: number; readonly dueOn: Day }
  | {
      readonly kind: 'report';
      readonly g: number;
      readonly p: number;
      readonly done: 'yes' | 'partly' | 'no';
    }
  | { readonly kind: 'check-in'; readonly g: number; readonly movement: 'forward' | 'steady' | 'back' }
  | { readonly kind: 'score'; readonly g: number; readonly by: Party; readonly level: Level }
  | {
      readonly kind: 'close';
      readonly g: number;
      readonly outcome: 'attained' | 'partlyAttained' | 'notAttained' | 'dropped';
    }
  | { readonly kind: 'recommend'; readonly recommend: number }
  /** The early warning of a match at risk has to come before anything else happens. */
  | { readonly kind: 'warning' }
  | { readonly kind: 'fit'; readonly signal: 'not-right' }
  | { readonly kind: 'rematch' }
  /** Three of the team are named to answer pulses, and approved. */
  | { readonly kind: 'name-raters' }
  /** Each of them answers by a link: how well the goal shows at work, and how they are led. */
  | { readonly kind: 'pulse'; readonly answers: readonly PulseAnswers[] }
  /** Is asked for and answered. Whoever of the raters has no answers stays silent. */
  | {
      readonly kind: 'assess';
      readonly moment: Moment;
      readonly closesOn: Day;
      readonly answers: readonly Answered[];
    }
  | { readonly kind: 'release'; readonly moment: Moment }
);

/** What one rater answers in a pulse, 1 to 7. */
export interface PulseAnswers {
  readonly behaviour: number;
  /** One-to-ones, talks about development, effectiveness. */
  readonly team: readonly [number, number, number];
}
