import type { PersonFact } from '../projections/people/person-facts.js';
import { EVER } from '../reports/as-of/moment.js';
import { managersOf } from '../reports/as-of/person-at.js';

/**
 * Everybody whom a person ever reported to, whom these ever reported to, and so on: those of today as well as those of
 * any other day, so that nobody comes into sight by asking from another date.
 * @param factsOf what is kept of these people
 */
export async function lineUpwards(
  personId: string,
  factsOf: (personIds: readonly string[]) => Promise<readonly PersonFact[]>,
): Promise<Set<string>> {
  const line = new Set<string>();
  for (let below = [personId]; below.length > 0;) {
    const managers = managersOf(await factsOf(below), EVER);
    below = [...managers].filter((manager) => manager !== personId && !line.has(manager));
    for (const manager of below) line.add(manager);
  }
  return line;
}
