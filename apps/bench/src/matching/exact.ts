import highsModule, { type Highs, type Model } from 'highs';
import { NEVER, type Matched, type Scores } from './cohort.js';

/** HiGHS, compiled to WebAssembly. Its types are those of a CommonJS module, which it is not. */
export const loadHighs = highsModule as unknown as typeof highsModule.default;

/** Pairs of each coachee in the first problem, and those that a round may add. */
const FIRST = 16;
const MORE = 8;
/** In units of the objective: scores differ by a millionth or not at all. */
const LESS = -1e-7;

/**
 * The optimum by HiGHS: as many coachees as possible, then the greatest total. The linear problem of all pairs has no other
 * optimum than whole ones; ten million pairs do not fit into its memory, so it is given the best pairs of each coachee, and
 * then, until there are none, those that its own prices say could do better (column generation, Dantzig & Wolfe 1960).
 */
export function exact(highs: Highs, scores: Scores): Matched {
  const { coachees, coaches, score, places } = scores;
  const leftOut = coachees + 1;
  const costOf = (cell: number) => 1 - score[cell]! / 1_000_000;
  const cells = best(scores, FIRST, (cell) => costOf(cell));
  const given = new Set(cells);
  const ones = new Float64Array(coachees).fill(1);
  return highs.withModel(
    {
      numCols: coachees,
      numRows: coachees + coaches,
      colCost: new Float64Array(coachees).fill(leftOut),
      colLower: new Float64Array(coachees),
      colUpper: ones,
      rowLower: [...ones, ...places.map(() => 0)],
      rowUpper: [...ones, ...places],
      matrix: {
        format: 'csc',
        numRows: coachees + coaches,
        numCols: coachees,
        starts: Int32Array.from({ length: coachees + 1 }, (_, i) => i),
        indices: Int32Array.from({ length: coachees }, (_, i) => i),
        values: ones,
      },
    },
    (model) => {
      model.options.set({ output_flag: false });
      let more: readonly number[] = cells.slice();
      do {
        if (more.length > 0) addPairs(model, scores, more, costOf);
        model.run();
        if (model.getModelStatus() !== highs.constants.modelStatus.optimal)
          throw new Error(`HiGHS ends with status ${model.getModelStatus()}`);
        const { rowDual } = model.getSolution();
        more = best(scores, MORE, (cell) => {
          const [i, j] = [Math.floor(cell / coaches), cell % coaches];
          const gain = costOf(cell) - rowDual[i]! - rowDual[coachees + j]!;
          return gain < LESS && !given.has(cell) ? gain : Infinity;
        });
        for (const cell of more) {
          given.add(cell);
          cells.push(cell);
        }
      } while (more.length > 0);
      const { colValue } = model.getSolution();
      const chosen = cells.filter((_, n) => colValue[coachees + n]! > 0.5);
      return { matched: chosen.length, total: chosen.reduce((sum, cell) => sum + score[cell]!, 0) };
    },
  );
}

function addPairs(
  model: Model,
  { coachees, coaches }: Scores,
  cells: readonly number[],
  costOf: (cell: number) => number,
) {
  const count = cells.length;
  model.addCols({
    cost: Float64Array.from(cells, costOf),
    lower: new Float64Array(count),
    upper: new Float64Array(count).fill(1),
    matrix: {
      format: 'csc',
      numRows: coachees + coaches,
      numCols: count,
      starts: Int32Array.from({ length: count + 1 }, (_, n) => 2 * n),
      indices: Int32Array.from(
        cells.flatMap((cell) => [Math.floor(cell / coaches), coachees + (cell % coaches)]),
      ),
      values: new Float64Array(2 * count).fill(1),
    },
  });
}

/** Of each coachee's possible pairs the `most` of least worth, Infinity being none. */
function best({ coachees, coaches, score }: Scores, most: number, worth: (cell: number) => number): number[] {
  const found: number[] = [];
  for (let i = 0; i < coachees; i++) {
    const own: { cell: number; at: number }[] = [];
    for (let cell = i * coaches; cell < (i + 1) * coaches; cell++) {
      const at = score[cell] === NEVER ? Infinity : worth(cell);
      if (at !== Infinity) own.push({ cell, at });
    }
    own.sort((a, b) => a.at - b.at);
    for (const { cell } of own.slice(0, most)) found.push(cell);
  }
  return found;
}
