import { describe, expect, it } from '@jest/globals';
import { capturedOutput } from '../../test/output.js';
import type { Planted } from '../casting.js';
import type { Coachee } from '../programme.js';
import type { FeedEvent } from './feed.js';
import { plantedAnswers, plantedModesty, plantedRematch } from './heard.js';

const output = capturedOutput();

const coachee = (name: string) => ({ personId: name, name }) as Coachee;
const event = (personId: string, name: string, day: string, data: object = {}): FeedEvent => ({
  name,
  at: `${day}T15:00:00.000Z`,
  recordedAt: '',
  stream: '',
  data: { personId, ...data },
});
const without = (events: readonly FeedEvent[], name: string) => events.filter((one) => one.name !== name);

describe('a match that fails', () => {
  const fails = { coachee: coachee('Fay'), on: '2026-02-10' };
  const matched = (day: string, coachId: string) => event('Fay', 'CoachMatched', day, { coachId });
  const told = [
    matched('2026-01-10', 'first'),
    event('Fay', 'MatchMarkedAtRisk', '2026-02-11', { reasons: ['moves-in-a-row'] }),
    event('Fay', 'RematchRequested', '2026-02-13'),
    matched('2026-02-14', 'next'),
    event('Fay', 'SessionCompleted', '2026-02-20', { coachId: 'next' }),
  ];
  const shown = [{ personId: 'Fay', status: 'ended', kind: 'first' }];
  const isFound = (events: readonly FeedEvent[], items: readonly object[] = shown) =>
    plantedRematch(events, { matches: { items } }, { fails });

  it('has to be warned of before somebody asks for another coach, who then meets them', () => {
    expect(isFound(told)).toBe(true);
    expect(output()).toContain(
      'a match that fails: Fay; at risk from 2026-02-11 (moves-in-a-row), another coach asked for on 2026-02-13',
    );
    expect(isFound(without(told, 'MatchMarkedAtRisk'))).toBe(false);
    expect(output()).toContain('but Cairn has no warning before that');
    expect(isFound(without(told, 'SessionCompleted'))).toBe(false);
    expect(output()).toContain('but Cairn has no other coach who met them');
  });
  it('has to be without blame', () => {
    expect(isFound(told, [{ ...shown[0], reason: 'fit' }])).toBe(false);
    expect(output()).toContain('neither who asked nor why; but Cairn has reason');
  });
  it('is not planted among few', () => {
    expect(plantedRematch([], { matches: { items: [] } }, {})).toBe(true);
    expect(output()).toContain('not planted, as coachees are too few: a match that fails');
  });
});

const results = (person: string, moment: string, self: number, others?: number) =>
  event(person, 'ResultsReleased', '2026-02-01', {
    moment,
    cohortId: person.slice(0, 1),
    results: [
      { theme: 'x', category: 'self', mean: self },
      ...(others === undefined ? [] : [{ theme: 'x', category: 'directReport', mean: others }]),
    ],
  });
const pulse = (person: string, mean: number) =>
  event(person, 'PulsesReleased', '2026-02-01', {
    item: 'theme-behaviour',
    cohortId: person.slice(0, 1),
    mean,
  });

describe('answers by links', () => {
  const few = coachee('a1');
  const planted = {
    pulsed: [few],
    assessed: [few, coachee('a2')],
    few,
    stories: new Map([['a1', { steps: [{ kind: 'recommend' }], days: new Map() }]]),
  } as unknown as Planted;
  const told = [
    pulse('a1', 4),
    ...['baseline', 'followUp'].flatMap((moment) => [results('a1', moment, 4), results('a2', moment, 4, 4)]),
    event('a1', 'ProgramFeedbackGiven', '2026-02-01'),
  ];

  it('have each to be released, but for a category with too few', () => {
    expect(plantedAnswers(told, planted)).toBe(true);
    expect(output()).not.toContain('but Cairn has');
  });
  it.each([
    ['a batch of pulses', told.slice(1), 'of three raters each; but Cairn has others of a1'],
    ['an assessment', told.toSpliced(2, 1), 'before and after; but Cairn has others of a2'],
    ['what a team said', [...told.toSpliced(2, 1), results('a2', 'baseline', 4)], 'others of a2'],
    [
      'too few who are shown',
      [...told.toSpliced(1, 1), results('a1', 'baseline', 4, 4)],
      'their answers shown',
    ],
    ['feedback', told.slice(0, -1), 'feedback on the programme of 1 coachee; but Cairn has that of 0'],
  ])('%s is missed', (_, events, says) => {
    expect(plantedAnswers(events, planted)).toBe(false);
    expect(output()).toContain(says);
  });
});

describe('a cohort that improves at work and not in its own eyes', () => {
  const cohorts = [
    { cohortId: 'a', name: 'First' },
    { cohortId: 'b', name: 'Second' },
  ];
  const byCohort = (a: number, b: number) =>
    new Map([a, b].map((value, n) => [cohorts[n]!.cohortId, { value, bound: null }]));
  const THOUGHT = {
    'workplace theme-behaviour mean': byCohort(3, 5),
    'observed behaviour-change x': byCohort(1, 2.8),
    'observed behaviour-change y': byCohort(1, 3.2),
    'self-reported behaviour-change x': byCohort(1, 0),
    'self-reported behaviour-change y': byCohort(1, 0),
  };
  const isFound = (thought: object = {}, goals: number | null = 0) =>
    plantedModesty(
      new Map(Object.entries({ ...THOUGHT, ...thought })),
      { byCohort: { items: [{ group: 'b', value: goals }] } },
      { cohorts },
      { modest: cohorts[1]! },
    );

  it('is found by pulses, assessments and its own scores together, as HR is told them', () => {
    expect(isFound()).toBe(true);
    expect(output()).toContain('Second: in pulses colleagues see 5.0 of 7, own score of goals +0.0 T;');
    expect(output()).toContain('changed in assessments, by others +3.0, by themselves +0.0');
    expect(output()).toContain('First: in pulses colleagues see 3.0 of 7, own score of goals withheld;');
  });
  it.each([
    ['pulses are alike', { 'workplace theme-behaviour mean': byCohort(3, 3.8) }, 0],
    ['pulses are withheld', { 'workplace theme-behaviour mean': new Map() }, 0],
    ['others see no more change', { 'observed behaviour-change x': byCohort(1, 0.4) }, 0],
    ['a theme of others is withheld', { 'observed behaviour-change x': new Map() }, 0],
    ['it sees a change itself', { 'self-reported behaviour-change x': byCohort(1, 2) }, 0],
    ['what it sees is withheld', { 'self-reported behaviour-change y': new Map() }, 0],
    ['it scores itself better', {}, 8],
    ['its own scores are withheld', {}, null],
  ])('is not found where %s', (_, thought, goals) => {
    expect(isFound(thought, goals)).toBe(false);
    expect(output()).toContain('but Cairn has it otherwise');
    expect(output()).not.toContain('NaN');
  });
});
