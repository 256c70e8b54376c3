import {
  COACH_COLUMNS,
  CoachCells,
  REQUIRED_COLUMNS,
  type CoachColumn,
  type CoachRowError,
} from './coach.cells.js';
import { isDay } from '../people/import/dates.js';
import { LEVELS, type CoachProfile, type Level, type TellingCredential } from './coach.js';
import { fold } from './label.js';
import { languageCode } from './language.js';
import { isIanaZone, parseSlots, type WeeklySlot } from './weekly-hours.js';

/** One row as the file reader gives it: the line on which it begins, and its cells by the column's name in the file. */
export interface CoachRecord {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** A coach as one row tells it. `employeeId` names the employee whom an internal coach is. */
export interface CoachRow {
  readonly line: number;
  readonly externalRef: string;
  readonly name: string;
  readonly email: string | null;
  readonly approved: boolean;
  readonly employeeId: string | null;
  readonly profile: CoachProfile;
  readonly credentials: readonly TellingCredential[];
}

/** The longest name of a credential or of an issuer, in characters, as the API has it. */
const CREDENTIAL_LIMIT = 60;
/** As for every day that the API takes. */
const CENTURIES = /^(?:19|2[01])/;
const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;
const APPROVED: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['true', true],
  ['1', true],
  ['no', false],
  ['false', false],
  ['0', false],
  ['', false],
]);

/** What is wrong with a file's header; with any of it, no row is read. Case, spaces and punctuation do not count. */
export function checkCoachHeader(header: readonly string[]): CoachRowError[] {
  const known = header.map(columnNamed);
  const missing = REQUIRED_COLUMNS.filter((column) => !known.includes(column)).map(
    (column): CoachRowError => ({
      line: 1,
      column,
      code: 'missing-column',
      expected: `a column named ${column}`,
    }),
  );
  const faulty = header.flatMap((name, i): CoachRowError[] => {
    const column = known[i];
    if (column === undefined) {
      const expected = `one of ${COACH_COLUMNS.join(', ')}`;
      return [{ line: 1, column: name, code: 'unknown-column', expected, found: name }];
    }
    if (known.indexOf(column) < i)
      return [{ line: 1, column: name, code: 'duplicate-column', expected: `one column for ${column}` }];
    return [];
  });
  return [...missing, ...faulty];
}

/**
 * Reads the rows of a coach file whose header is in order. A row with any fault gives no coach; each of its faults is
 * reported. List cells are separated by `;` or `|`.
 */
export function readCoachRows(
  header: readonly string[],
  records: Iterable<CoachRecord>,
): { coaches: CoachRow[]; errors: CoachRowError[] } {
  const names = new Map(header.map((name) => [columnNamed(name), name]));
  const lines = new Map<string, number>();
  const coaches: CoachRow[] = [];
  const errors: CoachRowError[] = [];
  for (const record of records) {
    const cells = new CoachCells(record, names as Map<CoachColumn, string>);
    const row = rowOf(record.line, cells);
    const first = lines.get(row.externalRef);
    if (first !== undefined)
      cells.fault(
        'externalRef',
        'duplicate-reference',
        `a reference used once; line ${first} has it already`,
      );
    else if (row.externalRef !== '') lines.set(row.externalRef, record.line);
    if (cells.errors.length === 0) coaches.push(row);
    errors.push(...cells.errors);
  }
  return { coaches, errors };
}

function rowOf(line: number, cells: CoachCells): CoachRow {
  return {
    line,
    externalRef: cells.required('externalRef'),
    name: cells.required('name'),
    email:
      cells.checked('email', (text) => EMAIL.test(text), 'unreadable-email', 'an e-mail address') || null,
    profile: profileOf(cells),
    approved: approvedIn(cells),
    employeeId: cells.text('employeeId') || null,
    credentials: credentialsIn(cells),
  };
}

function profileOf(cells: CoachCells): CoachProfile {
  return {
    industries: cells.labels('industries'),
    functions: cells.labels('functions'),
    levels: cells.each('levels', levelNamed, 'unlisted-value', `${LEVELS.join(', ')}, separated by ;`),
    years: cells.whole('years', 0, 70),
    specialties: cells.each('specialties', folded, 'unreadable-label', 'labels with letters or digits'),
    styles: cells.each('styles', folded, 'unreadable-label', 'labels with letters or digits'),
    languages: cells.each(
      'languages',
      languageTag,
      'unknown-language',
      'language tags such as en; de; pt-BR',
    ),
    hours: { slots: hoursIn(cells), zone: zoneIn(cells) },
    capacity: cells.whole('capacity', 0, 1000),
    conflicts: cells.labels('conflicts'),
  };
}

/** Three lists whose entries belong together by their places; one issuer may stand for all. */
function credentialsIn(cells: CoachCells): TellingCredential[] {
  const names = cells.places('credentials', CREDENTIAL_LIMIT);
  const issuers = cells.places('issuers', CREDENTIAL_LIMIT);
  const days = cells.places('expiresOn', CREDENTIAL_LIMIT);
  const each =
    names.length === 0 ? 'nothing beside no credentials' : `${names.length} for ${names.length} credentials`;
  if (names.includes('')) cells.fault('credentials', 'missing', 'a name between two separators, as PCC; MCC');
  else if (issuers.includes(''))
    cells.fault('issuers', 'missing', 'an issuer between two separators, as ICF; EMCC');
  if (issuers.length !== names.length && (issuers.length !== 1 || names.length === 0))
    cells.fault('issuers', 'other-length', `${each}, or one issuer for all`);
  if (days.length !== names.length && days.length > 0)
    cells.fault('expiresOn', 'other-length', `${each}, or nothing where none expires`);
  if (days.some((day) => day !== '' && !(isDay(day) && CENTURIES.test(day))))
    cells.fault(
      'expiresOn',
      'unreadable-date',
      'days such as 2028-03-31; between two separators nothing where one does not expire',
    );
  const credentials = names.map((credential, n) => ({
    credential,
    issuer: issuers.length === 1 ? issuers[0]! : (issuers[n] ?? ''),
    expiresOn: days[n] || null,
  }));
  const known = new Set(credentials.map(({ credential, issuer }) => JSON.stringify([credential, issuer])));
  if (known.size < credentials.length)
    cells.fault('credentials', 'duplicate-credential', 'each credential of an issuer once');
  return credentials;
}

function approvedIn(cells: CoachCells): boolean {
  const approved = APPROVED.get(cells.text('approved').toLowerCase());
  if (approved === undefined) cells.fault('approved', 'unlisted-value', 'yes or no');
  return approved ?? false;
}

function hoursIn(cells: CoachCells): WeeklySlot[] {
  const text = cells.required('hours');
  const slots = parseSlots(text);
  if (slots === undefined)
    cells.fault('hours', 'unreadable-hours', 'hours such as mon-thu 09:00-17:00; fri 09:00-12:00');
  return slots ?? [];
}

function zoneIn(cells: CoachCells): string {
  cells.required('zone');
  return cells.checked('zone', isIanaZone, 'unknown-zone', 'an IANA time zone such as Europe/Berlin');
}

function levelNamed(label: string): Level | undefined {
  return LEVELS.find((level) => level === label.toLowerCase());
}

function folded(label: string): string | undefined {
  return fold(label) || undefined;
}

function languageTag(tag: string): string | undefined {
  if (languageCode(tag) === undefined) return undefined;
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}

function columnNamed(name: string): CoachColumn | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
  return COACH_COLUMNS.find((column) => plain(column) === plain(name));
}
