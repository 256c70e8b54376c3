import { FactTable } from '../fact-table.js';
import { personFact, type PersonFact } from './person-facts.js';

/** What the HR file and its successors said of each person. No names. */
export const people = new FactTable<PersonFact>({
  name: 'person',
  version: 3,
  fields: {
    personId: 'uuid',
    day: 'day',
    placeholder: 'boolean',
    kind: 'text',
    level: 'text',
    managerId: 'uuid',
    department: 'text',
    position: 'text',
    location: 'text',
    cleared: 'json',
    reason: 'text',
    score: 'number',
    belowStandard: 'boolean',
  },
  lookups: ['personId', 'department', 'location'],
  factOf: personFact,
});
