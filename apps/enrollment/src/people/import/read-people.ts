import { columnsOf, type ImportMapping } from './mapping.js';
import type { PeopleFile } from './people-file.js';
import type { FileProblem } from './problems.js';
import { type FileFormat, openHrFile } from './reading/hr-file.js';
import { type PersonRow, type RejectedRow, rowReader } from './rows.js';

export type PeopleReading =
  | { readonly ok: false; readonly problems: readonly FileProblem[]; readonly format?: Partial<FileFormat> }
  | {
      readonly ok: true;
      readonly file: PeopleFile;
      readonly format: FileFormat;
      readonly header: readonly string[];
    };

/** The latest day that has begun anywhere at `now` (an instant): calendars are ahead of UTC by up to 14 hours. */
export const latestDayBegun = (now: string): string =>
  new Date(Date.parse(now) + 14 * 3_600_000).toISOString().slice(0, 10);

/**
 * Reads all people of a file under a checked mapping. `snapshotOn` (the request's) goes before the mapping's; one of
 * them is wanted, since today is a guess that would date changes wrongly, and none that has not begun anywhere: every
 * file until then would be refused as older. Holds the rows, never the text.
 */
export async function readPeople(
  bytes: AsyncIterable<Uint8Array>,
  mapping: ImportMapping,
  now: string,
  snapshotOn: string | undefined = mapping.snapshotDate,
): Promise<PeopleReading> {
  if (snapshotOn === undefined) {
    const expected = 'the day whose state the file shows, as snapshotDate in the request or in the mapping';
    return { ok: false, problems: [{ code: 'snapshot-date-missing', expected }] };
  }
  const latest = latestDayBegun(now);
  if (snapshotOn > latest) {
    const expected = `a snapshot date up to ${latest}, the latest day that has begun anywhere on Earth, not ${snapshotOn}`;
    return { ok: false, problems: [{ code: 'snapshot-in-the-future', expected }] };
  }
  const survey = mapping.engagementScore?.surveyedOn;
  if (typeof survey === 'string' && survey > snapshotOn) {
    const expected = `a survey day (${survey} in the mapping) up to the snapshot date ${snapshotOn}`;
    return { ok: false, problems: [{ code: 'survey-after-snapshot', expected }] };
  }
  const { encoding, delimiter } = mapping;
  const opened = await openHrFile(bytes, { columns: columnsOf(mapping), encoding, delimiter });
  if (!opened.ok) return opened;
  const { format, header } = opened;
  const read = rowReader(mapping, header, snapshotOn);
  const rows: PersonRow[] = [];
  const rejected: RejectedRow[] = [];
  for (;;) {
    const block = await opened.rows.next();
    if (block.done) {
      return block.value
        ? { ok: false, problems: [block.value], format }
        : { ok: true, file: { snapshotOn, rows, rejected }, format, header };
    }
    for (const raw of block.value) {
      if (raw.error) rejected.push({ line: raw.line, employeeId: null, name: null, errors: [raw.error] });
      else {
        const reading = read(raw.line, raw.cells);
        if (reading.ok) rows.push(reading.row);
        else rejected.push(reading.rejected);
      }
    }
  }
}
