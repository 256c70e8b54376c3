/** The one reason that a withheld cell gives, whatever the size of its group. */
export const WITHHELD = 'too-few-people';

/** What groups below the minimum are merged into. */
export const ALL_OTHER = 'all other';

/** Who counts towards a group: its people, each once. */
export type Groups = ReadonlyMap<string, readonly string[]>;

/**
 * Which groups are shown: those that are not shown become "all other". Groups below the minimum are merged, those that
 * nobody is in too; where that is still below, the smallest shown group joins, until it is not. Ties are broken by name.
 * @returns the names of the groups that stand by themselves, or null where fewer than two groups would remain
 */
export function shownGroups(groups: Groups, minimum: number): ReadonlySet<string> | null {
  const bySize = [...groups].sort(([a, x], [b, y]) => x.length - y.length || (a < b ? -1 : 1));
  const shown = bySize.filter(([, people]) => people.length >= minimum).map(([name]) => name);
  const small = bySize.filter(([, people]) => people.length < minimum);
  const other = new Set(small.flatMap(([, people]) => people));
  while (small.length > 0 && other.size < minimum && shown.length > 0)
    for (const person of groups.get(shown.shift()!)!) other.add(person);
  const remaining = shown.length + (small.length > 0 ? 1 : 0);
  return remaining < 2 ? null : new Set(shown);
}

/** The smallest of these groups is given up too: what is left, or null where fewer than two groups would remain. */
export function oneFewer(shown: ReadonlySet<string>, groups: Groups): ReadonlySet<string> | null {
  const smallest = [...shown].sort(
    (a, b) => groups.get(a)!.length - groups.get(b)!.length || (a < b ? -1 : 1),
  )[0];
  const left = new Set([...shown].filter((name) => name !== smallest));
  return left.size === 0 ? null : left;
}
