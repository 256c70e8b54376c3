import { oneFewer, shownGroups, type Groups } from './minimum-group.js';

/** Somebody added something to a metric in a month. Months are numbered from 0. */
export interface Contribution {
  readonly personId: string;
  readonly month: number;
  /** Its group in each dimension. */
  readonly traits: Readonly<Record<string, string>>;
}

/**
 * Consecutive months that are shown only together, because only together enough people contributed to them; and the
 * groups that are shown of them, for each dimension (null: no breakdown).
 */
export interface Block {
  readonly from: number;
  readonly to: number;
  readonly shown: Readonly<Record<string, ReadonlySet<string> | null>>;
  /** The names that contributed, for each dimension. */
  readonly names: Readonly<Record<string, ReadonlySet<string>>>;
}

/**
 * Cuts closed months into blocks, so that nothing can be found by subtraction, over time or between breakdowns.
 *
 * A block ends with the first month in which enough people have contributed since the last one ended; what follows the
 * last end is not shown yet. Within a block, dimensions are opened in their fixed order, and only as finely as every
 * combination of what is then shown still holds enough people. So each answer is a sum over whole (block, combination)
 * cells, of which none holds fewer people than the minimum, and so is whatever can be computed from answers.
 *
 * @param months how many months are closed
 * @param dimensions in the order in which they are opened
 * @param counts whether a person counts towards the minimum: not one whose record is open to the reader anyway
 */
export function blocksOf(
  contributions: readonly Contribution[],
  months: number,
  minimum: number,
  counts: (personId: string) => boolean,
  dimensions: readonly string[],
): Block[] {
  const byMonth = Map.groupBy(contributions, (contribution) => contribution.month);
  const blocks: Block[] = [];
  let from = 0;
  let since: Contribution[] = [];
  for (let month = 0; month < months; month++) {
    since.push(...(byMonth.get(month) ?? []));
    const people = new Set(since.map(({ personId }) => personId).filter(counts));
    if (people.size < minimum) continue;
    blocks.push({ from, to: month, ...opened(since, minimum, counts, dimensions) });
    from = month + 1;
    since = [];
  }
  return blocks;
}

/** The groups of each dimension that can be shown together with those of the dimensions before it. */
function opened(
  contributions: readonly Contribution[],
  minimum: number,
  counts: (personId: string) => boolean,
  dimensions: readonly string[],
): Pick<Block, 'shown' | 'names'> {
  const shown = {} as Record<string, ReadonlySet<string> | null>;
  const names = {} as Record<string, ReadonlySet<string>>;
  for (const dimension of dimensions) {
    const groups = groupsBy(contributions, (each) => each.traits[dimension]!, counts);
    names[dimension] = new Set(groups.keys());
    let candidate = shownGroups(groups, minimum);
    while (candidate && !isSafe({ ...shown, [dimension]: candidate }))
      candidate = oneFewer(candidate, groups);
    shown[dimension] = candidate;
  }
  return { shown, names };

  function isSafe(open: Block['shown']): boolean {
    const cell = ({ traits }: Contribution) =>
      dimensions.map((each) => (open[each]?.has(traits[each]!) ? traits[each] : '')).join('\n');
    return [...groupsBy(contributions, cell, counts).values()].every((people) => people.size >= minimum);
  }
}

/** Distinct people who count, by group; a group of people who do not count is there with nobody in it. */
function groupsBy(
  contributions: readonly Contribution[],
  groupOf: (contribution: Contribution) => string,
  counts: (personId: string) => boolean,
): Groups {
  const groups = new Map<string, Set<string>>();
  for (const contribution of contributions) {
    const group = groupOf(contribution);
    const people = groups.get(group) ?? new Set();
    if (counts(contribution.personId)) people.add(contribution.personId);
    groups.set(group, people);
  }
  return groups;
}

/** The blocks that make up exactly these months, or undefined where they cut across. */
export function covering(blocks: readonly Block[], from: number, to: number): Block[] | undefined {
  const inside = blocks.filter((block) => block.from >= from && block.to <= to);
  return inside.length > 0 && inside[0]!.from === from && inside.at(-1)!.to === to ? inside : undefined;
}

/**
 * The groups that can be shown of several blocks together: those that stand by themselves wherever they contributed.
 * @returns null where fewer than two groups would remain
 */
export function shownTogether(blocks: readonly Block[], dimension: string): ReadonlySet<string> | null {
  const all = new Set(blocks.flatMap((block) => [...block.names[dimension]!]));
  const shown = new Set(
    [...all].filter((name) =>
      blocks.every((block) => !block.names[dimension]!.has(name) || block.shown[dimension]?.has(name)),
    ),
  );
  const remaining = shown.size + (shown.size < all.size ? 1 : 0);
  return shown.size === 0 || remaining < 2 ? null : shown;
}
