import { FactTable } from '../fact-table.js';
import { programFact, type ProgramFact } from './program-facts.js';

/** What was said of each programme, its cohorts and who is eligible for it. */
export const programs = new FactTable<ProgramFact>({
  name: 'program',
  version: 1,
  fields: {
    programId: 'uuid',
    values: 'json',
    day: 'day',
    cohortId: 'uuid',
    name: 'text',
    personId: 'uuid',
    ruleVersion: 'int',
    eligible: 'boolean',
  },
  lookups: ['programId'],
  factOf: programFact,
});
