import { describe, expect, it } from '@jest/globals';
import type { FeedEvent } from '../feed.js';
import { opinions, opinionsByCohort } from './opinions.js';

const THEME = 'giving-feedback';
const program = { programId: 'g', zone: 'Europe/Berlin', cost: 1, themes: [THEME], minimum: 5 };

const told = (person: number, name: string, day: string, data: object, stream = ''): FeedEvent => ({
  name,
  at: '2024-01-10T09:00:00.000Z',
  recordedAt: `${day}T09:00:00.000Z`,
  stream,
  data: { programId: 'g', personId: `p${person}`, enrollmentId: `e${person}`, ...data },
});
const held = (person: number, day = '2024-01-05', n = 0) => {
  const sessionId = `s${person}-${n}`;
  return [
    told(person, 'SessionScheduled', day, { sessionId, startsAt: '2024-01-04T09:00:00.000Z' }),
    told(person, 'SessionCompleted', day, { sessionId, auto: false }),
  ];
};
const rated = (person: number, useful: number, day = '2024-01-10') =>
  told(person, 'SessionRated', day, { sessionId: `s${person}-0`, useful, relationship: 5, progress: 3 });
const PEOPLE = [1, 2, 3, 4, 5, 6];
const met = PEOPLE.flatMap((person) => held(person));
const of = (asOf: string, key: string, ...events: FeedEvent[]) =>
  opinions([...met, ...events], program, `${asOf}T12:00:00.000Z`).get(key);
const NOTHING = { value: null, bound: null, from: null, through: null, effectSize: null };

describe('what is told of ratings', () => {
  const five = [4, 4, 4, 3, 3].map((useful, n) => rated(PEOPLE[n]!, useful));

  it('is told of a month that is over, in steps of a fifth', () => {
    // 18 of 5: 3.6.
    expect(of('2024-02-01', 'self-reported satisfaction useful', ...five)).toEqual({
      value: expect.closeTo(3.6),
      effectSize: null,
      bound: null,
      from: '2024-01',
      through: '2024-01',
    });
    expect(of('2024-01-31', 'self-reported satisfaction useful', ...five)).toEqual(NOTHING);
  });
  it('says at an end of the scale only that it is there', () => {
    expect(of('2024-02-01', 'self-reported satisfaction relationship', ...five)).toMatchObject({
      value: expect.closeTo(4.6),
      bound: 'at-least',
    });
  });
  it('counts an answer when it was learnt, and of each person the latest', () => {
    const [, ...four] = five;
    const late = rated(1, 4, '2024-02-02');
    expect(of('2024-02-01', 'self-reported satisfaction useful', ...four, late)).toEqual(NOTHING);
    // 4, 4, 3, 3 and 4, then 1 instead of the first.
    const again = [rated(1, 1, '2024-02-03'), late];
    expect(of('2024-03-01', 'self-reported satisfaction useful', ...four, ...again)).toMatchObject({
      value: expect.closeTo(3),
      from: '2024-01',
      through: '2024-02',
    });
  });
  it('is the mean of months that were told one by one', () => {
    const later = [2, 2, 2, 2, 2].map((useful, n) => rated(PEOPLE[n]!, useful, '2024-02-05'));
    expect(of('2024-03-01', 'self-reported satisfaction useful', ...five, ...later)).toMatchObject({
      value: expect.closeTo(2.8),
      from: '2024-01',
      through: '2024-02',
    });
  });
  it('is not told where nobody else could have answered', () => {
    const events = [...PEOPLE.slice(0, 5).flatMap((person) => held(person)), ...five];
    expect(
      opinions(events, program, '2024-02-01T12:00:00.000Z').get('self-reported satisfaction useful'),
    ).toEqual(NOTHING);
  });
});

it('works out the net promoter score, the shares of themes, pulses and observed attainment', () => {
  const each = (name: string, data: (n: number) => object, stream = '') =>
    PEOPLE.map((person, n) => told(person, name, '2024-01-20', data(n), `${stream}${person}`));
  const goalId = (n: number) => ({ goalId: `g${n}` });
  const events = [
    ...PEOPLE.flatMap((person) => [...held(person, '2024-01-06', 1), ...held(person, '2024-01-07', 2)]),
    ...each('ProgramFeedbackGiven', (n) => ({ recommend: [9, 9, 10, 7, 6, 0][n] })),
    ...each('SessionThemesRecorded', (n) => ({ sessionId: `s${n + 1}-0`, themes: n < 3 ? [THEME] : ['x'] })),
    ...each('GoalAgreed', (n) => ({ ...goalId(n), weight: 1 })),
    ...each('AttainmentScored', (n) => ({
      ...goalId(n),
      scorer: 'observed',
      moment: 'closing',
      level: n < 3 ? 1 : 0,
    })),
    ...each('AttainmentScored', (n) => ({ ...goalId(n), scorer: 'self', moment: 'closing', level: 2 })),
    ...each('PulsesReleased', (n) => ({ ...goalId(n), item: 'theme-behaviour', mean: 4 + (n % 2) })),
  ];
  const found = (key: string) => of('2024-02-01', key, ...events)?.value;
  // 3 of 6 promote and 2 advise against it: 16.7, told as 20.
  expect(found('self-reported nps recommend')).toBeCloseTo(20);
  // 0.5 is half way between two steps.
  expect(found(`observed theme-share ${THEME}`)).toBeCloseTo(0.6);
  // Half of them at T 60, half at 50.
  expect(found('observed goal-attainment closing')).toBeCloseTo(56);
  expect(found('workplace theme-behaviour mean')).toBeCloseTo(4.6);
  expect(found('workplace manager-effectiveness mean')).toBeNull();
});

