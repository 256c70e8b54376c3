import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  type BaselineRows,
  type Employment,
  managerBaseline,
  type ManagerLink,
  type Period,
} from './index.js';

const year: Period = { from: '2018-01-01', to: '2018-12-31' };

const person = (personId: string, says: Partial<Employment> = {}): Employment => ({
  personId,
  start: '2015-01-01',
  end: null,
  leavingReason: null,
  placeholder: false,
  ...says,
});
const link = (personId: string, managerId: string | null, from = '2015-01-01'): ManagerLink => ({
  personId,
  managerId,
  from,
});
const score = (personId: string, value: number, surveyedOn = '2018-06-01') => ({
  personId,
  score: value,
  surveyedOn,
});
const rating = (personId: string, belowStandard: boolean, reviewedOn = '2018-06-01') => ({
  personId,
  belowStandard,
  reviewedOn,
});

type Lists = { [Key in keyof BaselineRows]: BaselineRows[Key] extends Iterable<infer Row> ? Row[] : never };
const given = (rows: Partial<Lists>): Lists => ({
  employments: [],
  managerLinks: [],
  engagementScores: [],
  performanceRatings: [],
  ...rows,
});
const figures = (rows: Partial<Lists>, by?: 'membership' | 'managerNamed') =>
  managerBaseline(given(rows), year, by).managers.map((each) => [
    each.managerId,
    each.teamSizeOnFirstDay,
    each.left,
    each.leftVoluntarily,
  ]);
const totals = (rows: Partial<Lists>, by?: 'membership' | 'managerNamed') =>
  managerBaseline(given(rows), year, by).totals;

describe('who was there on the first day and left', () => {
  it('counts from the hire date to the last day, both included', () => {
    const employments = [
      person('boss'),
      person('hired on it', { start: '2018-01-01' }),
      person('hired after it', { start: '2018-01-02' }),
      person('gone before it', { end: '2017-12-31', leavingReason: 'voluntary' }),
      person('left on it', { end: '2018-01-01', leavingReason: 'voluntary' }),
      person('left on the last', { end: '2018-12-31', leavingReason: 'involuntary' }),
      person('left after it', { end: '2019-01-01', leavingReason: 'voluntary' }),
    ];
    const managerLinks = employments.slice(1).map(({ personId, start }) => link(personId, 'boss', start!));
    expect(figures({ employments, managerLinks })).toEqual([['boss', 4, 2, 1]]);
    expect(totals({ employments, managerLinks })).toEqual({
      employedOnFirstDay: 5,
      left: 2,
      leftVoluntarily: 1,
      inTeams: 4,
      withoutManager: 1,
      unknownTeam: 0,
      leftFromUnknownTeam: 0,
    });
  });

  it('counts somebody who came back only in the stretch of that day', () => {
    const employments = [
      person('boss'),
      person('a', { start: '2010-01-01', end: '2014-01-01', leavingReason: 'voluntary' }),
      person('a', { start: '2016-01-01', end: '2018-03-01', leavingReason: 'other' }),
      person('b', { start: '2010-01-01', end: '2018-01-01' }),
      person('b', { start: '2018-01-01' }),
    ];
    expect(
      figures({ employments, managerLinks: [link('a', 'boss', '2010-01-01'), link('b', 'boss')] }),
    ).toEqual([['boss', 2, 1, 0]]);
  });

  it('counts placeholders as managers, not among those employed', () => {
    const employments = [person('p', { start: null, placeholder: true }), person('a')];
    expect(figures({ employments, managerLinks: [link('a', 'p')] })).toEqual([['p', 1, 0, 0]]);
    expect(totals({ employments, managerLinks: [link('a', 'p')] }).employedOnFirstDay).toBe(1);
  });
});

