import { fold } from '@cairn/decider';
import { describe, expect, it } from '@jest/globals';
import { goalDecider } from '../goal/goal.decider.js';
import type { GoalEvent } from '../goal/goal.events.js';
import type { KnownGoal } from '../goal/goal.decider.js';
import { happenedSince, openPractices } from './brief.js';

const refs = {
  goalId: 'g',
  engagementId: 'n',
  enrollmentId: 'e',
  programId: 'p',
  cohortId: 'c',
  personId: 'm',
  coachId: 'k',
};
const day = (n: number) => `2026-03-${String(n).padStart(2, '0')}T09:00:00.000Z`;
const events: GoalEvent[] = [
  {
    type: 'GoalProposed',
    occurredAt: day(1),
    data: {
      ...refs,
      by: 'coachee',
      textId: 't',
      theme: 'giving-feedback',
      weight: 1,
      targetDate: '2026-06-01',
    },
  },
  {
    type: 'GoalAgreed',
    occurredAt: day(2),
    data: { ...refs, theme: 'giving-feedback', weight: 1, targetDate: '2026-06-01' },
  },
  {
    type: 'PracticeCommitted',
    occurredAt: day(3),
    data: { ...refs, practiceId: 'x', dueOn: '2026-03-08', textId: 'u' },
  },
  {
    type: 'PracticeCommitted',
    occurredAt: day(3),
    data: { ...refs, practiceId: 'y', dueOn: '2026-03-20', textId: 'v' },
  },
  {
    type: 'PracticeReported',
    occurredAt: day(9),
    data: { ...refs, practiceId: 'x', done: 'partly', textId: null },
  },
  { type: 'GoalSharingSet', occurredAt: day(10), data: { ...refs, with: 'hr', shared: true } },
];
const goals = [{ goal: fold(goalDecider, events) as KnownGoal, events }];

describe('the brief', () => {
  it('says what happened since the last session, and nothing from before', () => {
    expect(happenedSince(goals, day(3)).map(({ what, detail }) => `${what}: ${detail}`)).toEqual([
      'PracticeReported: done: partly',
    ]);
    expect(happenedSince(goals, null)).toHaveLength(5);
    expect(happenedSince([], null)).toEqual([]);
  });
  it('says by whom each was done, where the event itself does not name them too', () => {
    const scored = (scorer: 'self' | 'observed'): GoalEvent => ({
      type: 'AttainmentScored',
      occurredAt: day(10),
      data: { ...refs, level: 0, scorer, moment: 'interim' },
    });
    const all = [...events, scored('self'), scored('observed')];
    const told = happenedSince([{ goal: goals[0]!.goal, events: all }], null);
    expect(told.map(({ what, by }) => `${what}: ${by}`)).toEqual([
      'GoalProposed: coachee',
      'GoalAgreed: coach',
      'PracticeCommitted: coachee',
      'PracticeCommitted: coachee',
      'PracticeReported: coachee',
      'AttainmentScored: coachee',
      'AttainmentScored: coach',
    ]);
    const [proposed, agreed] = events as [Extract<GoalEvent, { type: 'GoalProposed' }>, GoalEvent];
    const ofCoach: GoalEvent[] = [{ ...proposed, data: { ...proposed.data, by: 'coach' } }, agreed];
    const goal = fold(goalDecider, ofCoach) as KnownGoal;
    expect(happenedSince([{ goal, events: ofCoach }], null).map(({ by }) => by)).toEqual([
      'coach',
      'coachee',
    ]);
  });
  it('names practice that is still open, and whether it is overdue', () => {
    expect(openPractices(goals, '2026-03-21')).toEqual([
      {
        goalId: 'g',
        theme: 'giving-feedback',
        practiceId: 'y',
        dueOn: '2026-03-20',
        overdue: true,
        textId: 'v',
      },
    ]);
    expect(openPractices(goals, '2026-03-20')[0]!.overdue).toBe(false);
  });
  it('names first what is due first, in whatever order it was committed to', () => {
    const sooner: GoalEvent = {
      type: 'PracticeCommitted',
      occurredAt: day(10),
      data: { ...refs, practiceId: 'z', dueOn: '2026-03-15', textId: 'w' },
    };
    const goal = fold(goalDecider, [...events, sooner]) as KnownGoal;
    expect(openPractices([{ goal, events: [] }], '2026-03-21').map(({ dueOn }) => dueOn)).toEqual([
      '2026-03-15',
      '2026-03-20',
    ]);
  });
});
