import type { ProgramView } from './as-of/view.js';
import type { ProgramAt } from './as-of/program-at.js';
import { monthsBetween } from './as-of/zone.js';

/** What a report can be broken down by, one at a time. */
export const DIMENSIONS = ['cohort', 'org-unit', 'level', 'location', 'tenure'] as const;
export type Dimension = (typeof DIMENSIONS)[number];
export type Traits = Readonly<Record<Dimension, string>>;

/** In full, also by the size of the cohort: whether a small programme is matched as well as a large one. */
export const DIMENSIONS_IN_FULL = [...DIMENSIONS, 'cohort-size'] as const;

/** Of what people think of sessions, for those who see coaches. */
export const COACH = 'coach';

export const UNKNOWN = 'unknown';
export const LEVELS = ['individual', 'manager', 'director', 'executive'] as const;
/** Whole years with the company when nominated. */
export const TENURE_BANDS = [
  'under 1 year',
  '1–2 years',
  '3–5 years',
  '6–10 years',
  'over 10 years',
] as const;

/** Names that a dimension can have beside those that occur, so that none can be told from its absence. */
export interface Labels {
  readonly 'org-unit': readonly string[];
  readonly location: readonly string[];
}

/** Every group that there could be, whether anybody is in it or not. */
export function namesOf(dimension: string, program: ProgramAt, labels: Labels): readonly string[] {
  switch (dimension) {
    case 'cohort':
      return program.cohorts.map(({ cohortId }) => cohortId);
    case 'theme':
      return program.values.themes;
    case 'level':
      return [...LEVELS, UNKNOWN];
    case 'tenure':
      return [...TENURE_BANDS, UNKNOWN];
    case 'org-unit':
    case 'location':
      return [...labels[dimension], UNKNOWN];
    default:
      return [];
  }
}

/**
 * Each enrolment's groups, as they stood when the person was nominated: somebody who is promoted or moves during the
 * programme stays in their group, so that two reports over time compare the same people. An org unit is a department.
 */
export const traitsOf = (view: ProgramView): ReadonlyMap<string, Traits> =>
  known.getOrInsertComputed(view, lookAt);

/** One view is asked for each measure. */
const known = new WeakMap<ProgramView, ReadonlyMap<string, Traits>>();

function lookAt(view: ProgramView): ReadonlyMap<string, Traits> {
  const { zone } = view.program;
  return new Map(
    view.participants.map(({ personId, enrollment }) => {
      const day = zone.dayOf(enrollment.nominatedAt);
      const person = view.person(personId, day);
      return [
        enrollment.enrollmentId,
        {
          cohort: enrollment.cohortId,
          'org-unit': person?.department ?? UNKNOWN,
          level: person?.level ?? UNKNOWN,
          location: person?.location ?? UNKNOWN,
          tenure: person?.startedOn === undefined ? UNKNOWN : tenureBand(person.startedOn, day),
        },
      ];
    }),
  );
}

function tenureBand(startedOn: string, day: string): string {
  const years = Math.floor(monthsBetween(startedOn, day) / 12);
  if (years < 1) return TENURE_BANDS[0];
  if (years < 3) return TENURE_BANDS[1];
  if (years < 6) return TENURE_BANDS[2];
  return years < 11 ? TENURE_BANDS[3] : TENURE_BANDS[4];
}

export type CohortSize = '≤ 10' | '11–50' | '> 50';

/** The size of each participant's cohort, counted in people ever nominated for it, by enrolment. */
export function cohortSizes(view: ProgramView): Map<string, CohortSize> {
  const cohorts = Map.groupBy(view.participants, ({ enrollment }) => enrollment.cohortId);
  const sizes = new Map<string, CohortSize>();
  for (const members of cohorts.values()) {
    const people = new Set(members.map(({ personId }) => personId)).size;
    const size = people <= 10 ? '≤ 10' : people <= 50 ? '11–50' : '> 50';
    for (const { enrollment } of members) sizes.set(enrollment.enrollmentId, size);
  }
  return sizes;
}
