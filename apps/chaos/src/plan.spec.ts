import { describe, expect, it } from '@jest/globals';
import { planOf, told } from './plan.js';

describe('the plan of a run', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planOf(7, 50, 1_000)).toEqual(planOf(7, 50, 1_000));
    expect(planOf(8, 50, 1_000)).not.toEqual(planOf(7, 50, 1_000));
  });

  it('has as many points as told, in order, all of them while commands are sent', () => {
    const plan = planOf(7, 200, 50_000);
    const moments = plan.map(({ afterCommands }) => afterCommands);
    expect(plan).toHaveLength(200);
    expect(moments).toEqual([...moments].sort((a, b) => a - b));
    expect(moments.at(-1)).toBeLessThanOrEqual(47_500);
  });

  it('has every kind of fault within one round', () => {
    const kinds = planOf(3, 24, 1_000).map(({ fault }) =>
      fault.kind === 'lose-answer'
        ? `lose ${fault.of}`
        : fault.kind === 'restart'
          ? `${fault.killed ? 'kill' : 'restart'} ${fault.server}`
          : fault.kind,
    );
    expect([...new Set(kinds)].sort()).toEqual([
      'cut',
      'delay',
      'kill',
      'kill kafka',
      'kill postgres',
      'lose append',
      'lose command',
      'lose consumer-checkpoint',
      'lose projection-checkpoint',
      'lose publish',
      'lose relay-checkpoint',
      'pause',
      'pause-broker',
      'restart kafka',
      'restart postgres',
    ]);
  });

  it('can be told in words', () => {
    for (const { fault } of planOf(5, 24, 100)) expect(told(fault)).not.toMatch(/undefined/);
  });
});
