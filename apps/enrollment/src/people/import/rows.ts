import { CellReader } from './cells.js';
import { employeeKey, type PersonKey } from './directory.js';
import { type ImportMapping, type LeavingReason, leavingReasons, type Level, statuses } from './mapping.js';
import { personName, type PersonName } from './names.js';
import type { NoteCode, RowError } from './problems.js';
import { levelReader, numberIn, valueLists } from './values.js';

/**
 * One person as one row of the file shows them. Days are 'YYYY-MM-DD'. `undefined`: the mapping has no such column, so
 * the file says nothing; `null`: the cell is empty, so there is none.
 */
export interface PersonRow extends PersonName {
  readonly line: number;
  readonly key: PersonKey;
  readonly employeeId: string;
  readonly email: string | null | undefined;
  readonly department: string | null | undefined;
  readonly position: string | null | undefined;
  readonly location: string | null | undefined;
  readonly level: Level | undefined;
  /** As they stand in the file; `managers.ts` finds out who is meant. */
  readonly managerId: string | null | undefined;
  readonly managerName: string | null | undefined;
  readonly hiredOn: string;
  readonly standing: 'active' | 'onLeave' | 'left';
  /** Only for those who have left; null where the mapping has no column for it. */
  readonly leftOn: string | null;
  readonly leavingReason: LeavingReason | null;
  /** From when what this row changes holds; null means from the snapshot date. */
  readonly effectiveOn: string | null;
  readonly engagementScore: EngagementScore | null;
  readonly performanceRating: PerformanceRating | null;
  /** What was understood but left out of the above. */
  readonly notes: readonly NoteCode[];
}

export interface EngagementScore {
  readonly score: number;
  readonly surveyedOn: string;
}

export interface PerformanceRating {
  readonly rating: string;
  readonly belowStandard: boolean;
  readonly reviewedOn: string;
}

/** A row that cannot be used, with whatever still tells whose it is. */
export interface RejectedRow {
  readonly line: number;
  readonly employeeId: string | null;
  readonly name: PersonName | null;
  readonly errors: readonly RowError[];
}

export type RowReading =
  { readonly ok: true; readonly row: PersonRow } | { readonly ok: false; readonly rejected: RejectedRow };

/** Reads the rows of one file under a mapping whose columns its header has. */
export function rowReader(
  mapping: ImportMapping,
  header: readonly string[],
  snapshotOn: string,
): (line: number, cells: readonly string[]) => RowReading {
  const reader = new CellReader(header, snapshotOn);
  const standing = standingIn(mapping, reader);
  const levelOf = levelIn(mapping, reader);
  const score = scoreIn(mapping, reader);
  const rating = ratingIn(mapping, reader);
  return (line, cells) => {
    reader.begin(line, cells);
    const employeeId = reader.text(mapping.employeeId, 'id');
    if (employeeId === '') reader.fault(mapping.employeeId, 'employee-id-missing', 'an employee id');
    const name = nameIn(mapping, reader);
    const hiredOn = reader.pastDay(mapping.hiredOn);
    if (hiredOn === null)
      reader.fault(mapping.hiredOn.column, 'hire-date-missing', 'the day the person was hired');
    const { standing: stands, leftOn, leavingReason } = standing(hiredOn);
    const email = reader.label(mapping.email, 'email');
    if (email && !/^\S+@\S+$/.test(email)) {
      reader.fault(mapping.email!, 'unreadable-email', 'an e-mail address', email);
    }
    const employment = { from: hiredOn ?? '', to: leftOn ?? '9999' };
    const row: PersonRow = {
      line,
      key: employeeKey(employeeId),
      employeeId,
      givenName: name.givenName,
      familyName: name.familyName,
      email,
      department: reader.label(mapping.department),
      position: reader.label(mapping.position),
      location: reader.label(mapping.location),
      level: levelOf(),
      managerId: reader.label(mapping.manager?.id, 'id'),
      managerName: reader.label(mapping.manager?.name, 'name'),
      hiredOn: hiredOn ?? '',
      standing: stands,
      leftOn,
      leavingReason,
      effectiveOn: (mapping.effectiveOn && reader.dayFrom(hiredOn, mapping.effectiveOn)) ?? null,
      engagementScore: score(employment),
      performanceRating: rating(employment),
      notes: reader.notes.length > 0 ? reader.notes : NONE,
    };
    if (reader.errors.length === 0) return { ok: true, row };
    const known = name.givenName !== '' || name.familyName !== '' ? name : null;
    return {
      ok: false,
      rejected: { line, employeeId: employeeId || null, name: known, errors: reader.errors },
    };
  };
}

const NONE: readonly NoteCode[] = [];

interface Employment {
  readonly from: string;
  readonly to: string;
}

