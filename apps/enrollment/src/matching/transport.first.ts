import { FORBIDDEN, LEFT_OUT, type TransportProblem, type TransportSolution } from './transport.problem.js';

/**
 * Of all solutions as good as `solution`, the first one read row by row: row 0 has the lowest column that it has in any
 * of them, row 1 the lowest that row 0 leaves it, and so on; being left out comes after every column. That makes the
 * answer a function of the order of rows and columns alone, whatever way the optimum was found.
 *
 * The prices say which pairs can be part of an optimum (the tight ones); all optima lie in that graph. A row may take a
 * lower column where a chain of tight moves of later rows leads from there back to the column that it leaves, or to room.
 * One search backwards over bit sets per row: O(n·(m + m²/32)) time for n rows and m columns, O(m²) memory.
 */
export function firstOfOptima(problem: TransportProblem, solution: TransportSolution): Int32Array {
  const graph = new TightGraph(problem, solution);
  for (let row = 0; row < problem.rows; row++) {
    const current = graph.columnOf(row);
    const lower = graph.tightBelow(row, current);
    graph.fix(row);
    if (lower.length === 0) continue;
    const reaches = graph.chainsTo(current);
    const better = lower.find((column) => reaches.has(column));
    if (better !== undefined) graph.shift(row, better, reaches);
  }
  return graph.result();
}

/**
 * Nodes are the columns, then `out` (being left out, as a column of endless room), then `room`: a chain may end in a
 * column's free place, and one may start where a unit is given up at price 0.
 */
class TightGraph {
  private readonly out: number;
  private readonly room: number;
  private readonly nodes: number;
  private readonly words: number;
  private readonly at: Int32Array;
  private readonly members: Set<number>[];
  private readonly used: Int32Array;
  /** How many unfixed rows at a have a tight pair with b, at a·nodes + b. */
  private readonly movers: Int32Array;
  /** For each node b, the bit set of the nodes a with a tight move a → b. */
  private readonly into: Int32Array;

  constructor(
    private readonly problem: TransportProblem,
    private readonly solution: TransportSolution,
  ) {
    const { rows, columns } = problem;
    this.out = columns;
    this.room = columns + 1;
    this.nodes = columns + 2;
    this.words = (this.nodes + 31) >> 5;
    this.at = solution.columnOf.map((column) => (column === LEFT_OUT ? this.out : column));
    this.members = Array.from({ length: columns + 1 }, () => new Set<number>());
    this.used = new Int32Array(columns + 1);
    this.movers = new Int32Array(this.nodes * this.nodes);
    this.into = new Int32Array(this.nodes * this.words);
    for (let row = 0; row < rows; row++) this.enter(row, this.at[row]!);
    for (let a = 0; a <= columns; a++) {
      this.setBit(this.room, a, this.hasRoom(a));
      this.setBit(a, this.room, this.price(a) === 0);
    }
  }

  columnOf(row: number): number {
    return this.at[row]!;
  }

  /** The columns below `limit` that are tight for the row, ascending. */
  tightBelow(row: number, limit: number): number[] {
    const level = this.reducedCost(row, this.at[row]!);
    const found: number[] = [];
    for (let b = 0; b < limit; b++) if (this.reducedCost(row, b) === level) found.push(b);
    return found;
  }

  /** From here on the row stays where `shift` puts it. */
  fix(row: number): void {
    this.leave(row);
  }

  /** Each node from which a chain leads to `target`, with the node after it. */
  chainsTo(target: number): Map<number, number> {
    const next = new Map<number, number>([[target, target]]);
    const unseen = new Int32Array(this.words).fill(-1);
    unseen[target >> 5]! &= ~(1 << (target & 31));
    const queue = [target];
    for (let head = 0; head < queue.length; head++) {
      const b = queue[head]!;
      for (let word = 0; word < this.words; word++) {
        for (let found = this.into[b * this.words + word]! & unseen[word]!; found !== 0; found &= found - 1) {
          const a = (word << 5) + 31 - Math.clz32(found & -found);
          next.set(a, b);
          queue.push(a);
        }
        unseen[word]! &= ~this.into[b * this.words + word]!;
      }
    }
    return next;
  }

  /** Puts the fixed row into `column` and moves one later row along each step of the chain from there. */
  shift(row: number, column: number, next: ReadonlyMap<number, number>): void {
    const moves: { row: number; to: number }[] = [];
    const target = this.at[row]!;
    const touched = [column, target];
    for (let a = column; a !== target;) {
      const b = next.get(a)!;
      touched.push(b);
      if (a !== this.room && b !== this.room) moves.push({ row: this.moverBetween(a, b), to: b });
      a = b;
    }
    this.used[target]!--;
    this.used[column]!++;
    this.at[row] = column;
    for (const move of moves) {
      this.leave(move.row);
      this.used[this.at[move.row]!]!--;
      this.enter(move.row, move.to);
    }
    for (const a of touched) if (a !== this.room) this.setBit(this.room, a, this.hasRoom(a));
  }

  result(): Int32Array {
    return this.at.map((column) => (column === this.out ? LEFT_OUT : column));
  }

  private enter(row: number, column: number): void {
    this.at[row] = column;
    this.used[column]!++;
    this.members[column]!.add(row);
    this.count(row, 1);
  }

  private leave(row: number): void {
    this.members[this.at[row]!]!.delete(row);
    this.count(row, -1);
  }

  /** Adds the row's tight moves to the graph, or takes them out. */
  private count(row: number, by: 1 | -1): void {
    const a = this.at[row]!;
    const level = this.reducedCost(row, a);
    for (let b = 0; b <= this.out; b++) {
      if (b === a || this.reducedCost(row, b) !== level) continue;
      const movers = (this.movers[a * this.nodes + b]! += by);
      this.setBit(b, a, movers > 0);
    }
  }

  private moverBetween(a: number, b: number): number {
    for (const row of this.members[a]!) {
      if (this.reducedCost(row, b) === this.reducedCost(row, a)) return row;
    }
    throw new Error(`no row can move from column ${a} to column ${b}`);
  }

  private reducedCost(row: number, column: number): number {
    if (column === this.out) return this.solution.leftOutCost;
    const cost = this.problem.cost[row * this.problem.columns + column]!;
    return cost === FORBIDDEN ? Infinity : cost - this.solution.prices[column]!;
  }

  private price(column: number): number {
    return column === this.out ? 0 : this.solution.prices[column]!;
  }

  private hasRoom(column: number): boolean {
    return column === this.out || this.used[column]! < this.problem.capacity[column]!;
  }

  private setBit(b: number, a: number, on: boolean): void {
    const word = b * this.words + (a >> 5);
    if (on) this.into[word]! |= 1 << (a & 31);
    else this.into[word]! &= ~(1 << (a & 31));
  }
}
