import type { Goal, Result } from './measure/result.js';

const COLUMNS = ['row', '', 'ours', 'limit', 'ratio', 'p50', 'p99', 'goal', ''] as const;

/** The results as a table, as wide as its widest cells. */
export function tableOf(results: readonly Result[]): string {
  const lines = [COLUMNS as readonly string[], ...results.map(cellsOf)];
  const widths = COLUMNS.map((_, at) => Math.max(...lines.map((cells) => cells[at]!.length)));
  return lines
    .map((cells) =>
      cells
        .map((cell, at) => pad(cell, widths[at]!, at))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const pad = (cell: string, width: number, column: number) =>
  column >= 2 && column <= 6 ? cell.padStart(width) : cell.padEnd(width);

function cellsOf(result: Result): string[] {
  const { row, what, unit, ours, limit, ratio, p50, p99, commandsP99, goal, reached, errors, quality } =
    result;
  return [
    row,
    what,
    `${amount(ours)}${unit}`,
    `${amount(limit)}${unit}`,
    ratio.toFixed(2),
    p50 === undefined ? '' : `${p50.toFixed(1)} ms`,
    p99 === undefined ? '' : `${p99.toFixed(1)} ms`,
    goalText(goal),
    [
      reached ? '✓' : '✗',
      ...(errors > 0 ? [`${errors} errors`] : []),
      ...(commandsP99 ? [`commands’ p99 ${signed(commandsP99.added)} ms`] : []),
      ...(quality ? [`fit ${quality.fit.toFixed(3)}, ${(quality.matched * 100).toFixed(1)} % matched`] : []),
    ].join(' '),
  ];
}

/** Three digits that matter, no more than a measurement has. */
export function amount(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;

const goalText = ({ atLeast, perSecond, p99, megabytes }: Goal): string =>
  [
    ...(atLeast === undefined ? [] : [`≥ ${atLeast}`]),
    ...(perSecond === undefined ? [] : [`≥ ${amount(perSecond)}/s`]),
    ...(p99 === undefined ? [] : [`p99 ≤ ${p99} ms`]),
    ...(megabytes === undefined ? [] : [`≤ ${megabytes} MB`]),
  ].join(', ');
