import { hasRole, type Subject } from '@cairn/identity';
import type { DataSource } from 'typeorm';
import type { ProgramEntity } from '../program.entity.js';

/** A programme as those who run it, and who pay for it, read it. */
export const shown = ({ state, placesTaken }: ProgramEntity) => ({
  programId: state.programId,
  ...state.values,
  placesTaken,
  eligibilityRules: { version: state.rules.version, rules: state.rules.list },
  cohorts: state.cohorts,
});

/** The version of what `shown` shows: places come and go without a fact of the programme itself. */
export const versionOf = ({ version, placesTaken }: ProgramEntity): string => `${version}.${placesTaken}`;

/** What coachees and coaches read of it: neither cost nor places, nor whom the rules look for. */
export function shownToParticipants({ state }: ProgramEntity) {
  const { name, track, startsOn, endsOn, zone, cadence, allotment, sessionPolicy, themes } = state.values;
  const { managersSeeParticipation } = state.values;
  return {
    programId: state.programId,
    name,
    track,
    startsOn,
    endsOn,
    zone,
    cadence,
    allotment,
    sessionPolicy,
    themes,
    managersSeeParticipation,
  };
}

export const runsProgrammes = (subject: Subject): boolean =>
  hasRole(subject, 'hr', 'program-admin', 'sponsor', 'integration');

/** Whether the subject is a coachee of the programme, or coaches one. */
export async function takesPart(
  dataSource: DataSource,
  { tenantId, personId, coachId, roles }: Subject,
  programId: string,
): Promise<boolean> {
  const rows: unknown[] = await dataSource.query(
    `SELECT 1 FROM enrollments WHERE tenant_id = $1 AND program_id = $2 AND person_id = $3
     UNION ALL
     SELECT 1 FROM matches WHERE tenant_id = $1 AND program_id = $2 AND coach_id = $4
       AND status IN ('proposed', 'active', 'ended')
     LIMIT 1`,
    [
      tenantId,
      programId,
      roles.includes('coachee') ? (personId ?? null) : null,
      roles.includes('coach') ? (coachId ?? null) : null,
    ],
  );
  return rows.length > 0;
}
