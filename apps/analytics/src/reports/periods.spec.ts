import { describe, expect, it } from '@jest/globals';
import { zoneOf } from './as-of/zone.js';
import { closedMonths, periodOf } from './periods.js';

const berlin = zoneOf('Europe/Berlin');
const at = (text: string) => Date.parse(text);
const span = (name: string, asOf = '2026-03-31T22:00:00Z') => {
  const period = periodOf(name, berlin, at(asOf));
  return (
    period && [period.kind, ...[period.span.from, period.span.to].map((ms) => new Date(ms).toISOString())]
  );
};

describe('periods in the programme’s zone', () => {
  it.each([
    ['2026-03', 'month', '2026-02-28T23:00:00.000Z', '2026-03-31T22:00:00.000Z'],
    ['2026-12', 'month', '2026-11-30T23:00:00.000Z', '2026-12-31T23:00:00.000Z'],
    ['2026-Q1', 'quarter', '2025-12-31T23:00:00.000Z', '2026-03-31T22:00:00.000Z'],
    ['2026-W01', 'week', '2025-12-28T23:00:00.000Z', '2026-01-04T23:00:00.000Z'],
    ['2026-W53', 'week', '2026-12-27T23:00:00.000Z', '2027-01-03T23:00:00.000Z'],
  ])('%s is a %s from %s to %s', (name, ...expected) => expect(span(name)).toEqual(expected));

  it('the last 12 months end with asOf and begin on a day’s first instant', () => {
    expect(span('last-12-months', '2026-03-15T12:00:00Z')).toEqual([
      'last-12-months',
      '2025-03-15T23:00:00.000Z',
      '2026-03-15T12:00:00.001Z',
    ]);
  });

  it.each(['2026-13', '2026-Q5', '2026-W54', '2025-W53', '2026-W00', '2026', 'March', ''])(
    '%p names none',
    (name) => expect(periodOf(name, berlin, 0)).toBeUndefined(),
  );

  it('a month is closed at its end, not a moment before', () => {
    const names = (asOf: string) => closedMonths('2026-01-05', berlin, at(asOf)).map((month) => month.name);
    expect(names('2026-03-31T22:00:00.000Z')).toEqual(['2026-01', '2026-02', '2026-03']);
    expect(names('2026-03-31T21:59:59.999Z')).toEqual(['2026-01', '2026-02']);
    expect(names('2026-01-20T00:00:00Z')).toEqual([]);
  });
});
