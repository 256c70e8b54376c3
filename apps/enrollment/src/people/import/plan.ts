import { absent, added, type PersonChange, placeholderAdded } from './changes.js';
import { compared } from './compare.js';
import { type Directory, employeeIdOf, employeeKey, isPlaceholder, type PersonKey } from './directory.js';
import { Acceptance } from './hierarchy.js';
import { type ManagerResolution, resolveManagers } from './managers.js';
import type { ImportMapping } from './mapping.js';
import { linesOf, type PeopleFile } from './people-file.js';
import { type FileProblem, type Note, Notes, type RowError } from './problems.js';
import { withPromotions } from './promotions.js';
import type { PersonRow } from './rows.js';

/** What becomes of one row. `changed` names what is new about a person who was known. */
export type RowOutcome =
  | { readonly line: number; readonly employeeId: string; readonly outcome: 'created' | 'unchanged' }
  | {
      readonly line: number;
      readonly employeeId: string;
      readonly outcome: 'updated' | 'ended';
      readonly changed: readonly string[];
    }
  | {
      readonly line: number;
      readonly employeeId: string | null;
      readonly outcome: 'rejected';
      readonly errors: readonly RowError[];
    };

export interface ImportPlan {
  /**
   * `ready` and `nothing-changed` are applied (the latter has nothing to apply); `rejected`: rows are at fault and
   * partial mode was not chosen; `held`: it would end more than 10 % of the people who are current and waits to be
   * confirmed.
   */
  readonly status: 'ready' | 'nothing-changed' | 'rejected' | 'held';
  readonly snapshotOn: string;
  /** One for every row of the file, by line. */
  readonly rows: readonly RowOutcome[];
  /** Employees who end because a complete file does not have them. */
  readonly absent: readonly string[];
  readonly counts: Readonly<
    Record<RowOutcome['outcome'] | 'rows' | 'absentEnded' | 'placeholdersCreated', number>
  >;
  /** People who would end, of the employees who were current before. */
  readonly endings: { readonly ended: number; readonly current: number };
  readonly managers: Pick<ManagerResolution, 'names' | 'unresolved'>;
  readonly notes: readonly Note[];
  /** What applying it writes, by key; also filled where the plan is not applied, for a dry run to show. */
  readonly changes: readonly PersonChange[];
}

/** A later file that would end more than this share of the people waits for a human being. */
const MOST_ENDED = 0.1;

/** An older state must not overwrite a newer one: its changes would be dated after those already known. */
export function olderThanLast({ lastSnapshotOn }: Directory, { snapshotOn }: PeopleFile): FileProblem | null {
  if (lastSnapshotOn === null || snapshotOn >= lastSnapshotOn) return null;
  const expected = `a snapshot date on or after ${lastSnapshotOn}, that of the last file applied`;
  return { code: 'snapshot-older-than-last', expected };
}

/**
 * What a file would do to the directory, which no newer one has reached (`olderThanLast`): pure, so that a dry run and an import are one thing. The order of the rows
 * does not matter. Time and memory grow with the rows and the directory.
 */
