import { describe, expect, it } from '@jest/globals';
import type { OpinionFact } from '../../projections/opinions/opinion-facts.js';
import type { Participant } from '../as-of/view.js';
import { observedChange, selfChange } from './behaviour-change.js';
import { nps } from './nps.js';
import { satisfaction } from './satisfaction.js';

/** What each measure makes of one person's facts, oldest first. */

const THEME = 'feedback';

function measured(enrollmentId: string, moment: string, means: Record<string, number>): OpinionFact {
  const results = Object.entries(means).map(([category, mean]) => ({
    theme: THEME,
    category,
    mean,
    itemMeans: [mean, mean, mean],
  }));
  const questionnaire = { questionnaire: 'manager', questionnaireVersion: 1 };
  return { fact: 'measured', enrollmentId, moment, ...questionnaire, results } as unknown as OpinionFact;
}
const taking = (sessions: readonly object[], enrollment: object = {}): Participant =>
  ({ enrollment: { enrollmentId: 'this', ...enrollment }, sessions }) as unknown as Participant;
const session = (sessionId: string, coachId: string, what = 'completed') => ({
  sessionId,
  coachId,
  disputed: false,
  outcome: { what },
});

describe('behaviour change', () => {
  const change = (...own: OpinionFact[]) => selfChange.figure(own, THEME, taking([]));

  it('is by the latest follow-up since the latest baseline', () => {
    const early = measured('this', 'baseline', { self: 2 });
    const baseline = measured('this', 'baseline', { self: 3 });
    const first = measured('this', 'followUp', { self: 4 });
    const second = measured('this', 'followUp', { self: 6 });
    expect(change(early, baseline, first, second)).toBe(3);
  });
  it('is of one enrolment: what was measured in another is no baseline of it', () => {
    const before = measured('another', 'baseline', { self: 1 });
    const followUp = measured('this', 'followUp', { self: 4 });
    expect(change(before, followUp)).toBeUndefined();
    expect(change(before, measured('this', 'baseline', { self: 3 }), followUp)).toBe(1);
  });
  it('observed is over the categories that answered both, and none of them is the coachee', () => {
    const own = [
      measured('this', 'baseline', { self: 1, manager: 3, peers: 4 }),
      measured('this', 'followUp', { self: 7, manager: 5, reports: 7 }),
    ];
    expect(observedChange.figure(own, THEME, taking([]))).toBe(2);
  });
});

describe('satisfaction by coach', () => {
  const rated = (sessionId: string) => ({ fact: 'rated', sessionId }) as unknown as OpinionFact;
  const after = taking([
    session('1', 'former'),
    session('2', 'next'),
    session('3', 'next'),
    session('4', 'nobody', 'coachee-no-show'),
  ]);

  it('is of the coach whose session was rated last, of whoever has rated none of the last one', () => {
    expect(satisfaction.coachOf!([rated('1')], after)).toBe('former');
    expect(satisfaction.coachOf!([rated('1'), rated('3')], after)).toBe('next');
    expect(satisfaction.coachOf!([], after)).toBe('next');
  });
});

describe('who could have recommended the programme', () => {
  const held = (count: number, enrollment = {}) => {
    const sessions = Array.from({ length: count }, (_, n) => session(String(n), 'coach'));
    return nps.could(taking(sessions, enrollment), 0);
  };

  it('is who was asked: after the third session, or at the end', () => {
    expect([held(2), held(3)]).toEqual([false, true]);
    const endedAt = new Date(0);
    expect([held(0, { endedAt }), held(1, { endedAt })]).toEqual([false, true]);
  });
});
