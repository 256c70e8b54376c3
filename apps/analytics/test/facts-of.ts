import type { ReceivedContract } from '@cairn/contracts';
import { coachFact } from '../src/projections/programs/coach-facts.js';
import { engagementFact } from '../src/projections/participation/engagement-facts.js';
import { enrollmentFact } from '../src/projections/participation/enrollment-facts.js';
import { goalFact } from '../src/projections/participation/goal-facts.js';
import { matchFact } from '../src/projections/participation/match-facts.js';
import { opinionFact, type OpinionFact } from '../src/projections/opinions/opinion-facts.js';
import { personFact } from '../src/projections/people/person-facts.js';
import { programFact } from '../src/projections/programs/program-facts.js';
import { sessionFact } from '../src/projections/participation/session-facts.js';
import type { ProgramFacts } from '../src/reports/as-of/view.js';

/** The facts that the projections make of events, without a database. */
export function factsOf(events: readonly ReceivedContract[]): ProgramFacts {
  const all = <F>(fact: (event: ReceivedContract) => F | undefined): F[] =>
    events.map((event) => fact(event)).filter((each) => each !== undefined);
  return {
    program: all(programFact),
    enrollments: all(enrollmentFact),
    matches: all(matchFact),
    engagements: all(engagementFact),
    sessions: all(sessionFact),
    goals: all(goalFact),
    people: all(personFact),
    coaches: all(coachFact),
  };
}

export const opinionsOf = (events: readonly ReceivedContract[]): OpinionFact[] =>
  events.map(opinionFact).filter((each) => each !== undefined);
