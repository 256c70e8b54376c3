import { FactTable } from '../fact-table.js';
import { enrollmentFact, type EnrollmentFact } from './enrollment-facts.js';

/** What was said of each enrolment, from the nomination to its end. */
export const enrollments = new FactTable<EnrollmentFact>({
  name: 'enrollment',
  version: 1,
  fields: {
    enrollmentId: 'uuid',
    programId: 'uuid',
    cohortId: 'uuid',
    personId: 'uuid',
    place: 'int',
    deadline: 'instant',
    day: 'day',
    reason: 'text',
    early: 'boolean',
    total: 'int',
  },
  within: 'programId',
  lookups: ['personId', 'enrollmentId'],
  factOf: enrollmentFact,
});
