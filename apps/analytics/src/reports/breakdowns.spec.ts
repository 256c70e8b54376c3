import { describe, expect, it } from '@jest/globals';
import { at, Programme } from '../../test/programme.js';
import { readerOf } from './access.js';
import { momentOf } from './as-of/moment.js';
import { zoneOf } from './as-of/zone.js';
import { metricOf } from './metrics/index.js';
import { periodOf, PROGRAMME } from './periods.js';
import { ProgramReport } from './report.js';

const hr = readerOf(
  { tenantId: 't', subject: 's', roles: ['hr'], sensitive: false },
  { lineUpwards: new Set(), coached: new Set(), managersSeeParticipation: false },
);
const reportOf = (made: Programme, when: string) =>
  new ProgramReport(
    made.history,
    momentOf(at(when), 'occurredAt'),
    hr,
    { 'org-unit': [], location: [] },
    momentOf(at(when), 'occurredAt'),
    at(when),
  );

/**
 * Four people, who hold and miss in February, March and April:
 *
 * | | level | location | hired | held | missed |
 * |---|---|---|---|---|---|
 * | a | manager | here | 2025-01-06 (a day short of a year) | 3 Feb, 3 Mar, 7 Apr | |
 * | b | manager | there | 2025-01-05 (a year to the day) | 10 Feb | 10 Mar |
 * | c | director | here | 2020-01-05 (6 years to the day) | 9 Mar | 14 Apr |
 * | d | director | not known | not known | 29 Mar 22:30 UTC, 30 March in Berlin | |
 */
function programme(): Programme {
  const made = new Programme({ zone: 'Europe/Berlin' });
  made.person('a', { level: 'manager', location: 'here', day: '2025-01-06' });
  made.person('b', { level: 'manager', location: 'there', day: '2025-01-05' });
  made.person('c', { level: 'director', location: 'here', day: '2020-01-05' });
  for (const person of ['a', 'b', 'c', 'd']) made.active(person);
  const missed = (person: string, starts: string) =>
    made.session(person, starts, [[at(starts) + 60_000, { fact: 'noShow', by: 'coachee', forfeited: true }]]);
  made
    .held('a', '02-03 09:00', '03-03 09:00', '04-07 09:00')
    .held('b', '02-10 09:00')
    .held('c', '03-09 09:00');
  made.held('d', '03-29 22:30');
  missed('b', '03-10 09:00');
  missed('c', '04-14 09:00');
  return made;
}
const completion = metricOf('completion-rate')!;

describe('the completion rate, worked out by hand', () => {
  const report = reportOf(programme(), '05-01');
  const by = (dimension: string) =>
    report
      .metric(completion, PROGRAMME, dimension)
      .map(({ group, numerator, denominator }) => [group, numerator, denominator]);
  it.each([
    [
      'level',
      [
        ['director', 1, 2],
        ['manager', 4, 5],
        ['unknown', 1, 1],
      ],
    ],
    [
      'location',
      [
        ['here', 4, 5],
        ['there', 1, 2],
        ['unknown', 1, 1],
      ],
    ],
    [
      'tenure',
      [
        ['1–2 years', 1, 2],
        ['6–10 years', 1, 2],
        ['under 1 year', 3, 3],
        ['unknown', 1, 1],
      ],
    ],
  ])('by %s', (dimension, groups) => expect(by(dimension)).toEqual([[null, 6, 8], ...groups]));

  const over = (name: string, when = '05-01') => {
    const period = periodOf(name, zoneOf('Europe/Berlin'), at(when))!;
    const [{ numerator, denominator, period: told }] = reportOf(programme(), when).metric(
      completion,
      period,
    ) as [ReturnType<typeof report.metric>[0]];
    expect(told).toBe(name);
    return [numerator, denominator];
  };
  it.each([
    // In the week of 9 March c's is held and b's missed; that of 30 March begins with d's, by Berlin's clock.
    ['2026-W11', 1, 2],
    ['2026-W13', 0, 0],
    ['2026-W14', 1, 1],
    ['2026-03', 3, 4],
    ['2026-Q1', 5, 6],
    ['2026-Q2', 1, 2],
    ['2025-Q4', 0, 0],
    ['last-12-months', 6, 8],
  ])('over %s: %d of %d', (name, held, due) => expect(over(name)).toEqual([held, due]));
  it('over the last 12 months, which begin on the day after that of a year before', () => {
    expect(periodOf('last-12-months', zoneOf('Europe/Berlin'), Date.UTC(2027, 1, 10, 12))!.span.from).toBe(
      Date.UTC(2026, 1, 10, 23),
    );
    expect(over('last-12-months', '03-05')).toEqual([3, 3]);
  });
});

/** Cohort S of 10 people, L of 12; person i waits i days for a match, of score i ÷ 100. Nobody waits on. */
describe('by the size of the cohort, and to nine tenths', () => {
  const made = new Programme();
  const wait = (cohort: string, count: number) => {
    for (let i = 1; i <= count; i++) {
      const person = `${cohort}${i}`;
      made.active(person, '01-05', [], cohort);
      made.matched(person, [
        ['01-05', { fact: 'requested', kind: 'first' }],
        [at('01-05') + i * 86_400_000, { fact: 'matched', score: i / 100 } as never],
      ]);
    }
  };
  wait('S', 10);
  wait('L', 12);
  const report = reportOf(made, '03-01');
  const of = (id: string, dimension?: string) => report.metric(metricOf(id)!, PROGRAMME, dimension);

  it('time to match: the median, and p90 beside it', () => {
    // In S the 5th and the 9th of 10; in L the 6th and the 11th of 12; of all 22 the 11th and the 20th.
    const told = of('time-to-match', 'cohort-size').map(({ group, value, n, beside }) => [
      group,
      value,
      beside!['p90'],
      n,
    ]);
    expect(told).toEqual([
      [null, 6, 10, 22],
      ['11–50', 6, 11, 12],
      ['≤ 10', 5, 9, 10],
    ]);
  });
  it('a p90 that was not reached is null, and says until when anybody was followed', () => {
    made.active('open', '01-05', [], 'S').active('too', '01-05', [], 'S').active('late', '01-05', [], 'S');
    for (const person of ['open', 'too', 'late'])
      made.matched(person, [['01-05', { fact: 'requested', kind: 'first' }]]);
    const [all] = reportOf(made, '03-01').metric(metricOf('time-to-match')!, PROGRAMME);
    expect(all).toMatchObject({ value: 7, beside: { p90: null, notReachedByDay: 55, open: 3 } });
  });
  it('match fit', () => {
    const told = of('match-fit', 'cohort-size').map(({ group, value, n }) => [
      group,
      Number(value!.toFixed(6)),
      n,
    ]);
    // Σ 1…10 = 55 of 10, Σ 1…12 = 78 of 12, in hundredths.
    expect(told).toEqual([
      [null, 0.060455, 22],
      ['11–50', 0.065, 12],
      ['≤ 10', 0.055, 10],
    ]);
  });
});
