import { noFacts, type MeasuredFact, type OpinionFact, type ProgramFacts } from '@cairn/analytics/reports';
import { random, type Random } from '@cairn/seeded';
import { dayAt, DAYS } from './days.js';
import { absentees, operate, reportsOf } from './operations.js';
import { PROGRAM, teller, THEMES, type Refs, type Teller } from './teller.js';

export interface Organisation {
  readonly facts: ProgramFacts;
  readonly opinions: readonly OpinionFact[];
  /** Those of the tenant, of whom others answered the same questions: enough that it is known how reliable they are. */
  readonly baselines: readonly MeasuredFact[];
  readonly people: readonly string[];
  readonly minimum: number;
  readonly departments: readonly string[];
  /** By coach, whom each ever coached. */
  readonly coached: ReadonlyMap<string, ReadonlySet<string>>;
}

const COACHES = ['c1', 'c2'];

/**
 * A small programme over half a year, in which people join, leave and answer: few groups, and often a cohort of one mind,
 * where whoever subtracts has the best chance.
 * @param eager whether everybody answers whatever they are asked
 */
export function organisationOf(seed: number, eager = false): Organisation {
  const dice = random(seed, 'organisation');
  const minimum = dice.between(3, 6);
  const size = dice.between(8, dice.chance(0.2) ? 60 : 26);
  const people = Array.from({ length: size }, (_, n) => `p${n}`);
  const departments = ['Legal', 'Sales', 'Operations'].slice(0, dice.between(1, 3));
  const facts = noFacts();
  const opinions: OpinionFact[] = [];
  const told = teller(facts, opinions);
  told.program(minimum, dice);
  const matched = random(seed, 'matches');
  const cohorts = ['A', 'B', 'C'].slice(0, dice.between(1, 3));
  for (const cohort of cohorts) told.cohort(cohort);
  const moods = new Map(cohorts.map((cohort) => [cohort, dice.chance(0.3) ? dice.pick([1, 5]) : undefined]));
  const locations = ['here', 'there'].slice(0, dice.between(1, 2));
  for (const person of people) {
    const cohortId = dice.pick(cohorts);
    const place = { department: dice.pick(departments), location: dice.pick(locations) };
    const beside = random(seed, `beside ${person}`);
    told.person(person, place, reportsOf(person, beside), dice);
    const anew = random(seed, `anew ${person}`);
    const life = { person, cohortId, mood: moods.get(cohortId), eager, beside, anew };
    const { refs, joins, leaves } = live(told, dice, matched, life);
    measure(told, random(seed, `measured ${person}`), { refs, joins, leaves, ...life });
    coachSays(told, random(seed, `said of ${person}`), { refs, joins, leaves, ...life });
  }
  absentees(told, random(seed, 'absent'), { cohorts, departments, locations });
  const others = random(seed, 'others');
  const elsewhere = Array.from({ length: others.chance(0.5) ? 40 : 0 }, (_, n) => {
    const refs = { enrollmentId: '', programId: 'another', cohortId: '', personId: `other ${n}` };
    const stamp = { stream: `other ${n}`, version: 1, index: 0, occurredAt: dayAt(0), recordedAt: dayAt(0) };
    return { ...stamp, ...refs, ...results('baseline', others.between(2, 6), others) };
  });
  const own = opinions.filter((fact) => fact.fact === 'measured' && fact.moment === 'baseline');
  return {
    facts,
    opinions,
    baselines: [...elsewhere, ...own] as MeasuredFact[],
    people,
    minimum,
    departments,
    coached: coachedIn(facts),
  };
}

function coachedIn({ matches, sessions }: ProgramFacts): Organisation['coached'] {
  const pairs = [...matches, ...sessions].flatMap((fact) =>
    'coachId' in fact && fact.coachId !== undefined ? [[fact.coachId, fact.personId] as const] : [],
  );
  return new Map(
    COACHES.map((coach) => [coach, new Set(pairs.flatMap(([id, person]) => (id === coach ? [person] : [])))]),
  );
}

interface Life {
  readonly person: string;
  readonly cohortId: string;
  readonly mood: number | undefined;
  readonly eager: boolean;
  /** Decides on what is beside answers. */
  readonly beside: Random;
  /** Decides on whose request for a coach is taken back and opened anew. */
  readonly anew: Random;
}

