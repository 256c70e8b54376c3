import type { FileProblem, RowError } from '../problems.js';
import { shown } from '../problems.js';
import { cellsOf, type Delimiter, detectDelimiter, headerOf } from './delimiter.js';
import { decodeText, type Encoding, type TextFormat } from './encoding.js';
import { LONGEST_RECORD, RecordSplitter, type TextRecord } from './records.js';

/** How the file was read, for the report. `encoding` is final once the records have all been read. */
export interface FileFormat extends TextFormat {
  delimiter: Delimiter;
  delimiterGiven: boolean;
}

/** One row of the file: its cells, or why it has none. `line` is where it begins; the header is on line 1. */
export type RawRow =
  | { readonly line: number; readonly cells: string[]; readonly error?: undefined }
  | { readonly line: number; readonly cells?: undefined; readonly error: RowError };

export type OpenedFile =
  | { readonly ok: false; readonly problems: FileProblem[]; readonly format?: Partial<FileFormat> }
  | {
      readonly ok: true;
      readonly format: FileFormat;
      readonly header: readonly string[];
      /** Blocks of rows in file order; it returns a problem where the file breaks off being readable. */
      readonly rows: AsyncGenerator<RawRow[], FileProblem | undefined>;
    };

export interface OpenOptions {
  /** The columns that must be there; also what tells one delimiter from another. */
  readonly columns?: readonly string[];
  readonly encoding?: Encoding;
  readonly delimiter?: Delimiter;
}

const HEAD = LONGEST_RECORD;

/**
 * Opens a delimited file of people: finds encoding, delimiter and header, then streams its rows. Never holds more of
 * the file than a block. A failing stream (a client gone away) throws.
 */
export async function openHrFile(
  bytes: AsyncIterable<Uint8Array>,
  options: OpenOptions = {},
): Promise<OpenedFile> {
  const columns = options.columns ?? [];
  const format: TextFormat = {
    encoding: options.encoding ?? 'utf-8',
    bom: false,
    encodingGiven: options.encoding !== undefined,
    encodingBecause: '',
  };
  const text = decodeText(bytes, format);
  const head = await readHead(text);
  if (head.problem) return { ok: false, problems: [head.problem], format };
  if (head.text.trim() === '') {
    return {
      ok: false,
      problems: [{ code: 'empty-file', expected: 'a header and at least one row' }],
      format,
    };
  }
  const found = options.delimiter
    ? ({ ok: true, delimiter: options.delimiter } as const)
    : detectDelimiter(head.text, columns, head.complete);
  if (!found.ok) return { ok: false, problems: [found.problem], format };

  const { delimiter } = found;
  const whole: FileFormat = Object.assign(format, {
    delimiter,
    delimiterGiven: options.delimiter !== undefined,
  });
  const splitter = new RecordSplitter(delimiter);
  const first = [...splitter.push(head.text), ...(head.complete ? splitter.end() : [])];
  const headerRecord = first.shift();
  if (!headerRecord || headerRecord.fault) {
    const expected = 'a header line of column names with sound quotes';
    return { ok: false, problems: [{ code: 'unreadable-header', line: 1, expected }], format: whole };
  }
  const header = headerOf(cellsOf([headerRecord], delimiter)[0]!);
  if (format.broken && headerRecord.text.includes(UNREADABLE)) {
    const expected = 'a header in UTF-8, as the rest of the file is; save the file as UTF-8';
    return { ok: false, problems: [{ code: 'wrong-encoding', line: 1, expected }], format: whole };
  }
  const problems = headerProblems(header, columns);
  if (problems.length > 0) return { ok: false, problems, format: whole };
  return { ok: true, format: whole, header, rows: streamRows() };

  async function* streamRows(): AsyncGenerator<RawRow[], FileProblem | undefined> {
    let any = false;
    const block = (records: TextRecord[]): RawRow[] => {
      const rows = rowsOf(records, header, delimiter, format.broken === true);
      any ||= rows.length > 0;
      return rows;
    };
    yield block(first);
    for (let more = head.complete; !more;) {
      const piece = await text.next();
      if (piece.done && piece.value) return piece.value;
      more = piece.done === true;
      yield block(piece.done ? splitter.end() : splitter.push(piece.value));
    }
    return any ? undefined : { code: 'no-rows', expected: 'at least one row below the header' };
  }
}

