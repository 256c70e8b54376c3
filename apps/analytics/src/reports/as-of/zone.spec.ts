import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { daysBetween, monthsBetween, plusDays, zoneOf } from './zone.js';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Pacific/Apia',
];

describe('days in a zone', () => {
  it('are those of the calendar there, at any instant', () => {
    const instant = fc.integer({ min: Date.UTC(1960, 0, 1), max: Date.UTC(2060, 0, 1) });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), instant, (name, at) => {
        const day = Temporal.Instant.fromEpochMilliseconds(at)
          .toZonedDateTimeISO(name)
          .toPlainDate()
          .toString();
        const zone = zoneOf(name);
        expect(zone.dayOf(at)).toBe(day);
        expect(zone.dayOf(zone.startOf(day))).toBe(day);
        expect(zone.startOf(day)).toBeLessThanOrEqual(at);
        expect(zone.dayOf(zone.startOf(day) - 1) < day).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
  it('are counted by the calendar', () => {
    expect(plusDays('2026-03-28', 2)).toBe('2026-03-30');
    expect(plusDays('2026-03-01', -1)).toBe('2026-02-28');
    expect(daysBetween('2026-03-28', '2026-04-01')).toBe(4);
    expect(monthsBetween('2026-01-31', '2026-02-28')).toBe(0);
    expect(monthsBetween('2026-01-28', '2026-02-28')).toBe(1);
  });
  it('come to the months that Temporal counts', () => {
    const day = fc.integer({ min: -1500, max: 1500 }).map((days) => plusDays('2024-02-29', days));
    fc.assert(
      fc.property(day, day, (from, to) => {
        const { months } = Temporal.PlainDate.from(from).until(to, { largestUnit: 'months' });
        expect(monthsBetween(from, to)).toBe(months);
      }),
      { numRuns: 1_000 },
    );
  });
  it('a name that is no zone is an error', () => expect(() => zoneOf('Middle/Earth')).toThrow('time zone'));
});
