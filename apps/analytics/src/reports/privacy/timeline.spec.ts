import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { shownGroups } from './minimum-group.js';
import { timelineOf, type Item, type MonthEnd, type Rules, type Shown, type Unknowns } from './timeline.js';

const people = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const sizes = (groups: Record<string, number>) =>
  new Map(Object.entries(groups).map(([name, size]) => [name, people(name, size)]));

describe('groups below the minimum', () => {
  it.each<[string, Record<string, number>, string[] | null]>([
    ['all are large enough', { A: 5, B: 7 }, ['A', 'B']],
    ['the small ones become “all other”', { A: 9, B: 3, C: 2 }, ['A']],
    ['“all other” is below too: the smallest shown group joins it', { A: 9, B: 7, C: 5, D: 2 }, ['A', 'B']],
    [
      'nobody is in a group: it is “all other”, and the smallest shown group joins it',
      { A: 9, B: 6, C: 0 },
      ['A'],
    ],
    ['one group would remain', { A: 9, B: 2 }, null],
    ['one group there is', { A: 9 }, null],
    ['nothing is large enough, together they are one group', { A: 4, B: 4 }, null],
    ['nothing is there', {}, null],
  ])('%s', (_, groups, expected) => {
    const shown = shownGroups(sizes(groups), 5);
    expect(shown && [...shown].sort()).toEqual(expected);
  });
});

const NAMES = { cohort: ['A', 'B', 'C'], level: ['x', 'y'] };
const DIMENSIONS = Object.keys(NAMES);
const rules = (minimum: number, counts: Rules['counts'] = () => true): Rules => ({
  minimum,
  counts,
  dimensions: DIMENSIONS,
  tellsHowMany: false,
});
const alike = { cohort: 'A', level: 'x' };
/** `a1 b1/x`: items of persons a and b, each in state 1; something else of b's is x. */
const month = (text: string, traits = alike): MonthEnd => ({
  names: {},
  items: text
    .split(' ')
    .filter(Boolean)
    .map((each) => {
      const [sums, ended = ''] = each.slice(1).split('/') as [string, string?];
      return { key: each[0]!, personId: each[0]!, traits, sums, trace: `${sums} ${ended}` };
    }),
});
const shownOf = (kind: Unknowns, ...months: string[]) =>
  timelineOf(
    months.map((text) => month(text)),
    kind,
    rules(3),
  ).map((shown) => shown !== undefined);

