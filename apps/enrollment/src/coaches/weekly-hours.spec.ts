import { describe, expect, it } from '@jest/globals';
import { formatSlots, isIanaZone, parseSlots } from './weekly-hours.js';

describe('weekly hours in a cell', () => {
  it('reads days, ranges of days and several stretches of one day', () => {
    expect(parseSlots('Tue-Wed 9:00-12:00, 13:00-17:30; mon 09:00-24:00')).toEqual([
      { day: 'mon', from: '09:00', to: '24:00' },
      { day: 'tue', from: '09:00', to: '12:00' },
      { day: 'tue', from: '13:00', to: '17:30' },
      { day: 'wed', from: '09:00', to: '12:00' },
      { day: 'wed', from: '13:00', to: '17:30' },
    ]);
    expect(parseSlots('mon 09:00-10:00 | fri 09:00-10:00')).toHaveLength(2);
    expect(parseSlots(' ')).toEqual([]);
  });

  it.each([
    'mon',
    'mon 9-17',
    'mon 09:00',
    'mon 17:00-09:00',
    'mon 09:00-09:00',
    'mon 09:60-10:00',
    'mon 09:00-24:01',
  ])('refuses %j', (text) => expect(parseSlots(text)).toBeUndefined());
  it.each([
    'monday 09:00-10:00',
    'fri-mon 09:00-10:00',
    'xyz 09:00-10:00',
    'mon 25:00-26:00',
    'mon 09:00-10:00 x',
  ])('refuses %j', (text) => expect(parseSlots(text)).toBeUndefined());

  it('writes what it reads', () => {
    const text = 'mon 09:00-12:00; tue 13:00-17:00';
    expect(formatSlots(parseSlots(text)!)).toBe(text);
  });
});

describe('a zone', () => {
  it.each(['Europe/Berlin', 'America/New_York', 'UTC'])('%s is one', (zone) =>
    expect(isIanaZone(zone)).toBe(true),
  );
  it.each(['+02:00', 'Europe/Nowhere', '', '02:00', 'Z+1'])('%j is none', (zone) =>
    expect(isIanaZone(zone)).toBe(false),
  );
});
