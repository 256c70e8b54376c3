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
  const planted = {
    pulsed: [coachee('a1')],
    assessed: [coachee('a1'), coachee('a2')],
    stories: new Map([['a1', { steps: [{ kind: 'recommend' }], days: new Map() }]]),
  } as unknown as Planted;
  const told = [
    pulse('a1', 4),
    pulse('a1', 5),
    ...['baseline', 'followUp'].flatMap((moment) => [results('a1', moment, 4), results('a2', moment, 4, 4)]),
    event('a1', 'ProgramFeedbackGiven', '2026-02-01'),
  ];

  it('have each to be released, but for a category with too few', () => {
    expect(plantedAnswers(told, planted)).toBe(true);
    expect(output()).not.toContain('but Cairn has');
  });
  it.each([
    ['a batch of pulses', told.slice(1), 'two batches each; but Cairn has others of a1'],
    ['an assessment', told.toSpliced(3, 1), 'before and after; but Cairn has others of a2'],
    ['what a team said', [...told.toSpliced(3, 1), results('a2', 'baseline', 4)], 'others of a2'],
    [
      'too few who are shown',
      [...told.toSpliced(2, 1), results('a1', 'baseline', 4, 4)],
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
  const cohortOf = (letter: string, people: number, workplace: number, self: number) =>
    Array.from({ length: people }, (_, n) => `${letter}${n}`).flatMap((person) => [
      pulse(person, 3),
      pulse(person, 3 + workplace),
      results(person, 'baseline', 4, 3),
      results(person, 'followUp', 4 + self, 3 + workplace),
    ]);
  const isFound = (workplace: number, self: number, goals: number, others = 4) =>
    plantedModesty(
      [...cohortOf('a', others, 0, 1), ...cohortOf('b', 5, workplace, self)],
      { byCohort: { items: [{ group: 'b', value: goals }] } },
      { cohorts },
      { modest: cohorts[1]! },
    );

  it('is found by pulses, assessments and its own scores together', () => {
    expect(isFound(2, 0, 0)).toBe(true);
    expect(output()).toContain(
      'Second: by colleagues in pulses 3.0 → 5.0 (5 people); own score of goals +0.0 T;',
    );
    expect(isFound(0.5, 0, 0)).toBe(false);
    expect(isFound(2, 1, 0)).toBe(false);
    expect(isFound(2, 0, 8)).toBe(false);
    expect(output()).toContain('but Cairn has it otherwise');
  });
  it('says nothing of a cohort with too few people', () => {
    isFound(2, 0, 0);
    expect(output()).toContain('First: by colleagues in pulses of too few to be told');
    isFound(2, 0, 0, 5);
    expect(output()).toContain('First: by colleagues in pulses 3.0 → 3.0 (5 people)');
  });
});
