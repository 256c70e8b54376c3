import type { MeasuredFact, OpinionFact, PulseItem } from '../../projections/opinions/opinion-facts.js';
import type { ProgramAt } from '../as-of/program-at.js';
import type { Participant } from '../as-of/view.js';
import { DIMENSIONS } from '../dimensions.js';

export type OpinionId =
  | 'satisfaction'
  | 'nps'
  | 'theme-share'
  | 'goal-attainment'
  | 'behaviour-change'
  | PulseItem
  | 'fit-signals'
  | 'rematch-offers'
  | 'rematch-reasons';

/**
 * The one definition of a measure of opinions. Whatever it is made of, it is the mean over people of one bounded figure
 * each, so that nobody weighs more than others and every answer has the same room to hide in.
 */
export interface Opinion {
  readonly id: OpinionId;
  /** Who says it: the coachee, the coach or another observer, or colleagues. */
  readonly source: 'self-reported' | 'observed' | 'workplace';
  /** Between which figures a person's lies. */
  readonly range: readonly [least: number, most: number];
  /** By how much one answer differs from the next. */
  readonly unit: number;
  /** What is asked, each told by itself. */
  items(program: ProgramAt): readonly string[];
  /**
   * What a person's answers of some months come to; undefined where they say nothing of the item.
   * @param own in the order in which they were learnt; of one person
   */
  figure(own: readonly OpinionFact[], item: string, participant: Participant): number | undefined;
  /** Whether somebody may have answered since an instant, for all that those know who see who takes part. */
  could(participant: Participant, since: number): boolean;
  /** Of which coach somebody speaks, or would; where it can be told by coach at all. */
  coachOf?(own: readonly OpinionFact[], participant: Participant): string | undefined;
  /**
   * What an item can be broken down by: `DIMENSIONS` unless said, in the order in which they are opened. What is told by
   * one leaves less to be told by the next.
   */
  dimensions?(item: string): readonly string[];
  /** Whether a coachee's manager gave one of the answers. */
  readonly managersAnswer?: boolean;
  /** The item that a coachee's coach answers, if one is. */
  readonly coachesAnswer?: string;
  /** For what is measured twice: a person's figure, of all that was ever learnt of them, is told once. */
  readonly change?: Changes;
}

export interface Changes {
  of(own: readonly OpinionFact[], item: string, participant: Participant): Change | undefined;
  /** What a baseline answers of the item, question by question; undefined where it does not. */
  answersIn(baseline: MeasuredFact, item: string): readonly number[] | undefined;
}

/** One coachee's means, before and after. */
export interface Change {
  readonly before: number;
  readonly after: number;
  /** The questionnaire and its version, which both answered. */
  readonly questions: string;
}

export const dimensionsOf = (opinion: Opinion, item: string): readonly string[] =>
  opinion.dimensions?.(item) ?? DIMENSIONS;
