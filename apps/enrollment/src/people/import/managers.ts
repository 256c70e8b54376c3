import { type Directory, employeeKey, isPlaceholder, type PersonKey, placeholderKey } from './directory.js';
import type { ImportMapping } from './mapping.js';
import { nameKey, nameKeys, personName, type PersonName } from './names.js';
import { NameIndex } from './name-index.js';
import type { RowError } from './problems.js';
import type { PersonRow, RejectedRow } from './rows.js';
import { Unresolved, type UnresolvedManager } from './unresolved.js';

export interface ManagerResolution {
  /** By row: whom the row reports to, null for nobody, undefined where the file does not say. */
  readonly of: readonly (PersonKey | null | undefined)[];
  /** By index of the row. */
  readonly errors: ReadonlyMap<number, RowError>;
  /** Distinct manager names of the file, by what they turned out to be. */
  readonly names: { employees: number; placeholders: number; nobody: number; unresolved: number };
  readonly unresolved: readonly UnresolvedManager[];
  /** The placeholders that rows report to, by their names in the mapping. */
  readonly placeholders: ReadonlyMap<PersonKey, PersonName>;
  /** Placeholders of the mapping who are named like an employee. */
  readonly namedLikeEmployees: number;
}

type Found =
  | { readonly is: 'employees' | 'placeholders' | 'nobody'; readonly key: PersonKey | null }
  | {
      readonly is: 'unresolved';
      readonly code: RowError['code'];
      readonly column: string;
      readonly expected: string;
    };

/**
 * Finds out whom each row reports to. What the mapping settles comes first; then the manager id, used only where it is
 * somebody's employee id; else the name, whichever way round it is written. Where id and name disagree or a name fits
 * two people, the row is an error: nothing is guessed, since many files number managers apart from employees.
 */
