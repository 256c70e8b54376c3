import { expect, it } from '@jest/globals';
import { at, Programme } from '../../test/programme.js';
import type { CoachFact } from '../projections/programs/coach-facts.js';
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

const fact = (day: string, said: object) =>
  ({
    stream: 'coach',
    version: Number(day.slice(3)),
    index: 0,
    occurredAt: at(day),
    recordedAt: at(day),
    coachId: 'coach',
    ...said,
  }) as CoachFact;

it('status and capacity are those of the moment', () => {
  const facts = [
    fact('02-01', { fact: 'approved', capacity: 5 }),
    fact('02-10', { fact: 'capacityChanged', capacity: 3 }),
    fact('02-20', { fact: 'suspended', reason: 'leave' }),
    fact('02-25', { fact: 'reinstated' }),
    fact('02-27', { fact: 'retired', reason: 'stopped-coaching' }),
  ];
  const shown = (when: string) =>
    coachesShown(new Programme().asOf(when), facts).map(({ status, capacity }) => [status, capacity]);
  expect(shown('01-31')).toEqual([]);
  expect(shown('02-05')).toEqual([['approved', 5]]);
  expect(shown('02-15')).toEqual([['approved', 3]]);
  expect(shown('02-21')).toEqual([['suspended', 3]]);
  expect(shown('02-26')).toEqual([['approved', 3]]);
  expect(shown('02-28')).toEqual([['retired', 3]]);
});

it('no-shows and late cancellations are the coach’s own, and sessions completed those that were held', () => {
  const cancelled = (by: 'coach' | 'coachee') =>
    ['02-09 12:00', { fact: 'cancelled', by, late: true, forfeited: false }] as const;
  const missed = (by: 'coach' | 'coachee') =>
    ['02-10 10:00', { fact: 'noShow', by, forfeited: false }] as const;
  const made = new Programme().active('p').held('p', '02-03 09:00', '02-04 09:00', '02-05 09:00');
  for (const told of [missed('coach'), missed('coach'), missed('coachee'), cancelled('coach')])
    made.session('p', '02-10 09:00', [told]);
  for (const told of [cancelled('coachee'), cancelled('coachee')]) made.session('p', '02-10 09:00', [told]);
  expect(coachesShown(made.asOf('03-01'), [])).toMatchObject([
    { sessionsCompleted: 3, noShows: 2, lateCancellations: 1 },
  ]);
});

it('coachees are people, each once: active are those whose match and enrolment go on', () => {
  const matched = [
    ['01-06', { fact: 'requested', kind: 'first' }],
    ['01-07', { fact: 'matched', score: 0.8 }],
  ] as const;
  const ended = ['02-01', { fact: 'ended', reason: 'rematch' }] as const;
  const made = new Programme()
    .active('on')
    .matched('on', matched)
    .active('again')
    .matched('again', [...matched, ended])
    .matched('again', matched)
    .active('match ended')
    .matched('match ended', [...matched, ended])
    .active('left', '01-05', [['02-01', { fact: 'discontinued', reason: 'too-busy' }]])
    .matched('left', matched);
  expect(coachesShown(made.asOf('03-01'), [])).toMatchObject([{ activeCoachees: 2, coacheesInAll: 4 }]);
});
