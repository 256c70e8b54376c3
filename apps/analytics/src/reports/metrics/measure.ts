import type { ProgramView } from '../as-of/view.js';
import type { ProgramAt } from '../as-of/program-at.js';
import type { Span } from '../as-of/span.js';

export type MetricId =
  | 'activation-rate'
  | 'engaged-rate'
  | 'between-session-active'
  | 'utilisation'
  | 'delivered'
  | 'completion-rate'
  | 'coachee-no-show-rate'
  | 'coachee-late-cancel-rate'
  | 'coach-no-show-rate'
  | 'coach-late-cancel-rate'
  | 'reschedule-rate'
  | 'time-to-match'
  | 'time-to-rematch'
  | 'time-to-first-session'
  | 'match-fit'
  | 'rematch-rate'
  | 'goal-completion'
  | 'goal-attainment'
  | 'theme-share'
  | 'off-track'
  | 'cost-to-date'
  | 'funnel';

/** Where the data comes from: what Cairn recorded itself, what colleagues said, or what the coachee says of themselves. */
export type Source = 'system' | 'workplace' | 'self-reported';

/** What one item (an enrolment, a session, a goal) adds to a metric. `n` counts the people with a denominator. */
export interface Share {
  readonly personId: string;
  readonly enrollmentId: string;
  readonly numerator: number;
  readonly denominator: number;
  /** What stands beside the value, by name. */
  readonly beside?: Readonly<Record<string, number>>;
}

type Beside = { readonly [name: string]: number | string | boolean | null | Beside };

/** One metric's answer. `value` is null where there is nothing to divide by, or a quantile was not reached. */
export interface Measure {
  readonly id: MetricId;
  readonly value: number | null;
  /** Null where what would be added up is of several kinds. */
  readonly numerator: number | null;
  readonly denominator: number;
  /** Distinct people in the denominator. */
  readonly n: number;
  readonly source: Source;
  readonly beside?: Beside;
}

/** The one definition of a metric. */
export interface Definition<S extends Share = Share> {
  readonly id: MetricId;
  readonly source: Source;
  /**
   * `period`: counts what fell in the period, as it stands at asOf. `moment`: the state at the period's end, or at asOf
   * where that is earlier.
   */
  readonly looksAt: 'period' | 'moment';
  /**
   * How it goes on from month to month, which decides what closed months can be shown (privacy/). It `adds-up`: what is
   * added says nothing of what was there; so does what `grows`, of which a single month makes no sense. `states` come,
   * change and go. What is `fresh` is judged anew at each month's end.
   */
  readonly overTime: 'adds-up' | 'grows' | 'states' | 'fresh';
  /** What the denominator counts: people, or something of theirs; or what happens to them again and again. */
  readonly counts: 'people' | 'events';
  shares(view: ProgramView, period: Span): S[];
  /** `program`: whose shares all of them are, where the answer without any depends on it. */
  value(shares: readonly S[], program?: ProgramAt): number | null;
  beside?(shares: readonly S[], program?: ProgramAt): Beside;
  /** False for shares that cannot be added up, being of several kinds; they always can without it. */
  areAlike?(shares: readonly S[]): boolean;
}

/** Everything from the programme's beginning on. */
export const ALWAYS: Span = { from: -Infinity, to: Infinity };

/** Does it lie in the period, and not after the report's own date? */
export const isWithin = (at: number, period: Span, view: ProgramView): boolean =>
  at >= period.from && at < period.to && at <= view.moment.at;

export const sumOf = <S>(shares: readonly S[], of: (share: S) => number): number =>
  shares.reduce((sum, share) => sum + of(share), 0);

/** Null where there is nothing to divide by; nor is what a month took away from earlier ones a share of anything. */
export const divided = (numerator: number, denominator: number): number | null =>
  denominator > 0 ? numerator / denominator : null;

/** Σ numerators ÷ Σ denominators. */
export const ratioOf = (shares: readonly Share[]): number | null =>
  divided(
    sumOf(shares, (share) => share.numerator),
    sumOf(shares, (share) => share.denominator),
  );

/** The sums of what stands beside, each name present even at 0. */
export const countsBeside =
  (...names: string[]) =>
  (shares: readonly Share[]): Record<string, number> =>
    Object.fromEntries(names.map((name) => [name, sumOf(shares, (share) => share.beside?.[name] ?? 0)]));

/** The metric over these shares, of a programme where they are all of it that the reader sees. */
export function measure<S extends Share>(
  definition: Definition<S>,
  shares: readonly S[],
  program?: ProgramAt,
): Measure {
  const beside = definition.beside?.(shares, program);
  return {
    id: definition.id,
    value: definition.value(shares, program),
    numerator: definition.areAlike?.(shares) === false ? null : sumOf(shares, (share) => share.numerator),
    denominator: sumOf(shares, (share) => share.denominator),
    n: new Set(shares.filter((share) => share.denominator !== 0).map((share) => share.personId)).size,
    source: definition.source,
    ...(beside ? { beside } : {}),
  };
}

/** The share of one item of a participant. */
export const shareOf = (
  { personId, enrollmentId }: { personId: string; enrollmentId: string },
  counts: boolean,
  beside?: Readonly<Record<string, number>>,
): Share => ({
  personId,
  enrollmentId,
  numerator: counts ? 1 : 0,
  denominator: 1,
  ...(beside ? { beside } : {}),
});