/** Enough text to hold the header and some rows. */
async function readHead(
  text: AsyncGenerator<string, FileProblem | undefined>,
): Promise<{ text: string; complete: boolean; problem?: FileProblem }> {
  let head = '';
  while (head.length < HEAD) {
    const piece = await text.next();
    if (piece.done) return { text: head, complete: true, problem: piece.value };
    head += piece.value;
  }
  return { text: head, complete: false };
}

function headerProblems(header: readonly string[], columns: readonly string[]): FileProblem[] {
  const wanted = columns.length > 0 ? new Set(columns) : new Set(header.filter((name) => name !== ''));
  const problems: FileProblem[] = [];
  for (const column of wanted) {
    const times = header.filter((name) => name === column).length;
    if (times === 0) {
      const near = header.find((name) => name.toLowerCase() === column.toLowerCase());
      const hint = near ? `; the file writes it "${near}"` : '';
      problems.push({
        code: 'missing-column',
        line: 1,
        column,
        expected: `a column named "${column}"${hint}`,
      });
    }
    if (times > 1) {
      const expected = `one column named "${column}", not ${times}`;
      problems.push({ code: 'duplicate-column', line: 1, column, expected });
    }
  }
  return problems;
}

/** `broken`: bytes that are not of the file's encoding stand as U+FFFD. */
function rowsOf(
  records: TextRecord[],
  header: readonly string[],
  delimiter: string,
  broken: boolean,
): RawRow[] {
  const cells = cellsOf(
    records.filter((record) => !record.fault),
    delimiter,
  );
  let next = 0;
  const rows: RawRow[] = [];
  for (const record of records) {
    const error = record.fault && faultError(record, record.fault, header);
    const row = error ? undefined : cells[next++]!;
    if (error) rows.push({ line: record.line, error });
    // Spreadsheets leave rows of empty cells below the last person.
    else if (row!.every((cell) => cell.trim() === '')) continue;
    else if (row!.length !== header.length)
      rows.push({ line: record.line, error: ragged(record, row!, header) });
    else if (broken && row!.some((cell) => cell.includes(UNREADABLE)))
      rows.push({ line: record.line, error: unreadable(record, row!, header) });
    else rows.push({ line: record.line, cells: row! });
  }
  return rows;
}

function faultError(
  record: TextRecord,
  fault: NonNullable<TextRecord['fault']>,
  header: readonly string[],
): RowError {
  const expected = {
    'stray-quote': 'a quote only around a whole cell, or doubled inside a quoted one',
    'quote-not-closed': 'a closing quote for this cell',
    'row-too-long': `a row of at most ${LONGEST_RECORD} characters`,
  }[fault.code];
  const found = shown(record.text.slice(0, 81));
  return { line: record.line, column: header[fault.cell] ?? null, code: fault.code, expected, found };
}

const UNREADABLE = '\ufffd';

function unreadable(record: TextRecord, cells: string[], header: readonly string[]): RowError {
  const at = cells.findIndex((cell) => cell.includes(UNREADABLE));
  const expected =
    'UTF-8, as the rest of the file is; save the file as UTF-8, or name its `encoding` in the mapping';
  return {
    line: record.line,
    column: header[at] ?? null,
    code: 'unreadable-character',
    expected,
    found: shown(cells[at]!),
  };
}

function ragged(record: TextRecord, cells: string[], header: readonly string[]): RowError {
  const expected = `${header.length} cells, as the header has`;
  return { line: record.line, column: null, code: 'ragged-row', expected, found: `${cells.length} cells` };
}
