import { expect, it } from '@jest/globals';
import type { FeedEvent } from '../feed.js';
import { event } from '../../../test/events.js';
import { enrollmentsOf } from './facts.js';
import { signalsByPerson } from './signals.js';

const booked = (sessionId: string, day: string) =>
  event(`session-${sessionId}`, 'SessionScheduled', '2026-01-05', {
    sessionId,
    startsAt: `${day}T09:00:00.000Z`,
  });
const cancelled = (sessionId: string, day: string, late: boolean) =>
  event(`session-${sessionId}`, 'SessionCancelled', day, { sessionId, by: 'coachee', late, forfeited: late });
const corrected = (sessionId: string, day: string, to: string) =>
  event(`session-${sessionId}`, 'OutcomeCorrected', day, { sessionId, to, forfeited: false });

const signals = (asOf: string, ...told: FeedEvent[]) => {
  const events = [
    event('enrollment-e', 'EnrollmentActivated', '2026-01-01'),
    event('enrollment-e', 'SessionsAllotted', '2026-01-01', { total: 6 }),
    ...told,
  ];
  const program = { programId: 'g', zone: 'Europe/Berlin', cost: 1 };
  return signalsByPerson(enrollmentsOf(events), events, program, `${asOf}T12:00:00.000Z`).get('p');
};

it('a cancelled session that is corrected to one held was in the calendar until it was held', () => {
  const told = [booked('a', '2026-02-20'), cancelled('a', '2026-01-20', false)];
  expect(signals('2026-02-25', ...told)).toEqual(['nothing-booked']);
  expect(signals('2026-02-25', ...told, corrected('a', '2026-02-22', 'completed'))).toEqual([]);
});

it('a cancellation that is corrected to a no-show was no step in the calendar', () => {
  const moved = event('session-b', 'SessionRescheduled', '2026-01-10', {
    sessionId: 'b',
    by: 'coach',
    to: { startsAt: '2026-03-21T09:00:00.000Z' },
  });
  const told = [
    booked('b', '2026-03-20'),
    moved,
    booked('a', '2026-01-16'),
    cancelled('a', '2026-01-15', true),
  ];
  expect(signals('2026-01-20', ...told)).toEqual(['moves-in-a-row']);
  expect(signals('2026-01-20', ...told, corrected('a', '2026-01-18', 'coach-no-show'))).toEqual(['no-show']);
});
