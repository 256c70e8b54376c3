import { expect, it } from '@jest/globals';
import { Programme } from '../../test/programme.js';
import { betweenSessionsShown } from './people-pages.js';

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
    return betweenSessionsShown(view.participants[0]!, view, false).practice.overdue;
  };
  // Midnight in Berlin is 23:00 UTC.
  expect(overdue('02-10 22:59')).toBe(0);
  expect(overdue('02-10 23:00')).toBe(1);
  expect(overdue('02-12 00:00')).toBe(0);
});
