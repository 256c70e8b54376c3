import { TOLD_TO_COACHES, type Opinion } from '@cairn/analytics/reports';
import type { Organisation } from './organisation.js';

export interface Reader {
  readonly name: string;
  readonly role: 'hr' | 'sponsor' | 'coach';
  /** Whose answers they know anyway. */
  readonly known: ReadonlySet<string>;
  /** Whose manager they are: what managers answered of these, they have. */
  readonly led?: ReadonlySet<string>;
  /** Which coach they are, and of whom: what coaches said of these, and what coaches are shown of each, they have. */
  readonly coach?: { readonly id: string; readonly coached: ReadonlySet<string> };
  readonly orgUnits?: readonly string[];
}

/** HR without a record, HR of each org unit, an HR person, a sponsor and a coach who take part, coach or lead. */
export function readersOf({ people, departments, coached }: Organisation): Reader[] {
  const nobody: ReadonlySet<string> = new Set();
  const some = new Set(people.slice(0, 5));
  return [
    { name: 'hr', role: 'hr', known: nobody },
    { name: 'hr who takes part', role: 'hr', known: new Set(people.slice(0, 1)) },
    { name: 'sponsor who coaches', role: 'sponsor', known: some },
    { name: 'hr who leads', role: 'hr', known: nobody, led: some },
    ...[...coached].map(([id, own], n) => ({
      name: `coach ${id}`,
      role: 'coach' as const,
      // The first takes part, too.
      known: n === 0 ? new Set(people.filter((person) => !own.has(person)).slice(0, 1)) : nobody,
      coach: { id, coached: own },
    })),
    ...departments.map((unit) => ({
      name: `hr of ${unit}`,
      role: 'hr' as const,
      known: nobody,
      orgUnits: [unit],
    })),
  ];
}

/** Whose answers to it somebody knows. */
export function knownTo(
  { known, led, coach }: Reader,
  { id, managersAnswer, coachesAnswer }: Opinion,
  item: string,
): ReadonlySet<string> {
  const isShown = !TOLD_TO_COACHES.includes(id) && !OF_COACHES.includes(id);
  return new Set([
    ...known,
    ...(managersAnswer ? (led ?? []) : []),
    ...(isShown || coachesAnswer === item ? (coach?.coached ?? []) : []),
  ]);
}

/** What coaches are neither shown of one person, nor told as a whole. */
const OF_COACHES: readonly string[] = ['rematch-offers', 'rematch-reasons'];
