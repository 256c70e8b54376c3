import { Cells } from './cells.js';
import { oneFewer, shownGroups, type Groups } from './minimum-group.js';

const TOTAL = 'total';

/** What one item (an enrolment, an enrolment's goals of a theme) comes to at a month's end. */
export interface Item {
  readonly key: string;
  readonly personId: string;
  /** Its group in each dimension. */
  readonly traits: Readonly<Record<string, string>>;
  /** Differs where what it adds to the metric differs. */
  readonly trace: string;
}

/**
 * `increments`: what an item adds from month to month says nothing of what it added before. `states`: an item that is
 * gone, or has changed, can be known to have added just what is missing now.
 */
export type Unknowns = 'increments' | 'states';

/** What may be shown at a month's end: the groups of each dimension, null where there is no breakdown. */
export interface Shown {
  readonly groups: Readonly<Record<string, ReadonlySet<string> | null>>;
}

export interface Rules {
  readonly minimum: number;
  readonly counts: (personId: string) => boolean;
  /** In the order in which they are opened. */
  readonly dimensions: readonly string[];
}

/**
 * Decides for one month's end after the other whether a metric may be shown, and how finely: only where that makes
 * nothing findable together with all that was shown before. What is decided for a month does not depend on later ones.
 * @param months the items at each closed month's end, oldest first
 * @returns for each month what is shown of it; undefined where nothing is
 */
export function timelineOf(
  months: readonly (readonly Item[])[],
  kind: Unknowns,
  rules: Rules,
): (Shown | undefined)[] {
  const cells = new Cells(rules.minimum);
  const unknowns = kind === 'states' ? new States() : new Increments();
  return months.map((now) => {
    const from = cells.size;
    const found = unknowns.at(now, (item) => cells.add(item.personId, rules.counts(item.personId)));
    const people = new Set(now.map((item) => item.personId).filter(rules.counts));
    const total = (unknown: number) => (found[unknown] ? TOTAL : undefined);
    if (people.size >= rules.minimum && cells.show(total, [new Set([TOTAL])])) {
      unknowns.keep();
      return { groups: opened(cells, found, now, rules) };
    }
    cells.takeBack(from);
    return undefined;
  });
}

/** By number: the unknowns of which a month's value is the sum, each with its item. */
type Found = readonly (Item | undefined)[];

/** One unknown for each state that an item was ever shown in; a month is the sum of the states at its end. */
class States {
  private known = new Map<string, number>();
  private candidate = this.known;

  at(now: readonly Item[], add: (item: Item) => number): Found {
    this.candidate = new Map(this.known);
    const found: (Item | undefined)[] = [];
    for (const item of now) {
      const state = `${item.key}\n${item.trace}`;
      const unknown = this.candidate.get(state) ?? add(item);
      this.candidate.set(state, unknown);
      found[unknown] = item;
    }
    return found;
  }

  keep(): void {
    this.known = this.candidate;
  }
}

/** One unknown for what each item added, or lost, since it was last shown; a month is the sum of all of them so far. */
class Increments {
  private shown = new Map<string, Item>();
  private all: Found = [];
  private candidate: { shown: Map<string, Item>; all: Found } = { shown: this.shown, all: this.all };

  at(now: readonly Item[], add: (item: Item) => number): Found {
    const current = new Map(now.map((item) => [item.key, item]));
    const gone = [...this.shown.values()].filter((item) => !current.has(item.key));
    const changed = [...now.filter((item) => this.shown.get(item.key)?.trace !== item.trace), ...gone];
    for (const item of changed) add(item);
    this.candidate = { shown: current, all: [...this.all, ...changed] };
    return this.candidate.all;
  }

  keep(): void {
    ({ shown: this.shown, all: this.all } = this.candidate);
  }
}

/** The groups of each dimension that can be shown beside all that is shown already; finer ones are given up one by one. */
function opened(
  cells: Cells,
  found: Found,
  now: readonly Item[],
  { minimum, counts, dimensions }: Rules,
): Shown['groups'] {
  const open: Record<string, ReadonlySet<string> | null> = {};
  for (const dimension of dimensions) {
    const groups = new Map<string, Set<string>>();
    for (const { personId, traits } of now) {
      const people = groups.get(traits[dimension]!) ?? new Set();
      if (counts(personId)) people.add(personId);
      groups.set(traits[dimension]!, people);
    }
    const nameOf = (unknown: number) => found[unknown]?.traits[dimension];
    open[dimension] = cells.show(nameOf, choicesOf(groups, minimum));
  }
  return open;
}

/** From the finest choice of groups on, each time without the smallest. */
function* choicesOf(groups: Groups, minimum: number): Generator<ReadonlySet<string>> {
  for (let shown = shownGroups(groups, minimum); shown; shown = oneFewer(shown, groups)) yield shown;
}
