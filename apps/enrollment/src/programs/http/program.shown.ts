import { hasRole, type Subject } from '@cairn/identity';
import { SEEN_BY_COACH } from '../../matching/match.entity.js';
import { anyOf, EVERYTHING, readsTotals, type Condition } from '../../people/reach.js';
import { dayIn } from '../calendar.js';
import type { ProgramEntity } from '../program.entity.js';
import { changesAhead, valuesAt } from '../values-on.js';

/** A programme as those who run it, and who pay for it, read it: as it is at `now`, with what has been told of later. */
const shown = ({ state }: ProgramEntity, now: string) => ({
  programId: state.programId,
  ...valuesAt(state, now),
  changesAhead: ahead(state, now),
  eligibilityRules: { version: state.rules.version, rules: state.rules.list },
  triggers: state.triggers ?? [],
  cohorts: state.cohorts,
});

const ahead = (state: ProgramEntity['state'], now: string) =>
  changesAhead(state, dayIn(state.created.zone, now));

/** What is ahead comes into force without a fact: the version of what is shown counts it, where there is anything. */
const withAhead = (version: string, { state }: ProgramEntity, now: string): string => {
  const count = ahead(state, now).length;
  return count === 0 ? version : `${version}.${count}`;
};

/** What coachees, coaches and managers read of it: neither cost nor places, nor whom the rules look for. */
function shownToParticipants({ state }: ProgramEntity, now: string) {
  const values = valuesAt(state, now);
  const { name, track, startsOn, endsOn, zone, cadence, allotment, sessionPolicy, themes } = values;
  const { managersSeeParticipation } = values;
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

const runsProgrammes = (subject: Subject): boolean =>
  hasRole(subject, 'hr', 'program-admin', 'sponsor', 'integration');

/**
 * The programmes (`p`) that a subject may read: all, for whoever runs or pays for them; else those in which they, their
 * coachees or their direct reports take part, the last only where the programme lets managers see that.
 */
export function visibleTo(subject: Subject): Condition {
  if (runsProgrammes(subject)) return EVERYTHING;
  const { personId, coachId } = subject;
  const conditions: Condition[] = [];
  if (hasRole(subject, 'coachee') && personId !== undefined)
    conditions.push({
      sql: 'EXISTS (SELECT 1 FROM enrollments e WHERE e.program_id = p.program_id AND e.person_id = :ownPerson)',
      parameters: { ownPerson: personId },
    });
  if (hasRole(subject, 'coach') && coachId !== undefined)
    conditions.push({
      sql: `EXISTS (SELECT 1 FROM matches m WHERE m.program_id = p.program_id AND m.coach_id = :ownCoach
              AND ${SEEN_BY_COACH})`,
      parameters: { ownCoach: coachId },
    });
  if (hasRole(subject, 'manager') && personId !== undefined)
    conditions.push({
      sql: `(p.state->'values'->>'managersSeeParticipation')::boolean
            AND EXISTS (SELECT 1 FROM enrollments e JOIN people r USING (person_id)
              WHERE e.program_id = p.program_id AND r.manager_id = :manager)`,
      parameters: { manager: personId },
    });
  return anyOf(conditions);
}

/**
 * A programme as this subject reads it at `now`, with the version of what is shown: places come and go without a fact of
 * the programme itself. How many are taken tells a sponsor of single people, and HR of those whose record it may not see.
 */
export function shownTo(subject: Subject, program: ProgramEntity, now: string) {
  const { version, placesTaken } = program;
  if (readsTotals(subject))
    return {
      body: { ...shown(program, now), placesTaken },
      version: withAhead(`${version}.${placesTaken}`, program, now),
    };
  const body = runsProgrammes(subject) ? shown(program, now) : shownToParticipants(program, now);
  return { body, version: withAhead(`${version}`, program, now) };
}