describe('the change from before to after', () => {
  const twelve = Array.from({ length: 12 }, (_, n) => n + 1);
  const active = twelve.map((person) => told(person, 'EnrollmentActivated', '2024-01-04', {}));
  const results = (person: number, moment: string, day: string, self: number, others = self + 1) =>
    told(person, 'ResultsReleased', day, {
      moment,
      questionnaire: 'q',
      questionnaireVersion: 1,
      results: [
        { theme: THEME, category: 'self', mean: self },
        { theme: THEME, category: 'manager', mean: others },
      ],
    });
  const both = (people: readonly number[], day = '2024-01-20', gain = 1) =>
    people.flatMap((person) => {
      const before = person % 2 === 0 ? 3 : 4;
      return [
        results(person, 'baseline', day, before),
        results(person, 'followUp', day, before + gain, before + 3),
      ];
    });
  const own = `self-reported behaviour-change ${THEME}`;

  it('is by those who say so, and of ten or more in deviations of what was before', () => {
    const events = [...active, ...both(twelve.slice(0, 10))];
    // Half of ten were at 3, half at 4: a deviation of 0.527, of which 1 is 1.897.
    expect(of('2024-02-01', own, ...events)).toMatchObject({
      value: expect.closeTo(1),
      effectSize: expect.closeTo(1.8),
    });
    expect(of('2024-02-01', `observed behaviour-change ${THEME}`, ...events)).toMatchObject({
      value: expect.closeTo(2),
      effectSize: 2,
    });
    const nine = [...active, ...both(twelve.slice(0, 9))];
    expect(of('2024-02-01', own, ...nine)).toMatchObject({ value: expect.closeTo(1), effectSize: null });
  });
  it('is told once of each', () => {
    const first = [...active, ...both(twelve.slice(0, 6))];
    const again = twelve.slice(0, 6).map((person) => results(person, 'followUp', '2024-02-10', 7));
    expect(of('2024-03-01', own, ...first, ...again)).toMatchObject({
      value: expect.closeTo(1),
      through: '2024-01',
    });
    const others = both(twelve.slice(6), '2024-02-10', 0);
    expect(of('2024-03-01', own, ...first, ...others)).toMatchObject({
      value: expect.closeTo(0.5),
      through: '2024-02',
    });
  });
});

describe('what is told by cohort', () => {
  const PULSE = 'workplace theme-behaviour mean';
  /** @param means of those who answer; one more has agreed on a goal */
  const cohort = (cohortId: string, from: number, means: readonly number[], more = 1) =>
    Array.from({ length: means.length + more }, (_, n) => from + n).flatMap((person, n) => {
      const of = (name: string, data: object = {}) => told(person, name, '2024-01-20', { cohortId, ...data });
      const mean = means[n];
      return [
        of('GoalAgreed', { goalId: `g${person}` }),
        ...(mean === undefined ? [] : [of('PulsesReleased', { item: 'theme-behaviour', mean })]),
      ];
    });
  const of = (...events: FeedEvent[]) =>
    Object.fromEntries(opinionsByCohort(events, program, '2024-02-01T12:00:00.000Z').get(PULSE)!);
  const first = cohort('a', 10, [3, 3, 3, 3, 4]);

  it('is what each of them would be told alone', () => {
    expect(of(...first, ...cohort('b', 20, [5, 5, 5, 6, 6]))).toMatchObject({
      a: { value: expect.closeTo(3.2), bound: null },
      b: { value: expect.closeTo(5.4), bound: null },
    });
  });
  it.each([
    ['there is one cohort', []],
    ['too few answered in one', cohort('b', 20, [5, 5, 5, 6], 2)],
    ['nobody else could have in one', cohort('b', 20, [5, 5, 5, 6, 6], 0)],
    ['one is at an end of the scale', cohort('b', 20, [7, 7, 7, 7, 7])],
  ])('is nothing where %s', (_, second) => {
    expect(of(...first, ...second)).toEqual({});
  });
});