describe('whose team', () => {
  const leaver = person('a', { end: '2018-05-01', leavingReason: 'voluntary' });

  it('is unknown before the manager’s own start, where the file still names them', () => {
    const rows = {
      employments: [leaver, person('new', { start: '2018-02-01' })],
      managerLinks: [link('a', 'new')],
    };
    expect(figures(rows)).toEqual([]);
    expect(totals(rows)).toMatchObject({
      unknownTeam: 1,
      leftFromUnknownTeam: 1,
      inTeams: 0,
      withoutManager: 0,
    });
    expect(figures(rows, 'managerNamed')).toEqual([['new', 1, 1, 1]]);
    expect(totals(rows, 'managerNamed')).toMatchObject({ unknownTeam: 0, inTeams: 1 });
  });

  it('is unknown once the manager has left', () => {
    const rows = {
      employments: [leaver, person('old', { end: '2017-12-31' })],
      managerLinks: [link('a', 'old')],
    };
    expect(totals(rows).unknownTeam).toBe(1);
    expect(figures(rows, 'managerNamed')).toEqual([['old', 1, 1, 1]]);
  });

  it('is unknown before the first link, where the file names the first manager it ever had', () => {
    const employments = [leaver, person('x'), person('y')];
    const managerLinks = [link('a', 'y', '2018-04-01'), link('a', 'x', '2018-03-01')];
    expect(totals({ employments, managerLinks }).unknownTeam).toBe(1);
    expect(figures({ employments, managerLinks }, 'managerNamed')).toEqual([['x', 1, 1, 1]]);
  });

  it('is the one of the last link up to that day', () => {
    const employments = [leaver, person('x'), person('y'), person('z')];
    const managerLinks = [link('a', 'z', '2018-01-02'), link('a', 'x'), link('a', 'y', '2018-01-01')];
    for (const by of ['membership', 'managerNamed'] as const) {
      expect(figures({ employments, managerLinks }, by)).toEqual([['y', 1, 1, 1]]);
    }
  });

  it('is nobody’s where the link says so or there is none', () => {
    const rows = { employments: [person('a'), person('b')], managerLinks: [link('a', null)] };
    expect(totals(rows)).toMatchObject({ withoutManager: 2, unknownTeam: 0 });
  });
});

