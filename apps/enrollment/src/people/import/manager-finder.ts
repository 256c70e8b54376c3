import { type Directory, employeeKey, isPlaceholder, type PersonKey, placeholderKey } from './directory.js';
import type { ImportMapping } from './mapping.js';
import { NameIndex } from './name-index.js';
import { nameKey, personName, type PersonName } from './names.js';
import type { PeopleFile } from './people-file.js';
import type { RowError } from './problems.js';

/** Whom a manager's id and name mean. */
export type FoundManager =
  | { readonly is: 'employees' | 'placeholders' | 'nobody'; readonly key: PersonKey | null }
  | {
      readonly is: 'unresolved';
      readonly code: RowError['code'];
      readonly column: string;
      readonly expected: string;
    };

/**
 * Finds managers. What the mapping settles comes first; then the manager id, used only where it is somebody's employee
 * id; else the name, whichever way round it is written. Where id and name disagree, or a name fits two people, nobody
 * is found: many files number managers apart from employees, and a guess would move whole teams.
 */
export class ManagerFinder {
  private readonly names: NameIndex;
  private readonly aliases: ReadonlyMap<string, string>;
  private readonly placeholders: ReadonlyMap<string, PersonName>;
  private readonly nobody: ReadonlySet<string>;
  /** Where a manager may well stand whom nobody was found for. */
  private readonly unread: string;
  private readonly columns: { readonly id?: string; readonly name?: string };

  constructor(
    { rows, rejected }: PeopleFile,
    private readonly inFile: ReadonlyMap<PersonKey, unknown>,
    private readonly directory: Directory,
    mapping: ImportMapping,
  ) {
    this.columns = mapping.manager ?? {};
    const aliases = Object.entries(mapping.managerAliases ?? {});
    this.aliases = new Map(aliases.map(([name, employeeId]) => [nameKey(name), employeeId]));
    this.placeholders = new Map(
      (mapping.placeholders ?? []).map((name) => [nameKey(name), personName(name)]),
    );
    this.nobody = new Set((mapping.notAPerson ?? []).map(nameKey));
    const unread = rejected.filter(({ employeeId }) => employeeId === null).map(({ line }) => line);
    this.unread = unread.length === 0 ? '' : `; ${linesNamed(unread)}, rejected unread, may be theirs`;
    const askedFor = new Set(rows.map((row) => row.managerName));
    this.names = new NameIndex([...askedFor].flatMap((name) => (name ? personName(name) : [])));
    for (const row of rows) this.names.add(row.key, row);
    for (const { employeeId, name } of rejected) {
      if (employeeId !== null && name !== null) this.names.add(employeeKey(employeeId), name);
    }
    // For people in the file, its names count and not those that the directory still has.
    for (const [key, person] of directory.people) if (!inFile.has(key)) this.names.add(key, person);
  }

  find(id: string | null, name: string | null): FoundManager {
    return (name !== null && this.settled(name)) || this.found(id, name);
  }

  /** The placeholder's name as the mapping writes it, or as the directory has it. */
  placeholderName(key: PersonKey): PersonName {
    return this.placeholders.get(key.slice('placeholder:'.length)) ?? this.directory.people.get(key)!;
  }

  /** Placeholders of the mapping whose name an employee has, too. */
  placeholdersNamedLikeEmployees(): number {
    const alike = (name: PersonName) => this.names.find(name).some((key) => !isPlaceholder(key));
    return [...this.placeholders.values()].filter(alike).length;
  }

  private settled(name: string): FoundManager | undefined {
    const key = nameKey(name);
    const employeeId = this.aliases.get(key);
    if (employeeId !== undefined) {
      const employee = employeeKey(employeeId);
      if (this.isEmployee(employee)) return { is: 'employees', key: employee };
      const expected = `an employee id in managerAliases; ${employeeId} is in neither the file nor the directory`;
      return { is: 'unresolved', code: 'unknown-manager', column: this.columns.name!, expected };
    }
    if (this.placeholders.has(key)) return { is: 'placeholders', key: placeholderKey(name) };
    return this.nobody.has(key) ? { is: 'nobody', key: null } : undefined;
  }

  private found(id: string | null, name: string | null): FoundManager {
    if (id === null && name === null) return { is: 'nobody', key: null };
    const byName = name === null ? [] : this.names.find(personName(name));
    const byId = id === null ? null : employeeKey(id);
    if (byId !== null && this.isEmployee(byId)) {
      if (name === null || byName.includes(byId)) return { is: 'employees', key: byId };
      const but = byName.length > 0 ? 'the name means somebody else' : 'the name is not theirs';
      const expected = `id and name of one manager: ${id} is an employee id, but ${but}; map only one of the columns, or settle the name in managerAliases`;
      return { is: 'unresolved', code: 'manager-conflict', column: this.columns.id!, expected };
    }
    const [key, ...others] = byName;
    if (key !== undefined && others.length === 0) {
      return { is: isPlaceholder(key) ? 'placeholders' : 'employees', key };
    }
    if (key !== undefined) {
      const expected = `one person of that name, not ${byName.length} (${listed(byName)}); say in managerAliases who is meant`;
      return { is: 'unresolved', code: 'ambiguous-manager', column: this.columns.name!, expected };
    }
    const somebody = `somebody in the file or the directory${this.unread}`;
    return name === null
      ? {
          is: 'unresolved',
          code: 'unknown-manager',
          column: this.columns.id!,
          expected: `the employee id of ${somebody}`,
        }
      : {
          is: 'unresolved',
          code: 'unknown-manager',
          column: this.columns.name!,
          expected: `${somebody}; settle the name in managerAliases, placeholders or notAPerson`,
        };
  }

  private isEmployee(key: PersonKey): boolean {
    return this.inFile.has(key) || (this.directory.people.has(key) && !isPlaceholder(key));
  }
}

const linesNamed = (lines: readonly number[]): string => {
  const more = lines.length > 5 ? ` and ${lines.length - 5} more` : '';
  return `${lines.length === 1 ? 'line' : 'one of lines'} ${lines.slice(0, 5).join(', ')}${more}`;
};

const listed = (keys: readonly PersonKey[]): string =>
  keys
    .map((key) => key.slice(key.indexOf(':') + 1))
    .toSorted()
    .slice(0, 5)
    .join(', ');
