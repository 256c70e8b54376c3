import { fold } from '@cairn/decider';
import { given } from '@cairn/decider/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { GoalCommand } from './goal.commands.js';
import { goalDecider } from './goal.decider.js';
import type { GoalEvent, Level } from './goal.events.js';

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
const terms = { theme: 'giving-feedback', weight: 2, targetDate: '2026-06-01' };
const levelTextIds = ['a', 'b', 'c', 'd', 'e'];

const proposed: GoalEvent = {
  type: 'GoalProposed',
  occurredAt: day(1),
  data: { ...refs, by: 'coachee', textId: 't', ...terms },
};
const agreed: GoalEvent = { type: 'GoalAgreed', occurredAt: day(2), data: { ...refs, ...terms } };
const scaled: GoalEvent = {
  type: 'AttainmentScaleDefined',
  occurredAt: day(2),
  data: { ...refs, by: 'coach', baselineLevel: -1, levelTextIds },
};
const committed: GoalEvent = {
  type: 'PracticeCommitted',
  occurredAt: day(3),
  data: { ...refs, practiceId: 'x', dueOn: '2026-03-10', textId: 'u' },
};
const reported: GoalEvent = {
  type: 'PracticeReported',
  occurredAt: day(9),
  data: { ...refs, practiceId: 'x', done: 'partly', textId: null },
};
const scored: GoalEvent = {
  type: 'AttainmentScored',
  occurredAt: day(9),
  data: { ...refs, level: 1, scorer: 'self', moment: 'closing' },
};
const closedGoal: GoalEvent = {
  type: 'GoalClosed',
  occurredAt: day(20),
  data: { ...refs, by: 'coachee', outcome: 'attained' },
};
const past = (...events: GoalEvent[]) => given(goalDecider, ...events);

