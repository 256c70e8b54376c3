/**
 * What has been shown, as sums over unknowns: each unknown is what one person added to a metric between two answers. Two
 * unknowns that every answer so far holds together, or leaves out together, form one class; whatever can be computed from
 * the answers is a sum over whole classes. So nothing about fewer people than the minimum can be found, by whatever
 * subtraction, while every class that any answer holds has at least so many.
 */
export class Cells {
  /** The class of each unknown; 0 for those that no answer has held yet. */
  private classes: number[] = [];
  private readonly people: string[] = [];
  private readonly counted: boolean[] = [];

  constructor(private readonly minimum: number) {}

  get size(): number {
    return this.classes.length;
  }

  /**
   * Adds an unknown of a person and returns its number.
   * @param counts false for one whose record the reader may see anyway, and who therefore hides nobody
   */
  add(personId: string, counts: boolean): number {
    this.people.push(personId);
    this.counted.push(counts);
    return this.classes.push(0) - 1;
  }

  /** Takes back the unknowns from this number on, which no answer holds. */
  takeBack(from: number): void {
    this.classes.length = from;
    this.people.length = from;
    this.counted.length = from;
  }

  /**
   * Shows sums at once, one for each name that is picked and one for all others: the first choice of names with which
   * that is safe. Where none is, nothing happens and the answer is null.
   * @param nameOf what an unknown goes by; undefined where no sum holds it
   */
  show(
    nameOf: (unknown: number) => string | undefined,
    choices: Iterable<ReadonlySet<string>>,
  ): ReadonlySet<string> | null {
    const names = this.classes.map((_, unknown) => nameOf(unknown));
    const rows = this.rowsOf(names);
    for (const picked of choices) {
      if (!rows.every((row, own) => this.isSafe(row, own, picked))) continue;
      this.split(names, picked);
      return picked;
    }
    return null;
  }

  /** For each class, who is in it by name; no more of them than are needed to reach the minimum. */
  private rowsOf(names: readonly (string | undefined)[]): Row[] {
    const rows: Row[] = [];
    for (let unknown = 0; unknown < names.length; unknown++) {
      const row = (rows[this.classes[unknown]!] ??= new Map());
      let people = row.get(names[unknown]);
      if (!people) row.set(names[unknown], (people = new Set()));
      if (people.size < this.minimum && this.counted[unknown]) people.add(this.people[unknown]!);
    }
    return rows;
  }

  private isSafe(row: Row, own: number, picked: ReadonlySet<string>): boolean {
    let others: Set<string> | undefined;
    for (const [name, people] of row) {
      if (name === undefined ? own === 0 : !picked.has(name)) {
        if (name !== undefined) others = others ? others.union(people) : people;
      } else if (people.size < this.minimum) return false;
    }
    return others === undefined || others.size >= this.minimum;
  }

  /** Unknowns stay in one class where they were, and go by the same sum now. */
  private split(names: readonly (string | undefined)[], picked: ReadonlySet<string>): void {
    const numbers: Map<string | undefined, number>[] = [];
    let last = 0;
    this.classes = this.classes.map((own, unknown) => {
      const name = names[unknown];
      if (own === 0 && name === undefined) return 0;
      const cell = name === undefined || picked.has(name) ? name : OTHER;
      const known = (numbers[own] ??= new Map());
      let number = known.get(cell);
      if (number === undefined) known.set(cell, (number = ++last));
      return number;
    });
  }
}

type Row = Map<string | undefined, Set<string>>;

/** No group's name: names have no NUL. */
const OTHER = '\0';
