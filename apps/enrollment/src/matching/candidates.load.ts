import type { EntityManager } from 'typeorm';
import { isLapsed } from '../coaches/coach.decider.js';
import { CoachEntity } from '../coaches/coach.entity.js';
import { parseSlots } from '../coaches/weekly-hours.js';
import { EnrollmentEntity } from '../enrollment/enrollment.entity.js';
import type { Preferences } from '../enrollment/enrollment.events.js';
import { PersonEntity } from '../people/person.entity.js';
import type { Coach, Coachee } from './candidates.js';
import { managerChain } from './reporting-line.js';

/** A request for a match, as far as finding coaches goes. */
export interface Request {
  readonly enrollmentId: string;
  readonly personId: string;
  readonly declinedCoachIds: readonly string[];
}

/** The coachees of these requests as matching sees them, in the order of the requests. */
export async function loadCoachees(
  manager: EntityManager,
  tenantId: string,
  requests: readonly Request[],
): Promise<Coachee[]> {
  const personIds = requests.map(({ personId }) => personId);
  const enrollmentIds = requests.map(({ enrollmentId }) => enrollmentId);
  const people = await manager
    .createQueryBuilder(PersonEntity, 'p')
    .where('p.tenant_id = :tenantId AND p.person_id = ANY (:personIds)', { tenantId, personIds })
    .getMany();
  const enrollments = await manager
    .createQueryBuilder(EnrollmentEntity, 'e')
    .where('e.tenant_id = :tenantId AND e.enrollment_id = ANY (:enrollmentIds)', { tenantId, enrollmentIds })
    .getMany();
  const managers = await managersAbove(manager, tenantId, personIds);
  const personOf = new Map(people.map((person) => [person.personId, person]));
  const enrollmentOf = new Map(enrollments.map((each) => [each.enrollmentId, each]));
  return requests.map(({ enrollmentId, personId, declinedCoachIds }) => {
    const person = personOf.get(personId)!;
    const preferences = enrollmentOf.get(enrollmentId)!.state.preferences!;
    return {
      personId,
      // A placeholder has no employee id: its key is as unique.
      externalRef: person.employeeId ?? person.personKey,
      level: person.level,
      function: person.department,
      // No programme names the employer's industry yet.
      industry: null,
      managerChain: managerChain(personId, (id) => managers.get(id)),
      themes: preferences.themes,
      styles: preferences.styles,
      languages: preferences.languages,
      hours: hoursOf(preferences),
      declinedCoachIds,
    };
  });
}

/** All coaches of the tenant, or the one, as matching sees them at that time, whatever their status: who was sifted out is told, too. */
export async function loadCoaches(
  manager: EntityManager,
  tenantId: string,
  at: string,
  coachId?: string,
): Promise<Coach[]> {
  const coaches = await manager.findBy(CoachEntity, { tenantId, ...(coachId !== undefined && { coachId }) });
  const internal = coaches.flatMap(({ personId }) => personId ?? []);
  const managers = await managersAbove(manager, tenantId, internal);
  return coaches.flatMap((coach): Coach[] => {
    const { coachId, externalRef, state, capacity, placesTaken, personId, conflicts } = coach;
    if (state.status === 'none') return [];
    return [
      {
        ...state.profile,
        coachId,
        externalRef,
        status: state.status,
        ...(isLapsed(state, at) && { lapsed: true as const }),
        capacity,
        conflicts,
        placesLeft: Math.max(capacity - placesTaken, 0),
        personId,
        managerChain: personId === null ? [] : managerChain(personId, (id) => managers.get(id)),
      },
    ];
  });
}

const hoursOf = ({ zone, hours }: Preferences): Coachee['hours'] => {
  const slots = hours === null ? undefined : parseSlots(hours);
  return slots === undefined ? null : { zone, slots };
};

/** Who reports to whom, from these people up to the top. */
async function managersAbove(
  manager: EntityManager,
  tenantId: string,
  personIds: readonly string[],
): Promise<Map<string, string | null>> {
  if (personIds.length === 0) return new Map();
  // UNION drops who was there before, which ends a circle too.
  const rows: { person_id: string; manager_id: string | null }[] = await manager.query(
    `WITH RECURSIVE line AS (
       SELECT person_id, manager_id FROM people WHERE tenant_id = $1 AND person_id = ANY ($2)
       UNION SELECT above.person_id, above.manager_id FROM people above JOIN line ON above.person_id = line.manager_id)
     SELECT person_id, manager_id FROM line`,
    [tenantId, personIds],
  );
  return new Map(rows.map(({ person_id, manager_id }) => [person_id, manager_id]));
}
