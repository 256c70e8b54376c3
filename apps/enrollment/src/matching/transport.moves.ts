import { FORBIDDEN, type TransportProblem } from './transport.problem.js';

/**
 * For every full column, the cheapest move of one of its rows to each other column, and out. Columns with room have no
 * moves: a search ends at them.
 */
export class CheapestMoves {
  /** Of the move a → b at a·columns + b: what it adds to the total, and the row that moves. */
  readonly cost: Float64Array;
  readonly row: Int32Array;
  /** Of leaving out one of a column's rows. */
  readonly outCost: Float64Array;
  readonly outRow: Int32Array;
  private readonly members: number[][];

  constructor(
    private readonly problem: TransportProblem,
    private readonly leftOutCost: number,
  ) {
    const { columns } = problem;
    this.cost = new Float64Array(columns * columns).fill(Infinity);
    this.row = new Int32Array(columns * columns).fill(-1);
    this.outCost = new Float64Array(columns).fill(Infinity);
    this.outRow = new Int32Array(columns).fill(-1);
    this.members = Array.from({ length: columns }, () => []);
  }

  enter(column: number, row: number): void {
    this.members[column]!.push(row);
  }

  /** The column has become full. */
  close(column: number): void {
    for (let to = 0; to < this.problem.columns; to++) this.find(column, to);
    this.findOut(column);
  }

  /** A row of a full column made place for another. */
  replace(column: number, left: number, came: number): void {
    const members = this.members[column]!;
    members[members.indexOf(left)] = came;
    const { columns, cost } = this.problem;
    const here = cost[came * columns + column]!;
    for (let to = 0; to < columns; to++) {
      const arc = column * columns + to;
      const there = cost[came * columns + to]!;
      if (this.row[arc] === left) this.find(column, to);
      else if (there !== FORBIDDEN && there - here < this.cost[arc]!) {
        this.cost[arc] = there - here;
        this.row[arc] = came;
      }
    }
    this.findOut(column);
  }

  private find(from: number, to: number): void {
    const { columns, cost } = this.problem;
    const arc = from * columns + to;
    this.cost[arc] = Infinity;
    this.row[arc] = -1;
    for (const row of this.members[from]!) {
      const there = cost[row * columns + to]!;
      const change = there - cost[row * columns + from]!;
      if (there === FORBIDDEN || change >= this.cost[arc]!) continue;
      this.cost[arc] = change;
      this.row[arc] = row;
    }
  }

  private findOut(from: number): void {
    const { columns, cost } = this.problem;
    this.outCost[from] = Infinity;
    for (const row of this.members[from]!) {
      const change = this.leftOutCost - cost[row * columns + from]!;
      if (change >= this.outCost[from]!) continue;
      this.outCost[from] = change;
      this.outRow[from] = row;
    }
  }
}
