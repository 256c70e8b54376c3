import { expect, it } from '@jest/globals';
import { at, Programme } from '../../test/programme.js';
import { asCoachSees, betweenSessionsShown, participantShown } from './people-pages.js';

it('a practice is overdue from the day after its due day on, in the programme’s zone, until it is reported', () => {
  const aim = { theme: 'giving-feedback', weight: 1, targetDate: '2026-06-30' };
  const made = new Programme({ zone: 'Europe/Berlin' }).active('p').goal('p', [
    ['01-12', { fact: 'proposed', ...aim }],
    ['01-13', { fact: 'agreed', ...aim }],
    ['01-13', { fact: 'committed', practiceId: 'practice', dueOn: '2026-02-10' }],
    ['02-12', { fact: 'reported', practiceId: 'practice', done: 'yes' }],
  ]);
  const overdue = (when: string) => {
    const view = made.asOf(when);
    return betweenSessionsShown(view.participants[0]!, view, { goals: false, coaches: true }).practice
      .overdue;
  };
  // Midnight in Berlin is 23:00 UTC.
  expect(overdue('02-10 22:59')).toBe(0);
  expect(overdue('02-10 23:00')).toBe(1);
  expect(overdue('02-12 00:00')).toBe(0);
});

it('the last activity is the answer to the invitation, a step in the calendar, a session held or a goal, whichever is last', () => {
  const aim = { theme: 'giving-feedback', weight: 1, targetDate: '2026-06-30' };
  const moved = {
    fact: 'moved',
    by: 'coach',
    startsAt: at('02-18 09:00'),
    endsAt: at('02-18 10:00'),
  } as const;
  const made = new Programme()
    .active('p', '01-06')
    .held('p', '01-14 09:00')
    .goal('p', [['01-20', { fact: 'proposed', ...aim }]])
    .session(
      'p',
      '02-11 09:00',
      [
        ['02-02', moved],
        ['02-09', { fact: 'cancelled', by: 'coachee', late: false, forfeited: false }],
      ],
      '01-10',
    );
  const lastActivity = (when: string) => {
    const view = made.asOf(when);
    return participantShown(view.participants[0]!, view, { goals: false, coaches: true }).lastActivity?.slice(
      5,
      16,
    );
  };
  expect(lastActivity('01-06')).toBe('01-06T00:00');
  expect(lastActivity('01-15')).toBe('01-14T09:00');
  expect(lastActivity('01-21')).toBe('01-20T00:00');
  expect(lastActivity('02-03')).toBe('02-02T00:00');
  expect(lastActivity('02-10')).toBe('02-09T00:00');
});

it('between sessions counts since the last session that was held, and what is open of the goals', () => {
  const aim = { theme: 'giving-feedback', weight: 1, targetDate: '2026-06-30' };
  const agreed = [
    ['01-12', { fact: 'proposed', ...aim }],
    ['01-13', { fact: 'agreed', ...aim }],
  ] as const;
  const moved = (day: string, movement: 'forward' | 'back') =>
    [day, { fact: 'checkedIn', by: 'coachee', movement }] as const;
  const view = new Programme()
    .active('p')
    .held('p', '01-14 09:00', '02-11 09:00')
    .session('p', '03-11 09:00')
    .matched('p', [
      ['01-06', { fact: 'requested', kind: 'first' }],
      ['01-07', { fact: 'matched', score: 0.8 }],
      ['01-20', { fact: 'ended', reason: 'rematch' }],
    ])
    .matched('p', [
      ['01-20', { fact: 'requested', kind: 'rematch' }],
      ['01-21', { fact: 'matched', score: 0.8, coachId: 'other' } as never],
    ])
    .goal('p', [
      ...agreed,
      ['01-13', { fact: 'committed', practiceId: 'early', dueOn: '2026-01-20' }],
      ['01-20', { fact: 'reported', practiceId: 'early', done: 'yes' }],
      moved('01-20', 'back'),
      ['02-12', { fact: 'committed', practiceId: 'late', dueOn: '2026-02-20' }],
      ['02-19', { fact: 'reported', practiceId: 'late', done: 'yes' }],
      moved('02-19', 'forward'),
    ])
    .goal('p', [...agreed, ['02-01', { fact: 'closed', outcome: 'attained' }]])
    .asOf('03-01');
  expect(betweenSessionsShown(view.participants[0]!, view, { goals: true, coaches: true })).toMatchObject({
    coachId: 'other',
    lastSession: '2026-02-11T09:00:00.000Z',
    daysSinceLastSession: 17,
    practice: { committed: 1, reported: 1, overdue: 0 },
    movement: { goals: 1, forward: 1, steady: 0, back: 0, last: 'forward' },
  });
  expect(
    participantShown(view.participants[0]!, view, { goals: true, coaches: true }).sessions,
  ).toMatchObject({
    completed: 2,
    due: 2,
  });
});

it('the next coach sees nothing of the engagement with the one before, nor that there was one, and that one nothing of the next', () => {
  const aim = { theme: 'giving-feedback', weight: 1, targetDate: '2026-06-30' };
  const asked = { fact: 'pulseRequested', theme: aim.theme, raters: 3 } as const;
  const made = new Programme()
    .active('p', '01-05', [['01-05', { fact: 'allotted', total: 6 }]])
    .matched('p', [
      ['01-06', { fact: 'requested', kind: 'first' }],
      ['01-07', { fact: 'matched', score: 0.8 }],
      ['02-20', { fact: 'ended', reason: 'rematch' }],
    ])
    .matched('p', [
      ['02-01', { fact: 'requested', kind: 'rematch' }],
      ['02-20', { fact: 'matched', score: 0.8, coachId: 'next' } as never],
    ])
    .held('p', '01-14 09:00', '01-28 09:00')
    .goal('p', [['01-20', { fact: 'proposed', ...aim }]])
    .pulse('p', [
      ['01-21', { ...asked, pulseId: 'former', dueOn: '2026-01-27' }],
      [
        '02-23 12:00',
        { fact: 'pulsesReleased', pulseId: 'former', theme: aim.theme, item: 'theme-behaviour' },
      ],
    ])
    .goal('p', [
      ['02-23', { fact: 'proposed', ...aim, coachId: 'next' } as never],
      ['02-23', { fact: 'agreed', ...aim }],
    ])
    .pulse('p', [['02-23', { ...asked, pulseId: 'present', dueOn: '2026-02-23' }]])
    .session('p', '02-25 09:00', [[at('02-25 10:02'), { fact: 'completed', auto: false }]], '02-21', 'next');
  const seen = (coachId: string, when: string) => {
    const view = made.asOf(when);
    return participantShown(asCoachSees(view.participants[0]!, coachId), view, {
      goals: true,
      coaches: true,
    });
  };
  expect(seen('next', '02-22')).toMatchObject({
    coachId: 'next',
    lastSession: null,
    lastActivity: '2026-02-20T00:00:00.000Z',
    sessions: { allotment: 4, completed: 0, due: 0 },
    goals: [],
    signals: [],
  });
  expect(seen('next', '02-24').signals).toMatchObject([{ signal: 'pulse-overdue' }]);
  expect(seen('next', '02-26').sessions).toMatchObject({ allotment: 4, completed: 1 });
  expect(seen('coach', '02-10')).toMatchObject({
    coachId: 'coach',
    sessions: { allotment: 6, completed: 2 },
    goals: [{ theme: 'giving-feedback' }],
  });
});
