import { describe, expect, it } from '@jest/globals';
import { calendarOf, type Appointment } from './icalendar.js';

const appointment: Appointment = {
  sessionId: '0190a1b2-0000-7000-8000-000000000001',
  engagementId: '0190a1b2-0000-7000-8000-000000000002',
  startsAt: new Date('2026-03-10T08:00:00.000Z'),
  endsAt: new Date('2026-03-10T09:00:00.000Z'),
  takesTime: true,
  revision: 0,
};
const at = new Date('2026-03-02T12:00:00.000Z');
const lines = (calendar: string) => calendar.split('\r\n');

describe('a calendar', () => {
  it('is RFC 5545, one event a session, in UTC', () => {
    expect(lines(calendarOf([appointment], at))).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Cairn//Coaching//EN',
      'NAME:Coaching',
      'X-WR-CALNAME:Coaching',
      'BEGIN:VEVENT',
      'UID:0190a1b2-0000-7000-8000-000000000001',
      'SEQUENCE:0',
      'DTSTAMP:20260302T120000Z',
      'DTSTART:20260310T080000Z',
      'DTEND:20260310T090000Z',
      'SUMMARY:Coaching session',
      'TRANSP:OPAQUE',
      'DESCRIPTION:Engagement 0190a1b2-0000-7000-8000-000000000002',
      'STATUS:CONFIRMED',
      'CLASS:PRIVATE',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ]);
  });

  it('shows what takes no time as cancelled, and the time as free', () => {
    const shown = lines(calendarOf([{ ...appointment, takesTime: false }], at));
    expect(shown).toContain('STATUS:CANCELLED');
    expect(shown).toContain('TRANSP:TRANSPARENT');
  });

  it('of nobody’s sessions is a calendar too', () => {
    expect(lines(calendarOf([], at)).at(-2)).toBe('END:VCALENDAR');
  });
});
