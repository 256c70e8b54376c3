import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Highs } from 'highs';
import { attack } from './attack.js';
import { load } from './highs.js';
import { organisationOf } from './organisation.js';
import { EXACT, WEAKENED } from './weakened.js';

let highs: Highs;
beforeAll(async () => {
  highs = await load();
});

describe('whoever asks everything and solves for what is hidden', () => {
  it('recovers nothing of any of a few organisations, of which a lot is told', () => {
    let heard = 0;
    // Of the last it is told, too, how many are reliably better: nobody is.
    for (const seed of [2, 3, 4, 5, 6, 7, 8, 87]) {
      const found = attack(highs, organisationOf(seed, seed % 4 === 0));
      expect({ seed, recovered: found.recovered }).toEqual({ seed, recovered: [] });
      heard += found.heard;
    }
    expect(heard).toBeGreaterThan(100);
  }, 120_000);

  it('recovers no figure where values are told exactly', () => {
    for (let seed = 1; seed <= 4; seed++)
      expect(attack(highs, organisationOf(seed), EXACT).recovered).toEqual([]);
  }, 120_000);

  it.each(WEAKENED.map((weakened) => [weakened.rule, weakened] as const))(
    'wins without "%s"',
    (_, weakened) => {
      let won: number | undefined;
      const { from = 1 } = weakened;
      for (let seed = from; won === undefined && seed < from + 20; seed++)
        if (attack(highs, organisationOf(seed, weakened.eager), weakened).recovered.length > 0) won = seed;
      expect(won).toBeDefined();
    },
    120_000,
  );
});
