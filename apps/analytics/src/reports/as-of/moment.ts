import type { Stamp } from '../../projections/fact.js';

/**
 * From where a report looks: it is evaluated at `at`, from what Cairn had learnt by `knownAt`. Asked by `occurredAt`,
 * everything that is known now counts (`knownAt` is Infinity), so that a correction restates the past; asked by
 * `recordedAt`, `knownAt` is the report's own date, so that it reads as it read then. Both are milliseconds since 1970.
 */
export interface Moment {
  readonly at: number;
  readonly knownAt: number;
}

export type Basis = 'occurredAt' | 'recordedAt';

export const momentOf = (asOf: number, basis: Basis): Moment => ({
  at: asOf,
  knownAt: basis === 'recordedAt' ? asOf : Infinity,
});

/** The same knowledge, evaluated at another time. */
export const lookingAt = (moment: Moment, at: number): Moment => ({ at, knownAt: moment.knownAt });

/** All that was ever learnt, of whatever time. */
export const EVER: Moment = { at: Infinity, knownAt: Infinity };

/** Had Cairn learnt of it? */
export const isKnown = (fact: Stamp, moment: Moment): boolean => fact.recordedAt <= moment.knownAt;

/** Had it happened, and had Cairn learnt of it? */
export const hasHappened = (fact: Stamp, moment: Moment): boolean =>
  fact.occurredAt <= moment.at && fact.recordedAt <= moment.knownAt;
