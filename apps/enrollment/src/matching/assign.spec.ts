import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { assign } from './assign.js';
import { readyCoach, readyCoachee, type Coach, type Coachee } from './candidates.js';
import { failedConstraint } from './constraints.js';
import { scoreOf, SCORE_UNITS } from './fit.js';
import { coach, coachee, hours, ON } from '../../test/matching.js';

const THEMES = ['giving-feedback', 'psychological-safety', 'navigating-conflict'];

const cohorts = fc.record({
  coachees: fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,3}$/), { maxLength: 5 }).chain((refs) =>
    fc.tuple(
      ...refs.map((ref) =>
        fc
          .record({
            themes: fc.subarray(THEMES),
            languages: fc.subarray(['en', 'de'], { minLength: 1 }),
            managerChain: fc.subarray(['person-m1', 'person-m2']),
          })
          .map((some) => coachee(ref, some)),
      ),
    ),
  ),
  coaches: fc.uniqueArray(fc.stringMatching(/^[A-Z0-9]{1,3}$/), { maxLength: 3 }).chain((refs) =>
    fc.tuple(
      ...refs.map((ref) =>
        fc
          .record({
            specialties: fc.subarray(THEMES),
            languages: fc.subarray(['en', 'de'], { minLength: 1 }),
            years: fc.constantFrom(2, 10),
            placesLeft: fc.integer({ min: 0, max: 3 }),
            personId: fc.constantFrom(null, 'person-m1', 'person-m2'),
            status: fc.constantFrom('approved' as const, 'approved' as const, 'suspended' as const),
          })
          .map((some) => coach(ref, some)),
      ),
    ),
  ),
});

/** Tries every way; of equally good ones takes the first, read coachee by coachee, the coaches in order, nobody last. */
function bestByBruteForce(coachees: readonly Coachee[], coaches: readonly Coach[]) {
  const inOrder = <T extends { externalRef: string }>(all: readonly T[]) =>
    [...all].sort((a, b) => (a.externalRef < b.externalRef ? -1 : 1));
  const rows = inOrder(coachees).map((one) => readyCoachee(one, ON));
  const columns = inOrder(coaches).map((one) => readyCoach(one, ON));
  let best = { pairs: [] as string[], matched: -1, total: 0 };
  const tryFrom = (row: number, taken: readonly number[], pairs: string[], total: number): void => {
    if (row === rows.length) {
      if (pairs.length > best.matched || (pairs.length === best.matched && total > best.total)) {
        best = { pairs, matched: pairs.length, total };
      }
      return;
    }
    for (const [i, column] of columns.entries()) {
      if (taken[i]! >= column.of.placesLeft || failedConstraint(rows[row]!, column) !== null) continue;
      const pair = `${rows[row]!.of.externalRef}-${column.of.externalRef}`;
      tryFrom(row + 1, taken.with(i, taken[i]! + 1), [...pairs, pair], total + scoreOf(rows[row]!, column));
    }
    tryFrom(row + 1, taken, pairs, total);
  };
  tryFrom(
    0,
    columns.map(() => 0),
    [],
    0,
  );
  return best;
}

const pairsOf = ({ assigned }: ReturnType<typeof assign>) =>
  assigned.map((pair) => `${pair.coachee.externalRef}-${pair.coach.externalRef}`);

