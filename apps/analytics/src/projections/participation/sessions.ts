import { FactTable } from '../fact-table.js';
import { sessionFact, type SessionFact } from './session-facts.js';

/** What was said of each session: when it is, who moved, cancelled or missed it, and how it was judged. */
export const sessions = new FactTable<SessionFact>({
  name: 'session',
  version: 1,
  fields: {
    sessionId: 'uuid',
    engagementId: 'uuid',
    enrollmentId: 'uuid',
    programId: 'uuid',
    cohortId: 'uuid',
    personId: 'uuid',
    coachId: 'uuid',
    by: 'text',
    startsAt: 'instant',
    endsAt: 'instant',
    late: 'boolean',
    forfeited: 'boolean',
    auto: 'boolean',
    outcome: 'text',
  },
  within: 'programId',
  lookups: ['personId', 'coachId'],
  factOf: sessionFact,
});
