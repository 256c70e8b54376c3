import { addMonths, dayOf, instantOf, type Instant } from '../../days.js';
import type { Json } from '../../api/client.js';
import type { FeedEvent } from '../feed.js';
import { ENDED, has, last, mean, time, type Program } from './facts.js';
import { sessionsOf } from './sessions.js';

/** What is told of one item of what people think; nulls where nothing is. */
export interface Told {
  readonly value: number | null;
  /** At an end of the scale it is told only that the mean is there or beyond. */
  readonly bound: 'at-least' | 'at-most' | null;
  readonly from: string | null;
  readonly through: string | null;
  /** Of a change, in standard deviations of what was before. */
  readonly effectSize: number | null;
}
type Value = Pick<Told, 'value' | 'bound' | 'effectSize'>;
/** What is told of each cohort, by its id. */
export type ByCohort = ReadonlyMap<string, Pick<Told, 'value' | 'bound'>>;
/** Months that are told together. */
type Stretch = Told & { readonly cohorts: ByCohort | undefined };

/** What somebody was, and is: a mean of 1 to 7. */
interface Change {
  readonly before: number;
  readonly after: number;
}

interface Measure {
  /** As the report has it: who says so, the metric and its item. */
  readonly key: string;
  readonly range: readonly [number, number];
  /** From one answer to the next. */
  readonly unit: number;
  /** Of a person's answers, as they were learnt; undefined where none is about it. */
  readonly figure: (answers: readonly FeedEvent[], known: readonly FeedEvent[]) => number | undefined;
  readonly could: (own: readonly FeedEvent[]) => boolean;
  /** What is measured twice: a person's change, by all that was ever learnt of them, is told once. */
  readonly change?: (known: readonly FeedEvent[]) => Change | undefined;
}

const completed = (own: readonly FeedEvent[]): number =>
  sessionsOf(own).filter((s) => s.outcome === 'completed' && !s.disputed).length;
const hasGoal = (own: readonly FeedEvent[]) => has(own, 'GoalAgreed');
const isMatched = (own: readonly FeedEvent[]) => has(own, 'CoachMatched');
const isMet = (own: readonly FeedEvent[]) => completed(own) > 0;

const PULSES = [
  'theme-behaviour',
  'one-to-ones-held',
  'development-conversations',
  'manager-effectiveness',
] as const;

const measures = (themes: readonly string[]): Measure[] => [
  ...['useful', 'relationship', 'progress'].map((item): Measure => ({
    key: `self-reported satisfaction ${item}`,
    range: [1, 5],
    unit: 1,
    figure: (answers) => last(answers, 'SessionRated')?.data[item],
    could: isMet,
  })),
  {
    key: 'self-reported nps recommend',
    range: [-100, 100],
    unit: 100,
    figure: (answers) => {
      const recommend = last(answers, 'ProgramFeedbackGiven')?.data.recommend;
      return recommend === undefined ? undefined : recommend > 8 ? 100 : recommend < 7 ? -100 : 0;
    },
    could: (own) => has(own, ...ENDED) || completed(own) >= 3,
  },
  ...themes.map((theme): Measure => ({
    key: `observed theme-share ${theme}`,
    range: [0, 1],
    unit: 1,
    figure: (answers) => {
      const told = answers.filter(({ name }) => name === 'SessionThemesRecorded');
      const sessions = new Map(told.map(({ data }) => [data.sessionId, data.themes as string[]]));
      const about = [...sessions.values()].filter((list) => list.includes(theme)).length;
      return sessions.size === 0 ? undefined : about / sessions.size;
    },
    could: isMet,
  })),
  {
    key: 'observed goal-attainment closing',
    range: [30, 70],
    unit: 10,
    figure: observedScore,
    could: hasGoal,
  },
  ...PULSES.map((item): Measure => ({
    key: `workplace ${item} mean`,
    range: [1, 7],
    unit: 1,
    figure: (answers) =>
      answers.findLast(({ name, data }) => name === 'PulsesReleased' && data.item === item)?.data.mean,
    could: hasGoal,
  })),
  ...themes.flatMap((theme) => [
    changed(`self-reported behaviour-change ${theme}`, (own) => changeIn(own, theme, true)),
    changed(`observed behaviour-change ${theme}`, (own) => changeIn(own, theme, false)),
  ]),
  ...['coachee', 'coach'].map((party): Measure => ({
    key: `self-reported fit-signals ${party}`,
    range: [-1, 1],
    unit: 1,
    figure: (answers) => {
      const said = answers.findLast(({ name, data }) => name === 'FitSignalRecorded' && data.by === party);
      return said && { good: 1, unsure: 0, 'not-right': -1 }[said.data.signal as 'good'];
    },
    could: isMatched,
  })),
  {
    key: 'self-reported rematch-offers offered',
    range: [0, 1],
    unit: 1,
    figure: (answers) => {
      const rated = answers.filter(({ name }) => name === 'SessionRated');
      const said = answers.filter(({ name, data }) => name === 'FitSignalRecorded' && data.by === 'coachee');
      if (rated.length + said.length === 0) return undefined;
      const isLow = rated.some(({ data }) => Math.min(data.useful, data.relationship) < 3);
      return isLow || said.some(({ data }) => data.signal === 'not-right') ? 1 : 0;
    },
    could: isMatched,
  },
  {
    key: 'self-reported rematch-reasons fit',
    range: [0, 1],
    unit: 1,
    figure: (answers) => {
      const asked = last(answers, 'RematchRequested');
      return asked && (asked.data.reason === 'fit' ? 1 : 0);
    },
    could: (own) => own.some(({ name, data }) => name === 'MatchRequested' && data.kind === 'rematch'),
  },
];

