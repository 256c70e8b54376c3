import { parse } from 'csv-parse/sync';
import type { FileProblem } from '../problems.js';
import { RecordSplitter, type TextRecord } from './records.js';

export const delimiters = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

const SAMPLE_RECORDS = 50;

/** The cells of sound records. */
export function cellsOf(records: readonly TextRecord[], delimiter: string): string[][] {
  if (records.length === 0) return [];
  const rows = parse(records.map((record) => record.text).join('\n'), {
    delimiter,
    record_delimiter: '\n',
    relax_column_count: true,
    max_record_size: 1 << 20,
  });
  if (rows.length !== records.length) throw new Error('records and rows are split differently');
  return rows;
}

/** A header as it is compared with the mapping: white space at the ends and doubled inside does not count. */
export const headerOf = (cells: readonly string[]): string[] =>
  cells.map((cell) => cell.normalize('NFC').replace(/\s+/g, ' ').trim());

/**
 * The delimiter of the text that begins with `sample`: the only one under which the header has every wanted column;
 * failing that, the only one under which header and rows have the same number of cells, at least two. Two answers are
 * a problem, never a guess.
 */
export function detectDelimiter(
  sample: string,
  columns: readonly string[],
  complete: boolean,
): { ok: true; delimiter: Delimiter } | { ok: false; problem: FileProblem } {
  const candidates = delimiters
    .map((delimiter) => ({ delimiter, ...shapeUnder(delimiter, sample, complete) }))
    .filter(({ header }) => header.length > 1);
  if (candidates.length === 0) {
    const expected = 'a header of at least two columns, separated by comma, semicolon, tab or |';
    return { ok: false, problem: { code: 'no-delimiter', line: 1, expected } };
  }
  const holding = candidates.filter(({ header }) => columns.every((column) => header.includes(column)));
  const even = (columns.length > 0 && holding.length > 0 ? holding : candidates).filter(
    ({ uneven }) => uneven === 0,
  );
  const chosen = [columns.length > 0 ? holding : [], even, candidates].find((left) => left.length === 1);
  if (chosen) return { ok: true, delimiter: chosen[0]!.delimiter };
  const named = candidates.map(({ delimiter }) => (delimiter === '\t' ? 'tab' : delimiter)).join(' or ');
  const expected = `one clear delimiter; ${named} would all do: name the \`delimiter\` in the mapping`;
  return { ok: false, problem: { code: 'ambiguous-delimiter', line: 1, expected } };
}

function shapeUnder(
  delimiter: Delimiter,
  sample: string,
  complete: boolean,
): { header: string[]; uneven: number } {
  const splitter = new RecordSplitter(delimiter);
  const records = [...splitter.push(sample), ...(complete ? splitter.end() : [])].slice(0, SAMPLE_RECORDS);
  const sound = records.filter((record) => !record.fault);
  if (records.length === 0 || records[0] !== sound[0]) return { header: [], uneven: 0 };
  const [header, ...rows] = cellsOf(sound, delimiter);
  return { header: headerOf(header!), uneven: rows.filter((row) => row.length !== header!.length).length };
}
