import type { Pool } from 'pg';
import { EVENTS_PER_COACHEE, fillImported, SCHEMA } from '../workload.js';
import type { GoalRefs } from './goal-streams.js';

const COACHEES = 20;

/** A programme that HR looks at; its coachees have a goal each. */
export interface WatchedProgram {
  readonly tenantId: string;
  readonly programId: string;
  readonly goals: readonly GoalRefs[];
  /** How many check-ins of them analytics' log holds. */
  readonly checkIns: number;
}

/** Fills analytics' log of a new database with the programme. Its goals belong into goals' log too, ten events each. */
export async function fillWatched(pool: Pool): Promise<WatchedProgram> {
  const { tenantId, programId } = await fillImported(pool, COACHEES * EVENTS_PER_COACHEE);
  const { rows } = await pool.query<{ type: string; data: GoalRefs }>(
    `SELECT envelope->>'type' AS type, envelope->'data' AS data FROM ${SCHEMA}.events WHERE source = '/cairn/goals'`,
  );
  const of = (type: string) => rows.filter((row) => row.type === `cairn.goals.${type}.v1`);
  const goals = of('goal-proposed').map(({ data }) => ({
    goalId: data.goalId,
    engagementId: data.engagementId,
    enrollmentId: data.enrollmentId,
    programId: data.programId,
    cohortId: data.cohortId,
    personId: data.personId,
    coachId: data.coachId,
  }));
  return { tenantId, programId, goals, checkIns: of('check-in-recorded').length };
}
