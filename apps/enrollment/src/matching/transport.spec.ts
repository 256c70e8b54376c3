import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { firstOfOptima } from './transport.first.js';
import { FORBIDDEN, LEFT_OUT, type TransportProblem } from './transport.problem.js';
import { solveTransport } from './transport.js';

/** Every way to place the rows, the lowest columns first, left out last. */
function* everyWay(
  problem: TransportProblem,
  row = 0,
  used: number[] = [],
  chosen: number[] = [],
): Generator<number[]> {
  if (row === problem.rows) {
    yield chosen;
    return;
  }
  for (let column = 0; column < problem.columns; column++) {
    if (problem.cost[row * problem.columns + column] === FORBIDDEN) continue;
    if ((used[column] ?? 0) >= problem.capacity[column]!) continue;
    const more = [...used];
    more[column] = (used[column] ?? 0) + 1;
    yield* everyWay(problem, row + 1, more, [...chosen, column]);
  }
  yield* everyWay(problem, row + 1, used, [...chosen, LEFT_OUT]);
}

function judged(problem: TransportProblem, columnOf: Iterable<number>) {
  let placed = 0;
  let cost = 0;
  for (const [row, column] of [...columnOf].entries()) {
    if (column === LEFT_OUT) continue;
    placed++;
    cost += problem.cost[row * problem.columns + column]!;
  }
  return { placed, cost };
}

function bestByBruteForce(problem: TransportProblem): number[] {
  let best: { way: number[]; placed: number; cost: number } | undefined;
  for (const way of everyWay(problem)) {
    const { placed, cost } = judged(problem, way);
    if (!best || placed > best.placed || (placed === best.placed && cost < best.cost))
      best = { way, placed, cost };
  }
  return best!.way;
}

const problems = (highest: number): fc.Arbitrary<TransportProblem> =>
  fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 4 })).chain(([rows, columns]) =>
    fc.record({
      rows: fc.constant(rows),
      columns: fc.constant(columns),
      cost: fc
        .array(
          fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: highest }) }, fc.constant(FORBIDDEN)),
          {
            minLength: rows * columns,
            maxLength: rows * columns,
          },
        )
        .map((cells) => Int32Array.from(cells)),
      capacity: fc
        .array(fc.integer({ min: 1, max: 3 }), { minLength: columns, maxLength: columns })
        .map((cells) => Int32Array.from(cells)),
    }),
  );

describe('the transport solver', () => {
  it('is as good as trying every way', () => {
    fc.assert(
      fc.property(fc.oneof(problems(1_000_000), problems(3)), (problem) => {
        const best = bestByBruteForce(problem);
        expect(judged(problem, solveTransport(problem).columnOf)).toEqual(judged(problem, best));
      }),
      { numRuns: 500 },
    );
  });

  it('gives, of equally good ways, the first one read row by row', () => {
    fc.assert(
      fc.property(problems(2), (problem) => {
        // The enumeration runs in that very order, so the first best way is the one.
        expect([...firstOfOptima(problem, solveTransport(problem))]).toEqual(bestByBruteForce(problem));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is not greedy: the best pair is given up where the others gain more', () => {
    const problem = { rows: 2, columns: 2, cost: Int32Array.of(0, 1, 1, 100), capacity: Int32Array.of(1, 1) };
    expect([...solveTransport(problem).columnOf]).toEqual([1, 0]);
  });

  it('places more rows before it looks at cost', () => {
    const problem = {
      rows: 2,
      columns: 2,
      cost: Int32Array.of(0, 1_000_000, 1_000_000, FORBIDDEN),
      capacity: Int32Array.of(1, 1),
    };
    expect([...solveTransport(problem).columnOf]).toEqual([1, 0]);
  });

  it.each([
    ['places enough', 300, 40, 10, 1_000_000],
    ['too few places', 300, 25, 10, 1_000_000],
    ['many ties', 300, 40, 8, 5],
  ])(
    'proves its optimum by prices where brute force cannot follow: %s',
    (_, rows, columns, capacity, highest) => {
      const problem = randomProblem(rows, columns, capacity, highest);
      const solution = solveTransport(problem);
      for (const columnOf of [solution.columnOf, firstOfOptima(problem, solution)])
        provesOptimal(problem, { ...solution, columnOf });
    },
  );
});

/** Complementary slackness: no row sees a cheaper column at these prices, and a price is only asked where all is given. */
function provesOptimal(
  problem: TransportProblem,
  { columnOf, prices, leftOutCost }: ReturnType<typeof solveTransport>,
): void {
  const used = new Int32Array(problem.columns);
  for (const [row, column] of columnOf.entries()) {
    if (column !== LEFT_OUT) used[column]!++;
    const own =
      column === LEFT_OUT ? leftOutCost : problem.cost[row * problem.columns + column]! - prices[column]!;
    expect(own).toBeLessThanOrEqual(leftOutCost);
    for (let b = 0; b < problem.columns; b++) {
      const there = problem.cost[row * problem.columns + b]!;
      if (there !== FORBIDDEN && there - prices[b]! < own)
        throw new Error(`row ${row} would rather have column ${b}`);
    }
  }
  for (const [b, price] of prices.entries()) {
    expect(used[b]).toBeLessThanOrEqual(problem.capacity[b]!);
    expect(price).toBeLessThanOrEqual(0);
    if (price < 0) expect(used[b]).toBe(problem.capacity[b]);
  }
}

function randomProblem(rows: number, columns: number, capacity: number, highest: number): TransportProblem {
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  return {
    rows,
    columns,
    cost: Int32Array.from({ length: rows * columns }, () =>
      random() < 0.2 ? FORBIDDEN : Math.floor(random() * highest),
    ),
    capacity: new Int32Array(columns).fill(capacity),
  };
}