/** A score or rating of somebody who was not employed on its day is not theirs. */
const during = (day: string, employment: Employment): boolean =>
  day >= employment.from && day <= employment.to;

function nameIn(mapping: ImportMapping, reader: CellReader): PersonName {
  const name = mapping.fullName
    ? personName(reader.text(mapping.fullName, 'name'))
    : {
        givenName: reader.text(mapping.givenName!, 'name'),
        familyName: reader.text(mapping.familyName!, 'name'),
      };
  if (name.givenName === '' && name.familyName === '') {
    reader.fault(mapping.fullName ?? mapping.familyName!, 'name-missing', 'a name');
  }
  return name;
}

type Standing = Pick<PersonRow, 'standing' | 'leftOn' | 'leavingReason'>;

function standingIn(
  mapping: ImportMapping,
  reader: CellReader,
): (hiredOn: string | null | undefined) => Standing {
  const status = mapping.status && {
    column: mapping.status.column,
    lists: valueLists(mapping.status, statuses),
  };
  const reason = mapping.leavingReason && {
    column: mapping.leavingReason.column,
    lists: valueLists(mapping.leavingReason, leavingReasons),
  };
  return (hiredOn) => {
    const says = status && reader.meaning(status.column, status.lists);
    const reasonByStatus = says === 'active' || says === 'onLeave' ? undefined : says;
    const day = mapping.leftOn && reader.day(mapping.leftOn);
    const current = {
      standing: says === 'onLeave' ? says : 'active',
      leftOn: null,
      leavingReason: null,
    } as const;
    if (day && day > reader.snapshotOn) {
      reader.notes.push('leaving-ahead');
      return current;
    }
    if (!day && !reasonByStatus) return current;
    if (day && says && !reasonByStatus) {
      const expected = 'no leaving date for a person who has not left';
      reader.fault(mapping.leftOn!.column, 'status-contradicts-date', expected, day);
    }
    if (day && hiredOn && day < hiredOn) {
      const expected = `a day on or after ${hiredOn}, when the person was hired`;
      reader.fault(mapping.leftOn!.column, 'dated-before-hire', expected, day);
    }
    if (day === null)
      reader.fault(mapping.leftOn!.column, 'leaving-date-missing', 'the day on which the person left');
    const reasonByColumn = reason && reader.meaning(reason.column, reason.lists);
    return { standing: 'left', leftOn: day ?? null, leavingReason: reasonByColumn ?? reasonByStatus ?? null };
  };
}

function levelIn(mapping: ImportMapping, reader: CellReader): () => Level | undefined {
  if (!mapping.level) return () => undefined;
  const { column } = mapping.level;
  const levelOf = levelReader(mapping.level);
  return () => {
    const text = reader.text(column);
    return (
      levelOf(text) ??
      reader.fault(column, 'unlisted-value', 'a text that a level rule or `otherwise` covers', text)
    );
  };
}

function scoreIn(
  mapping: ImportMapping,
  reader: CellReader,
): (employment: Employment) => EngagementScore | null {
  const wanted = mapping.engagementScore;
  if (!wanted) return () => null;
  const { column, surveyedOn, scale } = wanted;
  const decimal = mapping.decimal ?? '.';
  return (employment) => {
    const text = reader.text(column);
    if (text === '') return null;
    const score = numberIn(text, decimal);
    if (score === undefined) reader.fault(column, 'unreadable-number', `a number such as 3${decimal}5`, text);
    else if (score < scale.lowest || score > scale.highest) {
      reader.fault(column, 'number-out-of-range', `a number from ${scale.lowest} to ${scale.highest}`, text);
    }
    const on = typeof surveyedOn === 'string' ? surveyedOn : reader.pastDay(surveyedOn);
    if (on === null && typeof surveyedOn === 'object') {
      reader.fault(surveyedOn.column, 'survey-date-missing', 'the day of the survey');
    }
    if (score === undefined || !on) return null;
    if (during(on, employment)) return { score, surveyedOn: on };
    reader.notes.push('score-outside-employment');
    return null;
  };
}

function ratingIn(
  mapping: ImportMapping,
  reader: CellReader,
): (employment: Employment) => PerformanceRating | null {
  const wanted = mapping.performanceRating;
  if (!wanted) return () => null;
  const lists = valueLists(wanted, ['standard', 'belowStandard'] as const);
  return (employment) => {
    const rating = reader.label(wanted.column);
    if (!rating) return null;
    const meaning = reader.meaning(wanted.column, lists);
    const on = reader.pastDay(wanted.reviewedOn);
    if (on === null) reader.fault(wanted.reviewedOn.column, 'review-date-missing', 'the day of the review');
    if (!meaning || !on) return null;
    if (during(on, employment)) return { rating, belowStandard: meaning === 'belowStandard', reviewedOn: on };
    reader.notes.push('rating-outside-employment');
    return null;
  };
}
