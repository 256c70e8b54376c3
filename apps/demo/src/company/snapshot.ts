import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { isUtf8 } from 'node:buffer';
import { Temporal } from 'temporal-polyfill';
import type { Day } from '../days.js';
import { DemoError } from '../options.js';
import type { Mapping } from './mapping.js';

/** An HR file as the demo handles it: as it came, and its own records, by column. */
export interface HrFile {
  readonly bytes: Buffer;
  readonly delimiter: string;
  readonly header: readonly string[];
  readonly records: readonly Readonly<Record<string, string>>[];
}

const DELIMITERS = [',', ';', '\t', '|'];

/**
 * The file's records. Cairn judges each of them; here they only have to be found again for the later file.
 * @param mapping what is known of encoding and delimiter; without it both are guessed, the delimiter from the first line
 * @throws DemoError where it cannot be read as CSV
 */
export function readHrFile(bytes: Buffer, mapping?: Pick<Mapping, 'encoding' | 'delimiter'>): HrFile {
  const encoding = mapping?.encoding ?? (isUtf8(bytes) ? 'utf-8' : 'windows-1252');
  try {
    const text = new TextDecoder(encoding).decode(bytes);
    const [line = ''] = text.split(/\r?\n/, 1);
    const pieces = (delimiter: string) => line.split(delimiter).length;
    const delimiter = mapping?.delimiter ?? DELIMITERS.toSorted((a, b) => pieces(b) - pieces(a))[0]!;
    let header: string[] = [];
    const records = parse(text, {
      delimiter,
      relax_column_count: true,
      columns: (names: string[]) => (header = names.map((name) => name.trim())),
    }) as Record<string, string>[];
    if (records.length === 0) throw new Error('it has no rows');
    return { bytes, delimiter, header, records };
  } catch (error) {
    throw new DemoError(`The HR file cannot be read as CSV: ${(error as Error).message}.`);
  }
}

export interface Leaver {
  readonly employeeId: string;
  readonly leftOn: Day;
  readonly voluntary: boolean;
}

/** The same company later: the file with these people gone. Everything else stays as it was. */
export function laterSnapshot(file: HrFile, mapping: Mapping, leavers: readonly Leaver[]): Buffer {
  const gone = new Map(leavers.map((leaver) => [leaver.employeeId, leaver]));
  const records = file.records.map((record) => {
    const leaver = gone.get(record[mapping.employeeId]?.trim() ?? '');
    if (leaver === undefined) return record;
    const { leftOn, status, leavingReason } = mapping;
    const changed = { ...record };
    if (leftOn) changed[leftOn.column] = written(leaver.leftOn, leftOn.formats[0]!);
    for (const column of [status, leavingReason]) {
      const said = column?.[leaver.voluntary ? 'voluntary' : 'involuntary']?.[0];
      if (column && said !== undefined) changed[column.column] = said;
    }
    return changed;
  });
  // The mark says that it is UTF-8, whatever the first file was.
  const { delimiter, header } = file;
  return Buffer.from(stringify(records, { bom: true, header: true, delimiter, columns: [...header] }));
}

/** A day in a mapping's format, made of D, DD, M, MM, MMM, YY and YYYY. */
export function written(day: Day, format: string): string {
  const { year, month, day: date } = Temporal.PlainDate.from(day);
  const two = (n: number) => String(n).padStart(2, '0');
  const parts: Record<string, string> = {
    YYYY: String(year),
    YY: two(year % 100),
    MMM: MONTHS[month - 1]!,
    MM: two(month),
    M: String(month),
    DD: two(date),
    D: String(date),
  };
  return format.replace(/YYYY|YY|MMM|MM|M|DD|D/g, (token) => parts[token]!);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