/** One person's half year. @param matched decides on coaches, and on what is said of them */
function live(
  told: Teller,
  dice: Random,
  matched: Random,
  { person, cohortId, mood, eager, beside, anew }: Life,
): { refs: Refs; joins: number; leaves: number } {
  const joins = dice.chance(0.7) ? dice.between(0, 10) : dice.between(10, 120);
  const leaves = dice.chance(0.15) ? dice.between(joins + 20, DAYS) : DAYS;
  const refs = {
    enrollmentId: `enrollment ${person}`,
    programId: PROGRAM,
    cohortId,
    personId: person,
    engagementId: `engagement ${person}`,
    coachId: matched.pick(COACHES),
  };
  told.enrolled(refs, joins, leaves);
  const willing = dice.pick([0, 0.2, 0.6, 1]);
  const answers = eager ? 1 : willing;
  const score = () => mood ?? dice.pick([1, 2, 3, 4, 4, 5, 5]);
  const late = () => (dice.chance(0.1) ? dice.between(10, 60) : 0.01);
  const again = matched.chance(0.3) ? joins + matched.between(20, 100) : Infinity;
  const found = Math.min(beside.pick([0.5, 0.5, 0.5, 10, 40]), (Math.min(again, leaves) - joins) / 2);
  const ends = again < leaves && beside.chance(0.7) ? again : undefined;
  const isAnew = () => anew.chance(0.25);
  const first = { asked: joins, after: found, anew: isAnew(), ends };
  told.match(refs, 'first', first, beside.between(32, 64) / 64);
  if (again < leaves) {
    const second = { asked: again, after: beside.pick([0.5, 20]), anew: isAnew() };
    told.match(refs, 'rematch', second, beside.between(32, 64) / 64);
    const reason = matched.pick(['fit', 'fit', 'schedule'] as const);
    if (matched.chance(0.8)) told.opinion(refs, again, 0, { fact: 'rematchAsked', reason });
  }
  for (let day = joins + matched.between(5, 40); day < leaves; day += matched.between(20, 60)) {
    const any = matched.pick(['good', 'good', 'unsure', 'not-right'] as const);
    const signal = mood === undefined ? any : mood === 5 ? 'good' : 'not-right';
    if (matched.chance(answers)) told.opinion(refs, day, 0.01, { fact: 'signalled', by: 'coachee', signal });
  }
  const next = { ...refs, coachId: matched.pick(COACHES) };
  const goalId = `goal ${person}`;
  const hasGoal = dice.chance(0.7);
  if (hasGoal) told.goal(refs, goalId, joins + 3, dice);
  for (let day = joins + dice.between(2, 20), n = 0; day < leaves - 2; day += dice.pick([14, 14, 28]), n++) {
    if (dice.chance(0.15)) continue;
    const sessionId = `session ${person} ${n}`;
    told.session(day > again ? next : refs, sessionId, day, 'held', beside.chance(0.15), 'coachee');
    if (dice.chance(answers)) {
      const [useful, relationship, progress] = [score(), score(), score()];
      told.opinion(refs, day + 1, late(), { fact: 'rated', sessionId, useful, relationship, progress });
    }
    if (n >= 2 && dice.chance(answers / 2)) {
      const recommend = mood === undefined ? dice.between(0, 10) : mood * 2;
      told.opinion(refs, day + 1, late(), { fact: 'recommended', recommend });
    }
    if (dice.chance(0.6)) {
      const themes = dice.shuffle(THEMES).slice(0, dice.between(1, 2));
      told.opinion(refs, day + 0.5, late(), { fact: 'themed', sessionId, themes });
    }
    if (hasGoal && dice.chance(0.4)) {
      const mean = mood === undefined ? dice.between(3, 21) / 3 : mood === 5 ? 7 : 1;
      told.opinion(refs, day - 1, late(), { fact: 'pulsed', goalId, item: 'theme-behaviour', mean });
    }
    if (hasGoal && day > joins + 60 && dice.chance(0.25))
      told.opinion(refs, day + 0.6, late(), {
        fact: 'scored',
        goalId,
        level: mood === undefined ? dice.between(-2, 2) : mood === 5 ? 2 : -2,
        moment: 'closing',
      });
  }
  operate(told, beside, { refs, joins, leaves, goalId: hasGoal ? goalId : undefined });
  return { refs, joins, leaves };
}

/** A baseline, and follow-ups of those who stay; those of one mind change as far as one can. */
function measure(
  told: Teller,
  dice: Random,
  { refs, joins, leaves, mood, eager }: Life & { refs: Refs; joins: number; leaves: number },
): void {
  if (!eager && dice.chance(0.2)) return;
  const before = mood === undefined ? dice.between(1, 7) : mood === 5 ? 1 : 7;
  told.opinion(refs, joins + 2, 0.01, results('baseline', before, dice));
  for (let day = joins + dice.between(30, 120); day < leaves; day += dice.between(20, 60)) {
    const after = mood === undefined ? before + dice.pick([-1, 0, 0, 1, 1, 2]) : mood === 5 ? 7 : 1;
    const late = dice.chance(0.1) ? dice.between(10, 60) : 0.01;
    told.opinion(refs, day, late, results('followUp', after, dice));
    if (dice.chance(0.7)) return;
  }
}

/** Whether the match is right, as the coach sees it. */
function coachSays(
  told: Teller,
  dice: Random,
  { refs, joins, leaves, mood, eager }: Life & { refs: Refs; joins: number; leaves: number },
): void {
  const willing = dice.pick([0, 0.3, 1]);
  for (let day = joins + dice.between(5, 40); day < leaves; day += dice.between(20, 60)) {
    if (!dice.chance(eager ? 1 : willing)) continue;
    const any = dice.pick(['good', 'good', 'unsure', 'not-right'] as const);
    const signal = mood === undefined ? any : mood === 5 ? 'good' : 'not-right';
    told.opinion(refs, day, 0.01, { fact: 'signalled', by: 'coach', signal });
  }
}

/** What the coachee and their manager answered to three questions, about so much. */
function results(moment: MeasuredFact['moment'], level: number, dice: Random) {
  const result = (category: 'self' | 'manager') => {
    const about = () => Math.max(1, Math.min(7, level + dice.pick([0, 0, 0, -1, 1])));
    const itemMeans = [about(), about(), about()];
    const mean = itemMeans.reduce((sum, each) => sum + each, 0) / 3;
    return { theme: 'giving-feedback', category, mean, itemMeans };
  };
  const asked = { questionnaire: 'management', questionnaireVersion: 1 };
  return { fact: 'measured' as const, moment, ...asked, results: [result('self'), result('manager')] };
}
