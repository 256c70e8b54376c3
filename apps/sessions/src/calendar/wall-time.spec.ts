import { describe, expect, it } from '@jest/globals';
import { isZone, resolveTime } from './wall-time.js';

const instant = (text: string, zone?: string) => {
  const resolved = resolveTime(text, zone);
  return resolved.ok ? resolved.moment.instant : resolved.refusal.slug;
};
const choices = (text: string, zone: string) => {
  const resolved = resolveTime(text, zone);
  return resolved.ok ? [] : resolved.refusal.extra?.['choices'];
};

describe('a time as people write it', () => {
  it('is a wall time in a zone, in summer and in winter', () => {
    expect(instant('2026-01-15T09:00', 'Europe/Berlin')).toBe('2026-01-15T08:00:00.000Z');
    expect(instant('2026-07-15T09:00', 'Europe/Berlin')).toBe('2026-07-15T07:00:00.000Z');
    expect(instant('2026-07-15T09:00:30.5', 'Asia/Kathmandu')).toBe('2026-07-15T03:15:30.500Z');
  });

  it('is an instant with its zone', () => {
    expect(instant('2026-07-15T07:00:00Z', 'Europe/Berlin')).toBe('2026-07-15T07:00:00.000Z');
    expect(instant('2026-07-15T09:00:00+02:00', 'Europe/Berlin')).toBe('2026-07-15T07:00:00.000Z');
  });

  it('is refused with both choices where the clocks skip it', () => {
    expect(instant('2026-03-29T02:30', 'Europe/Berlin')).toBe('local-time-does-not-exist');
    expect(choices('2026-03-29T02:30', 'Europe/Berlin')).toEqual([
      '2026-03-29T01:30:00+01:00',
      '2026-03-29T03:30:00+02:00',
    ]);
  });

  it('is refused with both choices where the clocks show it twice, and each choice is accepted', () => {
    expect(instant('2026-10-25T02:30', 'Europe/Berlin')).toBe('local-time-ambiguous');
    const both = choices('2026-10-25T02:30', 'Europe/Berlin') as string[];
    expect(both).toEqual(['2026-10-25T02:30:00+02:00', '2026-10-25T02:30:00+01:00']);
    expect(both.map((text) => instant(text, 'Europe/Berlin'))).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ]);
  });

  it('is refused without a zone, in an unknown zone, and with an offset that is not the zone’s', () => {
    expect(instant('2026-07-15T09:00:00+02:00')).toBe('zone-required');
    expect(instant('2026-07-15T09:00')).toBe('zone-required');
    expect(instant('2026-07-15T09:00', 'Europe/Atlantis')).toBe('unknown-zone');
    expect(instant('2026-07-15T09:00', '+02:00')).toBe('unknown-zone');
    expect(instant('2026-07-15T09:00:00+01:00', 'Europe/Berlin')).toBe('offset-not-of-zone');
    expect(choices('2026-07-15T09:00:00+01:00', 'Europe/Berlin')).toEqual(['2026-07-15T09:00:00+02:00']);
  });

  it('is refused where it is no time at all', () => {
    for (const text of ['2026-02-30T09:00', '2026-07-15', '15.07.2026 09:00', '2026-07-15T25:00', ''])
      expect(instant(text, 'Europe/Berlin')).toBe('not-a-time');
  });

  it('knows the zones of the IANA database by name only', () => {
    expect(['UTC', 'Europe/Berlin', 'America/Argentina/Ushuaia'].map(isZone)).toEqual([true, true, true]);
    expect(['', '+01:00', 'Berlin', '../etc/passwd', 'x'.repeat(80)].map(isZone)).toEqual(
      Array(5).fill(false),
    );
  });
});
