import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { dayOf, endOfDay, startOfDay } from './day.js';
import { seriesOf, type Cadence } from './series.js';
import { resolveTime, type Moment } from './wall-time.js';

const first = (text: string, zone: string): Moment => {
  const resolved = resolveTime(text, zone);
  if (!resolved.ok) throw new Error(resolved.refusal.slug);
  return resolved.moment;
};
const starts = (text: string, zone: string, cadence: Cadence, count: number) =>
  seriesOf(first(text, zone), cadence, count).map((r) => (r.ok ? r.moment.instant : r.refusal.slug));

describe('a series', () => {
  it('keeps its wall time when the clocks change', () => {
    expect(starts('2026-03-17T09:00', 'Europe/Berlin', 'weekly', 3)).toEqual([
      '2026-03-17T08:00:00.000Z',
      '2026-03-24T08:00:00.000Z',
      '2026-03-31T07:00:00.000Z',
    ]);
    expect(starts('2026-10-20T09:00', 'America/New_York', 'bi-weekly', 3)).toEqual([
      '2026-10-20T13:00:00.000Z',
      '2026-11-03T14:00:00.000Z',
      '2026-11-17T14:00:00.000Z',
    ]);
  });

  it('keeps the weekday of the month: the second Tuesday, or the last', () => {
    expect(starts('2026-01-13T09:00', 'UTC', 'monthly', 3).map((s) => s.slice(0, 10))).toEqual([
      '2026-01-13',
      '2026-02-10',
      '2026-03-10',
    ]);
    expect(starts('2026-01-30T09:00', 'UTC', 'monthly', 4).map((s) => s.slice(0, 10))).toEqual([
      '2026-01-30',
      '2026-02-27',
      '2026-03-27',
      '2026-04-24',
    ]);
    expect(starts('2026-01-29T09:00', 'UTC', 'monthly', 2).map((s) => s.slice(0, 10))).toEqual([
      '2026-01-29',
      '2026-02-26',
    ]);
  });

  it('refuses alone the one occurrence that falls into a clock change', () => {
    expect(starts('2026-03-22T02:30', 'Europe/Berlin', 'weekly', 3)).toEqual([
      '2026-03-22T01:30:00.000Z',
      'local-time-does-not-exist',
      '2026-04-05T00:30:00.000Z',
    ]);
  });

  it.each([
    [
      'Berlin in spring',
      'Europe/Berlin',
      '2026-03-22T02:30',
      [
        '2026-03-22T01:30:00.000Z',
        ['local-time-does-not-exist', '2026-03-29T01:30:00+01:00', '2026-03-29T03:30:00+02:00'],
        '2026-04-05T00:30:00.000Z',
      ],
    ],
    [
      'Berlin in autumn',
      'Europe/Berlin',
      '2026-10-18T02:30',
      [
        '2026-10-18T00:30:00.000Z',
        ['local-time-ambiguous', '2026-10-25T02:30:00+02:00', '2026-10-25T02:30:00+01:00'],
        '2026-11-01T01:30:00.000Z',
      ],
    ],
    [
      'New York in spring',
      'America/New_York',
      '2026-03-01T02:30',
      [
        '2026-03-01T07:30:00.000Z',
        ['local-time-does-not-exist', '2026-03-08T01:30:00-05:00', '2026-03-08T03:30:00-04:00'],
        '2026-03-15T06:30:00.000Z',
      ],
    ],
    [
      'New York in autumn',
      'America/New_York',
      '2026-10-25T01:30',
      [
        '2026-10-25T05:30:00.000Z',
        ['local-time-ambiguous', '2026-11-01T01:30:00-04:00', '2026-11-01T01:30:00-05:00'],
        '2026-11-08T06:30:00.000Z',
      ],
    ],
    [
      'Kolkata, whose clocks stay',
      'Asia/Kolkata',
      '2026-03-22T02:30',
      ['2026-03-21T21:00:00.000Z', '2026-03-28T21:00:00.000Z', '2026-04-04T21:00:00.000Z'],
    ],
    [
      'Apia, which left out the 30th of December 2011 to cross the date line',
      'Pacific/Apia',
      '2011-12-23T09:00',
      [
        '2011-12-23T19:00:00.000Z',
        ['local-time-does-not-exist', '2011-12-29T09:00:00-10:00', '2011-12-31T09:00:00+14:00'],
        '2012-01-05T19:00:00.000Z',
      ],
    ],
  ])('keeps its wall time in %s, and names both choices where it cannot', (_, zone, start, expected) => {
    const found = seriesOf(first(start, zone), 'weekly', 3).map((r) =>
      r.ok ? r.moment.instant : [r.refusal.slug, ...(r.refusal.extra!['choices'] as string[])],
    );
    expect(found).toEqual(expected);
  });

  it('may begin at a time that was chosen out of an ambiguous one', () => {
    expect(starts('2026-10-25T02:30:00+01:00', 'Europe/Berlin', 'weekly', 2)).toEqual([
      '2026-10-25T01:30:00.000Z',
      '2026-11-01T01:30:00.000Z',
    ]);
  });

  it('shows the same clock everywhere, in order, whatever the zone, cadence and date', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom<Cadence>('weekly', 'bi-weekly', 'monthly'),
        fc.integer({ min: 0, max: 365 * 24 * 4 }),
        fc.integer({ min: 1, max: 30 }),
        (zone, cadence, quarters, count) => {
          const instant = Temporal.Instant.from('2026-01-01T00:00:00Z').add({ minutes: quarters * 15 });
          const start = instant.toZonedDateTimeISO(zone);
          const series = seriesOf({ instant: instant.toString(), zone }, cadence, count);
          expect(series).toHaveLength(count);
          const there = series
            .filter((r) => r.ok)
            .map((r) => Temporal.Instant.from(r.moment.instant).toZonedDateTimeISO(zone));
          expect(new Set(there.map((z) => z.toPlainTime().toString()))).toEqual(
            new Set([start.toPlainTime().toString()]),
          );
          expect(new Set(there.map((z) => z.dayOfWeek))).toEqual(new Set([start.dayOfWeek]));
          there.slice(1).forEach((z, i) => expect(Temporal.ZonedDateTime.compare(there[i]!, z)).toBe(-1));
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a day', () => {
  it('begins and ends by the zone’s calendar, also where midnight is skipped', () => {
    expect(startOfDay('2026-03-29', 'Europe/Berlin')).toBe('2026-03-28T23:00:00.000Z');
    expect(endOfDay('2026-03-29', 'Europe/Berlin')).toBe('2026-03-29T22:00:00.000Z');
    expect(startOfDay('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00.000Z');
    expect(dayOf('2026-03-28T23:30:00.000Z', 'Europe/Berlin')).toBe('2026-03-29');
    // The day before the one that Apia left out ends where the day after it begins.
    expect(endOfDay('2011-12-29', 'Pacific/Apia')).toBe('2011-12-30T10:00:00.000Z');
    expect(startOfDay('2011-12-31', 'Pacific/Apia')).toBe('2011-12-30T10:00:00.000Z');
    expect(dayOf('2011-12-30T10:00:00.000Z', 'Pacific/Apia')).toBe('2011-12-31');
  });
});