describe('engagement', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const employments = [person('boss'), ...ids.map((id) => person(id))];
  const managerLinks = ids.map((id) => link(id, 'boss'));
  const mean = (rows: Partial<Lists>) => {
    const [boss] = managerBaseline(given({ employments, managerLinks, ...rows }), year).managers;
    return [boss!.engagementMean, boss!.engagementAnswers];
  };

  it('is the mean of the team’s answers, from five on', () => {
    expect(mean({ engagementScores: ids.map((id, i) => score(id, i + 1)) })).toEqual([3, 5]);
    expect(mean({ engagementScores: ids.slice(1).map((id) => score(id, 4)) })).toEqual([null, null]);
    expect(mean({})).toEqual([null, null]);
  });

  it('is of the lots that lie within the period: each goes to the end of the day on which it has five people', () => {
    const onDays = (...days: string[]) => ids.map((id, i) => score(id, i + 1, days[i % days.length]!));
    expect(mean({ engagementScores: onDays('2018-06-01', '2018-07-01') })).toEqual([3, 5]);
    expect(mean({ engagementScores: onDays('2017-12-31', '2018-01-01') })).toEqual([null, null]);
    expect(mean({ engagementScores: onDays('2018-12-31', '2019-01-01') })).toEqual([null, null]);
    const twice = [...onDays('2018-06-01'), score('a', 5, '2018-06-02'), score('b', 5, '2018-06-02')];
    expect(mean({ engagementScores: twice })).toEqual([3, 5]);
    const again = [...twice, ...['c', 'd', 'e'].map((id) => score(id, 5, '2018-06-03'))];
    expect(mean({ engagementScores: again })).toEqual([4, 10]);
    const overAndOver = Array.from({ length: 9 }, (_, n) => score('a', 1, `2018-06-1${n}`));
    expect(mean({ engagementScores: overAndOver })).toEqual([null, null]);
  });

  it('is counted by membership, whatever the teams are counted by', () => {
    const rows = { employments, managerLinks: [...managerLinks.slice(1), link('a', 'boss', '2018-07-01')] };
    const engagementScores = ids.map((id, i) => score(id, i + 1));
    const [named] = managerBaseline(given({ ...rows, engagementScores }), year, 'managerNamed').managers;
    expect(named).toMatchObject({ teamSizeOnFirstDay: 5, engagementMean: null });
  });

  it('differs between two periods by the answers of five people at least, or not at all', () => {
    const day = (n: number) => `2018-01-${String(n).padStart(2, '0')}`;
    const answer = fc.record({ who: fc.nat(6), on: fc.integer({ min: 1, max: 12 }) });
    const days = fc.integer({ min: 1, max: 12 });
    const people = Array.from({ length: 7 }, (_, n) => `p${n}`);
    fc.assert(
      fc.property(
        fc.uniqueArray(answer, { selector: (each) => JSON.stringify(each), maxLength: 40 }),
        days,
        days,
        days,
        days,
        (drawn, ...ends) => {
          // Each answer is a power of two, so that a sum says of whose it is.
          const rows = given({
            employments: ['boss', ...people].map((id) => person(id)),
            managerLinks: people.map((id) => link(id, 'boss')),
            engagementScores: drawn.map(({ who, on }, n) => score(people[who]!, 2 ** n, day(on))),
          });
          const countedIn = (one: number, other: number) => {
            const period = { from: day(Math.min(one, other)), to: day(Math.max(one, other)) };
            const { engagementMean, engagementAnswers } = managerBaseline(rows, period).managers[0]!;
            return Math.round((engagementMean ?? 0) * (engagementAnswers ?? 0));
          };
          const [a, b] = [countedIn(ends[0]!, ends[1]!), countedIn(ends[2]!, ends[3]!)];
          const differ = BigInt(a) ^ BigInt(b);
          const whose = new Set(drawn.filter((_, n) => (differ >> BigInt(n)) & 1n).map(({ who }) => who));
          expect(whose.size === 0 || whose.size >= 5).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is the same to the last bit in whatever order the answers come', () => {
    const engagementScores = [1e16, 1, -1e16, 0.1, 0.7].map((value, i) => score(ids[i]!, value));
    expect(mean({ engagementScores })).toEqual(mean({ engagementScores: engagementScores.toReversed() }));
  });

  it('counts an answer for the manager of that day, of people employed on it', () => {
    const engagementScores = ids.map((id) => score(id, 4));
    const moved = [...managerLinks, link('a', null, '2018-05-01')];
    expect(mean({ engagementScores, managerLinks: moved })).toEqual([null, null]);
    const gone = [
      person('boss'),
      person('a', { end: '2018-05-31' }),
      ...ids.slice(1).map((id) => person(id)),
    ];
    expect(mean({ engagementScores, employments: gone })).toEqual([null, null]);
    const came = [...employments, person('f', { start: '2018-02-01' })];
    const cameLinks = [...managerLinks, link('f', 'boss', '2018-02-01')];
    expect(
      mean({
        engagementScores: [...engagementScores, score('f', 1)],
        employments: came,
        managerLinks: cameLinks,
      }),
    ).toEqual([3.5, 6]);
  });
});

it('counts people whose latest rating within the period is below standard', () => {
  const rows = given({
    employments: ['boss', 'a', 'b', 'c'].map((id) => person(id)),
    managerLinks: ['a', 'b', 'c'].map((id) => link(id, 'boss')),
    performanceRatings: [
      rating('a', true),
      rating('a', false, '2018-02-01'),
      rating('b', true, '2018-02-01'),
      rating('b', false),
      rating('c', true, '2017-02-01'),
    ],
  });
  expect(managerBaseline(rows, year).managers).toMatchObject([{ managerId: 'boss', belowStandard: 1 }]);
});

it('gives the same for the same rows in any order, down to the last bit', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
  const day = fc
    .integer({ min: 0, max: 1200 })
    .map((n) => new Date(Date.UTC(2016, 0, n)).toISOString().slice(0, 10));
  const by = <Row>(row: fc.Arbitrary<Row>, key: (row: Row) => string) =>
    fc.uniqueArray(row, { selector: key, maxLength: 30 });
  const rows = fc.record({
    employments: by(
      fc.record({
        personId: id,
        start: day,
        end: fc.option(day),
        leavingReason: fc.constantFrom('voluntary' as const, null),
        placeholder: fc.boolean(),
      }),
      ({ personId }) => personId,
    ),
    managerLinks: by(
      fc.record({ personId: id, managerId: fc.option(id), from: day }),
      (each) => each.personId + each.from,
    ),
    engagementScores: by(
      fc.record({ personId: id, score: fc.double({ min: 1, max: 5, noNaN: true }), surveyedOn: day }),
      (each) => each.personId + each.surveyedOn,
    ),
    performanceRatings: by(
      fc.record({ personId: id, belowStandard: fc.boolean(), reviewedOn: day }),
      (each) => each.personId + each.reviewedOn,
    ),
  });
  fc.assert(
    fc.property(rows, fc.constantFrom('membership' as const, 'managerNamed' as const), (all, countedBy) => {
      const reversed = {
        employments: all.employments.toReversed(),
        managerLinks: all.managerLinks.toReversed(),
        engagementScores: all.engagementScores.toReversed(),
        performanceRatings: all.performanceRatings.toReversed(),
      };
      const result = managerBaseline(all, year, countedBy);
      expect(managerBaseline(reversed, year, countedBy)).toEqual(result);
      const { totals: sum, managers } = result;
      expect(sum.inTeams + sum.withoutManager + sum.unknownTeam).toBe(sum.employedOnFirstDay);
      expect(managers.reduce((n, each) => n + each.teamSizeOnFirstDay, 0)).toBe(sum.inTeams);
    }),
  );
});