const changed = (key: string, change: (known: readonly FeedEvent[]) => Change | undefined): Measure => ({
  key,
  range: [-6, 6],
  unit: 1,
  figure: (_, known) => {
    const found = change(known);
    return found && found.after - found.before;
  },
  could: (own) => has(own, 'EnrollmentActivated'),
  change,
});

/** From baseline to follow-up on the same questions, over the categories that answered both. */
function changeIn(known: readonly FeedEvent[], theme: string, bySelf: boolean): Change | undefined {
  const results: Json[] = known.filter(({ name }) => name === 'ResultsReleased').map(({ data }) => data);
  const after = results.findLast(({ moment }) => moment === 'followUp');
  const before = results.findLast(
    ({ moment, questionnaire, questionnaireVersion }) =>
      moment === 'baseline' &&
      questionnaire === after?.questionnaire &&
      questionnaireVersion === after?.questionnaireVersion,
  );
  if (before === undefined) return undefined;
  const means = (of: Json) =>
    new Map<string, number>(
      of.results
        .filter((one: Json) => one.theme === theme && (one.category === 'self') === bySelf)
        .map((one: Json) => [one.category, one.mean]),
    );
  const [was, is] = [means(before), means(after)];
  const both = [...was.keys()].filter((category) => is.has(category));
  if (both.length === 0) return undefined;
  return { before: mean(both.map((one) => was.get(one)!)), after: mean(both.map((one) => is.get(one)!)) };
}

/** T at closing, over the goals that somebody else than their coachee scored. */
function observedScore(answers: readonly FeedEvent[], known: readonly FeedEvent[]): number | undefined {
  const levels = new Map<string, number>(
    answers.filter(isObserved).map(({ data }) => [data.goalId, data.level]),
  );
  if (levels.size === 0) return undefined;
  const goals = [...levels].map(([goalId, level]) => {
    const terms = known.filter(({ data }) => data.goalId === goalId);
    return { level, weight: last(terms, 'GoalProposed', 'GoalAgreed', 'GoalRevised')!.data.weight as number };
  });
  const total = goals.reduce((sum, { weight }) => sum + weight, 0);
  const squares = goals.reduce((sum, { weight }) => sum + weight * weight, 0);
  const weighted = goals.reduce((sum, { weight, level }) => sum + weight * level, 0);
  return 50 + (10 * weighted) / Math.sqrt(0.7 * squares + 0.3 * total * total);
}

const isObserved = ({ name, data }: FeedEvent): boolean =>
  name === 'AttainmentScored' && data.scorer === 'observed' && data.moment === 'closing';
