import { describe, expect, it } from '@jest/globals';
import { coach, coachee, ON } from '../../test/matching.js';
import { assign } from './assign.js';

describe('a large cohort', () => {
  it('is matched in a thread of its own, to the same end', async () => {
    // A thread needs a file that Node itself can run: the built one.
    const built = new URL('../../dist/matching/assign-apart.js', import.meta.url).href;
    const { assignApart } = (await import(built)) as typeof import('./assign-apart.js');
    const coachees = Array.from({ length: 300 }, (_, i) => coachee(`E${i}`, { themes: [`theme-${i % 7}`] }));
    const coaches = Array.from({ length: 100 }, (_, i) =>
      coach(`C${i}`, { capacity: 2, placesLeft: 2, specialties: [`theme-${i % 5}`] }),
    );
    const summary = ({ assigned, unassigned, totalFit }: ReturnType<typeof assign>) => ({
      pairs: assigned.map((each) => [each.coachee.externalRef, each.coach.externalRef, each.fit.score]),
      left: unassigned.map((each) => [each.coachee.externalRef, each.constraint]),
      totalFit,
    });
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    const apart = await assignApart(coachees, coaches, ON);
    clearInterval(counting);
    expect(summary(apart)).toEqual(summary(assign(coachees, coaches, ON)));
    // Others had their turn meanwhile.
    expect(turns).toBeGreaterThan(5);
  });
});
