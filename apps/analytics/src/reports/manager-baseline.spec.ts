import { describe, expect, it } from '@jest/globals';
import type { PersonFact } from '../projections/people/person-facts.js';
import { momentOf } from './as-of/moment.js';
import { baselineFor, baselineRows } from './manager-baseline.js';

type Said = PersonFact extends infer F
  ? F extends PersonFact
    ? Omit<F, 'personId' | 'stream' | 'version' | 'index' | 'occurredAt' | 'recordedAt'>
    : never
  : never;
const person = (personId: string, ...said: (Said | [recordedAt: string, Said])[]): PersonFact[] =>
  said.map((each, n) => {
    const [recordedAt, fact] = Array.isArray(each) ? each : ['2019-01-01', each];
    return {
      stream: `person-${personId}`,
      version: n + 1,
      index: 0,
      occurredAt: 0,
      recordedAt: Date.parse(recordedAt),
      personId,
      ...fact,
    } as PersonFact;
  });
const added = (managerId?: string, day: string | undefined = '2015-01-01', department = 'Sales'): Said => ({
  fact: 'added',
  ...(day === undefined ? {} : { day }),
  placeholder: false,
  level: 'individual',
  department,
  ...(managerId ? { managerId } : {}),
});
const NOW = momentOf(Date.parse('2026-01-01'), 'occurredAt');
const year = { from: '2018-01-01', to: '2018-12-31' };
const nobody = { people: new Set<string>() };

const facts = [
  ...person('boss', added('chief')),
  ...person('chief', { fact: 'added', placeholder: true, level: 'executive' }),
  ...person(
    'a',
    added('boss'),
    { fact: 'left', day: '2018-06-01' },
    { fact: 'leavingReason', day: '2018-06-01', reason: 'voluntary' },
  ),
  ...person(
    'b',
    added('boss'),
    { fact: 'engagementScore', day: '2018-03-01', score: 2 },
    { fact: 'rating', day: '2018-03-01', belowStandard: true },
  ),
  ...person('c', added('boss', '2015-01-01', 'Legal'), {
    fact: 'changed',
    kind: 'managerChanged',
    day: '2018-05-01',
  }),
  ...person('d', added('boss', '2019-01-01')),
];
const figures = (leftOut: { people: ReadonlySet<string>; orgUnits?: string[] }, more: PersonFact[] = []) => {
  const all = [...facts, ...more];
  const { managers, totals } = baselineFor(all, NOW, year, 'membership', { ...leftOut, today: '2026-11-25' });
  return {
    managers: managers.map(({ managerId, teamSizeOnFirstDay, left, leftVoluntarily, belowStandard }) => [
      managerId,
      teamSizeOnFirstDay,
      left,
      leftVoluntarily,
      belowStandard,
    ]),
    employed: totals.employedOnFirstDay,
  };
};

