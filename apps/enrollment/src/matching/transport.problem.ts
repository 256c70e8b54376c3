/** A pair that must never be matched. */
export const FORBIDDEN = -1;
/** The column of a row that is left out. */
export const LEFT_OUT = -1;

/**
 * Rows want one unit each; a column can give as many as its capacity, at least 1. `cost` is row-major, rows × columns:
 * whole numbers from 0 to 1,000,000, or FORBIDDEN.
 */
export interface TransportProblem {
  readonly rows: number;
  readonly columns: number;
  readonly cost: Int32Array;
  readonly capacity: Int32Array;
}

/**
 * `columnOf` gives each row's column or LEFT_OUT. `prices` (≤ 0, and 0 where a column has room) prove the optimum: at
 * cost − price no row could do better elsewhere, and every other solution costs at least as much. `leftOutCost` is what
 * leaving a row out costs, more than all rows together can save.
 */
export interface TransportSolution {
  readonly columnOf: Int32Array;
  readonly prices: Float64Array;
  readonly leftOutCost: number;
}
