/** An unknown: what one person added to a metric between two answers, and the groups in which an answer can hold it. */
export interface Unknown {
  readonly personId: string;
  /** False for one whom nobody can hide behind: the reader may see their record anyway, or knows that it is 0. */
  readonly hides: boolean;
  /** Its group in each dimension. */
  readonly traits: Readonly<Record<string, string>>;
}

/**
 * Unknowns that every answer so far holds together, or leaves out together. Whatever can be computed from the answers is
 * a sum over whole classes. So nothing about fewer people than the minimum can be found, by whatever subtraction, while
 * every class that any answer holds has at least so many. A class never changes; an answer may split it.
 */
export class Class {
  private readonly rows = new Map<string, Row>();

  constructor(
    readonly members: readonly Unknown[],
    private readonly minimum: number,
  ) {}

  get isLargeEnough(): boolean {
    return peopleIn(this.members, this.minimum).size >= this.minimum;
  }

  /** What an answer holds of it and what it leaves out, each undefined where that is nothing. */
  parted(isHeld: (unknown: Unknown) => boolean): [held: Class | undefined, left: Class | undefined] {
    const held = this.members.filter(isHeld);
    if (held.length === this.members.length) return [this, undefined];
    if (held.length === 0) return [undefined, this];
    const left = this.members.filter((unknown) => !isHeld(unknown));
    return [new Class(held, this.minimum), new Class(left, this.minimum)];
  }

  /** Has each of these groups, and where there are others all of them together, enough people in it? */
  fills(dimension: string, picked: ReadonlySet<string>, areOthers: boolean): boolean {
    const row = this.rowOf(dimension);
    const others = new Set<string>();
    for (const [name, people] of row) if (!picked.has(name)) for (const person of people) others.add(person);
    return (
      [...picked].every((name) => (row.get(name)?.size ?? 0) >= this.minimum) &&
      (!areOthers || others.size >= this.minimum)
    );
  }

  /** May these groups of the dimension be told one by one, and all others as one? */
  isSafe(dimension: string, picked: ReadonlySet<string>): boolean {
    const row = this.rowOf(dimension);
    if (row.size === 1) return true;
    let others: ReadonlySet<string> | undefined;
    for (const [name, people] of row) {
      if (!picked.has(name)) others = others ? others.union(people) : people;
      else if (people.size < this.minimum) return false;
    }
    return others === undefined || others.size >= this.minimum;
  }

  /** The classes that it falls into once these groups are told. */
  split(dimension: string, picked: ReadonlySet<string>): readonly Class[] {
    if (this.rowOf(dimension).size === 1) return [this];
    const parts = Map.groupBy(this.members, ({ traits }) =>
      picked.has(traits[dimension]!) ? traits[dimension]! : OTHER,
    );
    return parts.size === 1 ? [this] : [...parts.values()].map((part) => new Class(part, this.minimum));
  }

  /** Who is in it by group; no more of them than are needed to reach the minimum. */
  private rowOf(dimension: string): Row {
    let row = this.rows.get(dimension);
    if (!row) {
      const groups = Map.groupBy(this.members, ({ traits }) => traits[dimension]!);
      row = new Map([...groups].map(([name, members]) => [name, peopleIn(members, this.minimum)]));
      this.rows.set(dimension, row);
    }
    return row;
  }
}

type Row = ReadonlyMap<string, ReadonlySet<string>>;

/** Distinct people among the unknowns, up to so many. */
function peopleIn(unknowns: readonly Unknown[], most: number): Set<string> {
  const people = new Set<string>();
  for (const { personId, hides } of unknowns) {
    if (people.size === most) break;
    if (hides) people.add(personId);
  }
  return people;
}

/** No group's name: names have no NUL. */
const OTHER = '\0';
