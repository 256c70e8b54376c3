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
 * gone, or has changed, can be known to have added just what is missing now. `fresh`: each month's say nothing of others.
 */
export type Unknowns = 'increments' | 'states' | 'fresh';

/** A programme at a month's end. */
export interface MonthEnd {
  readonly items: readonly Item[];
  /** Every group that there could be of each dimension, those that nobody is in included. */
  readonly names: Readonly<Record<string, readonly string[]>>;
}

/** What may be shown at a month's end: the groups of each dimension, null where there is no breakdown. */
export interface Shown {
  readonly groups: Readonly<Record<string, ReadonlySet<string> | null>>;
}

export interface Rules {
  readonly minimum: number;
  readonly counts: (personId: string) => boolean;
  /** In the order in which they are opened. */
  readonly dimensions: readonly string[];
  /** The denominator tells how many items there are: who came and who went must be enough people too, or nobody. */
  readonly tellsHowMany: boolean;
}

/** What keeps people hidden. The attack takes away one after the other; nothing else passes others. */
export interface Walls {
  /** Did enough people add what a month adds, and come, where that is told? Nobody is too few, too. */
  areEnough(fresh: readonly Class[]): boolean;
  /** May these be told apart, which were shown together before? */
  mayPart(parts: readonly Class[]): boolean;
  opened: typeof opened;
}

export const WALLS: Walls = {
  areEnough: (fresh) => fresh.every((each) => each.isLargeEnough),
  mayPart: (parts) => parts.every((each) => each.isLargeEnough),
  opened,
};

/**
 * Decides for one month's end after the other whether a metric may be shown, and how finely: only where enough people
 * added something since it was last shown, in every group that is told, and where that makes nothing findable together
 * with all that was shown before. So a month in which nobody added anything looks like one in which few did. What is
 * decided for a month does not depend on later ones.
 * @param months oldest first
 * @returns for each month what is shown of it; undefined where nothing is
 */
export function timelineOf(
  months: readonly MonthEnd[],
  kind: Unknowns,
  rules: Rules,
  walls = WALLS,
): (Shown | undefined)[] {
  const added = ledgerOf(kind, rules);
  const present = rules.tellsHowMany ? new States(rules, () => '') : undefined;
  let classes: readonly Class[] = [];
  return months.map(({ items, names }) => {
    const counted = items.filter(({ personId }) => rules.counts(personId));
    const people = peopleOf(counted).length;
    if (people < rules.minimum) return undefined;
    const what = added.at(items);
    const who = present?.at(items);
    const fresh = [what.fresh, who?.fresh ?? []]
      .filter((unknowns, i) => i === 0 || unknowns.length > 0)
      .map((unknowns) => new Class(unknowns, rules.minimum));
    if (!walls.areEnough(fresh)) return undefined;
    const held: Class[] = [];
    const left: Class[] = [];
    for (const each of classes) {
      const [part, rest] = each.parted((unknown) => what.isHeld(unknown) || who?.isHeld(unknown) === true);
      if (part) held.push(part);
      if (rest) left.push(rest);
    }
    const before = new Set(classes);
    if (!walls.mayPart([...held, ...left].filter((each) => !before.has(each)))) return undefined;
    added.keep();
    present?.keep();
    const told = walls.opened(fresh, held, groupsOf(counted, people === counted.length, names), rules);
    classes = [...told.classes, ...left];
    return { groups: told.groups };
  });
}

/** What a month's value is a sum of. */
interface Sum {
  /** The unknowns that no answer has held yet. */
  readonly fresh: readonly Unknown[];
  /** Which of the earlier ones it holds. */
  readonly isHeld: (unknown: Unknown) => boolean;
}

interface Ledger {
  at(now: readonly Item[]): Sum;
  /** What was looked at last is shown. */
  keep(): void;
}

function ledgerOf(kind: Unknowns, rules: Rules): Ledger {
  if (kind === 'increments') return new Increments(rules);
  return kind === 'states' ? new States(rules, ({ trace }) => trace) : new Anew(rules);
}

