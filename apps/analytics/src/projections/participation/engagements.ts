import { FactTable } from '../fact-table.js';
import { engagementFact, type EngagementFact } from './engagement-facts.js';

/** What was said of each engagement. */
export const engagements = new FactTable<EngagementFact>({
  name: 'engagement',
  version: 1,
  fields: {
    engagementId: 'uuid',
    enrollmentId: 'uuid',
    programId: 'uuid',
    cohortId: 'uuid',
    personId: 'uuid',
    coachId: 'uuid',
    matchId: 'uuid',
    day: 'day',
    reason: 'text',
  },
  within: 'programId',
  lookups: ['personId', 'coachId'],
  factOf: engagementFact,
});
