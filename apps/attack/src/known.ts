import type { Labels, ProgramFacts } from '@cairn/analytics/reports';

/** What had been learnt by then. */
export const knownBy = (facts: ProgramFacts, now: number): ProgramFacts =>
  Object.fromEntries(
    Object.entries(facts).map(([kind, own]) => [
      kind,
      (own as readonly { recordedAt: number }[]).filter(({ recordedAt }) => recordedAt <= now),
    ]),
  ) as unknown as ProgramFacts;

/** The names of org units and locations that had been heard of by then. */
export function labelsOf({ people }: ProgramFacts): (at: number) => Labels {
  const names = (what: 'department' | 'location', at: number) =>
    people.flatMap((fact) => (what in fact && fact.recordedAt < at ? [(fact as never)[what] as string] : []));
  const known = new Map<number, Labels>();
  return (at) => {
    if (!known.has(at))
      known.set(at, {
        'org-unit': [...new Set(names('department', at))].sort(),
        location: [...new Set(names('location', at))].sort(),
      });
    return known.get(at)!;
  };
}
