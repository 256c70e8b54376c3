import { CheapestMoves } from './transport.moves.js';
import { FORBIDDEN, LEFT_OUT, type TransportProblem, type TransportSolution } from './transport.problem.js';

/**
 * As many rows as possible, and then the least total cost: exactly so, since costs are whole and all sums below 2^53.
 *
 * Successive shortest augmenting paths with potentials (Tomizawa 1971; Edmonds & Karp 1972), in the manner of Jonker &
 * Volgenant's assignment algorithm (1987), on a network condensed to its columns: an arc a → b stands for the cheapest
 * move of one row from a to b. Rows enter one at a time; a Dijkstra search over the columns ends at the first one with
 * room, or where it is cheapest to leave a row out. For n rows, m columns of capacity c and paths of L columns that is
 * O(n·(m² + L·c·m)) time at worst and O(n·m + m²) memory.
 */
export function solveTransport(problem: TransportProblem): TransportSolution {
  const { rows, columns, cost, capacity } = problem;
  const leftOutCost = (rows + 1) * 1_000_000;
  const columnOf = new Int32Array(rows).fill(LEFT_OUT);
  const prices = new Float64Array(columns);
  const moves = new CheapestMoves(problem, leftOutCost);
  const room = Int32Array.from(capacity);
  // What the cheapest known way to a column adds to the total; the search goes by that less the column's price.
  const way = new Float64Array(columns);
  const cameFrom = new Int32Array(columns);
  const openPrice = new Float64Array(columns);
  const settled = new Int32Array(columns);

  /** The open column nearest by; one with room goes first among equals, as the search ends there. */
  function nearestOpen(): number {
    let nearest = -1;
    let least = Infinity;
    for (let b = 0; b < columns; b++) {
      const distance = way[b]! - openPrice[b]!;
      if (distance < least || (distance === least && room[b]! > 0)) {
        least = distance;
        nearest = b;
      }
    }
    return nearest;
  }

  /** The last column of the cheapest way in for `row` (in `cameFrom`), or LEFT_OUT and the column that then gives one up. */
  function search(row: number): { end: number; outFrom: number } {
    for (let b = 0; b < columns; b++) {
      const there = cost[row * columns + b]!;
      way[b] = there === FORBIDDEN ? Infinity : there;
      cameFrom[b] = -1;
    }
    openPrice.set(prices);
    let settledCount = 0;
    let wayOut = leftOutCost;
    let outFrom = -1;
    let end = LEFT_OUT;
    for (let a = nearestOpen(); a >= 0 && way[a]! - prices[a]! < wayOut; a = nearestOpen()) {
      if (room[a]! > 0) {
        end = a;
        break;
      }
      settled[settledCount++] = a;
      openPrice[a] = -Infinity;
      const base = way[a]!;
      const arcs = a * columns;
      for (let b = 0; b < columns; b++) {
        const through = base + moves.cost[arcs + b]!;
        if (through < way[b]!) {
          way[b] = through;
          cameFrom[b] = a;
        }
      }
      if (base + moves.outCost[a]! < wayOut) {
        wayOut = base + moves.outCost[a]!;
        outFrom = a;
      }
    }
    const reach = end === LEFT_OUT ? wayOut : way[end]!;
    for (let i = 0; i < settledCount; i++) {
      const a = settled[i]!;
      prices[a] = way[a]! - reach;
    }
    return { end, outFrom };
  }

  for (let row = 0; row < rows; row++) {
    const { end, outFrom } = search(row);
    // Back from the end: each column on the way gives its mover to the one after it; the first takes the new row.
    const path: { column: number; gives: number }[] = [];
    if (end === LEFT_OUT && outFrom >= 0) path.push({ column: outFrom, gives: moves.outRow[outFrom]! });
    for (let b = end === LEFT_OUT ? outFrom : end; b >= 0 && cameFrom[b]! >= 0; b = cameFrom[b]!) {
      path.push({ column: cameFrom[b]!, gives: moves.row[cameFrom[b]! * columns + b]! });
    }
    let into = end;
    for (const { column, gives } of path) {
      columnOf[gives] = into;
      into = column;
    }
    columnOf[row] = into;
    for (const [i, { column, gives }] of path.entries())
      moves.replace(column, gives, path[i + 1]?.gives ?? row);
    if (end !== LEFT_OUT) {
      moves.enter(end, path[0]?.gives ?? row);
      if (--room[end]! === 0) moves.close(end);
    }
  }
  return { columnOf, prices, leftOutCost };
}
