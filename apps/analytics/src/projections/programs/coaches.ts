import { FactTable } from '../fact-table.js';
import { coachFact, type CoachFact } from './coach-facts.js';

/** What was said of each coach: approved, with what capacity. */
export const coaches = new FactTable<CoachFact>({
  name: 'coach',
  version: 1,
  fields: {
    coachId: 'uuid',
    capacity: 'int',
    personId: 'uuid',
    reason: 'text',
  },
  lookups: [],
  factOf: coachFact,
});
