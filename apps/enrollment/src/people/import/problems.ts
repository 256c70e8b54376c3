/** What can be wrong with a whole file or request; nothing of such a file is read any further. */
export type FileProblemCode =
  | 'empty-file'
  | 'not-csv'
  | 'no-rows'
  | 'wrong-encoding'
  | 'ambiguous-delimiter'
  | 'no-delimiter'
  | 'unreadable-header'
  | 'duplicate-column'
  | 'missing-column'
  | 'snapshot-date-missing'
  | 'snapshot-in-the-future'
  | 'survey-after-snapshot'
  | 'snapshot-older-than-last';

export interface FileProblem {
  readonly code: FileProblemCode;
  /** Names the fix, in plain English. */
  readonly expected: string;
  readonly line?: number;
  readonly column?: string;
}

/** What can be wrong with one row; the row is rejected and named in the report. */
export type RowErrorCode =
  | 'ragged-row'
  | 'stray-quote'
  | 'quote-not-closed'
  | 'row-too-long'
  | 'nul-character'
  | 'bidi-control'
  | 'unreadable-character'
  | 'text-too-long'
  | 'employee-id-missing'
  | 'name-missing'
  | 'hire-date-missing'
  | 'unreadable-date'
  | 'ambiguous-date'
  | 'dated-after-snapshot'
  | 'dated-before-hire'
  | 'leaving-date-missing'
  | 'status-contradicts-date'
  | 'unlisted-value'
  | 'unreadable-email'
  | 'unreadable-number'
  | 'number-out-of-range'
  | 'survey-date-missing'
  | 'review-date-missing'
  | 'duplicate-employee-id'
  | 'unknown-manager'
  | 'ambiguous-manager'
  | 'manager-conflict'
  | 'manager-row-rejected'
  | 'reporting-cycle';

export interface RowError {
  /** Line of the file on which the row begins; the header is line 1. */
  readonly line: number;
  /** The column's name in the file, or null where the whole row is at fault. */
  readonly column: string | null;
  readonly code: RowErrorCode;
  readonly expected: string;
  /** The start of what stood there. Import reports are one of the few places where names may appear. */
  readonly found?: string;
}

/** What was understood but deliberately not taken over; counted, with the first lines, and never a rejection. */
export type NoteCode =
  | 'leaving-ahead'
  | 'score-outside-employment'
  | 'rating-outside-employment'
  | 'older-score-kept'
  | 'older-rating-kept'
  | 'hire-date-kept'
  | 'left-person-kept'
  | 'placeholder-named-like-employee'
  | 'absence-not-judged';

export interface Note {
  readonly code: NoteCode;
  readonly count: number;
  /** At most the first twenty. */
  readonly lines: readonly number[];
  readonly meaning: string;
}

const meanings: Record<NoteCode, string> = {
  'leaving-ahead':
    'The leaving date lies after the snapshot date; the person counts as current until a later file.',
  'score-outside-employment':
    'An engagement score dated before the person was hired or after they left was not recorded.',
  'rating-outside-employment':
    'A rating dated before the person was hired or after they left was not recorded.',
  'older-score-kept': 'A newer engagement score of that person is already recorded.',
  'older-rating-kept': 'A newer rating of that person is already recorded.',
  'hire-date-kept':
    'The hire date differs from the one recorded when the person was added; the recorded one stays.',
  'left-person-kept': 'The person has left; their last manager, place and level stay as they were.',
  'placeholder-named-like-employee':
    'The mapping makes this manager a placeholder although an employee has the same name; use managerAliases if they are one person.',
  'absence-not-judged':
    'Some rejected rows have no readable employee id, so nobody was ended for being absent from the file.',
};

const LINES_KEPT = 20;

/** Gathers notes by code. Lines are expected in file order. */
export class Notes {
  private readonly byCode = new Map<NoteCode, { count: number; lines: number[] }>();

  add(code: NoteCode, line?: number): void {
    const note = this.byCode.get(code) ?? { count: 0, lines: [] };
    note.count += 1;
    if (line !== undefined && note.lines.length < LINES_KEPT) note.lines.push(line);
    this.byCode.set(code, note);
  }

  list(): Note[] {
    return [...this.byCode]
      .map(([code, note]) => ({ code, ...note, meaning: meanings[code] }))
      .sort((a, b) => (a.code < b.code ? -1 : 1));
  }
}

/** A cell as it may be shown in a report. */
export const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);
