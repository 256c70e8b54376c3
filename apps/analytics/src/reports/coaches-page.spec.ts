import { describe, expect, it } from '@jest/globals';
import { at, Programme } from '../../test/programme.js';
import type { CoachFact } from '../projections/programs/coach-facts.js';
import { momentOf } from './as-of/moment.js';
import { historyOf } from './as-of/view.js';
import { coachesShown } from './coaches-page.js';

const knowing = (
  facts: readonly CoachFact[] = [],
  thirdCompletedAt: ReadonlyMap<string, number> = new Map(),
) => ({
  facts,
  thirdCompletedAt,
});

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
  expect(coachesShown(made.asOf('03-01'), knowing())).toMatchObject([{ coachId: 'coach', sessionsMoved: 2 }]);
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
    coachesShown(new Programme().asOf(when), knowing(facts)).map(({ status, capacity }) => [
      status,
      capacity,
    ]);
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
  expect(coachesShown(made.asOf('03-01'), knowing())).toMatchObject([
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
  expect(coachesShown(made.asOf('03-01'), knowing())).toMatchObject([
    { activeCoachees: 2, coacheesInAll: 4 },
  ]);
});

it('rates are of the coach’s own sessions, by party', () => {
  const made = new Programme().active('p').held('p', '02-03 09:00', '02-04 09:00');
  const starts = '02-10 09:00';
  const moved = {
    fact: 'moved',
    by: 'coachee',
    startsAt: at(starts),
    endsAt: at(starts) + 3_600_000,
  } as const;
  made
    .session('p', starts, [['02-10 10:00', { fact: 'noShow', by: 'coach', forfeited: false }]])
    .session('p', starts, [
      ['02-08', moved],
      ['02-09 12:00', { fact: 'cancelled', by: 'coachee', late: true, forfeited: true }],
    ])
    // Nobody has judged it yet.
    .session('p', starts);
  const elsewhere = made.facts.sessions.map((fact) => ({
    ...fact,
    stream: `other ${fact.stream}`,
    sessionId: `other ${fact.sessionId}`,
    coachId: 'other',
  }));
  const { facts } = made;
  const view = historyOf({ ...facts, sessions: [...facts.sessions, ...elsewhere.slice(0, 2)] })(
    momentOf(at('03-01'), 'occurredAt'),
  )!;
  const part = (numerator: number, denominator: number) => ({
    value: numerator / denominator,
    numerator,
    denominator,
  });
  const [coach, other] = coachesShown(view, knowing());
  expect(coach!.rates).toEqual({
    completion: part(2, 4),
    coachNoShow: part(1, 4),
    coachLateCancel: part(0, 4),
    movedByCoach: part(0, 5),
    coacheeNoShow: part(0, 4),
    coacheeLateCancel: part(1, 4),
    movedByCoachee: part(1, 5),
  });
  expect(other).toMatchObject({ coachId: 'other', rates: { completion: part(1, 1) } });
});

describe('rematches of a coach', () => {
  const first = (matched: string) =>
    [
      ['01-06', { fact: 'requested', kind: 'first' }],
      [matched, { fact: 'matched', score: 0.8 }],
    ] as const;
  const again = (asked: string) => [[asked, { fact: 'requested', kind: 'rematch' }]] as const;
  it('are of people matched sixty days before, by whom it was they were to leave', () => {
    const made = new Programme();
    for (const [person, matched] of [
      ['a', '01-07'],
      ['b', '01-07'],
      ['c', '02-07'],
    ] as const)
      // prettier-ignore
      made.active(person).matched(person, first(matched));
    made.matched('a', again('02-20')).matched('c', again('02-21'));
    const rematch = (when: string) => coachesShown(made.asOf(when), knowing())[0]!.rematch;
    expect(rematch('03-07')).toEqual({ value: null, numerator: 0, denominator: 0 });
    expect(rematch('03-08')).toEqual({ value: 1 / 2, numerator: 1, denominator: 2 });
    expect(rematch('04-08')).toEqual({ value: 2 / 3, numerator: 2, denominator: 3 });
  });
});

it('credentials are those of the moment, the latest of each name and issuer', () => {
  const PCC = { credential: 'PCC', issuer: 'ICF' } as const;
  const facts = [
    fact('02-01', { fact: 'credential', ...PCC, day: '2026-02-10' }),
    fact('02-02', { fact: 'credential', credential: 'EIA', issuer: 'EMCC' }),
    fact('02-03', { fact: 'approved', capacity: 5 }),
    fact('02-11', { fact: 'expired', ...PCC, day: '2026-02-10' }),
    fact('02-20', { fact: 'credential', ...PCC, day: '2029-02-10' }),
  ];
  const shown = (when: string) =>
    coachesShown(new Programme().asOf(when), knowing(facts)).map(({ credentials }) =>
      credentials.map(({ credential, expiresOn, valid }) => [credential, expiresOn, valid]),
    );
  // Nobody is shown before they are approved.
  expect(shown('02-02')).toEqual([]);
  const EIA = ['EIA', null, true];
  expect(shown('02-05')).toEqual([[['PCC', '2026-02-10', true], EIA]]);
  expect(shown('02-15')).toEqual([[['PCC', '2026-02-10', false], EIA]]);
  expect(shown('02-21')).toEqual([[EIA, ['PCC', '2029-02-10', true]]]);
});

it('a reassessment is due after the third completed engagement, and a year after the latest', () => {
  const facts = [
    fact('02-01', { fact: 'approved', capacity: 5 }),
    fact('02-20', { fact: 'reassessed', outcome: 'watch' }),
  ];
  const third = new Map([['coach', at('02-10')]]);
  const shown = (when: string, year = 2026) =>
    coachesShown(
      new Programme().history({ at: at(when) + (year - 2026) * 365 * 86_400_000, knownAt: Infinity })!,
      knowing(facts, third),
    )[0]!.reassessment;
  const [thirdAt, latestAt] = ['2026-02-10T00:00:00.000Z', '2026-02-20T00:00:00.000Z'];
  expect(shown('02-12')).toEqual({ latest: null, dueAt: thirdAt, isDue: true });
  const latest = { outcome: 'watch', at: latestAt };
  expect(shown('03-01')).toEqual({ latest, dueAt: '2027-02-20T00:00:00.000Z', isDue: false });
  expect(shown('03-01', 2027)).toMatchObject({ isDue: true });
  const none = coachesShown(new Programme().asOf('03-01'), knowing([facts[0]!]));
  expect(none[0]!.reassessment).toEqual({ latest: null, dueAt: null, isDue: false });
});

it('a coach whom the reader may not see is left out', () => {
  const approved = [fact('02-01', { fact: 'approved', capacity: 5 })];
  const shown = (of: (coachId: string) => boolean) =>
    coachesShown(new Programme().asOf('03-01'), knowing(approved), of);
  expect(shown(() => true)).toHaveLength(1);
  expect(shown((coachId) => coachId !== 'coach')).toEqual([]);
});
