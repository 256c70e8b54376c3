import { languageName } from '../coaches/language.js';
import type { ReadyCoach, ReadyCoachee } from './candidates.js';
import { coachesLevelOf } from './constraints.js';
import { sharedMinutes } from './overlap.js';

/**
 * How much each part of the fit weighs, in points of 100. A judgement, not a measurement: what the coachee wants to work
 * on counts most, then whether the coach knows the coachee's world. A part that the coachee asked nothing of does not
 * count, and the others share its weight. Changing a weight changes scores from then on, never those recorded.
 */
export const WEIGHTS = { themes: 35, experience: 25, styles: 15, time: 15, language: 10 } as const;
export type PartName = keyof typeof WEIGHTS;

/** Years of coaching, and minutes a week in common, from which more adds nothing. */
export const FULL_YEARS = 10;
export const FULL_SHARED_MINUTES = 10 * 60;

/** Scores are whole millionths inside, so that sums are exact and ties are real. */
export const SCORE_UNITS = 1_000_000;

export interface FitPart {
  readonly name: PartName;
  /** Its share of the points that count, six decimals; 0 where the part does not count. All shares sum to 1. */
  readonly weight: number;
  /** 0 to 1, four decimals. */
  readonly value: number;
  readonly reason: string;
}

/** `score` is Σ weight·value over the parts, 0 to 1, six decimals: whoever has the parts can compute it. */
export interface Fit {
  readonly score: number;
  readonly parts: readonly FitPart[];
}

interface Part {
  readonly name: PartName;
  /** 0 to 1, or null where it does not count. */
  value(coachee: ReadyCoachee, coach: ReadyCoach): number | null;
  /** Counts rather than lists themes: some who read scores may not read what a coachee works on. */
  reason(coachee: ReadyCoachee, coach: ReadyCoach): string;
}

const PARTS: readonly Part[] = [
  {
    name: 'themes',
    value: ({ themes }, { specialties }) => share(themes, specialties),
    reason: ({ themes }, { specialties }) =>
      themes.length === 0
        ? 'No theme was asked for'
        : `${countIn(themes, specialties)} of ${themes.length} themes asked for are the coach's specialties`,
  },
  {
    name: 'experience',
    value: (coachee, coach) => {
      const known = [Math.min(coach.of.years / FULL_YEARS, 1)];
      if (coachee.function !== null) known.push(coach.functions.has(coachee.function) ? 1 : 0);
      if (coachee.industry !== null) known.push(coach.industries.has(coachee.industry) ? 1 : 0);
      return known.reduce((sum, value) => sum + value, 0) / known.length;
    },
    reason: (coachee, coach) => {
      const { years } = coach.of;
      const said = [
        // A coach whom a history names may coach others by now.
        `${coachesLevelOf(coachee, coach) ? 'Coaches' : 'Does not coach'} at ${coachee.of.level} level`,
        `${years} ${years === 1 ? 'year' : 'years'} of coaching`,
      ];
      if (coachee.function !== null)
        said.push(knows(coach.functions.has(coachee.function), coachee.of.function!));
      if (coachee.industry !== null)
        said.push(knows(coach.industries.has(coachee.industry), coachee.of.industry!));
      return said.join('; ');
    },
  },
  {
    name: 'styles',
    value: ({ styles }, coach) => share(styles, coach.styles),
    reason: ({ styles }, coach) =>
      styles.length === 0
        ? 'No style was asked for'
        : `${countIn(styles, coach.styles)} of ${styles.length} styles asked for are the coach's`,
  },
  {
    name: 'time',
    value: ({ week, minutes }, coach) =>
      week === null || minutes === 0
        ? null
        : Math.min(sharedMinutes(week, coach.week) / Math.min(minutes, FULL_SHARED_MINUTES), 1),
    reason: ({ week }, coach) =>
      week === null
        ? 'No hours were named'
        : `${hoursAndMinutes(sharedMinutes(week, coach.week))} a week in common`,
  },
  {
    name: 'language',
    value: ({ languages }, coach) => {
      if (languages.length === 0) return null;
      const place = languages.findIndex((language) => coach.languages.has(language));
      return place < 0 ? 0 : 1 / (place + 1);
    },
    reason: ({ languages }, coach) => {
      if (languages.length === 0) return 'No language was named';
      const place = languages.findIndex((language) => coach.languages.has(language));
      if (place < 0) return 'No language in common';
      const name = languageName(languages[place]!) ?? languages[place]!;
      return `Both speak ${name}, the coachee's ${place === 0 ? 'first choice' : `choice number ${place + 1}`}`;
    },
  },
];

/** The score of a pair in whole millionths (0 to 1,000,000): the fast way, without reasons. Says nothing of constraints. */
export function scoreOf(coachee: ReadyCoachee, coach: ReadyCoach): number {
  let sum = 0;
  let points = 0;
  for (const part of PARTS) {
    const value = part.value(coachee, coach);
    if (value === null) continue;
    sum += WEIGHTS[part.name] * tenThousandths(value);
    points += WEIGHTS[part.name];
  }
  return Math.round((sum * (SCORE_UNITS / 10_000)) / points);
}

/** The score of a pair with its parts and their reasons. Says nothing of constraints. */
export function fit(coachee: ReadyCoachee, coach: ReadyCoach): Fit {
  const valued = PARTS.map((part) => ({ part, value: part.value(coachee, coach) }));
  const points = valued.reduce((sum, { part, value }) => sum + (value === null ? 0 : WEIGHTS[part.name]), 0);
  return {
    score: scoreOf(coachee, coach) / SCORE_UNITS,
    parts: valued.map(({ part, value }) => ({
      name: part.name,
      weight: value === null ? 0 : Math.round((WEIGHTS[part.name] / points) * SCORE_UNITS) / SCORE_UNITS,
      value: value === null ? 0 : tenThousandths(value) / 10_000,
      reason: part.reason(coachee, coach),
    })),
  };
}

function tenThousandths(value: number): number {
  return Math.round(value * 10_000);
}

function countIn(wanted: readonly string[], offered: ReadonlySet<string>): number {
  let count = 0;
  for (const label of wanted) if (offered.has(label)) count++;
  return count;
}

function share(wanted: readonly string[], offered: ReadonlySet<string>): number | null {
  return wanted.length === 0 ? null : countIn(wanted, offered) / wanted.length;
}

function knows(known: boolean, label: string): string {
  return known ? `knows ${label.trim()}` : `has not worked in ${label.trim()}`;
}

function hoursAndMinutes(minutes: number): string {
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
