import { FactTable } from '../fact-table.js';
import { goalFact, type GoalFact } from './goal-facts.js';

/** What was said of each goal: its theme, weight and date, practice, check-ins, the coachee’s own scores, how it closed, and the pulses about it. */
export const goals = new FactTable<GoalFact>({
  name: 'goal',
  version: 2,
  fields: {
    goalId: 'uuid',
    engagementId: 'uuid',
    enrollmentId: 'uuid',
    programId: 'uuid',
    cohortId: 'uuid',
    personId: 'uuid',
    coachId: 'uuid',
    theme: 'text',
    weight: 'number',
    targetDate: 'day',
    level: 'int',
    moment: 'text',
    practiceId: 'uuid',
    dueOn: 'day',
    done: 'text',
    by: 'text',
    movement: 'text',
    outcome: 'text',
    pulseId: 'uuid',
    sessionId: 'uuid',
    raters: 'int',
    item: 'text',
  },
  within: 'programId',
  lookups: ['personId', 'coachId'],
  factOf: goalFact,
});
