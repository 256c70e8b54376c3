import { Class, type Unknown } from './cells.js';
import { oneFewer, shownGroups, type Groups } from './minimum-group.js';

/** What one item (an enrolment, an enrolment's goals of a theme) comes to at a month's end. */
export interface Item {
  readonly key: string;
  readonly personId: string;
  /** Its group in each dimension. */
  readonly traits: Readonly<Record<string, string>>;
  /** Differs where what it adds to the metric's sums differs. */
  readonly sums: string;
  /** Differs where anything of it differs that the metric is computed from. */
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
  const unknowns = kind === 'states' ? new States(rules) : new Increments(rules);
  let classes: readonly Class[] = [];
  return months.map((now) => {
    const counted = now.filter(({ personId }) => rules.counts(personId));
    const people = peopleOf(counted).length;
    if (people < rules.minimum) return undefined;
    const { fresh, isHeld } = unknowns.at(now);
    const held: Class[] = fresh.length > 0 ? [new Class(fresh, rules.minimum)] : [];
    const left: Class[] = [];
    for (const each of classes) {
      const [part, rest] = isHeld ? each.parted(isHeld) : [each];
      if (part) held.push(part);
      if (rest) left.push(rest);
    }
    const before = new Set(classes);
    if (![...held, ...left].every((each) => before.has(each) || each.isLargeEnough)) return undefined;
    unknowns.keep();
    const told = opened(held, counted, people === counted.length, rules);
    classes = [...told.classes, ...left];
    return { groups: told.groups };
  });
}

/** What a month's value is a sum of. */
interface Sum {
  /** The unknowns that no answer has held yet. */
  readonly fresh: readonly Unknown[];
  /** Which of the earlier ones it holds; all of them where this is undefined. */
  readonly isHeld?: (unknown: Unknown) => boolean;
}

/** One unknown for each state that an item was ever shown in; a month is the sum of the states at its end. */
class States {
  private known = new Map<string, Unknown>();
  private candidate = this.known;

  constructor(private readonly rules: Rules) {}

  at(now: readonly Item[]): Sum {
    this.candidate = new Map(this.known);
    const held = new Set<Unknown>();
    const fresh: Unknown[] = [];
    for (const item of now) {
      const state = `${item.key}\n${item.trace}`;
      let unknown = this.candidate.get(state);
      if (!unknown) {
        fresh.push((unknown = unknownOf(item, true, this.rules)));
        this.candidate.set(state, unknown);
      }
      held.add(unknown);
    }
    return { fresh, isHeld: (unknown) => held.has(unknown) };
  }

  keep(): void {
    this.known = this.candidate;
  }
}

/** One unknown for what each item added, or lost, since it was last shown; a month is the sum of all of them so far. */
class Increments {
  private shown = new Map<string, Item>();
  private candidate = this.shown;

  constructor(private readonly rules: Rules) {}

  at(now: readonly Item[]): Sum {
    const current = new Map(now.map((item) => [item.key, item]));
    const gone = [...this.shown.values()].filter((item) => !current.has(item.key));
    const changed = now.filter((item) => this.shown.get(item.key)?.trace !== item.trace);
    this.candidate = current;
    return {
      fresh: [
        ...changed.map((item) => unknownOf(item, this.shown.get(item.key)?.sums !== item.sums, this.rules)),
        ...gone.map((item) => unknownOf(item, true, this.rules)),
      ],
    };
  }

  keep(): void {
    this.shown = this.candidate;
  }
}

const unknownOf = ({ personId, traits }: Item, adds: boolean, { counts }: Rules): Unknown => ({
  personId,
  hides: adds && counts(personId),
  traits,
});

/** The groups of each dimension that can be shown beside all that is shown already; finer ones are given up one by one. */
function opened(
  held: readonly Class[],
  counted: readonly Item[],
  areDistinct: boolean,
  { minimum, dimensions }: Rules,
): Shown & { classes: readonly Class[] } {
  let classes = held;
  const open: Record<string, ReadonlySet<string> | null> = {};
  for (const dimension of dimensions) {
    const items = Map.groupBy(counted, ({ traits }) => traits[dimension]!);
    const groups = new Map(
      [...items].map(([name, own]) => [
        name,
        areDistinct ? own.map(({ personId }) => personId) : peopleOf(own),
      ]),
    );
    const picked = choicesOf(groups, minimum).find((choice) =>
      classes.every((each) => each.isSafe(dimension, choice)),
    );
    open[dimension] = picked ?? null;
    if (picked) classes = classes.flatMap((each) => each.split(dimension, picked));
  }
  return { groups: open, classes };
}

const peopleOf = (items: readonly Item[]): string[] => [...new Set(items.map(({ personId }) => personId))];

/** From the finest choice of groups on, each time without the smallest. */
function* choicesOf(groups: Groups, minimum: number): Generator<ReadonlySet<string>, undefined> {
  for (let shown = shownGroups(groups, minimum); shown; shown = oneFewer(shown, groups)) yield shown;
}
