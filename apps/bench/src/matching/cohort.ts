import {
  failedConstraint,
  readyCoach,
  readyCoachee,
  scoreOf,
  type Coach,
  type Coachee,
} from '@cairn/enrollment/matching';
import { random, type Random } from '@cairn/seeded';

/** A Wednesday in winter. */
export const ON = '2026-01-14';

const SEED = 20_260_114;
const THEMES = [
  'giving-feedback',
  'psychological-safety',
  'performance-conversations',
  'navigating-conflict',
  'developing-direct-reports',
  'managing-up-and-across',
];
const STYLES = ['challenging', 'supportive', 'structured', 'reflective'];
const FUNCTIONS = ['Production', 'Sales', 'IT', 'Finance', 'HR', 'Research', 'Logistics', 'Service'];
const ZONES = ['Europe/Berlin', 'Europe/London', 'America/New_York'];
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
/** Half of those who are coached want to be coached in English alone, the rest in a language of their own too. */
const LANGUAGES = ['de', 'fr', 'es'];

export interface Cohort {
  readonly coachees: readonly Coachee[];
  readonly coaches: readonly Coach[];
}

/** A made-up cohort and the coaches it chooses from: its own, or the same who are there for every cohort. */
export function cohortOf(coachees: number, pool: number, draw: number, of: 'own' | 'shared'): Cohort {
  const people = random(SEED, `coachees ${coachees} ${draw}`);
  const coaches = random(SEED, `coaches ${pool} ${of === 'own' ? draw : of}`);
  return {
    coachees: Array.from({ length: coachees }, (_, i) => coachee(people, i)),
    coaches: Array.from({ length: pool }, (_, i) => coach(coaches, i)),
  };
}

const some = <T>({ shuffle, between }: Random, of: readonly T[], least: number, most: number): T[] =>
  shuffle([...of]).slice(0, between(least, most));

const level = ({ chance }: Random) => (chance(0.8) ? 'manager' : chance(0.8) ? 'director' : 'executive');

/** So many days a week from nine on, or only their mornings or afternoons. */
function hours(chosen: Random, least: number) {
  const [from, to] = chosen.pick([
    ['09:00', '17:00'],
    ['09:00', '12:00'],
    ['13:00', '18:00'],
  ] as const);
  return {
    zone: chosen.pick(ZONES),
    slots: some(chosen, DAYS, least, DAYS.length).map((day) => ({ day, from, to })),
  };
}

function coachee(chosen: Random, i: number): Coachee {
  return {
    personId: `person-${i}`,
    externalRef: `E${i}`,
    level: level(chosen),
    function: chosen.pick(FUNCTIONS),
    industry: null,
    managerChain: [],
    themes: some(chosen, THEMES, 1, 3),
    styles: some(chosen, STYLES, 0, 2),
    languages: chosen.chance(0.5) ? ['en'] : [chosen.pick(LANGUAGES), 'en'],
    hours: hours(chosen, 1),
    declinedCoachIds: [],
  };
}

/** Twelve places on average: a fifth more than a cohort of ten times as many needs. */
function coach(chosen: Random, i: number): Coach {
  const places = chosen.between(8, 16);
  return {
    coachId: `coach-${i}`,
    externalRef: `C${i}`,
    status: 'approved',
    placesLeft: places,
    capacity: places,
    personId: null,
    managerChain: [],
    industries: [],
    functions: some(chosen, FUNCTIONS, 1, 3),
    levels: chosen.chance(0.5) ? ['manager', 'director'] : ['manager', 'director', 'executive'],
    years: chosen.between(2, 20),
    specialties: some(chosen, THEMES, 2, 4),
    styles: some(chosen, STYLES, 1, 3),
    languages: chosen.chance(0.4) ? ['en'] : ['en', chosen.pick(LANGUAGES)],
    hours: hours(chosen, 2),
    conflicts: [],
  };
}

/** Scores of all pairs, row-major by coachee, in whole millionths; NEVER where a constraint keeps the two apart. */
export interface Scores {
  readonly coachees: number;
  readonly coaches: number;
  readonly score: Int32Array;
  readonly places: readonly number[];
}
export const NEVER = -1;

export function scoresOf({ coachees, coaches }: Cohort): Scores {
  const ready = coaches.map((each) => readyCoach(each, ON));
  const score = new Int32Array(coachees.length * coaches.length).fill(NEVER);
  let cell = 0;
  for (const each of coachees.map((one) => readyCoachee(one, ON)))
    for (const other of ready) {
      if (failedConstraint(each, other) === null) score[cell] = scoreOf(each, other);
      cell++;
    }
  return {
    coachees: coachees.length,
    coaches: coaches.length,
    score,
    places: ready.map(({ placesLeft }) => placesLeft),
  };
}

/** How many got a coach, and Σ of their scores in whole millionths. */
export interface Matched {
  readonly matched: number;
  readonly total: number;
}

/** One coachee after the other takes the best coach who is left: what a list worked off from the top comes to. */
export function greedy({ coachees, coaches, score, places }: Scores): Matched {
  const left = [...places];
  let [matched, total] = [0, 0];
  for (let i = 0; i < coachees; i++) {
    let best = NEVER;
    for (let j = 0; j < coaches; j++)
      if (left[j]! > 0 && score[i * coaches + j]! > (best < 0 ? NEVER : score[i * coaches + best]!)) best = j;
    if (best === NEVER) continue;
    left[best]!--;
    matched++;
    total += score[i * coaches + best]!;
  }
  return { matched, total };
}

/** Everybody has the coach who fits them best, as if places had no end: what no way of matching can exceed. */
export function ceiling({ coachees, coaches, score }: Scores): Matched {
  let [matched, total] = [0, 0];
  for (let i = 0; i < coachees; i++) {
    let best = NEVER;
    for (let j = 0; j < coaches; j++) best = Math.max(best, score[i * coaches + j]!);
    if (best === NEVER) continue;
    matched++;
    total += best;
  }
  return { matched, total };
}