describe('the manager baseline from what was said of people', () => {
  it('has each under the manager who was told last, from the day on which they led them', () => {
    const linked = (managerId: string, day: string): Said => ({
      fact: 'changed',
      kind: 'managerChanged',
      managerId,
      day,
    });
    const told = person('e', added('boss'), linked('c', '2018-03-31'), linked('d', '2018-03-01'));
    expect(baselineRows(told, NOW).managerLinks.map(({ managerId, from }) => [managerId, from])).toEqual([
      ['boss', '2015-01-01'],
      ['d', '2018-03-01'],
    ]);
  });

  it('counts teams, leavings and ratings', () => {
    expect(figures(nobody)).toEqual({
      managers: [
        ['boss', 3, 1, 1, 1],
        ['chief', 1, 0, 0, 0],
      ],
      employed: 4,
    });
  });

  it('leaves out the reader, their line upwards and the teams that these lead', () => {
    expect(figures({ people: new Set(['chief']) })).toEqual({
      managers: [['boss', 3, 1, 1, 1]],
      employed: 3,
    });
    expect(figures({ people: new Set(['boss', 'chief']) })).toEqual({ managers: [], employed: 0 });
  });

  it('counts the people of the reader’s org units alone', () => {
    // Who has moved into it, or out of it, since the first day is in neither.
    const moved = person('b', { fact: 'changed', kind: 'moved', day: '2019-06-01', department: 'Legal' });
    const later = moved.map((fact) => ({ ...fact, version: 10 }));
    expect(figures({ ...nobody, orgUnits: ['Sales'] }).employed - 1).toBe(
      figures({ ...nobody, orgUnits: ['Sales'] }, later).employed,
    );
    expect(figures({ ...nobody, orgUnits: ['Legal'] }, later)).toEqual(
      figures({ ...nobody, orgUnits: ['Legal'] }),
    );
    // Nor is whose department is not known any more, whatever comes after the day that is asked for.
    const cleared = person('b', {
      fact: 'changed',
      kind: 'moved',
      day: '2019-06-01',
      cleared: ['department'],
    });
    expect(
      figures(
        { ...nobody, orgUnits: ['Sales'] },
        cleared.map((fact) => ({ ...fact, version: 10 })),
      ).employed,
    ).toBe(figures({ ...nobody, orgUnits: ['Sales'] }, later).employed);
    expect(figures({ ...nobody, orgUnits: ['Legal'] })).toEqual({
      managers: [['boss', 1, 0, 0, 0]],
      employed: 1,
    });
  });

  it('counts an answer for the units of its own day, so that no first day of a period tells of one', () => {
    const answered = (name: string) =>
      person(name, added('boss'), { fact: 'engagementScore', day: '2018-09-01', score: 4 });
    const came = person(
      'x',
      added('boss', '2015-01-01', 'Legal'),
      { fact: 'changed', kind: 'moved', day: '2018-06-01', department: 'Sales' },
      { fact: 'engagementScore', day: '2018-09-01', score: 1 },
    );
    const boss = person('boss', added());
    const all = [...boss, ...['p', 'q', 'r', 's', 't'].flatMap(answered), ...came];
    const answers = (from: string) =>
      baselineFor(all, NOW, { from, to: '2018-12-31' }, 'membership', {
        ...nobody,
        orgUnits: ['Sales'],
        today: '2026-11-25',
      }).managers.find(({ managerId }) => managerId === 'boss')?.engagementAnswers;
    expect([answers('2018-04-15'), answers('2018-07-15')]).toEqual([6, 6]);
  });

  it('a later fact of the same day replaces the earlier one; who comes back has two stretches', () => {
    const rows = baselineRows(
      person(
        'x',
        added('boss'),
        { fact: 'engagementScore', day: '2018-03-01', score: 2 },
        { fact: 'engagementScore', day: '2018-03-01', score: 4 },
        { fact: 'left', day: '2018-04-01' },
        { fact: 'changed', kind: 'returned', day: '2018-09-01' },
      ),
      NOW,
    );
    expect(rows.engagementScores).toEqual([{ personId: 'x', score: 4, surveyedOn: '2018-03-01' }]);
    expect(rows.employments).toEqual([
      { personId: 'x', start: '2015-01-01', end: '2018-04-01', leavingReason: null, placeholder: false },
      { personId: 'x', start: '2018-09-01', end: null, leavingReason: null, placeholder: false },
    ]);
  });

  it('by recordedAt, counts what was known then', () => {
    const told = person('x', added(), ['2019-06-01', { fact: 'left', day: '2018-06-01' }]);
    const ends = (asOf: string) =>
      baselineRows(told, momentOf(Date.parse(asOf), 'recordedAt')).employments.map(({ end }) => end);
    expect(ends('2019-05-01')).toEqual([null]);
    expect(ends('2019-06-01')).toEqual(['2018-06-01']);
    expect(ends('2018-01-01')).toEqual([]);
  });
});
