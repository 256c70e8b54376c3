import type { Directory, PersonKey } from './directory.js';
import { type FoundManager, ManagerFinder } from './manager-finder.js';
import type { ImportMapping } from './mapping.js';
import { nameKey, type PersonName } from './names.js';
import { linesOf, type PeopleFile } from './people-file.js';
import type { RowError } from './problems.js';
import { Unresolved, type UnresolvedManager } from './unresolved.js';

export interface ManagerResolution {
  /** By row: whom the row reports to, null for nobody, undefined where that is not known. */
  readonly of: readonly (PersonKey | null | undefined)[];
  /** By index of the row. */
  readonly errors: ReadonlyMap<number, RowError>;
  readonly names: ManagerNames;
  readonly unresolved: readonly UnresolvedManager[];
  /** The placeholders that rows report to. */
  readonly placeholders: ReadonlyMap<PersonKey, PersonName>;
  /** Placeholders of the mapping whose name an employee has, too. */
  readonly namedLikeEmployees: number;
}

/** How many distinct manager names the file has, by what they turned out to be. */
export interface ManagerNames {
  readonly employees: number;
  readonly placeholders: number;
  readonly nobody: number;
  readonly unresolved: number;
}

/** Finds out whom each row reports to, as far as the mapping has columns for it. */
export function resolveManagers(
  file: PeopleFile,
  directory: Directory,
  mapping: ImportMapping,
  inFile: ReadonlyMap<PersonKey, unknown> = linesOf(file),
): ManagerResolution {
  const { rows } = file;
  const errors = new Map<number, RowError>();
  const placeholders = new Map<PersonKey, PersonName>();
  if (!mapping.manager) {
    const of = Array.from<undefined>({ length: rows.length });
    return { of, errors, names: countNames(new Map()), unresolved: [], placeholders, namedLikeEmployees: 0 };
  }
  const finder = new ManagerFinder(file, inFile, directory, mapping);
  const found = new Map<string, FoundManager>();
  const kinds = new Map<string, FoundManager['is']>();
  const unresolved = new Unresolved();
  const of = rows.map((row, i) => {
    const id = row.managerId ?? null;
    const name = row.managerName ?? null;
    const text = `${id ?? ''}\0${name ?? ''}`;
    let manager = found.get(text);
    if (!manager) found.set(text, (manager = finder.find(id, name)));
    if (name !== null && kinds.get(name) !== 'unresolved') kinds.set(name, manager.is);
    if (manager.is === 'unresolved') {
      const { code, column, expected } = manager;
      errors.set(i, { line: row.line, column, code, expected, found: name ?? id ?? '' });
      unresolved.add(row);
      return undefined;
    }
    if (manager.is === 'placeholders') placeholders.set(manager.key!, finder.placeholderName(manager.key!));
    return manager.key;
  });
  return {
    of,
    errors,
    names: countNames(kinds),
    unresolved: unresolved.list(rows, of, directory, inFile),
    placeholders,
    namedLikeEmployees: finder.placeholdersNamedLikeEmployees(),
  };
}

/** Spellings that differ only in case, dots and spaces count once. */
function countNames(kinds: ReadonlyMap<string, FoundManager['is']>): ManagerNames {
  const names = new Map<string, FoundManager['is']>();
  for (const [name, is] of kinds) {
    const key = nameKey(name);
    if (names.get(key) !== 'unresolved') names.set(key, is);
  }
  const counts = { employees: 0, placeholders: 0, nobody: 0, unresolved: 0 };
  for (const is of names.values()) counts[is] += 1;
  return counts;
}
