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

it('a pulse that was due and brought no batch since the one before is overdue, as long as its goal is open', () => {
  const goal = { goalId: 'x', theme: 'courage' };
  const asked = (id: string, dueOn: string) =>
    event(`pulse-${id}`, 'PulseRequested', '2026-01-10', { ...goal, pulseId: id, sessionId: id, dueOn });
  const agreed = event('goal-x', 'GoalAgreed', '2026-01-09', goal);
  const checked = event('goal-x', 'CheckInRecorded', '2026-02-10', goal);
  const released = (day: string) =>
    event('pulse-a', 'PulsesReleased', day, { ...goal, item: 'theme-behaviour' });
  const told = [
    booked('c', '2026-02-20'),
    agreed,
    checked,
    asked('a', '2026-01-20'),
    asked('b', '2026-02-03'),
  ];
  expect(signals('2026-02-12', ...told)).toEqual(['pulse-overdue']);
  expect(signals('2026-02-12', ...told, released('2026-01-21'))).toEqual([]);
  expect(signals('2026-02-12', ...told, released('2026-01-19'))).toEqual(['pulse-overdue']);
  expect(signals('2026-02-12', ...told, event('goal-x', 'GoalClosed', '2026-02-11', goal))).toEqual([]);
});

it('what was agreed in an engagement that is over asks nothing any more, and is no goal of the next', () => {
  const [former, next] = [{ engagementId: 'one' }, { engagementId: 'two' }];
  const goal = { ...former, goalId: 'x', theme: 'courage' };
  const held = (sessionId: string, day: string) => [
    event(`session-${sessionId}`, 'SessionScheduled', day, {
      ...next,
      sessionId,
      startsAt: `${day}T09:00:00.000Z`,
    }),
    event(`session-${sessionId}`, 'SessionCompleted', day, { ...next, sessionId, auto: false }),
  ];
  const told = [
    event('goal-x', 'GoalAgreed', '2026-01-09', goal),
    event('pulse-a', 'PulseRequested', '2026-01-10', { ...goal, sessionId: 'a', dueOn: '2026-01-20' }),
    booked('c', '2026-03-20'),
  ];
  const rematched = event('engagement-one', 'EngagementEnded', '2026-01-28', former);
  expect(signals('2026-02-12', ...told)).toEqual(['no-check-in', 'pulse-overdue']);
  expect(signals('2026-02-12', ...told, rematched)).toEqual([]);
  const sessions = [...held('d', '2026-02-02'), ...held('e', '2026-02-09')];
  expect(signals('2026-02-12', ...told, rematched, ...sessions)).toEqual(['no-goal-after-second-session']);
});

it('what was moved, cancelled or missed with the former coach says nothing of the next one', () => {
  const former = { engagementId: 'one', sessionId: 'a' };
  const told = [
    event('session-a', 'SessionScheduled', '2026-01-05', { ...former, startsAt: '2026-01-16T09:00:00.000Z' }),
    event('session-a', 'NoShowRecorded', '2026-01-16', { ...former, party: 'coach', forfeited: false }),
    ...['2026-01-08', '2026-01-09'].map((day) =>
      event('session-a', 'SessionRescheduled', day, {
        ...former,
        by: 'coach',
        to: { startsAt: '2026-01-16T09:00:00.000Z' },
      }),
    ),
  ];
  expect(signals('2026-01-20', ...told)).toEqual(['moves-in-a-row', 'no-show']);
  const rematched = event('engagement-one', 'EngagementEnded', '2026-01-18', { engagementId: 'one' });
  expect(signals('2026-01-20', ...told, rematched)).toEqual([]);
});
