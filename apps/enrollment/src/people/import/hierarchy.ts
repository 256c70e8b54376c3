import { type Directory, employeeIdOf, isPlaceholder, type PersonKey } from './directory.js';
import type { RowError } from './problems.js';
import type { PersonRow } from './rows.js';

/** Which rows stand, as `Acceptance` judges them one after the other. */
export class Acceptance {
  readonly errors = new Map<number, RowError[]>();
  /** The row of each person whose row still stands. */
  private readonly rowOf = new Map<PersonKey, number>();
  /** Lines of people whose row was rejected. */
  private readonly rejectedLines = new Map<PersonKey, number>();
  private reports: Map<PersonKey, number[]> | undefined;

  constructor(
    private readonly rows: readonly PersonRow[],
    private readonly managerOf: readonly (PersonKey | null | undefined)[],
    private readonly directory: Directory,
    private readonly columns: { readonly id?: string; readonly name?: string },
  ) {
    rows.forEach((row, i) => this.rowOf.set(row.key, i));
  }

  stands(row: number): boolean {
    return !this.errors.has(row);
  }

  /** A person in the file whose row could not even be read. */
  noteRejected(key: PersonKey, line: number): void {
    this.rejectedLines.set(key, line);
  }

  reject(row: number, error: RowError): void {
    const before = this.errors.get(row);
    if (before) before.push(error);
    else this.errors.set(row, [error]);
    const { key } = this.rows[row]!;
    this.rowOf.delete(key);
    this.rejectedLines.set(key, Math.min(this.rejectedLines.get(key) ?? Infinity, this.rows[row]!.line));
  }

  /**
   * Rejects what cannot stand because of other rows: those who report to somebody whose own row is rejected and who is
   * not in the directory, and those in a circle of managers. A rejected person keeps the manager they had, which may
   * close another circle, so both are repeated until nothing changes.
   */
  settle(): void {
    do this.rejectBelowRejected();
    while (this.rejectCircles());
  }

  private rejectBelowRejected(): void {
    const waiting = [...this.rejectedLines.keys()].filter((key) => !this.directory.people.has(key));
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
      if (this.rowOf.has(key)) continue;
      for (const row of this.reportsTo(key)) {
        if (!this.stands(row)) continue;
        const line = this.rejectedLines.get(key)!;
        const expected = `a manager who can be imported; the row of ${employeeIdOf(key)} on line ${line} was rejected`;
        this.reject(row, this.error(row, 'manager-row-rejected', expected));
        const below = this.rows[row]!.key;
        if (!this.directory.people.has(below)) waiting.push(below);
      }
    }
  }

  private reportsTo(key: PersonKey): readonly number[] {
    if (!this.reports) {
      this.reports = new Map();
      for (const [i, manager] of this.managerOf.entries()) {
        if (!manager) continue;
        const others = this.reports.get(manager);
        if (others) others.push(i);
        else this.reports.set(manager, [i]);
      }
    }
    return this.reports.get(key) ?? [];
  }

  /** Follows every person's managers upwards once. True where a circle was found. */
  private rejectCircles(): boolean {
    const walkOf = new Map<PersonKey, number>();
    let walk = 0;
    let any = false;
    for (const start of this.rowOf.keys()) {
      walk += 1;
      const path: PersonKey[] = [];
      let at: PersonKey | null = start;
      while (at !== null && !walkOf.has(at)) {
        walkOf.set(at, walk);
        path.push(at);
        at = this.managerAfter(at);
      }
      if (at !== null && walkOf.get(at) === walk)
        any = this.rejectCircle(path.slice(path.indexOf(at))) || any;
    }
    return any;
  }

  private managerAfter(key: PersonKey): PersonKey | null {
    if (isPlaceholder(key)) return null;
    const row = this.rowOf.get(key);
    const manager = row === undefined ? undefined : this.managerOf[row];
    return manager === undefined ? (this.directory.people.get(key)?.managerKey ?? null) : manager;
  }

  private rejectCircle(circle: readonly PersonKey[]): boolean {
    const rows = circle.flatMap((key) => this.rowOf.get(key) ?? []);
    const first = circle.indexOf(circle.toSorted()[0]!);
    const ids = [...circle.slice(first), ...circle.slice(0, first)].map(employeeIdOf);
    const round = [...ids.slice(0, 5), ...(ids.length > 5 ? ['…'] : []), ids[0]].join(' → ');
    for (const row of rows) {
      this.reject(row, this.error(row, 'reporting-cycle', `managers that lead upwards, not round: ${round}`));
    }
    return rows.length > 0;
  }

  private error(row: number, code: RowError['code'], expected: string): RowError {
    const { line, managerName, managerId } = this.rows[row]!;
    // Where a row names both, the name is what a reader looks for.
    const column = (managerName === null ? this.columns.id : this.columns.name) ?? null;
    return { line, column, code, expected, found: managerName ?? managerId ?? '' };
  }
}
