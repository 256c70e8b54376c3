import { addDays, type Day } from '../days.js';

/** What is planted: one who goes silent, one who pauses, one who leaves, one whose match fails, and the others. */
export type Part = 'steady' | 'silent' | 'pauses' | 'leaves' | 'fails';

/** How a session goes. */
export const FATES = [
  'moved by the coachee',
  'moved by the coach',
  'cancelled late by the coachee',
  'cancelled late by the coach',
  'cancelled in time by the coachee',
  'cancelled in time by the coach',
  'missed by the coachee',
  'missed by the coach',
  'disputed and corrected',
  'confirmed by a rating alone',
  'confirmed by nobody',
] as const;
/** The second of a match that fails. */
export const FAILING = 'moved, then cancelled late by the coach';
export type Fate = (typeof FATES)[number] | typeof FAILING | 'held';

export interface Cast {
  /** The coachee's external reference: the dice are thrown for it, whatever the ids. */
  readonly reference: string;
  readonly part: Part;
  readonly matchedOn: Day;
  /** Last day of the programme. */
  readonly endsOn: Day;
  readonly cadenceDays: number;
  /** Sessions that can be used. */
  readonly allotment: number;
  readonly zone: string;
  /** Place among the coachees of the same coach, from 0: nobody else of that coach has the same hour. */
  readonly slot: number;
  readonly themes: readonly string[];
  readonly leavesOn?: Day;
  /** How certain sessions go, by their number from 0, whatever the dice say. */
  readonly fates?: ReadonlyMap<number, Fate>;
  /** Three of their team are asked in pulses: they answer, for the last session, or they never do. */
  readonly raters?: 'answer' | 'never answer';
  /** Is assessed before and after: by themself, their manager where there is one, and so many of their team. */
  readonly assessed?: { readonly byManager: boolean; readonly answering: number };
  /** Sees no progress of their own, whatever others see. */
  readonly modest?: boolean;
}

/** Goals are scored and closed so many days before the last one. */
const CLOSING_DAYS = 2;
export const closingDay = ({ endsOn }: Pick<Cast, 'endsOn'>): Day => addDays(endsOn, -CLOSING_DAYS);