export function resolveManagers(
  rows: readonly PersonRow[],
  rejected: readonly RejectedRow[],
  directory: Directory,
  mapping: ImportMapping,
): ManagerResolution {
  const columns = mapping.manager;
  if (!columns) return { ...nothing, of: Array.from({ length: rows.length }) };

  const inFile = new Set<PersonKey>();
  for (const row of rows) inFile.add(employeeKey(row.employeeId));
  for (const row of rejected) if (row.employeeId) inFile.add(employeeKey(row.employeeId));
  const isEmployee = (key: PersonKey): boolean =>
    inFile.has(key) || (directory.people.has(key) && !isPlaceholder(key));

  const names = new NameIndex(distinctNames(rows));
  for (const row of rows) names.add(employeeKey(row.employeeId), row);
  for (const row of rejected)
    if (row.employeeId && row.name) names.add(employeeKey(row.employeeId), row.name);
  for (const [key, person] of directory.people) if (!inFile.has(key)) names.add(key, person);

  const aliases = new Map(
    Object.entries(mapping.managerAliases ?? {}).map(([name, id]) => [nameKey(name), id]),
  );
  const placeholders = new Map((mapping.placeholders ?? []).map((name) => [nameKey(name), personName(name)]));
  const nobody = new Set((mapping.notAPerson ?? []).map(nameKey));
  let namedLikeEmployees = 0;
  for (const name of placeholders.values()) {
    if (names.find(name).some((key) => !isPlaceholder(key))) namedLikeEmployees += 1;
  }

  const find = (id: string | null, name: string | null): Found => {
    if (name !== null) {
      const key = nameKey(name);
      const alias = aliases.get(key);
      if (alias !== undefined) {
        if (isEmployee(employeeKey(alias))) return { is: 'employees', key: employeeKey(alias) };
        const expected = `an employee id in managerAliases; ${alias} is in neither the file nor the directory`;
        return { is: 'unresolved', code: 'unknown-manager', column: columns.name!, expected };
      }
      if (placeholders.has(key)) return { is: 'placeholders', key: placeholderKey(name) };
      if (nobody.has(key)) return { is: 'nobody', key: null };
    }
    const byName = name === null ? [] : names.find(personName(name));
    const byId = id === null ? null : employeeKey(id);
    if (byId !== null && isEmployee(byId)) {
      if (name === null || byName.includes(byId)) return { is: 'employees', key: byId };
      const says = byName.length > 0 ? 'the name means somebody else' : 'the name is not theirs';
      const expected = `manager id and name of one person: ${id} is an employee id, but ${says}; map only one of the two columns, or settle the name in managerAliases`;
      return { is: 'unresolved', code: 'manager-conflict', column: columns.id!, expected };
    }
    if (byName.length === 1) {
      const [key] = byName;
      return { is: isPlaceholder(key!) ? 'placeholders' : 'employees', key: key! };
    }
    if (byName.length > 1) {
      const expected = `one person of that name, not ${byName.length} (${listed(byName)}); say in managerAliases who is meant`;
      return { is: 'unresolved', code: 'ambiguous-manager', column: columns.name!, expected };
    }
    if (name === null && id === null) return { is: 'nobody', key: null };
    const expected =
      name === null
        ? 'the employee id of somebody in the file or the directory'
        : 'somebody in the file or the directory; settle the name in managerAliases, placeholders or notAPerson';
    return {
      is: 'unresolved',
      code: 'unknown-manager',
      column: (name === null ? columns.id : columns.name)!,
      expected,
    };
  };

  const of: (PersonKey | null | undefined)[] = [];
  const errors = new Map<number, RowError>();
  const usedPlaceholders = new Map<PersonKey, PersonName>();
  const unresolved = new Unresolved();
  const found = new Map<string, Found>();
  const kinds = new Map<string, Found['is']>();
  rows.forEach((row, i) => {
    const id = row.managerId ?? null;
    const name = row.managerName ?? null;
    const text = `${id ?? ''}\0${name ?? ''}`;
    if (!found.has(text)) found.set(text, find(id, name));
    const manager = found.get(text)!;
    if (name !== null && kinds.get(name) !== 'unresolved') kinds.set(name, manager.is);
    if (manager.is !== 'unresolved') {
      of.push(manager.key);
      if (manager.key && isPlaceholder(manager.key)) {
        usedPlaceholders.set(
          manager.key,
          placeholders.get(nameKey(name!)) ?? directory.people.get(manager.key)!,
        );
      }
      return;
    }
    of.push(undefined);
    unresolved.add(row);
    const { code, column, expected } = manager;
    errors.set(i, { line: row.line, column, code, expected, found: name ?? id ?? '' });
  });
  return {
    of,
    errors,
    names: countKinds(kinds),
    unresolved: unresolved.list(rows, of, directory, inFile),
    placeholders: usedPlaceholders,
    namedLikeEmployees,
  };
}

const nothing = {
  errors: new Map<number, RowError>(),
  names: { employees: 0, placeholders: 0, nobody: 0, unresolved: 0 },
  unresolved: [],
  placeholders: new Map<PersonKey, PersonName>(),
  namedLikeEmployees: 0,
};

function* distinctNames(rows: readonly PersonRow[]): Generator<PersonName> {
  for (const name of new Set(rows.map((row) => row.managerName))) if (name) yield personName(name);
}

const listed = (keys: readonly PersonKey[]): string =>
  keys
    .map((key) => key.slice(key.indexOf(':') + 1))
    .toSorted()
    .slice(0, 5)
    .join(', ');

/** Spellings of one name count once. */
function countKinds(kinds: ReadonlyMap<string, Found['is']>): ManagerResolution['names'] {
  const byName = new Map<string, Found['is']>();
  for (const [name, is] of kinds) {
    const { full } = nameKeys(personName(name));
    if (byName.get(full) !== 'unresolved') byName.set(full, is);
  }
  const count = (is: Found['is']) => [...byName.values()].filter((each) => each === is).length;
  return {
    employees: count('employees'),
    placeholders: count('placeholders'),
    nobody: count('nobody'),
    unresolved: count('unresolved'),
  };
}