/** One unknown for each state that an item was ever shown in; a month is the sum of the states at its end. */
class States implements Ledger {
  private known = new Map<string, Unknown>();
  private candidate = this.known;

  constructor(
    private readonly rules: Rules,
    private readonly stateOf: (item: Item) => string,
  ) {}

  at(now: readonly Item[]): Sum {
    this.candidate = new Map(this.known);
    const held = new Set<Unknown>();
    const fresh: Unknown[] = [];
    for (const item of now) {
      const state = `${item.key}\n${this.stateOf(item)}`;
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
class Increments implements Ledger {
  private shown = new Map<string, Item>();
  private candidate = this.shown;
  private readonly known = new Set<Unknown>();

  constructor(private readonly rules: Rules) {}

  at(now: readonly Item[]): Sum {
    const current = new Map(now.map((item) => [item.key, item]));
    const gone = [...this.shown.values()].filter((item) => !current.has(item.key));
    const changed = now.filter((item) => this.shown.get(item.key)?.trace !== item.trace);
    this.candidate = current;
    const fresh = [
      ...changed.map((item) => unknownOf(item, this.shown.get(item.key)?.sums !== item.sums, this.rules)),
      ...gone.map((item) => unknownOf(item, true, this.rules)),
    ];
    for (const unknown of fresh) this.known.add(unknown);
    return { fresh, isHeld: (unknown) => this.known.has(unknown) };
  }

  keep(): void {
    this.shown = this.candidate;
  }
}

/** One unknown for each item in each month. */
class Anew implements Ledger {
  constructor(private readonly rules: Rules) {}

  at(now: readonly Item[]): Sum {
    return { fresh: now.map((item) => unknownOf(item, true, this.rules)), isHeld: () => false };
  }

  keep(): void {}
}

const unknownOf = ({ personId, traits }: Item, adds: boolean, { counts }: Rules): Unknown => ({
  personId,
  hides: adds && counts(personId),
  traits,
});

/**
 * The groups of each dimension that can be shown beside all that is shown already; finer ones are given up one by one.
 * @param added what the month adds, of which every group that is told must have enough; `held`: what it holds besides
 */
export function opened(
  added: readonly Class[],
  held: readonly Class[],
  groupsIn: (dimension: string) => Groups,
  { minimum, dimensions }: Pick<Rules, 'minimum' | 'dimensions'>,
): Shown & { classes: readonly Class[] } {
  const open: Record<string, ReadonlySet<string> | null> = {};
  for (const dimension of dimensions) {
    const groups = groupsIn(dimension);
    const picked = choicesOf(groups, minimum).find(
      (choice) =>
        added.every((each) => each.fills(dimension, choice, choice.size < groups.size)) &&
        held.every((each) => each.isSafe(dimension, choice)),
    );
    open[dimension] = picked ?? null;
    if (!picked) continue;
    added = added.flatMap((each) => each.split(dimension, picked));
    held = held.flatMap((each) => each.split(dimension, picked));
  }
  return { groups: open, classes: [...added, ...held] };
}

/** Who counts towards each group that there could be. */
export const groupsOf =
  (counted: readonly Pick<Item, 'personId' | 'traits'>[], areDistinct: boolean, names: MonthEnd['names']) =>
  (dimension: string): Groups => {
    const groups = new Map<string, readonly string[]>(names[dimension]?.map((name) => [name, []]));
    for (const [name, own] of Map.groupBy(counted, ({ traits }) => traits[dimension]!))
      groups.set(name, areDistinct ? own.map(({ personId }) => personId) : peopleOf(own));
    return groups;
  };

const peopleOf = (items: readonly Pick<Item, 'personId'>[]): string[] => [
  ...new Set(items.map(({ personId }) => personId)),
];

/** From the finest choice of groups on, each time without the smallest. */
function* choicesOf(groups: Groups, minimum: number): Generator<ReadonlySet<string>, undefined> {
  for (let shown = shownGroups(groups, minimum); shown; shown = oneFewer(shown, groups)) yield shown;
}
