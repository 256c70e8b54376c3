import type { ClientBase } from 'pg';
import { coaches } from '../projections/programs/coaches.js';
import { engagements } from '../projections/participation/engagements.js';
import { enrollments } from '../projections/participation/enrollments.js';
import { goals } from '../projections/participation/goals.js';
import { matches } from '../projections/participation/matches.js';
import { people } from '../projections/people/people.js';
import type { CoachFact } from '../projections/programs/coach-facts.js';
import type { PersonFact } from '../projections/people/person-facts.js';
import { programs } from '../projections/programs/programs.js';
import { sessions } from '../projections/participation/sessions.js';
import type { Moment } from '../reports/as-of/moment.js';
import type { ProgramFacts } from '../reports/as-of/view.js';
import type { Coaches } from '../reports/coaches-page.js';
import type { Labels } from '../reports/dimensions.js';

type Client = Pick<ClientBase, 'query'>;

/** What of a person a report joins: not their scores and ratings. */
const PLACES: readonly PersonFact['fact'][] = ['added', 'changed', 'left'];
const PLACE = `fact IN (${PLACES.map((fact) => `'${fact}'`).join(', ')})`;
export const isPlace = ({ fact }: PersonFact): boolean => PLACES.includes(fact);

/** Everything that is kept of one programme and its people; undefined where the tenant has no such programme. */
export async function factsOfProgram(
  client: Client,
  tenantId: string,
  programId: string,
): Promise<ProgramFacts | undefined> {
  const program = await programs.read(client, tenantId, 'program_id = $2', [programId]);
  if (!program.some((fact) => fact.fact === 'created')) return undefined;
  const enrolled = `SELECT e.person_id FROM ${enrollments.table} e WHERE e.tenant_id = $1 AND e.program_id = $2`;
  const matched = `SELECT m.coach_id FROM ${matches.table} m WHERE m.tenant_id = $1 AND m.program_id = $2`;
  return {
    program,
    enrollments: await enrollments.read(client, tenantId, 'program_id = $2', [programId]),
    matches: await matches.read(client, tenantId, 'program_id = $2', [programId]),
    engagements: await engagements.read(client, tenantId, 'program_id = $2', [programId]),
    sessions: await sessions.read(client, tenantId, 'program_id = $2', [programId]),
    goals: await goals.read(client, tenantId, 'program_id = $2', [programId]),
    people: await people.read(client, tenantId, `person_id IN (${enrolled}) AND ${PLACE}`, [programId]),
    coaches: await coaches.read(client, tenantId, `coach_id IN (${matched})`, [programId]),
  };
}

/** Everything that is kept of these people's part in programmes, by programme. */
export async function factsOfPeople(
  client: Client,
  tenantId: string,
  personIds: readonly string[],
): Promise<ProgramFacts[]> {
  const own = [personIds];
  const enrolled = await enrollments.read(client, tenantId, 'person_id = ANY ($2)', own);
  const programIds = [...new Set(enrolled.map((fact) => fact.programId))].sort();
  const all = {
    program: await programs.read(client, tenantId, `program_id = ANY ($2) AND fact <> 'eligibility'`, [
      programIds,
    ]),
    matches: await matches.read(client, tenantId, 'person_id = ANY ($2)', own),
    engagements: await engagements.read(client, tenantId, 'person_id = ANY ($2)', own),
    sessions: await sessions.read(client, tenantId, 'person_id = ANY ($2)', own),
    goals: await goals.read(client, tenantId, 'person_id = ANY ($2)', own),
    people: await people.read(client, tenantId, `person_id = ANY ($2) AND ${PLACE}`, own),
  };
  return programIds.map((programId) => {
    const isOf = (fact: { programId: string }) => fact.programId === programId;
    return {
      program: all.program.filter(isOf),
      enrollments: enrolled.filter(isOf),
      matches: all.matches.filter(isOf),
      engagements: all.engagements.filter(isOf),
      sessions: all.sessions.filter(isOf),
      goals: all.goals.filter(isOf),
      people: all.people,
      // What is shown of single people does not depend on how their coach stands.
      coaches: [],
    };
  });
}