const OPINIONS = new Set([
  'SessionRated',
  'ProgramFeedbackGiven',
  'SessionThemesRecorded',
  'PulsesReleased',
  'ResultsReleased',
  'FitSignalRecorded',
]);
const isOpinion = (event: FeedEvent): boolean =>
  OPINIONS.has(event.name) ||
  (event.name === 'RematchRequested' && event.data.by !== 'program') ||
  (event.name === 'AttainmentScored' && event.data.scorer === 'observed');

/**
 * What is told of what people think, by who says so, metric and item: of months that are over at `asOf`, by when answers were learnt,
 * told together until at least the minimum have answered and more could have.
 * @param all events of all services, the sensitive ones too
 */
export function opinions(
  all: readonly FeedEvent[],
  program: Program & { readonly themes: readonly string[]; minimum: number },
  asOf: Instant,
): ReadonlyMap<string, Told> {
  const stretches = stretchesBy(all, program, asOf);
  return new Map([...stretches].map(([key, told]) => [key, together(told)]));
}

/**
 * Of what can be told by cohort, the value of each: where it is told of every one, in all stretches. Not for satisfaction, of
 * which more is told by coach, nor for themes.
 */
export function opinionsByCohort(
  all: readonly FeedEvent[],
  program: Parameters<typeof opinions>[1],
  asOf: Instant,
): ReadonlyMap<string, ByCohort> {
  return new Map(
    [...stretchesBy(all, program, asOf)].map(([key, told]) => {
      const isTold = told.length > 0 && told.every(({ cohorts }) => cohorts !== undefined);
      const names = isTold ? [...told[0]!.cohorts!.keys()] : [];
      const of = (cohort: string) => told.map((one) => ({ ...one, ...one.cohorts!.get(cohort)! }));
      return [key, new Map(names.map((cohort) => [cohort, together(of(cohort))]))];
    }),
  );
}

function stretchesBy(
  all: readonly FeedEvent[],
  { programId, zone, themes, minimum }: Parameters<typeof opinions>[1],
  asOf: Instant,
): Map<string, readonly Stretch[]> {
  const events = all.filter(({ data }) => data.programId === programId);
  const answers = events.filter(isOpinion).sort((a, b) => time(a.recordedAt) - time(b.recordedAt));
  const months = monthsOver(answers[0]?.recordedAt, zone, asOf);
  return new Map(
    measures(themes).map((measure) => {
      const told: Stretch[] = [];
      const done = new Set<string>();
      let begun: { month: string; at: number } | undefined;
      for (const { month, end } of months) {
        begun ??= { month, at: told.length === 0 ? -Infinity : end.from };
        const value = ofStretch(measure, events, answers, { from: begun.at, to: end.to }, minimum, done);
        if (value === undefined) continue;
        told.push({ ...value, from: begun.month, through: month });
        begun = undefined;
      }
      return [measure.key, told];
    }),
  );
}

/** @param done whose change has been told; those of whom it is told now are added */
function ofStretch(
  measure: Measure,
  events: readonly FeedEvent[],
  answers: readonly FeedEvent[],
  { from, to }: { from: number; to: number },
  minimum: number,
  done: Set<string>,
): (Value & Pick<Stretch, 'cohorts'>) | undefined {
  const known = events.filter(({ at, recordedAt }) => time(at) < to && time(recordedAt) < to);
  const byPerson = Map.groupBy(known, ({ data }) => data.personId as string);
  const within = answers.filter(
    ({ recordedAt, data }) =>
      time(recordedAt) < to && (measure.change ? !done.has(data.personId) : time(recordedAt) >= from),
  );
  const figures = new Map<string, number>();
  const could = new Set([...byPerson].filter(([, own]) => measure.could(own)).map(([person]) => person));
  for (const [person, own] of Map.groupBy(within, ({ data }) => data.personId as string)) {
    const figure = measure.figure(own, byPerson.get(person) ?? []);
    if (figure === undefined) continue;
    figures.set(person, figure);
    could.add(person);
  }
  const isEnough = (fewest: number) => figures.size >= fewest && could.size > fewest;
  if (!isEnough(minimum)) return undefined;
  for (const person of figures.keys()) done.add(person);
  const told = inSteps([...figures.values()], measure, minimum);
  const { change } = measure;
  const before = change && [...figures.keys()].map((person) => change(byPerson.get(person)!)!.before);
  return {
    ...told,
    cohorts: ofCohorts(byPerson, figures, could, measure, minimum),
    effectSize: before && isEnough(Math.max(10, minimum)) ? effectOf(told.value!, before) : null,
  };
}

