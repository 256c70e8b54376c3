import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '@cairn/contracts';
import type { SessionFact } from '../../projections/participation/session-facts.js';
import { momentOf } from './moment.js';
import { isAhead, isCompleted, isDue, isForfeited, sessionAt, standing } from './session-at.js';

const day = (n: number, hour = 0) => Date.UTC(2026, 2, n, hour);
const refs = {
  sessionId: 's',
  engagementId: 'e',
  enrollmentId: 'n',
  programId: 'p',
  cohortId: 'c',
  personId: 'm',
  coachId: 'k',
};
type Said = SessionFact extends infer F
  ? F extends SessionFact
    ? Omit<F, keyof typeof refs | 'stream' | 'version' | 'index' | 'occurredAt' | 'recordedAt'>
    : never
  : never;
const stream = (...said: [at: number, said: Said, recordedAt?: number][]): SessionFact[] =>
  said.map(([occurredAt, each, recordedAt = occurredAt], n) => ({
    stream: 'session-s',
    version: n + 1,
    index: 0,
    occurredAt,
    recordedAt,
    ...refs,
    ...each,
  })) as SessionFact[];

const booked: [number, Said] = [
  day(1),
  { fact: 'scheduled', by: 'coach', startsAt: day(10, 9), endsAt: day(10, 10) },
];
const on = (date: number, facts: SessionFact[], basis: 'occurredAt' | 'recordedAt' = 'occurredAt') =>
  sessionAt(facts, momentOf(date, basis));

describe('a session that was cancelled, and held all the same', () => {
  const cancelled: [number, Said] = [
    day(5),
    { fact: 'cancelled', by: 'coachee', late: false, forfeited: false },
  ];
  const held: [number, Said] = [day(12), { fact: 'corrected', outcome: 'completed', forfeited: false }];
  it('lay ahead until then, and counts from its end on', () => {
    const facts = stream(booked, cancelled, held);
    expect([isAhead(on(day(6), facts)!, day(6)), isCompleted(on(day(6), facts)!)]).toEqual([true, false]);
    expect(isCompleted(on(day(10, 10) - 1, facts)!)).toBe(false);
    expect(standing(on(day(10, 10), facts)!)).toMatchObject({ what: 'completed', at: day(10, 10) });
    expect(on(day(6), facts, 'recordedAt')).toMatchObject({ cancelledAt: day(5) });
  });
  it('and is cancelled on its day again, once that is corrected too', () => {
    const back: [number, Said] = [
      day(13),
      { fact: 'corrected', outcome: 'cancelled-in-time', forfeited: false },
    ];
    expect(standing(on(day(6), stream(booked, cancelled, held, back))!)).toMatchObject({
      what: 'cancelled-in-time',
      at: day(5),
    });
  });
});

