import { employeeKey, type PersonKey } from './directory.js';
import type { PersonRow, RejectedRow } from './rows.js';

/** What one file says, read under one mapping. */
export interface PeopleFile {
  readonly snapshotOn: string;
  readonly rows: readonly PersonRow[];
  readonly rejected: readonly RejectedRow[];
}

/** Everybody who is in the file, with the line or lines on which they stand; people of rejected rows among them. */
export function linesOf({ rows, rejected }: PeopleFile): Map<PersonKey, number | number[]> {
  const lines = new Map<PersonKey, number | number[]>();
  const add = (key: PersonKey, line: number): void => {
    const known = lines.get(key);
    if (known === undefined) lines.set(key, line);
    else if (typeof known === 'number') lines.set(key, [known, line]);
    else known.push(line);
  };
  for (const row of rows) add(row.key, row.line);
  for (const { employeeId, line } of rejected) if (employeeId !== null) add(employeeKey(employeeId), line);
  return lines;
}
