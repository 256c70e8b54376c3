import { FactTable } from '../fact-table.js';
import { opinionFact, type OpinionFact } from './opinion-facts.js';

/** What people think: a table of its own, so that what reads operational facts cannot come upon it. */
export const opinions = new FactTable<OpinionFact>({
  name: 'opinion',
  version: 2,
  fields: {
    enrollmentId: 'uuid',
    programId: 'uuid',
    cohortId: 'uuid',
    personId: 'uuid',
    sessionId: 'uuid',
    useful: 'int',
    relationship: 'int',
    progress: 'int',
    themes: 'json',
    goalId: 'uuid',
    level: 'int',
    moment: 'text',
    recommend: 'int',
    item: 'text',
    mean: 'number',
    by: 'text',
    signal: 'text',
    reason: 'text',
    questionnaire: 'text',
    questionnaireVersion: 'int',
    results: 'json',
  },
  within: 'programId',
  lookups: ['questionnaire'],
  factOf: opinionFact,
});
