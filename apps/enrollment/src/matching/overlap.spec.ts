import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseSlots } from '../coaches/weekly-hours.js';
import { minutesOf, sharedMinutes, weekInUtc } from './overlap.js';

const week = (zone: string, text: string, on: string) => weekInUtc({ zone, slots: parseSlots(text)! }, on);

describe('weekly hours in UTC', () => {
  it('follow the zone through the year: Berlin is one hour ahead of UTC in winter and two in summer', () => {
    expect(week('Europe/Berlin', 'mon 09:00-10:00', '2026-01-14')).toEqual([480, 540]);
    expect(week('Europe/Berlin', 'mon 09:00-10:00', '2026-07-15')).toEqual([420, 480]);
  });

  it('wrap at both ends of the week', () => {
    expect(week('Asia/Tokyo', 'mon 08:00-10:00', '2026-01-14')).toEqual([0, 60, 10_020, 10_080]);
    expect(week('America/New_York', 'sun 18:00-20:00', '2026-01-14')).toEqual([0, 60, 10_020, 10_080]);
  });

  it('join stretches that touch or overlap', () => {
    expect(week('UTC', 'mon 09:00-10:00; mon 10:00-11:00; mon 10:30-12:00', '2026-01-14')).toEqual([
      540, 720,
    ]);
  });

  it('last to midnight with 24:00', () => {
    expect(week('UTC', 'mon 23:00-24:00; tue 00:00-01:00', '2026-01-14')).toEqual([1380, 1500]);
  });

  it('lose the hour that a clock change skips', () => {
    // 29 March 2026 is the Sunday on which Berlin goes from 02:00 to 03:00.
    expect(minutesOf(week('Europe/Berlin', 'sun 01:00-04:00', '2026-03-29'))).toBe(120);
    expect(week('Europe/Berlin', 'sun 02:00-03:00', '2026-03-29')).toEqual([]);
  });
});

describe('minutes in common', () => {
  it('are counted across zones', () => {
    const berlin = week('Europe/Berlin', 'mon-fri 09:00-17:00', '2026-01-14');
    const newYork = week('America/New_York', 'mon-fri 09:00-17:00', '2026-01-14');
    expect(sharedMinutes(berlin, newYork)).toBe(5 * 120);
    expect(sharedMinutes(berlin, week('Asia/Tokyo', 'mon-fri 09:00-17:00', '2026-01-14'))).toBe(0);
  });

  it('change in the weeks when only one of the two zones has moved its clocks', () => {
    const on = '2026-03-11';
    const berlin = week('Europe/Berlin', 'wed 09:00-17:00', on);
    expect(sharedMinutes(berlin, week('America/New_York', 'wed 09:00-17:00', on))).toBe(180);
  });

  it('equal a count minute by minute, whichever comes first', () => {
    const stretches = fc.array(fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 1, max: 24 })), {
      maxLength: 4,
    });
    const hours = stretches.map((pairs) =>
      weekInUtc(
        {
          zone: 'UTC',
          slots: pairs
            .filter(([from, to]) => from < to)
            .map(([from, to]) => ({
              day: 'mon' as const,
              from: `${from}`.padStart(2, '0') + ':00',
              to: `${to}`.padStart(2, '0') + ':00',
            })),
        },
        '2026-01-14',
      ),
    );
    const holds = (of: readonly number[], minute: number) =>
      of.some((from, i) => i % 2 === 0 && from <= minute && minute < of[i + 1]!);
    fc.assert(
      fc.property(hours, hours, (a, b) => {
        let minutes = 0;
        for (let minute = 0; minute < 1440; minute++) if (holds(a, minute) && holds(b, minute)) minutes++;
        expect(sharedMinutes(a, b)).toBe(minutes);
        expect(sharedMinutes(b, a)).toBe(minutes);
      }),
    );
  });
});
