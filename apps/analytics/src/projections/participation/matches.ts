import { FactTable } from '../fact-table.js';
import { matchFact, type MatchFact } from './match-facts.js';

/** What was said of each search for a coach, and of the match that came of it. */
export const matches = new FactTable<MatchFact>({
  name: 'match',
  version: 1,
  fields: {
    matchId: 'uuid',
    enrollmentId: 'uuid',
    programId: 'uuid',
    cohortId: 'uuid',
    personId: 'uuid',
    coachId: 'uuid',
    kind: 'text',
    by: 'text',
    reason: 'text',
    score: 'number',
  },
  within: 'programId',
  lookups: ['personId', 'coachId'],
  factOf: matchFact,
});
