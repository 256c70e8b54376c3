import { describe, expect, it } from '@jest/globals';
import type { Participant } from '../as-of/view.js';
import { rematchReasons } from './rematch-reasons.js';
import { hadGoal } from './running.js';

const goal = { engagementId: 'e', agreedAt: 1 };
const withGoal = (closedAt?: number, endedAt?: number) =>
  ({
    goals: [{ ...goal, ...(closedAt === undefined ? {} : { closedAt }) }],
    engagements: [{ engagementId: 'e', ...(endedAt === undefined ? {} : { endedAt }) }],
  }) as unknown as Participant;

describe('since an instant', () => {
  it('a goal was open until it was closed or its engagement was over', () => {
    expect([withGoal(), withGoal(6), withGoal(6, 6), withGoal(undefined, 6)].map((each) => hadGoal(each, 5)))
      .toEqual([true, true, true, true]); // prettier-ignore
    expect([withGoal(5), withGoal(6, 5), withGoal(undefined, 5)].map((each) => hadGoal(each, 5))).toEqual([
      false,
      false,
      false,
    ]);
    expect(hadGoal({ goals: [{ engagementId: 'e' }], engagements: [] } as unknown as Participant, 5)).toBe(
      false,
    );
  });

  it('reasons for another coach were given where one was looked for then', () => {
    const looked = (kind: string, requestedAt: number) =>
      rematchReasons.could({ matches: [{ kind, requestedAt }] } as unknown as Participant, 5);
    expect([looked('rematch', 4), looked('rematch', 5), looked('first', 6)]).toEqual([false, true, false]);
  });
});
