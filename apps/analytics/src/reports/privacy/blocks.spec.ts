import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DIMENSIONS, type Traits } from '../dimensions.js';
import { blocksOf as cut, covering, shownTogether, type Contribution } from './blocks.js';
import { shownGroups } from './minimum-group.js';

const blocksOf = (
  contributions: Contribution[],
  months: number,
  minimum: number,
  counts: (personId: string) => boolean,
) => cut(contributions, months, minimum, counts, DIMENSIONS);
const people = (prefix: string, count: number) =>
  new Set(Array.from({ length: count }, (_, i) => `${prefix}${i}`));
const sizes = (groups: Record<string, number>) =>
  new Map(Object.entries(groups).map(([name, size]) => [name, people(name, size)]));

describe('groups below the minimum', () => {
  it.each([
    ['all are large enough', { A: 5, B: 7 }, ['A', 'B']],
    ['the small ones become “all other”', { A: 9, B: 3, C: 2 }, ['A']],
    ['“all other” is below too: the smallest shown group joins it', { A: 9, B: 7, C: 5, D: 2 }, ['A', 'B']],
    ['nobody is in a group', { A: 9, B: 6, C: 0 }, ['A', 'B']],
    ['one group would remain', { A: 9, B: 2 }, null],
    ['one group there is', { A: 9 }, null],
    ['nothing is large enough, together they are one group', { A: 4, B: 4 }, null],
    ['nothing is there', {}, null],
  ])('%s', (_, groups, expected) => {
    const shown = shownGroups(sizes(groups as unknown as Record<string, number>), 5);
    expect(shown && [...shown].sort()).toEqual(expected);
  });
});

const nowhere: Traits = { cohort: 'A', 'org-unit': 'x', level: 'x', location: 'x', tenure: 'x' };
const everybody = () => true;
const contributed = (month: number, ...names: string[]): Contribution[] =>
  names.map((personId) => ({ personId, month, traits: nowhere }));

describe('months with too few people', () => {
  it('are shown together with those that follow, until enough people contributed', () => {
    const blocks = blocksOf(
      [
        ...contributed(0, 'a', 'b', 'c', 'd', 'e'),
        ...contributed(1, 'a', 'b'),
        ...contributed(2, 'b', 'c', 'd', 'e'),
        ...contributed(3, 'a'),
      ],
      4,
      5,
      everybody,
    );
    expect(blocks.map(({ from, to }) => [from, to])).toEqual([
      [0, 0],
      [1, 2],
    ]);
    expect(covering(blocks, 0, 0)).toHaveLength(1);
    expect(covering(blocks, 1, 1)).toBeUndefined();
    expect(covering(blocks, 2, 2)).toBeUndefined();
    expect(covering(blocks, 0, 2)).toHaveLength(2);
    expect(covering(blocks, 0, 3)).toBeUndefined();
  });

  it('do not count people whose record the reader may see anyway', () => {
    const all = contributed(0, 'a', 'b', 'c', 'd', 'e', 'f');
    expect(blocksOf(all, 1, 5, (person) => person !== 'a')).toHaveLength(1);
    expect(blocksOf(all, 1, 5, (person) => person > 'b')).toHaveLength(0);
  });
});

/** Organisations with few groups and few people, where subtraction has the best chance. */
const organisation = fc
  .record({
    minimum: fc.integer({ min: 3, max: 6 }),
    months: fc.integer({ min: 1, max: 6 }),
    open: fc.integer({ min: 0, max: 3 }),
    people: fc.array(
      fc.record({
        traits: fc.record({
          cohort: fc.constantFrom('A', 'B', 'C'),
          'org-unit': fc.constantFrom('north', 'south', 'west'),
          level: fc.constantFrom('manager', 'director'),
          location: fc.constantFrom('here', 'there'),
          tenure: fc.constantFrom('short', 'long'),
        }),
        months: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 6 }),
      }),
      { minLength: 1, maxLength: 60 },
    ),
  })
  .map(({ people, open, ...rest }) => ({
    ...rest,
    counts: (personId: string) => Number(personId.slice(1)) >= open,
    contributions: people.flatMap(({ traits, months }, i) =>
      months.map((month): Contribution => ({ personId: `p${i}`, month, traits })),
    ),
  }));

/** Every cell that can be asked for: each run of months, in total and by each dimension, as the items it sums. */
function everyAnswer({
  contributions,
  months,
  minimum,
  counts,
}: typeof organisation extends fc.Arbitrary<infer T> ? T : never) {
  const blocks = blocksOf(contributions, months, minimum, counts);
  const cells: Set<Contribution>[] = [];
  for (let from = 0; from < months; from++)
    for (let to = from; to < months; to++) {
      const covered = covering(blocks, from, to);
      if (!covered) continue;
      const within = contributions.filter(({ month }) => month >= from && month <= to);
      cells.push(new Set(within));
      for (const dimension of DIMENSIONS) {
        const shown = shownTogether(covered, dimension);
        if (!shown) continue;
        for (const name of shown)
          cells.push(new Set(within.filter((each) => each.traits[dimension] === name)));
        cells.push(new Set(within.filter((each) => !shown.has(each.traits[dimension]!))));
      }
    }
  return cells.filter((cell) => cell.size > 0);
}

const size = (items: Iterable<Contribution>, counts: (personId: string) => boolean) =>
  new Set([...items].map(({ personId }) => personId).filter(counts)).size;

describe('an attacker who asks everything', () => {
  it('gets no answer about fewer people than the minimum', () => {
    fc.assert(
      fc.property(organisation, (company) => {
        for (const cell of everyAnswer(company))
          expect(size(cell, company.counts)).toBeGreaterThanOrEqual(company.minimum);
      }),
      { numRuns: 1000 },
    );
  });

  it('cannot tell apart what answers always hold together, and that is never fewer people than the minimum', () => {
    fc.assert(
      fc.property(organisation, (company) => {
        const cells = everyAnswer(company);
        const signature = (item: Contribution) => cells.map((cell) => (cell.has(item) ? 1 : 0)).join('');
        const atoms = Map.groupBy(company.contributions, signature);
        for (const [held, items] of atoms)
          if (held.includes('1')) expect(size(items, company.counts)).toBeGreaterThanOrEqual(company.minimum);
      }),
      { numRuns: 1000 },
    );
  });

  it('finds nothing by taking one answer from another that contains it', () => {
    fc.assert(
      fc.property(organisation, (company) => {
        const cells = everyAnswer(company);
        for (const whole of cells)
          for (const part of cells)
            if (part.isSubsetOf(whole) && part.size < whole.size)
              expect(size(whole.difference(part), company.counts)).toBeGreaterThanOrEqual(company.minimum);
      }),
      { numRuns: 300 },
    );
  });

  it('learns of a new month no other way than by its own block: earlier answers stay as they were', () => {
    fc.assert(
      fc.property(organisation, ({ contributions, months, minimum, counts }) => {
        const before = blocksOf(contributions, months - 1, minimum, counts);
        const after = blocksOf(contributions, months, minimum, counts);
        expect(after.slice(0, before.length)).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });
});
