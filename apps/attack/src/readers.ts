import type { Organisation } from './organisation.js';

export interface Reader {
  readonly name: string;
  readonly role: 'hr' | 'sponsor';
  /** Whose answers they know anyway. */
  readonly known: ReadonlySet<string>;
  /** Whose manager they are: what managers answered of these, they have. */
  readonly led?: ReadonlySet<string>;
  readonly orgUnits?: readonly string[];
}

/** HR without a record, HR of each org unit, an HR person and a sponsor who coach, or take part. */
export function readersOf({ people, departments }: Organisation): Reader[] {
  const coached = new Set(people.slice(0, 5));
  return [
    { name: 'hr', role: 'hr', known: new Set() },
    { name: 'hr who takes part', role: 'hr', known: new Set(people.slice(0, 1)) },
    { name: 'sponsor who coaches', role: 'sponsor', known: coached },
    { name: 'hr who leads', role: 'hr', known: new Set(), led: coached },
    ...departments.map((unit) => ({
      name: `hr of ${unit}`,
      role: 'hr' as const,
      known: new Set<string>(),
      orgUnits: [unit],
    })),
  ];
}
