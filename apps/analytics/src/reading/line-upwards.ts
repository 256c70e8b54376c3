import type { PersonFact } from '../projections/people/person-facts.js';
import { inStreamOrder } from '../projections/fact.js';
import type { Moment } from '../reports/as-of/moment.js';
import { personAt } from '../reports/as-of/person-at.js';

/**
 * A person's manager, that manager's manager and so on, on a day.
 * @param factsOf what is kept of one person
 */
export async function lineUpwards(
  personId: string,
  day: string,
  moment: Moment,
  factsOf: (personId: string) => Promise<readonly PersonFact[]>,
): Promise<Set<string>> {
  const line = new Set<string>();
  for (let below = personId; ;) {
    const manager = personAt((await factsOf(below)).toSorted(inStreamOrder), day, moment)?.managerId;
    // A file can name two people as each other's managers.
    if (manager === undefined || manager === personId || line.has(manager)) return line;
    line.add(manager);
    below = manager;
  }
}