describe('the bulk run', () => {
  it('finds what trying every way finds, ties included', () => {
    fc.assert(
      fc.property(cohorts, ({ coachees, coaches }) => {
        const best = bestByBruteForce(coachees, coaches);
        const found = assign(coachees, coaches, ON);
        expect(pairsOf(found)).toEqual(best.pairs);
        expect(found.totalFit).toBe(best.total / SCORE_UNITS);
        expect(found.assigned.length + found.unassigned.length).toBe(coachees.length);
      }),
      { numRuns: 300 },
    );
  });

  it('never exceeds a capacity and never matches against a constraint', () => {
    fc.assert(
      fc.property(cohorts, ({ coachees, coaches }) => {
        const { assigned } = assign(coachees, coaches, ON);
        for (const one of coaches) {
          expect(assigned.filter((pair) => pair.coach === one).length).toBeLessThanOrEqual(one.placesLeft);
        }
        for (const pair of assigned) {
          expect(failedConstraint(readyCoachee(pair.coachee, ON), readyCoach(pair.coach, ON))).toBeNull();
        }
      }),
    );
  });

  it('depends neither on the order of the input nor on ids', () => {
    const shuffled = cohorts.chain(({ coachees, coaches }) =>
      fc.record({
        coachees: fc.constant(coachees as Coachee[]),
        coaches: fc.constant(coaches as Coach[]),
        otherCoachees: fc.shuffledSubarray(coachees as Coachee[], { minLength: coachees.length }),
        otherCoaches: fc.shuffledSubarray(coaches as Coach[], { minLength: coaches.length }),
        ids: fc.array(fc.uuid(), { minLength: 3, maxLength: 3 }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ coachees, coaches, otherCoachees, otherCoaches, ids }) => {
        const renamed = otherCoaches.map((one, i) => ({ ...one, coachId: ids[i]! }));
        const once = assign(coachees, coaches, ON);
        const again = assign(otherCoachees, renamed, ON);
        expect(pairsOf(again)).toEqual(pairsOf(once));
        expect(again.totalFit).toBe(once.totalFit);
        expect(again.unassigned).toEqual(once.unassigned);
      }),
    );
  });

  it('says of those left over what took the last coach', () => {
    const two = [coachee('E1'), coachee('E2'), coachee('E3', { languages: ['fi'] })];
    const { assigned, unassigned } = assign(two, [coach('C1'), coach('C2', { placesLeft: 0 })], ON);
    expect(assigned.map((pair) => pair.coachee.externalRef)).toEqual(['E1']);
    expect(unassigned.map(({ coachee: { externalRef }, ...why }) => ({ externalRef, ...why }))).toEqual([
      { externalRef: 'E2', constraint: 'capacity', removed: [{ constraint: 'capacity', coaches: 2 }] },
      { externalRef: 'E3', constraint: 'language', removed: [{ constraint: 'language', coaches: 2 }] },
    ]);
  });

  it('gives each pair its score and parts', () => {
    const [pair] = assign([coachee('E1')], [coach('C1', { years: 5 })], ON).assigned;
    expect(pair!.fit.score).toBe(0.642857);
    expect(pair!.fit.parts).toHaveLength(5);
  });

  it('refuses references that are not unique, since ties could then not be broken', () => {
    expect(() => assign([coachee('E1'), coachee('E1')], [], ON)).toThrow('E1 occurs twice');
    expect(() => assign([], [coach('C1'), coach('C1')], ON)).toThrow('C1 occurs twice');
  });

  it('has an answer for nobody', () => {
    expect(assign([], [], ON)).toEqual({ assigned: [], unassigned: [], totalFit: 0 });
  });

  it('takes a cohort of 1,000 with 100 coaches (the time is printed, not judged)', () => {
    const { coachees, coaches } = bigCohort(1_000, 100);
    const started = performance.now();
    const { assigned, unassigned } = assign(coachees, coaches, ON);
    process.stdout.write(
      `1,000 coachees × 100 coaches assigned in ${Math.round(performance.now() - started)} ms\n`,
    );
    expect(assigned.length + unassigned.length).toBe(1_000);
    expect(assigned.length).toBeGreaterThan(900);
  });
});

/** A made-up cohort; every coach has ten places. */
function bigCohort(size: number, coachCount: number): { coachees: Coachee[]; coaches: Coach[] } {
  let seed = 7;
  const below = (n: number) => Math.floor(((seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647) * n);
  const some = (all: readonly string[]) => all.filter(() => below(2) === 0);
  const themes = [
    ...THEMES,
    'performance-conversations',
    'developing-direct-reports',
    'managing-up-and-across',
  ];
  const styles = ['challenging', 'supportive', 'structured', 'reflective'];
  const zones = ['Europe/Berlin', 'Europe/London', 'America/New_York'];
  const days = ['mon-fri 09:00-17:00', 'mon-wed 08:00-12:00', 'thu-fri 12:00-18:00'];
  const anyHours = () => hours(zones[below(3)]!, days[below(3)]!);
  return {
    coachees: Array.from({ length: size }, (_, i) =>
      coachee(`E${i}`, {
        themes: some(themes),
        styles: some(styles),
        function: `F${below(8)}`,
        hours: anyHours(),
      }),
    ),
    coaches: Array.from({ length: coachCount }, (_, i) =>
      coach(`C${i}`, {
        specialties: some(themes),
        styles: some(styles),
        functions: [`F${below(8)}`, `F${below(8)}`],
        years: below(15),
        hours: anyHours(),
        placesLeft: 10,
      }),
    ),
  };
}
