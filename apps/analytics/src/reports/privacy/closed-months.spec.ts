import { describe, expect, it } from '@jest/globals';
import { at, Programme } from '../../../test/programme.js';
import { momentOf } from '../as-of/moment.js';
import { zoneOf } from '../as-of/zone.js';
import { metricOf } from '../metrics/index.js';
import { periodOf } from '../periods.js';
import { ClosedMonths } from './closed-months.js';

const closedMonthsOf = (made: Programme, asOf: number) =>
  new ClosedMonths(
    made.history,
    momentOf(asOf, 'occurredAt'),
    { minimum: 5, counts: () => true },
    { 'org-unit': [], location: [] },
    asOf,
  );

describe('the months that are told of', () => {
  const last = (made: Programme) => closedMonthsOf(made, Date.UTC(2030, 0, 1)).months.at(-1)!.name;
  it('end with the last that is over 62 days after the programme', () => {
    // A session may be judged up to 30 days later. July and August have 62 days: of what ends on 1 July both are over.
    expect(last(new Programme({ endsOn: '2026-06-30' }))).toBe('2026-07');
    expect(last(new Programme({ endsOn: '2026-07-01' }))).toBe('2026-08');
  });
  it('or after whoever was extended beyond it', () => {
    const extended = new Programme({ endsOn: '2026-05-31' })
      .active('p')
      .active('q', '01-05', [['05-01', { fact: 'extended', day: '2026-07-01' }]]);
    expect(last(extended)).toBe('2026-08');
  });
});

it('what a quarter added is withheld where that is of fewer people than the minimum, though its months are told', () => {
  // Five sessions are held in April, of which four are disputed in May, when a sixth person has one.
  const made = new Programme();
  for (const person of ['a', 'b', 'c', 'd', 'e', 'f']) made.active(person).held(person, '03-10 09:00');
  made.held('e', '04-30 09:00').held('f', '05-05 09:00');
  for (const person of ['a', 'b', 'c', 'd'])
    made.session(person, '04-30 09:00', [
      ['04-30 10:01', { fact: 'completed', auto: false }],
      ['05-02', { fact: 'disputed', by: 'coachee' }],
    ]);
  const closed = closedMonthsOf(made, at('07-01'));
  const reachesTo = (period: string) =>
    closed.disclose(metricOf('completion-rate')!, periodOf(period, zoneOf('UTC'), at('07-01'))!).through;
  expect(reachesTo('2026-04')).toBe('2026-04');
  expect(reachesTo('2026-05')).toBe('2026-05');
  expect(reachesTo('2026-Q2')).toBeNull();
});

it('who comes alone is in no figure that counts people, until others have come too', () => {
  const made = new Programme();
  for (const person of ['a', 'b', 'c', 'd', 'e']) made.active(person);
  made.active('f', '02-10');
  for (const person of ['g', 'h', 'i', 'j']) made.active(person, '03-10');
  const denominator = (month: string) =>
    closedMonthsOf(made, at('05-01')).disclose(
      metricOf('activation-rate')!,
      periodOf(month, zoneOf('UTC'), at('05-01'))!,
    ).total?.denominator;
  expect(['2026-01', '2026-02', '2026-03'].map(denominator)).toEqual([5, 5, 10]);
});