describe('a session as it stood', () => {
  it('was not there before it was scheduled, lay ahead until its start, and is due from then on', () => {
    const facts = stream(booked);
    expect(on(day(1) - 1, facts)).toBeUndefined();
    const before = on(day(10, 9) - 1, facts)!;
    expect([isAhead(before, day(10, 9) - 1), isDue(before, day(10, 9) - 1)]).toEqual([true, false]);
    const from = on(day(10, 9), facts)!;
    expect([isAhead(from, day(10, 9)), isDue(from, day(10, 9))]).toEqual([false, true]);
  });

  it('that was moved is one session at its last time', () => {
    const facts = stream(booked, [
      day(8),
      { fact: 'moved', by: 'coachee', startsAt: day(12, 9), endsAt: day(12, 10) },
    ]);
    expect(on(day(7), facts)).toMatchObject({ startsAt: day(10, 9), steps: [] });
    expect(on(day(8), facts)).toMatchObject({
      startsAt: day(12, 9),
      steps: [{ step: 'moved', by: 'coachee', at: day(8) }],
    });
  });

  it('cancelled in time is never due; cancelled late it is, and may be forfeited', () => {
    const inTime = on(
      day(20),
      stream(booked, [day(5), { fact: 'cancelled', by: 'coachee', late: false, forfeited: false }]),
    )!;
    expect([inTime.outcome?.what, isDue(inTime, day(20)), isAhead(inTime, day(6))]).toEqual([
      'cancelled-in-time',
      false,
      false,
    ]);
    const late = on(
      day(20),
      stream(booked, [day(10), { fact: 'cancelled', by: 'coachee', late: true, forfeited: true }]),
    )!;
    expect([late.outcome?.what, isDue(late, day(20)), isForfeited(late)]).toEqual([
      'coachee-late-cancel',
      true,
      true,
    ]);
  });

  it('cancelled by Cairn, on a pause or an end, is in time and nobody’s step', () => {
    const session = on(
      day(20),
      stream(booked, [day(10, 8), { fact: 'cancelled', by: 'cairn', late: false, forfeited: false }]),
    )!;
    expect(session.outcome?.what).toBe('cancelled-in-time');
    expect(session.steps).toEqual([]);
  });

  it('disputed has no standing outcome until it is corrected', () => {
    const facts = stream(
      booked,
      [day(10, 11), { fact: 'completed', auto: false }],
      [day(12), { fact: 'disputed', by: 'coachee' }],
    );
    expect(isCompleted(on(day(11), facts)!)).toBe(true);
    expect(standing(on(day(13), facts)!)).toBeUndefined();
  });

  it('corrected reads as corrected from the day of its outcome, asked by occurredAt; by recordedAt as it read then', () => {
    const facts = stream(
      booked,
      [day(10, 11), { fact: 'noShow', by: 'coachee', forfeited: true }],
      [day(12), { fact: 'disputed', by: 'coachee' }],
      [day(14), { fact: 'corrected', outcome: 'completed', forfeited: false }],
    );
    for (const basis of ['occurredAt', 'recordedAt'] as const)
      expect(isCompleted(on(day(14), facts, basis)!)).toBe(true);
    expect(standing(on(day(11), facts)!)).toEqual({
      what: 'completed',
      at: day(10, 11),
      forfeited: false,
      auto: false,
    });
    expect(standing(on(day(11), facts, 'recordedAt')!)).toMatchObject({
      what: 'coachee-no-show',
      forfeited: true,
    });
    expect(standing(on(day(13), facts, 'recordedAt')!)).toBeUndefined();
  });

  describe('corrected after a cancellation', () => {
    const cancelled = (...corrections: [day: number, outcome: Outcome][]) =>
      on(
        day(20),
        stream(
          booked,
          [day(5), { fact: 'moved', by: 'coach', startsAt: day(12, 9), endsAt: day(12, 10) }],
          [day(12), { fact: 'cancelled', by: 'coachee', late: true, forfeited: true }],
          ...corrections.map(([when, outcome]): [number, Said] => [
            day(when),
            { fact: 'corrected', outcome, forfeited: false },
          ]),
        ),
      )!;
    const moved = { step: 'moved', by: 'coach', at: day(5) };

    it('was not cancelled at all where it was held, missed or unconfirmed', () => {
      for (const outcome of ['completed', 'coach-no-show', 'unconfirmed'] as const) {
        const session = cancelled([14, outcome]);
        expect(session.steps).toEqual([moved]);
        expect(session.cancelledAt).toBeUndefined();
      }
    });
    it('was cancelled by whom the correction says, when it was', () => {
      const stepBy = (by: string) => ({ steps: [moved, { step: 'cancelled', by, at: day(12) }] });
      expect(cancelled([14, 'coach-late-cancel'])).toMatchObject({
        cancelledAt: day(12),
        ...stepBy('coach'),
      });
      expect(cancelled([14, 'cancelled-in-time'])).toMatchObject(stepBy('coachee'));
    });
    it('and corrected back, was cancelled as it was first', () =>
      expect(cancelled([14, 'completed'], [15, 'coachee-late-cancel'])).toMatchObject({
        cancelledAt: day(12),
        steps: [moved, { step: 'cancelled', by: 'coachee', at: day(12) }],
      }));
  });

  it('learnt of late is there by occurredAt, not yet by recordedAt', () => {
    const facts = stream(booked, [day(10, 11), { fact: 'completed', auto: false }, day(20)]);
    expect(isCompleted(on(day(11), facts)!)).toBe(true);
    expect(isCompleted(on(day(11), facts, 'recordedAt')!)).toBe(false);
    expect(isCompleted(on(day(20), facts, 'recordedAt')!)).toBe(true);
  });
});