/** Of each cohort, where in all of them enough answered and more could have, and none is at an end of the scale. */
function ofCohorts(
  byPerson: ReadonlyMap<string, readonly FeedEvent[]>,
  figures: ReadonlyMap<string, number>,
  could: ReadonlySet<string>,
  measure: Measure,
  minimum: number,
): Stretch['cohorts'] {
  const cohortOf = (person: string): string | undefined =>
    byPerson.get(person)?.findLast(({ data }) => data.cohortId)?.data.cohortId;
  const people = Map.groupBy([...byPerson.keys()], cohortOf);
  const cohorts = new Map<string, Pick<Told, 'value' | 'bound'>>();
  for (const [cohort, own] of people) {
    if (cohort === undefined) continue;
    const answered = own.flatMap((person) => figures.get(person) ?? []);
    if (answered.length < minimum || own.filter((person) => could.has(person)).length <= minimum)
      return undefined;
    cohorts.set(cohort, inSteps(answered, measure, minimum));
  }
  const isTold = cohorts.size > 1 && [...cohorts.values()].every(({ bound }) => bound === null);
  return isTold ? cohorts : undefined;
}

/** The change as it is told ÷ the standard deviation of what was before, in fifths up to two. */
function effectOf(value: number, before: readonly number[]): number {
  const squares = before.map((each) => (each - mean(before)) ** 2);
  const size = value === 0 ? 0 : value / Math.sqrt((mean(squares) * before.length) / (before.length - 1));
  return Math.abs(size) >= 2 ? 2 * Math.sign(size) : Math.round(5 * size) / 5;
}

/** In steps that so few can have, and only "there or beyond" where each of so few would be known too well. */
function inSteps(
  figures: readonly number[],
  { range: [least, most], unit }: Measure,
  minimum: number,
): Pick<Told, 'value' | 'bound'> {
  const few = figures.length < 4 * minimum ? minimum : 4 * minimum;
  const step = unit * ([1 / 20, 1 / 10, 1 / 5, 1 / 4].find((part) => part * few > 1 - 1e-9) ?? 1 / 2);
  const margin = (most - least) / (2 * few);
  const steps = (value: number, round: (n: number) => number, off: number) =>
    step * round(value / step + off);
  const highest = steps(most - margin, Math.floor, 1e-9);
  const lowest = steps(least + margin, Math.ceil, -1e-9);
  const value = steps(mean(figures), Math.round, 1e-9);
  if (value >= highest) return { value: highest, bound: 'at-least' };
  return value <= lowest ? { value: lowest, bound: 'at-most' } : { value, bound: null };
}

/** Of the whole programme: the mean of what was told of its parts. */
function together(told: readonly Told[]): Told {
  if (told.length === 0) return { value: null, bound: null, from: null, through: null, effectSize: null };
  const sizes = told.map(({ effectSize }) => effectSize);
  const bounds = new Set(told.flatMap(({ bound }) => bound ?? []));
  return {
    value: told.reduce((sum, { value }) => sum + value!, 0) / told.length,
    bound: bounds.size === 1 ? [...bounds][0]! : null,
    from: told[0]!.from,
    through: told.at(-1)!.through,
    effectSize: sizes.includes(null) ? null : mean(sizes.map(Number)),
  };
}

/** The calendar months from the one of `first` on that are over at `asOf`; the first has all that was before it. */
function monthsOver(first: Instant | undefined, zone: string, asOf: Instant) {
  const months: { month: string; end: { from: number; to: number } }[] = [];
  if (first === undefined) return months;
  const startOf = (day: string) => time(instantOf(day, '00:00', zone));
  for (let day = `${dayOf(first, zone).slice(0, 7)}-01`; ; day = addMonths(day, 1)) {
    const to = startOf(addMonths(day, 1));
    if (to > time(asOf)) return months;
    months.push({ month: day.slice(0, 7), end: { from: startOf(day), to } });
  }
}
