import { expect, it } from '@jest/globals';
import { Programme } from '../../../test/programme.js';

const first = { theme: 'giving-feedback', weight: 1, targetDate: '2026-06-01' };
const second = { theme: 'navigating-conflict', weight: 2, targetDate: '2026-07-01' };
const third = { theme: 'giving-feedback', weight: 3, targetDate: '2026-08-01' };
const goal = (when: string, ...told: Parameters<Programme['goal']>[1]) =>
  new Programme()
    .active('p')
    .goal('p', [['01-10', { fact: 'proposed', ...first }], ...told])
    .asOf(when).participants[0]!.goals[0];

it('a goal has the terms that were proposed, then those agreed, then those of the latest revision', () => {
  const told = [
    ['01-12', { fact: 'agreed', ...second }],
    ['01-14', { fact: 'revised', ...third }],
  ] as const;
  expect(goal('01-11', ...told)).toMatchObject({ ...first, status: 'draft' });
  expect(goal('01-13', ...told)).toMatchObject({ ...second, status: 'agreed' });
  expect(goal('01-15', ...told)).toMatchObject({ ...third, status: 'agreed' });
});

it('a goal is in progress from the first check-in after it was agreed', () => {
  const checkIn = ['01-14', { fact: 'checkedIn', by: 'coachee', movement: 'forward' }] as const;
  expect(goal('01-15', checkIn)).toMatchObject({ status: 'draft' });
  expect(goal('01-15', ['01-12', { fact: 'agreed', ...first }], checkIn)).toMatchObject({
    status: 'inProgress',
  });
});
