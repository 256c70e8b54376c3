import { BIDI_CONTROLS } from '../people/import/names.js';

export const COACH_COLUMNS = [
  'externalRef',
  'name',
  'email',
  'industries',
  'functions',
  'levels',
  'years',
  'specialties',
  'styles',
  'languages',
  'hours',
  'zone',
  'capacity',
  'approved',
  'employeeId',
  'conflicts',
  'credentials',
  'issuers',
  'expiresOn',
] as const;
export type CoachColumn = (typeof COACH_COLUMNS)[number];

/** Those that every coach needs. */
export const REQUIRED_COLUMNS: readonly CoachColumn[] = [
  'externalRef',
  'name',
  'levels',
  'years',
  'languages',
  'hours',
  'zone',
  'capacity',
];

/** The longest text and label, in characters, and the longest list. */
const TEXT_LIMIT = 300;
const LABEL_LIMIT = 120;
const LIST_LIMIT = 50;

export type CoachRowErrorCode =
  | 'missing-column'
  | 'unreadable-row'
  | 'unknown-column'
  | 'duplicate-column'
  | 'missing'
  | 'text-too-long'
  | 'bidi-control'
  | 'nul-character'
  | 'too-many'
  | 'unlisted-value'
  | 'unreadable-email'
  | 'unreadable-hours'
  | 'unreadable-label'
  | 'unreadable-number'
  | 'number-out-of-range'
  | 'unknown-language'
  | 'unreadable-date'
  | 'duplicate-credential'
  | 'other-length'
  | 'unknown-zone'
  | 'own-coach-record'
  | 'unknown-employee'
  | 'other-employee'
  | 'employee-left'
  | 'employee-is-coach'
  | 'duplicate-reference';

export interface CoachRowError {
  /** Line of the file on which the row begins; the header is line 1. */
  readonly line: number;
  /** The column's name in the file. */
  readonly column: string;
  readonly code: CoachRowErrorCode;
  readonly expected: string;
  /** The start of what stood there. */
  readonly found?: string;
}

/** The cells of one row, read column by column; what is wrong with them gathers in `errors`. */
export class CoachCells {
  readonly errors: CoachRowError[] = [];

  constructor(
    private readonly record: { readonly line: number; readonly cells: Readonly<Record<string, string>> },
    /** What the file calls each column. */
    private readonly names: ReadonlyMap<CoachColumn, string>,
  ) {}

  fault(column: CoachColumn, code: CoachRowErrorCode, expected: string): void {
    const text = this.cell(column).replaceAll('\0', '␀');
    const found = text === '' ? {} : { found: text.length > 80 ? `${text.slice(0, 79)}…` : text };
    this.errors.push({
      line: this.record.line,
      column: this.names.get(column) ?? column,
      code,
      expected,
      ...found,
    });
  }

  /** The text without white space around it or doubled in it; '' where there is none. */
  text(column: CoachColumn): string {
    const text = this.plain(column);
    if (text.length <= TEXT_LIMIT) return text;
    this.fault(column, 'text-too-long', `at most ${TEXT_LIMIT} characters`);
    return '';
  }

  required(column: CoachColumn): string {
    if (this.cell(column) === '') this.fault(column, 'missing', 'a value');
    return this.text(column);
  }

  /** A text that may be left out but must otherwise hold what `holds` asks. */
  checked(
    column: CoachColumn,
    holds: (text: string) => boolean,
    code: CoachRowErrorCode,
    expected: string,
  ): string {
    const text = this.text(column);
    if (text !== '' && !holds(text)) this.fault(column, code, expected);
    return text;
  }

  whole(column: CoachColumn, least: number, most: number): number {
    const expected = `a whole number from ${least} to ${most}`;
    const text = this.text(column);
    if (text === '') {
      this.fault(column, 'missing', expected);
      return least;
    }
    const number = Number(text);
    if (!/^-?\d+$/.test(text)) this.fault(column, 'unreadable-number', expected);
    else if (number < least || number > most) this.fault(column, 'number-out-of-range', expected);
    return number;
  }

  /** The labels of a list cell, each once, in order. */
  labels(column: CoachColumn): string[] {
    const labels = this.plain(column)
      .split(/[;|]/)
      .map((label) => label.trim())
      .filter((label) => label !== '');
    if (labels.length === 0 && REQUIRED_COLUMNS.includes(column))
      this.fault(column, 'missing', 'at least one value');
    if (labels.length > LIST_LIMIT) this.fault(column, 'too-many', `at most ${LIST_LIMIT} values`);
    if (labels.some((label) => label.length > LABEL_LIMIT))
      this.fault(column, 'text-too-long', `at most ${LABEL_LIMIT} characters a value`);
    return [...new Set(labels)];
  }

  /** The entries of a list cell in their places, empty ones among them; none of an empty cell. */
  places(column: CoachColumn, limit: number): string[] {
    const text = this.plain(column);
    if (text === '') return [];
    const entries = text.split(/[;|]/).map((entry) => entry.trim());
    if (entries.length > LIST_LIMIT) this.fault(column, 'too-many', `at most ${LIST_LIMIT} values`);
    if (entries.some((entry) => entry.length > limit))
      this.fault(column, 'text-too-long', `at most ${limit} characters a value`);
    return entries;
  }

  /** The labels of a list cell as `read` understands them; one that it does not is a fault of the cell. */
  each<T>(
    column: CoachColumn,
    read: (label: string) => T | undefined,
    code: CoachRowErrorCode,
    expected: string,
  ): T[] {
    const values = this.labels(column).map(read);
    if (values.includes(undefined)) this.fault(column, code, expected);
    return [...new Set(values.filter((value) => value !== undefined))];
  }

  /** What stands in the cell, whose characters can be kept and shown. */
  private plain(column: CoachColumn): string {
    const text = this.cell(column);
    if (text.includes('\0')) this.fault(column, 'nul-character', 'text without NUL');
    if (BIDI_CONTROLS.test(text))
      this.fault(column, 'bidi-control', 'text without characters that turn its direction');
    return text;
  }

  private cell(column: CoachColumn): string {
    const name = this.names.get(column);
    return ((name !== undefined && this.record.cells[name]) || '')
      .normalize('NFC')
      .replace(/\s+/g, ' ')
      .trim();
  }
}