/** Everybody whom one of these coaches was ever matched with. */
export async function peopleOfCoaches(
  client: Client,
  tenantId: string,
  coachIds: readonly string[],
): Promise<string[]> {
  if (coachIds.length === 0) return [];
  const matched = await matches.read(client, tenantId, `coach_id = ANY ($2) AND fact = 'matched'`, [
    coachIds,
  ]);
  return [...new Set(matched.map((fact) => fact.personId))].sort();
}

/** The coaches that these people are, by their own records as internal ones. */
export async function coachIdsOf(
  client: Client,
  tenantId: string,
  personIds: readonly string[],
): Promise<string[]> {
  const approved = await coaches.read(client, tenantId, 'person_id = ANY ($2)', [personIds]);
  return [...new Set(approved.map((fact) => fact.coachId))];
}

/** Everything that was said of these coaches. */
export const factsOfCoaches = (
  client: Client,
  tenantId: string,
  coachIds: readonly string[],
): Promise<CoachFact[]> => coaches.read(client, tenantId, 'coach_id = ANY ($2)', [coachIds]);

/** What is known of all of a tenant's coaches, or of one, by that moment. */
export async function coachesKnown(
  client: Client,
  tenantId: string,
  moment: Moment,
  coachId?: string,
): Promise<Coaches> {
  const facts = await (coachId === undefined
    ? coaches.read(client, tenantId, 'true')
    : factsOfCoaches(client, tenantId, [coachId]));
  const { rows } = await client.query<{ coach: string; at: Date }>(
    `SELECT coach_id AS coach, occurred_at AS at FROM (
       SELECT coach_id, occurred_at, row_number() OVER (PARTITION BY coach_id ORDER BY occurred_at, stream) AS n
         FROM ${engagements.table}
        WHERE tenant_id = $1 AND fact = 'completed' AND coach_id = ANY ($2) AND occurred_at <= $3 AND recorded_at <= $4
     ) completed WHERE n = ${FIRST_REASSESSED_AFTER}`,
    [
      tenantId,
      [...new Set(facts.map((fact) => fact.coachId))],
      new Date(moment.at),
      Number.isFinite(moment.knownAt) ? new Date(moment.knownAt) : 'infinity',
    ],
  );
  return { facts, thirdCompletedAt: new Map(rows.map(({ coach, at }) => [coach, at.getTime()])) };
}

/** As enrolment has it: from so many completed engagements on, a coach is reassessed. */
const FIRST_REASSESSED_AFTER = 3;

/** Everything that the HR file and its successors said of a tenant's people. */
export const factsOfDirectory = (client: Client, tenantId: string): Promise<PersonFact[]> =>
  people.read(client, tenantId, 'true');

/** Where these people stood, in any programme or none. */
export const placesOf = (
  client: Client,
  tenantId: string,
  personIds: readonly string[],
): Promise<PersonFact[]> => people.read(client, tenantId, `person_id = ANY ($2) AND ${PLACE}`, [personIds]);

/** The org units and locations that there are in the tenant, whoever is in them. */
export async function labelsOf(client: Client, tenantId: string): Promise<Labels> {
  const { rows } = await client.query<{ units: string[]; locations: string[] }>({
    name: 'facts.labels',
    text: `SELECT ${namesIn('department')} AS units, ${namesIn('location')} AS locations`,
    values: [tenantId],
  });
  return { 'org-unit': rows[0]!.units, location: rows[0]!.locations };
}

/** All names in a column, in order: from each, its index leads to the next one, however many people have it. */
const namesIn = (column: 'department' | 'location'): string => {
  const after = (condition: string) =>
    `(SELECT min(${column}) FROM ${people.table} WHERE tenant_id = $1 AND ${condition})`;
  return `array(
    WITH RECURSIVE names (name) AS (
      SELECT ${after('true')} UNION ALL SELECT ${after(`${column} > name`)} FROM names WHERE name IS NOT NULL
    ) SELECT name FROM names WHERE name IS NOT NULL)`;
};
