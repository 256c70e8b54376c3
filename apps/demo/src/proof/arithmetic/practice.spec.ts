import { expect, it } from '@jest/globals';
import { event } from '../../../test/events.js';
import { enrollmentsOf } from './facts.js';
import { practiceByPerson } from './practice.js';

const session = (id: string, day: string) => [
  event(`session-${id}`, 'SessionScheduled', '2026-01-02', {
    sessionId: id,
    startsAt: `${day}T09:00:00.000Z`,
  }),
  event(`session-${id}`, 'SessionCompleted', day, { sessionId: id, auto: false }),
];

it('counts what was practised and how goals moved since the last session that was held', () => {
  const events = [
    event('enrollment-e', 'EnrollmentActivated', '2026-01-01'),
    ...session('a', '2026-02-01'),
    event('goal-1', 'GoalAgreed', '2026-01-10'),
    event('goal-1', 'PracticeCommitted', '2026-01-11', { practiceId: 'x', dueOn: '2026-02-10' }),
    event('goal-1', 'CheckInRecorded', '2026-01-20', { movement: 'back' }),
    event('goal-1', 'PracticeReported', '2026-02-05', { practiceId: 'x' }),
    event('goal-1', 'PracticeCommitted', '2026-02-06', { practiceId: 'y', dueOn: '2026-02-08' }),
    event('goal-1', 'CheckInRecorded', '2026-02-07', { movement: 'forward' }),
    event('goal-2', 'GoalAgreed', '2026-01-10'),
    event('goal-2', 'GoalClosed', '2026-01-30'),
  ];
  const program = { programId: 'g', zone: 'Europe/Berlin', cost: 1 };
  const found = practiceByPerson(enrollmentsOf(events), events, program, '2026-02-09T12:00:00.000Z');
  expect(found.get('p')).toEqual({
    committed: 1,
    reported: 1,
    overdue: 1,
    goals: 1,
    forward: 1,
    steady: 0,
    back: 0,
    last: 'forward',
  });
});
