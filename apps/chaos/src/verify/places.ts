import type { Pool } from 'pg';
import { aboutOf, unlike, type Kept } from './rows.js';
import type { Stored } from './seen.js';

/** The rows of enrolment by their streams, with the places of programmes and coaches. */
export type Places = readonly (Kept & { readonly capacity?: number | null })[];

export const readPlaces = async (pool: Pool): Promise<Places> =>
  (
    await pool.query<Places[number]>(
      `SELECT 'program-' || program_id AS key, version, places_taken AS taken, capacity, NULL AS status FROM programs
       UNION ALL SELECT 'coach-' || coach_id, version, places_taken, capacity, status FROM coaches
       UNION ALL SELECT 'enrollment-' || enrollment_id, version, NULL, NULL, status FROM enrollments
       UNION ALL SELECT 'match-' || match_id, version, NULL, NULL, status FROM matches`,
    )
  ).rows;

/** The statuses that a run's coaches, enrolments and matches come to, by the event that leads there. */
const STATUS: Readonly<Record<string, string>> = {
  CoachAdded: 'applied',
  CoachApproved: 'approved',
  CoachSuspended: 'suspended',
  ParticipantNominated: 'nominated',
  InvitationSent: 'invited',
  EnrollmentActivated: 'active',
  EnrollmentPaused: 'paused',
  EnrollmentResumed: 'active',
  EnrollmentCompleted: 'completed',
  EnrollmentDiscontinued: 'discontinued',
  MatchRequested: 'requested',
  CoachesShortlisted: 'shortlisted',
  MatchProposed: 'proposed',
  CoachMatched: 'active',
  MatchMarkedAtRisk: 'atRisk',
  MatchRecovered: 'active',
  MatchEnded: 'ended',
};
const TAKES_PLACE = ['invited', 'active', 'paused', 'proposed', 'atRisk'];

interface Told {
  readonly version: number;
  readonly status: string | undefined;
  readonly taken?: number;
}

/** What is wrong with the places of programmes and coaches, and with the rows of those who take them, by enrolment's log. Pure. */
export function judgePlaces(
  log: readonly Stored[],
  places: Places,
): { readonly unlike: readonly string[]; readonly overbooked: readonly string[] } {
  const capacities = new Map(places.map(({ key, capacity }) => [key, capacity]));
  const told = new Map<string, Told>();
  const takers = new Map<string, Set<string>>();
  const overbooked: string[] = [];
  for (const event of log) {
    const { stream, version, type } = event;
    const { kind } = aboutOf(event);
    if (kind === 'program' || kind === 'coach') takers.set(stream, takers.get(stream) ?? new Set());
    else if (kind !== 'enrollment' && kind !== 'match') continue;
    const status = STATUS[type] ?? told.get(stream)?.status;
    told.set(stream, { version, status });
    const place = placeOf(event);
    const taking = place && takers.get(place);
    if (!taking) continue;
    if (!TAKES_PLACE.includes(status!)) taking.delete(stream);
    else if (!taking.has(stream) && taking.add(stream).size > capacities.get(place)!)
      overbooked.push(`${stream} takes a place of ${place} beyond its ${capacities.get(place)}`);
  }
  for (const [stream, { size }] of takers) told.set(stream, { ...told.get(stream)!, taken: size });
  return {
    unlike: unlike(
      'the row of',
      places.map(({ key, version, status, taken }) => ({ key, version, status, taken })),
      new Map([...told].map(([stream, row]) => [stream, { ...row }])),
    ),
    overbooked,
  };
}

/** Where an event of an enrolment, or of a match with a coach, takes a place or gives it back. */
function placeOf(event: Stored): string | undefined {
  const { kind } = aboutOf(event);
  if (kind === 'enrollment') return `program-${event.data.programId}`;
  return kind === 'match' && event.data.coachId ? `coach-${event.data.coachId}` : undefined;
}