export function planImport(
  directory: Directory,
  file: PeopleFile,
  mapping: ImportMapping,
  /** Apply the sound rows although others are rejected. */
  partial = false,
): ImportPlan {
  const { snapshotOn, rows } = file;
  const first = directory.lastSnapshotOn === null;

  const notes = new Notes();
  for (const row of rows) for (const note of row.notes) notes.add(note, row.line);
  const lines = linesOf(file);
  const managers = resolveManagers(file, directory, mapping, lines);
  for (let i = 0; i < managers.namedLikeEmployees; i++) notes.add('placeholder-named-like-employee');
  const acceptance = accept(directory, file, lines, mapping, managers);

  const changes = new Map<PersonKey, PersonChange>();
  rows.forEach((row, i) => {
    if (!acceptance.stands(i)) return;
    const before = directory.people.get(row.key);
    if (!before) {
      const change = added(row, managers.of[i] ?? null, snapshotOn);
      changes.set(change.key, change);
      return;
    }
    const { change, notes: kept } = compared(before, row, managers.of[i], snapshotOn);
    for (const note of kept) notes.add(note, row.line);
    if (change.changed.length > 0) changes.set(change.key, change);
  });
  for (const [key, firstOn] of firstReports(rows, managers, acceptance, directory)) {
    changes.set(key, placeholderAdded(key, managers.placeholders.get(key)!, firstOn));
  }
  const gone = mapping.complete ? absentees(directory, file, lines, notes) : [];
  for (const key of gone) changes.set(key, absent(directory.people.get(key)!, snapshotOn));
  const all = first ? changes : withPromotions(directory, changes);

  const outcomes = [
    ...rows.map((row, i) => outcomeOf(row, acceptance.errors.get(i), all)),
    ...file.rejected.map(
      ({ line, employeeId, errors }) => ({ line, employeeId, outcome: 'rejected', errors }) as const,
    ),
  ].toSorted((a, b) => a.line - b.line);
  const counts = { rows: outcomes.length, created: 0, updated: 0, unchanged: 0, ended: 0, rejected: 0 };
  for (const { outcome } of outcomes) counts[outcome] += 1;
  let current = 0;
  for (const [key, person] of directory.people)
    if (person.leftOn === null && !isPlaceholder(key)) current += 1;
  const endings = { ended: counts.ended + gone.length, current };

  const status = (): ImportPlan['status'] => {
    if (counts.rejected > 0 && !partial) return 'rejected';
    if (all.size === 0) return 'nothing-changed';
    return !first && endings.ended > current * MOST_ENDED ? 'held' : 'ready';
  };
  return {
    status: status(),
    snapshotOn,
    rows: outcomes,
    absent: gone.map((key) => employeeIdOf(key)!).toSorted(),
    counts: {
      ...counts,
      absentEnded: gone.length,
      placeholdersCreated: [...all.keys()].filter((key) => isPlaceholder(key) && !directory.people.has(key))
        .length,
    },
    endings,
    managers: { names: managers.names, unresolved: managers.unresolved },
    notes: notes.list(),
    changes: [...all.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
}

function accept(
  directory: Directory,
  { rows, rejected }: PeopleFile,
  lines: ReadonlyMap<PersonKey, number | number[]>,
  mapping: ImportMapping,
  managers: ManagerResolution,
): Acceptance {
  const acceptance = new Acceptance(rows, managers.of, directory, mapping.manager ?? {});
  for (const { employeeId, line } of rejected) {
    if (employeeId !== null) acceptance.noteRejected(employeeKey(employeeId), line);
  }
  rows.forEach((row, i) => {
    const { line, key, employeeId: found } = row;
    const all = lines.get(key)!;
    if (typeof all !== 'number') {
      const expected = `an employee id of its own; lines ${all.toSorted((a, b) => a - b).join(', ')} share it`;
      acceptance.reject(i, {
        line,
        column: mapping.employeeId,
        code: 'duplicate-employee-id',
        expected,
        found,
      });
    }
    if (row.standing === 'left' && row.leftOn === null && !directory.people.has(key)) {
      const expected = 'the day on which a person left whom Cairn does not know yet; map a column as leftOn';
      acceptance.reject(i, {
        line,
        column: mapping.status?.column ?? null,
        code: 'leaving-date-missing',
        expected,
      });
    }
    const error = managers.errors.get(i);
    if (error) acceptance.reject(i, error);
  });
  acceptance.settle();
  return acceptance;
}

/** New placeholders, each with the hire date of the first who reports to them. */
function firstReports(
  rows: readonly PersonRow[],
  managers: ManagerResolution,
  acceptance: Acceptance,
  directory: Directory,
): Map<PersonKey, string> {
  const first = new Map<PersonKey, string>();
  rows.forEach((row, i) => {
    const key = managers.of[i];
    if (!key || !isPlaceholder(key) || directory.people.has(key) || !acceptance.stands(i)) return;
    const known = first.get(key);
    if (known === undefined || row.hiredOn < known) first.set(key, row.hiredOn);
  });
  return first;
}

/** Who is current and not in the file; nobody where a rejected row without an id might be any of them. */
function absentees(
  directory: Directory,
  { rejected }: PeopleFile,
  inFile: ReadonlyMap<PersonKey, unknown>,
  notes: Notes,
): PersonKey[] {
  const unknown = rejected.filter(({ employeeId }) => employeeId === null);
  for (const { line } of unknown) notes.add('absence-not-judged', line);
  if (unknown.length > 0) return [];
  return [...directory.people.values()]
    .filter(({ key, leftOn }) => leftOn === null && !isPlaceholder(key) && !inFile.has(key))
    .map(({ key }) => key);
}

function outcomeOf(
  { line, key, employeeId }: PersonRow,
  errors: readonly RowError[] | undefined,
  changes: ReadonlyMap<PersonKey, PersonChange>,
): RowOutcome {
  if (errors) return { line, employeeId, outcome: 'rejected', errors };
  const change = changes.get(key);
  if (!change) return { line, employeeId, outcome: 'unchanged' };
  if (!change.before) return { line, employeeId, outcome: 'created' };
  const ended = change.before.leftOn === null && change.after.leftOn !== null;
  return { line, employeeId, outcome: ended ? 'ended' : 'updated', changed: change.changed };
}
