import { dayReader } from './dates.js';
import type { DayColumn } from './mapping.js';
import { BIDI_CONTROLS, tidy } from './names.js';
import { type NoteCode, type RowError, type RowErrorCode, shown } from './problems.js';
import { MOST_KEPT, type ValueLists, valueKey } from './values.js';

/** Longest texts, in characters. Labels go into published events, whose schema has the same limit. */
const LIMITS = { id: 100, name: 200, email: 254, label: 120, value: 4000 };

/**
 * The cells of one row at a time, by column name, tidied and checked; gathers what is wrong with them. A reading that
 * is `undefined` has been reported; `null` means that the cell is empty.
 */
export class CellReader {
  errors: RowError[] = [];
  notes: NoteCode[] = [];
  private line = 0;
  private cells: readonly string[] = [];
  private readonly at: ReadonlyMap<string, number>;
  private readonly dates = new Map<DayColumn, ReturnType<typeof dayReader>>();
  private readonly shared = new Map<string, string>();

  constructor(
    header: readonly string[],
    readonly snapshotOn: string,
  ) {
    this.at = new Map(header.map((name, i) => [name, i]));
  }

  begin(line: number, cells: readonly string[]): void {
    this.line = line;
    this.cells = cells;
    this.errors = [];
    this.notes = [];
  }

  fault(column: string, code: RowErrorCode, expected: string, found?: string): undefined {
    this.errors.push({ line: this.line, column, code, expected, ...(found ? { found: shown(found) } : {}) });
    return undefined;
  }

  /** The text of a cell; '' where it is empty. */
  text(column: string, limit: keyof typeof LIMITS = 'value'): string {
    const text = tidy(this.cells[this.at.get(column)!]!);
    if (text.includes('\0'))
      this.fault(column, 'nul-character', 'text without NUL', text.replaceAll('\0', '␀'));
    if (BIDI_CONTROLS.test(text)) {
      const expected = 'text without characters that turn its direction (U+202A–U+202E, U+2066–U+2069)';
      this.fault(column, 'bidi-control', expected);
    }
    if (text.length > LIMITS[limit])
      this.fault(column, 'text-too-long', `at most ${LIMITS[limit]} characters`, text);
    return text;
  }

  /** A text that many rows share is kept once. Undefined where the mapping has no such column. */
  label(column: string | undefined, limit: keyof typeof LIMITS = 'label'): string | null | undefined {
    if (column === undefined) return undefined;
    const text = this.text(column, limit);
    const known = this.shared.get(text);
    if (known !== undefined) return known || null;
    if (this.shared.size < MOST_KEPT) this.shared.set(text, text);
    return text || null;
  }

  /** A day as 'YYYY-MM-DD'. */
  day(from: DayColumn): string | null | undefined {
    const text = this.text(from.column);
    if (text === '') return null;
    if (!this.dates.has(from)) this.dates.set(from, dayReader(from.formats, from.pivot));
    const reading = this.dates.get(from)!(text);
    if (reading.ok) return reading.day;
    const formats = from.formats.join(' or ');
    return reading.code === 'unreadable-date'
      ? this.fault(from.column, reading.code, `a day written as ${formats}`, text)
      : this.fault(from.column, reading.code, `a day that ${formats} read alike; keep one of them`, text);
  }

  /** A day that the file can know of: none after its snapshot. */
  pastDay(from: DayColumn): string | null | undefined {
    const day = this.day(from);
    if (!day || day <= this.snapshotOn) return day;
    const expected = `a day up to the snapshot date ${this.snapshotOn}; is that date right?`;
    return this.fault(from.column, 'dated-after-snapshot', expected, day);
  }

  /** A day of somebody's employment. */
  dayFrom(hiredOn: string | null | undefined, from: DayColumn): string | null | undefined {
    const day = this.pastDay(from);
    if (!day || !hiredOn || day >= hiredOn) return day;
    const expected = `a day on or after ${hiredOn}, when the person was hired`;
    return this.fault(from.column, 'dated-before-hire', expected, day);
  }

  /** What the cell's value means by the mapping's lists. */
  meaning<Kind extends string>(column: string, lists: ValueLists<Kind>): Kind | undefined {
    const text = this.text(column);
    const kind = lists.kinds.get(valueKey(text)) ?? lists.otherwise;
    if (kind !== undefined) return kind;
    return this.fault(
      column,
      'unlisted-value',
      `one of ${lists.shown}, or an \`otherwise\` in the mapping`,
      text,
    );
  }
}
