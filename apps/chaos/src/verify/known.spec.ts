import { describe, expect, it } from '@jest/globals';
import { judgeKnown, KNOWN, type Known } from './known.js';
import type { Stored } from './seen.js';

const event = (version: number, type: string, data: object, day = '01'): Stored => ({
  id: `${type} ${version}`,
  stream: '',
  version,
  type,
  data,
  recordedAt: '',
  occurredAt: at(day),
});
const at = (day: string, hour = '09') => `2026-01-${day}T${hour}:00:00.000Z`;
const enrolment = { enrollmentId: 'n', personId: 'p' };
const engagement = { engagementId: 'g', enrollmentId: 'n', personId: 'p', coachId: 'c' };
const session = { ...engagement, sessionId: 's' };
const moved = { startsAt: at('13'), endsAt: at('13', '10') };

/** Somebody is enrolled and coached, has a session, moves it, is held up, and leaves. */
const LOGS: readonly Stored[] = [
  event(1, 'PersonAdded', { personId: 'p', department: 'Making', managerId: 'm' }),
  event(2, 'CoachApproved', { coachId: 'c', personId: 'q' }),
  event(1, 'ParticipantNominated', { ...enrolment, history: false }),
  event(3, 'EnrollmentActivated', { ...enrolment, endsOn: '2026-06-30' }),
  event(5, 'SessionsAllotted', { ...enrolment, total: 3 }),
  event(1, 'EngagementPlanned', engagement),
  event(1, 'SessionScheduled', { ...session, startsAt: at('12'), endsAt: at('12', '10') }),
  event(2, 'SessionRescheduled', { ...session, to: moved }),
  event(3, 'SessionAwaitingConfirmation', session),
  event(4, 'NoShowRecorded', { ...session, forfeited: true }),
  event(5, 'SessionForfeited', session),
  event(6, 'EnrollmentPaused', { ...enrolment, from: '2026-01-15' }),
  event(2, 'PersonLeft', { personId: 'p' }, '20'),
  event(7, 'EnrollmentDiscontinued', { ...enrolment, reason: 'left-the-company' }, '20'),
  event(3, 'EngagementEnded', engagement, '20'),
];
const person = { key: 'p', version: 2, department: 'Making', managerId: 'm', leftAt: new Date(at('20')) };
const coach = { key: 'c', version: 2, personId: 'q' };
const WELL: Known = {
  'sessions.known_people': [person],
  'goals.known_people': [person],
  'sessions.known_coaches': [coach],
  'goals.known_coaches': [coach],
  'sessions.known_enrollments': [
    {
      key: 'n',
      version: 7,
      history: false,
      allotment: 3,
      endsOn: '2026-06-30',
      pausedFrom: '2026-01-15',
      over: 'left-the-company',
      overAt: new Date(at('20')),
    },
  ],
  'goals.known_engagements': [
    { key: 'g', version: 3, enrollmentId: 'n', personId: 'p', coachId: 'c', overAt: new Date(at('20')) },
  ],
  'goals.known_sessions': [
    { key: 's', version: 4, engagementId: 'g', ...moved, held: false, cancelled: false },
  ],
  'enrollment.known_sessions': [
    { key: 's', version: 5, enrollmentId: 'n', startsAt: new Date(at('13')), unit: 'used', held: false },
  ],
};

describe('the judge of what services keep of each other', () => {
  it('finds nothing where it is what the events say', () => {
    expect(Object.keys(WELL).sort()).toEqual([...KNOWN].sort());
    expect(judgeKnown(LOGS, WELL)).toEqual([]);
  });

  it.each(KNOWN)('finds in %s what was never heard, heard twice over, or not to the end', (table) => {
    const [row] = WELL[table]!;
    const found = (rows: Known[string]) => judgeKnown(LOGS, { ...WELL, [table]: rows }).length;
    expect(found([])).toBe(1);
    expect(found([row!, { ...row!, key: 'another' }])).toBe(1);
    expect(found([{ ...row!, version: 1 }])).toBe(1);
    for (const column of Object.keys(row!).filter((name) => name !== 'key'))
      expect(found([{ ...row!, [column]: 'else' }])).toBe(1);
  });
});
