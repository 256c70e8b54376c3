import { FactTable } from '../fact-table.js';
import { coachFact, type CoachFact } from './coach-facts.js';

/** What was said of each coach: approved, with what capacity, credentials, reassessments. */
export const coaches = new FactTable<CoachFact>({
  name: 'coach',
  version: 2,
  fields: {
    coachId: 'uuid',
    capacity: 'int',
    personId: 'uuid',
    reason: 'text',
    credential: 'text',
    issuer: 'text',
    day: 'day',
    outcome: 'text',
  },
  lookups: ['coachId'],
  factOf: coachFact,
});
