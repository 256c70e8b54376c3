import type { Opinion } from './opinion.js';

/** A mean as it is told: to a step, and at the ends of the scale only that it is there or beyond. */
export interface Told {
  readonly value: number;
  readonly bound: 'at-least' | 'at-most' | null;
}

type Scale = Pick<Opinion, 'range' | 'unit'>;
const STEPS = [0.05, 0.1, 0.2, 0.25, 0.5];

/**
 * What is told of these people's figures. Were a mean of 5 of 5 told, everybody's answer would be known; so would be how
 * many answered by a mean that only so many can have. Therefore what is told leaves each of `room` people half of the
 * scale, and any value told is one that `room` people can have. `room` is the minimum group, or four times that where
 * there are as many.
 * @param figures of at least the minimum group of people
 */
export function toldOf(figures: readonly number[], { range, unit }: Scale, minimum: number): Told {
  const room = figures.length >= 4 * minimum ? 4 * minimum : minimum;
  const step = unit * (STEPS.find((each) => each * room >= 1) ?? 0.5);
  const [least, most] = range;
  const end = (most - least) / 2 / room;
  const mean = figures.reduce((sum, each) => sum + each, 0) / figures.length;
  const high = Math.floor((most - end) / step + ROUNDING) * step;
  const low = Math.ceil((least + end) / step - ROUNDING) * step;
  const value = Math.round(mean / step + ROUNDING) * step;
  if (value >= high) return { value: high, bound: 'at-least' };
  return value <= low ? { value: low, bound: 'at-most' } : { value, bound: null };
}

/** What binary fractions add or lack. */
const ROUNDING = 1e-9;

/** The mean of several that are told, each alike: it tells nothing that they do not. */
export function meanOf(told: readonly Told[]): Told {
  const bounds = new Set(told.map(({ bound }) => bound));
  const value = told.reduce((sum, each) => sum + each.value, 0) / told.length;
  const isBound = (bound: Told['bound']) =>
    bounds.has(bound) && [...bounds].every((each) => each === bound || each === null);
  return { value, bound: isBound('at-least') ? 'at-least' : isBound('at-most') ? 'at-most' : null };
}
