import { RefusedError, type Refusal } from '@cairn/decider';
import type { Readable } from 'node:stream';
import { openHrFile } from '../../people/import/reading/hr-file.js';
import type { CoachRowError } from '../coach.cells.js';
import { checkCoachHeader, readCoachRows, type CoachRecord } from '../coach.csv.js';
import type { CoachFile } from '../coach.import.js';

/**
 * Reads a coach file: encoding and delimiter are found out, each row is understood or rejected by itself.
 * @throws RefusedError 422 where the file as a whole cannot be read
 */
export async function readCoachFile(bytes: Readable): Promise<CoachFile> {
  const opened = await openHrFile(bytes);
  if (!opened.ok) throw unreadable(opened.problems);
  const { header, rows, format } = opened;
  const headerErrors = checkCoachHeader(header);
  const records: CoachRecord[] = [];
  const ragged: CoachRowError[] = [];
  for (;;) {
    const block = await rows.next();
    if (block.done) {
      if (block.value) throw unreadable([block.value]);
      break;
    }
    for (const { line, cells, error } of block.value) {
      if (cells)
        records.push({ line, cells: Object.fromEntries(header.map((name, i) => [name, cells[i]!])) });
      else ragged.push({ ...error, column: error.column ?? '', code: 'unreadable-row' });
    }
  }
  if (headerErrors.length > 0) throw unreadable(headerErrors);
  const { coaches, errors } = readCoachRows(header, records);
  return { detected: format, coaches, errors: [...ragged, ...errors] };
}

const unreadable = (
  problems: readonly { code: string; expected: string; line?: number; column?: string }[],
) =>
  new RefusedError({
    kind: 'invalid',
    slug: 'file-unreadable',
    detail: `The file cannot be used: expected ${problems[0]!.expected}.`,
    extra: { problems },
  } satisfies Refusal);
