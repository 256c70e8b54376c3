import { expect, it } from '@jest/globals';
import { at, Programme } from '../../test/programme.js';
import { coachesShown } from './coaches-page.js';

it('sessions moved are those that the coach moved, each once, however often and whatever the coachee did', () => {
  const starts = '02-10 09:00';
  const moved = (by: 'coach' | 'coachee', when: string) =>
    [when, { fact: 'moved', by, startsAt: at(starts), endsAt: at(starts) + 3_600_000 }] as const;
  const made = new Programme()
    .active('p')
    .session('p', starts)
    .session('p', starts, [moved('coachee', '02-08')])
    .session('p', starts, [moved('coach', '02-08'), moved('coach', '02-09')])
    .session('p', starts, [moved('coachee', '02-08'), moved('coach', '02-09')])
    .session('p', starts, [['02-08', { fact: 'cancelled', by: 'coach', late: false, forfeited: false }]]);
  expect(coachesShown(made.asOf('03-01'), [])).toMatchObject([{ coachId: 'coach', sessionsMoved: 2 }]);
});
