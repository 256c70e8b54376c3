/** One record of a delimited text: where it begins and its text, without its line end. */
export interface TextRecord {
  readonly line: number;
  readonly text: string;
  /** Where it cannot be read: the record is this one line, and reading goes on with the next. */
  readonly fault?: RecordFault;
}

export interface RecordFault {
  readonly code: 'stray-quote' | 'quote-not-closed' | 'row-too-long';
  /** The cell at fault, counted from 0. */
  readonly cell: number;
}

/** Characters. A quoted cell that runs on for longer was never closed; a longer line is no row of an HR file. */
export const LONGEST_RECORD = 65_536;

const QUOTE = 34;
const LF = 10;
const CR = 13;

type State = 'cellStart' | 'plain' | 'quoted' | 'quoteInQuoted';

/**
 * Splits text into records at the line ends outside quotes (LF, CRLF or CR), with line numbers.
 *
 * A CSV parser told to skip a bad record also loses rows behind it; here a stray or unclosed quote costs the one line
 * on which it stands, so that every row is accounted for.
 */
export class RecordSplitter {
  private readonly delimiter: number;
  private text = '';
  private line = 1;
  /** Inside the rest of a line that was too long. */
  private skipping = false;

  constructor(delimiter: string) {
    this.delimiter = delimiter.charCodeAt(0);
  }

  /** The records completed by this piece of text. Blank lines give none. */
  push(piece: string): TextRecord[] {
    this.text += piece;
    return this.take(false);
  }

  end(): TextRecord[] {
    return this.take(true);
  }

  private take(last: boolean): TextRecord[] {
    const records: TextRecord[] = [];
    if (this.skipping && !this.skipLine(last)) return records;
    const text = this.text;
    let start = 0;
    for (;;) {
      const found = start < text.length ? this.recordAt(text, start, last) : undefined;
      if (!found) break;
      if (found.stop > start) {
        records.push({ line: this.line, text: text.slice(start, found.stop), fault: found.fault });
      }
      if (found.cut) {
        this.text = text.slice(found.stop);
        this.skipping = true;
        return this.skipLine(last) ? [...records, ...this.take(last)] : records;
      }
      this.line += found.lines;
      start = found.next;
    }
    // An unfinished record is read again from its beginning when more text has come; LONGEST_RECORD bounds that.
    this.text = text.slice(start);
    return records;
  }

  /** The record that begins at `start`, or undefined where the text does not reach to its end. */
  private recordAt(text: string, start: number, last: boolean): FoundRecord | undefined {
    let state: State = 'cellStart';
    let cell = 0;
    let lines = 1;
    let firstLineEnd = -1;
    const faulty = (code: RecordFault['code'], at: number) =>
      this.faultyLine(text, { start, from: firstLineEnd < 0 ? at : firstLineEnd, last }, { code, cell });
    for (let at = start; at < text.length; at++) {
      if (at - start > LONGEST_RECORD)
        return faulty(state === 'quoted' ? 'quote-not-closed' : 'row-too-long', at);
      const c = text.charCodeAt(at);
      if (c === QUOTE) {
        if (state === 'plain') return faulty('stray-quote', at);
        state = state === 'quoted' ? 'quoteInQuoted' : 'quoted';
      } else if (c === LF || c === CR) {
        // CR may be the first half of CRLF: wait for what follows.
        if (c === CR && at + 1 >= text.length && !last) return undefined;
        const next = afterLineEnd(text, at);
        if (state !== 'quoted') return { stop: at, next, lines };
        if (firstLineEnd < 0) firstLineEnd = at;
        lines += 1;
        at = next - 1;
      } else if (state === 'quoteInQuoted' && c !== this.delimiter) {
        return faulty('stray-quote', at);
      } else if (state !== 'quoted') {
        if (c === this.delimiter) cell += 1;
        state = c === this.delimiter ? 'cellStart' : 'plain';
      }
    }
    if (!last) return undefined;
    if (state === 'quoted') return faulty('quote-not-closed', text.length);
    return { stop: text.length, next: text.length, lines };
  }

  /** Only the first line of the record is given up: what follows it may be sound rows. */
  private faultyLine(
    text: string,
    where: { start: number; from: number; last: boolean },
    fault: RecordFault,
  ): FoundRecord | undefined {
    const stop = lineEnd(text, where.from);
    const known =
      stop < text.length && (where.last || text.charCodeAt(stop) !== CR || stop + 1 < text.length);
    if (known) return { stop, next: afterLineEnd(text, stop), lines: 1, fault };
    if (where.last) return { stop: text.length, next: text.length, lines: 1, fault };
    return text.length - where.start > LONGEST_RECORD
      ? { stop, next: stop, lines: 1, fault, cut: true }
      : undefined;
  }

  /** Drops text up to the end of the line; false while it has not come. */
  private skipLine(last: boolean): boolean {
    const end = lineEnd(this.text, 0);
    if (
      end >= this.text.length ||
      (this.text.charCodeAt(end) === CR && end + 1 >= this.text.length && !last)
    ) {
      this.text = this.text.slice(end);
      return false;
    }
    this.text = this.text.slice(afterLineEnd(this.text, end));
    this.line += 1;
    this.skipping = false;
    return true;
  }
}

interface FoundRecord {
  readonly stop: number;
  readonly next: number;
  /** Lines of the file that it takes. */
  readonly lines: number;
  readonly fault?: RecordFault;
  /** The line goes on beyond the text at hand. */
  readonly cut?: boolean;
}

function lineEnd(text: string, from: number): number {
  let i = from;
  while (i < text.length && text.charCodeAt(i) !== LF && text.charCodeAt(i) !== CR) i += 1;
  return i;
}

const afterLineEnd = (text: string, end: number): number =>
  text.charCodeAt(end) === CR && text.charCodeAt(end + 1) === LF ? end + 2 : end + 1;
