import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { Temporal } from 'temporal-polyfill';
import type { Day } from '../days.js';
import { DemoError } from '../options.js';
import type { Mapping } from './mapping.js';

/** An HR file as the demo handles it: its own records, by column. */
export interface HrFile {
  readonly header: readonly string[];
  readonly records: readonly Readonly<Record<string, string>>[];
}

/** @throws DemoError where it cannot be read as CSV */
export function readHrFile(text: string): HrFile {
  try {
    const [first = []] = parse(text, { bom: true, to: 1, relax_column_count: true }) as string[][];
    const records = parse(text, { bom: true, columns: true }) as Record<string, string>[];
    return { header: first.map((name) => name.trim()), records };
  } catch (error) {
    throw new DemoError(`The HR file cannot be read as CSV: ${(error as Error).message}`);
  }
}

export interface Leaver {
  readonly employeeId: string;
  readonly leftOn: Day;
  readonly voluntary: boolean;
}

/** The same company later: the file with these people gone. Everything else stays as it was. */
export function laterSnapshot(file: HrFile, mapping: Mapping, leavers: readonly Leaver[]): string {
  const gone = new Map(leavers.map((leaver) => [leaver.employeeId, leaver]));
  const records = file.records.map((record) => {
    const leaver = gone.get(record[mapping.employeeId]?.trim() ?? '');
    if (leaver === undefined) return record;
    const { leftOn, status } = mapping;
    const reasons = status?.[leaver.voluntary ? 'voluntary' : 'involuntary'] as readonly string[] | undefined;
    return {
      ...record,
      ...(leftOn === undefined ? {} : { [leftOn.column]: written(leaver.leftOn, leftOn.formats[0]!) }),
      ...(status === undefined || reasons === undefined ? {} : { [status.column]: reasons[0]! }),
    };
  });
  return stringify([...records], { header: true, columns: [...file.header] });
}

/** A day in a mapping's format, made of D, DD, M, MM, YY and YYYY. */
export function written(day: Day, format: string): string {
  const { year, month, day: date } = Temporal.PlainDate.from(day);
  const two = (n: number) => String(n).padStart(2, '0');
  const parts: Record<string, string> = {
    YYYY: String(year),
    YY: two(year % 100),
    MM: two(month),
    M: String(month),
    DD: two(date),
    D: String(date),
  };
  return format.replace(/YYYY|YY|MM|M|DD|D/g, (token) => parts[token]!);
}
