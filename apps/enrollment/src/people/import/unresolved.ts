import { type Directory, employeeIdOf, isPlaceholder, type PersonKey } from './directory.js';
import type { Level } from './mapping.js';
import { nameKey } from './names.js';
import type { PersonRow } from './rows.js';

/** A manager whom rows name and nobody was found for. */
export interface UnresolvedManager {
  readonly name: string | null;
  /** The ids that stand beside that name. */
  readonly managerIds: readonly string[];
  readonly reports: number;
  readonly departments: readonly string[];
  /** Who might be meant: in one of these departments, with a managerial title, leading nobody. Never applied. */
  readonly candidates: readonly Candidate[];
  /** The candidates shown are at most twenty. */
  readonly candidateCount: number;
}

export interface Candidate {
  readonly employeeId: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly position: string | null;
  readonly department: string;
  readonly leftOn: string | null;
}

const CANDIDATES_SHOWN = 20;

interface Group {
  name: string | null;
  ids: Set<string>;
  reports: number;
  departments: Set<string>;
}

/** Gathers the rows whose manager is unknown, by manager. */
export class Unresolved {
  private readonly groups = new Map<string, Group>();

  add(row: PersonRow): void {
    const name = row.managerName ?? null;
    const key = name === null ? `id ${row.managerId}` : `name ${nameKey(name)}`;
    const group = this.groups.get(key) ?? { name, ids: new Set(), reports: 0, departments: new Set() };
    // Spellings differ between rows: show the same one whatever the order of the rows.
    if (name !== null && group.name !== null && name < group.name) group.name = name;
    if (row.managerId) group.ids.add(row.managerId);
    if (row.department) group.departments.add(row.department);
    group.reports += 1;
    this.groups.set(key, group);
  }

  /** Those with most reports first. */
  list(
    rows: readonly PersonRow[],
    managerOf: readonly (PersonKey | null | undefined)[],
    directory: Directory,
    inFile: ReadonlyMap<PersonKey, unknown>,
  ): UnresolvedManager[] {
    if (this.groups.size === 0) return [];
    const byDepartment = candidatesByDepartment(rows, managerOf, directory, inFile);
    return [...this.groups.values()]
      .map((group) => {
        const departments = [...group.departments].toSorted();
        const candidates = departments
          .flatMap((department) => byDepartment.get(department) ?? [])
          .toSorted((a, b) => (a.employeeId < b.employeeId ? -1 : 1));
        return {
          name: group.name,
          managerIds: [...group.ids].toSorted(),
          reports: group.reports,
          departments,
          candidates: candidates.slice(0, CANDIDATES_SHOWN),
          candidateCount: candidates.length,
        };
      })
      .toSorted((a, b) => b.reports - a.reports || ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
  }
}

function candidatesByDepartment(
  rows: readonly PersonRow[],
  managerOf: readonly (PersonKey | null | undefined)[],
  directory: Directory,
  inFile: ReadonlyMap<PersonKey, unknown>,
): Map<string, Candidate[]> {
  const leading = new Set<PersonKey>();
  for (const manager of managerOf) if (manager) leading.add(manager);
  for (const [key, person] of directory.people) {
    if (!inFile.has(key) && person.leftOn === null && person.managerKey) leading.add(person.managerKey);
  }
  const byDepartment = new Map<string, Candidate[]>();
  const consider = (
    key: PersonKey,
    level: Level | undefined,
    person: Omit<Candidate, 'employeeId' | 'department'> & { department: string | null | undefined },
  ) => {
    if (!level || level === 'individual' || !person.department || leading.has(key)) return;
    const { givenName, familyName, position, department, leftOn } = person;
    const candidate = {
      employeeId: employeeIdOf(key)!,
      givenName,
      familyName,
      position: position ?? null,
      department,
      leftOn,
    };
    const others = byDepartment.get(department);
    if (others) others.push(candidate);
    else byDepartment.set(department, [candidate]);
  };
  for (const row of rows) {
    consider(row.key, row.level ?? directory.people.get(row.key)?.level, {
      ...row,
      position: row.position ?? null,
    });
  }
  for (const [key, person] of directory.people) {
    if (!inFile.has(key) && !isPlaceholder(key)) consider(key, person.level, person);
  }
  return byDepartment;
}
