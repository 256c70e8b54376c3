import type { Highs } from 'highs';
import type { Opinion } from '@cairn/analytics/reports';

/** A mean that was told, as bounds, over unknowns. */
export interface Sum {
  readonly unknowns: readonly string[];
  readonly least: number;
  readonly most: number;
}

/** Unknowns that every sum holds together or leaves out together, and between what their sum lies. */
export interface Found {
  readonly members: readonly string[];
  readonly least: number;
  readonly most: number;
}

/**
 * Between what the sums of unknowns lie that are told, by linear programming: the least and the most that each can be,
 * where every single figure keeps to its range and every mean to what is told of it. Unknowns that no sum tells apart are
 * alike, so each such class is one variable.
 * @param known figures that the attacker has anyway
 */
export function solve(
  highs: Highs,
  { range: [low, high] }: Opinion,
  sums: readonly Sum[],
  known: ReadonlyMap<string, number> = new Map(),
): Found[] {
  const within = new Map<string, number[]>();
  sums.forEach(({ unknowns }, n) => {
    for (const unknown of unknowns)
      if (!known.has(unknown)) within.set(unknown, [...(within.get(unknown) ?? []), n]);
  });
  const classes = [...Map.groupBy(within.keys(), (unknown) => within.get(unknown)!.join()).entries()].map(
    ([key, members]) => ({ members, sums: new Set(key.split(',').map(Number)) }),
  );
  const rows = sums.flatMap(({ unknowns, least, most }, n) => {
    const terms = classes.flatMap((each, i) => (each.sums.has(n) ? [`x${i}`] : []));
    if (terms.length === 0) return [];
    const given = unknowns.reduce((sum, unknown) => sum + (known.get(unknown) ?? 0), 0);
    const of = unknowns.length;
    return [
      ` ${terms.join(' + ')} >= ${least * of - given - SLACK}`,
      ` ${terms.join(' + ')} <= ${most * of - given + SLACK}`,
    ];
  });
  const bounds = classes.map(
    ({ members }, i) => ` ${low * members.length} <= x${i} <= ${high * members.length}`,
  );
  const optimum = (direction: string, i: number): number => {
    const problem = `${direction}\n obj: x${i}\nSubject To\n${rows.join('\n')}\nBounds\n${bounds.join('\n')}\nEnd`;
    const { Status, ObjectiveValue } = highs.solve(problem);
    if (Status !== 'Optimal') throw new Error(`${Status}: what was told contradicts itself\n${problem}`);
    return ObjectiveValue;
  };
  return classes.map(({ members }, i) => ({
    members,
    least: optimum('Minimize', i),
    most: optimum('Maximize', i),
  }));
}

/** What rounding in binary fractions may add or lack. */
const SLACK = 1e-6;