describe('a metric that grows', () => {
  it('is shown once enough people contributed, and again once enough have since', () => {
    expect(shownOf('increments', 'a1 b1', 'a1 b1 c1', 'a2 b1 c1', 'a2 b2 c1', 'a2 b2 c2')).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
  });
  it('is not shown again where nobody added anything, as where few did', () => {
    expect(shownOf('increments', 'a1 b1 c1', 'a1 b1 c1', 'a2 b2 c2')).toEqual([true, false, true]);
  });
  it('does not count who has changed in something that is not summed, nor lets it be seen', () => {
    expect(shownOf('increments', 'a1 b1 c1', 'a1 b1 c1/x', 'a2 b2 c1/x', 'a2 b2 c2/x')).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
  it('counts who has lost all as somebody who changed', () => {
    expect(shownOf('increments', 'a1 b1 c1 d1', 'b1 c1 d1', 'c1 d1 e1 f1')).toEqual([true, false, true]);
  });
});

describe('states that come and go', () => {
  it('are shown once enough came, and enough went or none', () => {
    expect(shownOf('states', 'a1 b1 c1 d1', 'a1 b1 c1 d1', 'a1 b1 c1', 'a1 b1 c1 d1 e1 f1 g1')).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
  it('never leave so few behind that these are known', () => {
    expect(shownOf('states', 'a1 b1 c1 d1', 'd1')).toEqual([true, false]);
    expect(shownOf('states', 'a1 b1 c1 d1', 'a1 b1 c1 e1 f1 g1', 'a1 b1 c1')).toEqual([true, false, false]);
  });
});

it('who comes to a denominator that tells how many there are, comes with enough others', () => {
  const told = (tellsHowMany: boolean) =>
    timelineOf(
      ['a1 b1 c1', 'a2 b2 c2 d1', 'a3 b3 c3'].map((text) => month(text)),
      'increments',
      { ...rules(3), tellsHowMany },
    ).map((shown) => shown !== undefined);
  expect(told(false)).toEqual([true, true, true]);
  // In the third month d, who was not told of, is gone again.
  expect(told(true)).toEqual([true, false, true]);
});

it('people whose record the reader may see anyway hide nobody', () => {
  const months = [month('a1 b1 c1 d1')];
  expect(
    timelineOf(
      months,
      'states',
      rules(3, (person) => person !== 'a'),
    )[0],
  ).toBeDefined();
  expect(
    timelineOf(
      months,
      'states',
      rules(3, (person) => person > 'b'),
    )[0],
  ).toBeUndefined();
});

it('a dimension is opened only as finely as those before it allow', () => {
  const member = (n: number, cohort: string, level: string): Item => ({
    key: `p${n}`,
    personId: `p${n}`,
    traits: { cohort, level },
    sums: '1',
    trace: '1',
  });
  const now = [
    ...Array.from({ length: 6 }, (_, n) => member(n, 'A', n < 3 ? 'x' : 'y')),
    ...Array.from({ length: 4 }, (_, n) => member(n + 6, 'B', n < 1 ? 'x' : 'y')),
  ];
  // Level x has four people, but one of them alone is in cohort B.
  const end = { items: now, names: {} };
  expect(timelineOf([end], 'states', rules(3))[0]!.groups).toEqual({
    cohort: new Set(['A', 'B']),
    level: null,
  });
  expect(timelineOf([end], 'states', { ...rules(3), dimensions: ['level'] })[0]!.groups).toEqual({
    level: new Set(['x', 'y']),
  });
});

/** Few people in few groups, who come, change and go: where subtraction has the best chance. */
const history = fc
  .record({
    minimum: fc.integer({ min: 3, max: 6 }),
    open: fc.integer({ min: 0, max: 3 }),
    kind: fc.constantFrom<Unknowns>('increments', 'states', 'fresh'),
    tellsHowMany: fc.boolean(),
    people: fc.array(
      fc.record({
        traits: fc.record({ cohort: fc.constantFrom('A', 'B', 'C'), level: fc.constantFrom('x', 'y') }),
        /** Its state at each month's end; 0 for none. */
        months: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 6, maxLength: 6 }),
      }),
      { minLength: 1, maxLength: 50 },
    ),
  })
  .map(({ people: all, open, ...rest }) => ({
    ...rest,
    counts: (personId: string) => Number(personId.slice(1)) >= open,
    months: Array.from({ length: 6 }, (_, n): MonthEnd => ({
      names: NAMES,
      items: all.flatMap(({ traits, months }, i): Item[] =>
        months[n] === 0
          ? []
          : [{ key: `p${i}`, personId: `p${i}`, traits, sums: String(months[n]), trace: String(months[n]) }],
      ),
    })),
  }));

/**
 * Every answer, as the set of unknowns that it is the sum of. For states an unknown is an item in a state; for
 * increments, what an item added from one shown month to the next.
 */
function answers(
  months: readonly MonthEnd[],
  shown: readonly (Shown | undefined)[],
  kind: Unknowns,
  tellsHowMany: boolean,
) {
  const cells: Map<string, string>[] = [];
  let before = new Map<string, string>();
  let grown = new Map<string, Item>();
  months.forEach(({ items: now }, n) => {
    if (!shown[n]) return;
    const states = new Map(now.map((item) => [item.key, item.trace]));
    const known = new Map<string, Item>();
    if (tellsHowMany) for (const item of now) known.set(`${item.key} is in`, item);
    if (kind === 'states') for (const item of now) known.set(`${item.key} ${item.trace}`, item);
    else if (kind === 'fresh') for (const item of now) known.set(`${item.key} month ${n}`, item);
    else {
      const items = new Map([...grown.values(), ...now].map((item) => [item.key, item]));
      for (const [key, item] of items)
        if (before.get(key) !== states.get(key)) grown = new Map(grown).set(`${key} month ${n}`, item);
      for (const [unknown, item] of grown) known.set(unknown, item);
      before = states;
    }
    const cell = (keep: (item: Item) => boolean) =>
      cells.push(
        new Map(
          [...known].filter(([, item]) => keep(item)).map(([unknown, item]) => [unknown, item.personId]),
        ),
      );
    cell(() => true);
    for (const dimension of DIMENSIONS) {
      const names = shown[n].groups[dimension];
      if (!names) continue;
      for (const name of names) cell((item) => item.traits[dimension] === name);
      cell((item) => !names.has(item.traits[dimension]!));
    }
  });
  return cells.filter((each) => each.size > 0);
}

describe('an attacker who asks everything, month after month', () => {
  it('cannot tell apart what answers always hold together, and that is never fewer people than the minimum', () => {
    let many = 0;
    fc.assert(
      fc.property(history, ({ months, kind, minimum, counts, tellsHowMany }) => {
        const shown = timelineOf(months, kind, { minimum, counts, dimensions: DIMENSIONS, tellsHowMany });
        const cells = answers(months, shown, kind, tellsHowMany);
        many += cells.length > 2 ? 1 : 0;
        const personOf = new Map(cells.flatMap((cell) => [...cell]));
        const classes = Map.groupBy(personOf.keys(), (unknown) =>
          cells.map((cell) => (cell.has(unknown) ? 1 : 0)).join(''),
        );
        for (const members of classes.values()) {
          const found = new Set(members.map((unknown) => personOf.get(unknown)!).filter(counts));
          expect(found.size).toBeGreaterThanOrEqual(minimum);
        }
      }),
      { numRuns: 1000 },
    );
    // The property would hold of showing nothing at all.
    expect(many).toBeGreaterThan(100);
  });

  it('finds that earlier answers stay as they were', () => {
    fc.assert(
      fc.property(history, ({ months, kind, ...others }) => {
        const all = timelineOf(months, kind, { ...others, dimensions: DIMENSIONS });
        const fewer = timelineOf(months.slice(0, 3), kind, { ...others, dimensions: DIMENSIONS });
        expect(all.slice(0, 3)).toEqual(fewer);
      }),
      { numRuns: 300 },
    );
  });
});
