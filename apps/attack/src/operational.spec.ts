import { describe, expect, it } from '@jest/globals';
import { attackMetrics } from './operational.js';
import { organisationOf } from './organisation.js';
import { WEAKENED_WALLS } from './weakened.js';

describe('who asks every operational measure, dimension and period, month after month, and subtracts', () => {
  it('finds nothing of fewer people than the minimum', () => {
    let heard = 0;
    for (let seed = 2; seed <= 7; seed++) {
      const found = attackMetrics(organisationOf(seed));
      expect({ seed, recovered: found.recovered }).toEqual({ seed, recovered: [] });
      heard += found.heard;
    }
    // It would hold of telling nothing at all.
    expect(heard).toBeGreaterThan(1000);
  }, 120_000);

  it.each(WEAKENED_WALLS.map((weakened) => [weakened.rule, weakened] as const))(
    'wins without "%s"',
    (_, weakened) => {
      let won: number | undefined;
      const { from = 1 } = weakened;
      for (let seed = from; won === undefined && seed < from + 10; seed++)
        if (attackMetrics(organisationOf(seed), weakened).recovered.length > 0) won = seed;
      expect(won).toBeDefined();
    },
    120_000,
  );
});