describe('a goal', () => {
  it('is proposed by one and agreed by the other', () => {
    past()
      .when({ kind: 'propose', at: day(1), refs, by: 'coachee', terms, textId: 't' })
      .then(proposed);
    past(proposed)
      .when({ kind: 'agree', at: day(2), by: 'coach' })
      .then(agreed);
    past(proposed)
      .when({ kind: 'agree', at: day(2), by: 'coachee' })
      .thenRefused('other-party-agrees');
  });
  it('that was revised before it was agreed is agreed by whoever did not revise it', () => {
    const data = { ...refs, by: 'coach', ...terms, weight: 3, textId: null } as const;
    const revised: GoalEvent = { type: 'GoalRevised', occurredAt: day(2), data };
    past(proposed, revised)
      .when({ kind: 'agree', at: day(3), by: 'coach' })
      .thenRefused('other-party-agrees');
    past(proposed, revised)
      .when({ kind: 'agree', at: day(3), by: 'coachee' })
      .then({ type: 'GoalAgreed', occurredAt: day(3), data: { ...refs, ...terms, weight: 3 } });
  });
  it('has a positive weight', () => {
    past()
      .when({ kind: 'propose', at: day(1), refs, by: 'coach', terms: { ...terms, weight: 0 }, textId: 't' })
      .thenRefused('weight');
    past(proposed)
      .when({ kind: 'revise', at: day(2), by: 'coach', terms: { weight: -1 }, textId: null })
      .thenRefused('weight');
  });
  it('has a scale of five levels, fixed once it was scored on', () => {
    past(proposed, agreed)
      .when({ kind: 'define-scale', at: day(2), by: 'coach', baselineLevel: -1, levelTextIds })
      .then(scaled);
    past(proposed)
      .when({ kind: 'define-scale', at: day(2), by: 'coach', baselineLevel: -1, levelTextIds: ['a'] })
      .thenRefused('scale-levels');
    past(proposed, agreed, scaled, scored)
      .when({ kind: 'define-scale', at: day(10), by: 'coach', baselineLevel: 0, levelTextIds })
      .thenRefused('scale-fixed');
  });
  it('is practised between sessions', () => {
    past(proposed, agreed)
      .when({ kind: 'commit-practice', at: day(3), practiceId: 'x', dueOn: '2026-03-10', textId: 'u' })
      .then(committed);
    past(proposed, agreed, committed)
      .when({ kind: 'report-practice', at: day(9), practiceId: 'x', done: 'partly', textId: null })
      .then(reported);
    past(proposed, agreed, committed, reported)
      .when({ kind: 'report-practice', at: day(9), practiceId: 'x', done: 'yes', textId: null })
      .thenRefused('practice-reported');
    past(proposed, agreed, committed, reported)
      .when({ kind: 'report-practice', at: day(9), practiceId: 'x', done: 'partly', textId: 'more' })
      .thenRefused('practice-reported');
    past(proposed, agreed, committed)
      .when({ kind: 'report-practice', at: day(9), practiceId: 'x', done: 'partly', textId: 'how' })
      .thenRepeatedYieldsNothing();
    past(proposed, agreed)
      .when({ kind: 'report-practice', at: day(9), practiceId: 'y', done: 'yes', textId: null })
      .thenRefused('not-found');
    past(proposed)
      .when({ kind: 'commit-practice', at: day(3), practiceId: 'x', dueOn: '2026-03-10', textId: 'u' })
      .thenRefused('goal-state');
    past(proposed, agreed, committed, closedGoal)
      .when({ kind: 'report-practice', at: day(21), practiceId: 'x', done: 'yes', textId: null })
      .thenRefused('goal-state');
  });
  it('moves by check-ins', () => {
    past(proposed, agreed)
      .when({ kind: 'check-in', at: day(5), movement: 'forward', textId: null })
      .then({
        type: 'CheckInRecorded',
        occurredAt: day(5),
        data: { ...refs, by: 'coachee', movement: 'forward', textId: null },
      });
    expect(fold(goalDecider, [proposed, agreed, committed]).status).toBe('inProgress');
    past(proposed)
      .when({ kind: 'check-in', at: day(5), movement: 'forward', textId: null })
      .thenRefused('goal-state');
  });
  it('is scored on its scale; the score names its scorer', () => {
    past(proposed, agreed, scaled)
      .when({ kind: 'score', at: day(9), by: 'coachee', level: 1, moment: 'closing' })
      .then(scored);
    past(proposed, agreed, scaled)
      .when({ kind: 'score', at: day(9), by: 'coach', level: 0, moment: 'closing' })
      .then({
        type: 'AttainmentScored',
        occurredAt: day(9),
        data: { ...refs, level: 0, scorer: 'observed', moment: 'closing' },
      });
    past(proposed, agreed)
      .when({ kind: 'score', at: day(9), by: 'coachee', level: 1, moment: 'closing' })
      .thenRefused('no-scale');
  });
  it('has a score of each of the two, also where they see it alike', () => {
    past(proposed, agreed, scaled, scored)
      .when({ kind: 'score', at: day(9), by: 'coach', level: 1, moment: 'closing' })
      .then({
        type: 'AttainmentScored',
        occurredAt: day(9),
        data: { ...refs, level: 1, scorer: 'observed', moment: 'closing' },
      });
  });
  it.each(['interim', 'closing'] as const)(
    'may stand at the same level at one %s score after another',
    (moment) => {
      const score = (n: number): GoalEvent => ({
        type: 'AttainmentScored',
        occurredAt: day(n),
        data: { ...refs, level: 0, scorer: 'self', moment },
      });
      past(proposed, agreed, scaled, score(9))
        .when({ kind: 'score', at: day(16), by: 'coachee', level: 0, moment })
        .then(score(16));
    },
  );
  it('is revised while open', () => {
    past(proposed, agreed)
      .when({ kind: 'revise', at: day(4), by: 'coach', terms: { targetDate: '2026-07-01' }, textId: null })
      .then({
        type: 'GoalRevised',
        occurredAt: day(4),
        data: { ...refs, by: 'coach', ...terms, targetDate: '2026-07-01', textId: null },
      });
    past(proposed, agreed, closedGoal)
      .when({ kind: 'revise', at: day(21), by: 'coach', terms: { weight: 3 }, textId: null })
      .thenRefused('goal-state');
  });
  it('is closed with an outcome; a draft can only be dropped', () => {
    past(proposed, agreed)
      .when({ kind: 'close', at: day(20), by: 'coachee', outcome: 'attained' })
      .then(closedGoal);
    past(proposed)
      .when({ kind: 'close', at: day(20), by: 'coachee', outcome: 'attained' })
      .thenRefused('goal-state');
    past(proposed)
      .when({ kind: 'close', at: day(20), by: 'coach', outcome: 'dropped' })
      .then({ type: 'GoalClosed', occurredAt: day(20), data: { ...refs, by: 'coach', outcome: 'dropped' } });
    past(proposed, agreed, closedGoal)
      .when({ kind: 'close', at: day(21), by: 'coachee', outcome: 'dropped' })
      .thenRefused('goal-state');
  });
  it('is shared, and no longer shared, as the coachee wishes', () => {
    past(proposed)
      .when({ kind: 'share', at: day(2), with: 'hr', shared: true })
      .then({ type: 'GoalSharingSet', occurredAt: day(2), data: { ...refs, with: 'hr', shared: true } });
    past(proposed)
      .when({ kind: 'share', at: day(2), with: 'hr', shared: false })
      .thenNothing();
  });
  it('takes its facts in the order in which they happened', () => {
    past(proposed, agreed)
      .when({ kind: 'check-in', at: day(1), movement: 'forward', textId: null })
      .thenRefused('out-of-order');
  });
  it('does not exist before it is proposed', () => {
    past()
      .when({ kind: 'agree', at: day(1), by: 'coach' })
      .thenRefused('not-found');
  });
  it('gives no event when a command is repeated', () => {
    past()
      .when({ kind: 'propose', at: day(1), refs, by: 'coachee', terms, textId: 't' })
      .thenRepeatedYieldsNothing();
    past(proposed)
      .when({ kind: 'agree', at: day(2), by: 'coach' })
      .thenRepeatedYieldsNothing();
    past(proposed)
      .when({ kind: 'define-scale', at: day(2), by: 'coach', baselineLevel: -1, levelTextIds })
      .thenRepeatedYieldsNothing();
    past(proposed, agreed)
      .when({ kind: 'commit-practice', at: day(3), practiceId: 'x', dueOn: '2026-03-10', textId: 'u' })
      .thenRepeatedYieldsNothing();
    past(proposed, agreed, committed)
      .when({ kind: 'report-practice', at: day(9), practiceId: 'x', done: 'yes', textId: null })
      .thenRepeatedYieldsNothing();
    past(proposed)
      .when({ kind: 'revise', at: day(9), by: 'coachee', terms: { weight: 3 }, textId: 'v' })
      .thenRepeatedYieldsNothing();
    past(proposed)
      .when({ kind: 'close', at: day(9), by: 'coachee', outcome: 'dropped' })
      .thenRepeatedYieldsNothing();
    past(proposed)
      .when({ kind: 'share', at: day(9), with: 'manager', shared: true })
      .thenRepeatedYieldsNothing();
  });

  it('closes at most once and takes nothing but sharing afterwards, whatever is asked of it', () => {
    const at = fc.integer({ min: 1, max: 28 }).map(day);
    const by = fc.constantFrom('coachee' as const, 'coach' as const);
    const level = fc.constantFrom<Level>(-2, -1, 0, 1, 2);
    const command: fc.Arbitrary<GoalCommand> = fc.oneof(
      fc.record({ kind: fc.constant('agree' as const), at, by }),
      fc.record({
        kind: fc.constant('score' as const),
        at,
        by,
        level,
        moment: fc.constantFrom('interim' as const, 'closing' as const),
      }),
      fc.record({
        kind: fc.constant('define-scale' as const),
        at,
        by,
        baselineLevel: level,
        levelTextIds: fc.constant(levelTextIds),
      }),
      fc.record({
        kind: fc.constant('close' as const),
        at,
        by,
        outcome: fc.constantFrom('attained' as const, 'dropped' as const),
      }),
      fc.record({
        kind: fc.constant('share' as const),
        at,
        with: fc.constant('hr' as const),
        shared: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant('check-in' as const),
        at,
        movement: fc.constant('forward' as const),
        textId: fc.constant(null),
      }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 25 }), (commands) => {
        let events: GoalEvent[] = [proposed];
        for (const c of commands) {
          const decision = goalDecider.decide(c, fold(goalDecider, events));
          if (decision.ok) events = [...events, ...decision.events];
        }
        const times = events.map((e) => e.occurredAt);
        expect(times).toEqual([...times].sort());
        const end = events.findIndex((e) => e.type === 'GoalClosed');
        if (end >= 0) expect(events.slice(end + 1).every((e) => e.type === 'GoalSharingSet')).toBe(true);
      }),
    );
  });
});
