import type { Random } from '@cairn/seeded';
import type { Caller } from './caller.js';
import { ACTIVATION, COACHEES, coachNamed, fileOf, MAPPING, PEOPLE, PROGRAM } from './company.js';
import { LIVES, Pair } from './lives.js';
import { together } from './together.js';

const ENROLLMENT = '/enrollment/v1';
const CSV = { contentType: 'text/csv' };

/**
 * One small programme in a tenant of its own, from the HR file to the last goal, told as the past, with what has to come
 * of each command. Its coachees go their ways at the same time.
 * @throws Unanswered
 */
export async function tellProgramme(caller: Caller, random: Random): Promise<void> {
  await caller.give(`${ENROLLMENT}/people/mappings/${MAPPING.name}`, MAPPING, {}, { method: 'PUT' });
  const imports = (snapshot: string) =>
    `${ENROLLMENT}/people/imports?mapping=${MAPPING.name}&snapshotDate=${snapshot}`;
  await caller.give(imports('2024-01-01'), fileOf(), { PersonAdded: PEOPLE }, CSV);
  const { items } = await caller.until(
    `${ENROLLMENT}/people?limit=100`,
    (found) => found.items.length === PEOPLE,
  );
  const people = items as { employeeId: string; personId: string }[];
  const personOf = (employee: string) => people.find(({ employeeId }) => employeeId === employee)!.personId;

  const programs = `${ENROLLMENT}/programs`;
  const { programId } = await caller.tell('hr', '2024-01-02T08:00', programs, PROGRAM, { ProgramCreated: 1 });
  const cohorts = `${programs}/${programId}/cohorts`;
  const { cohortId } = await caller.tell(
    'hr',
    '2024-01-02T08:20',
    cohorts,
    { name: 'One' },
    { CohortOpened: 1 },
  );
  const coaches: string[] = [];
  for (const name of ['rosa', 'luc']) {
    const { coachId } = await caller.tell(
      'program-admin',
      '2024-01-03T08:00',
      `${ENROLLMENT}/coaches`,
      coachNamed(name),
      {},
    );
    const approve = `${ENROLLMENT}/coaches/${coachId}/approve`;
    await caller.tell('program-admin', '2024-01-03T09:00', approve, undefined, { CoachApproved: 1 });
    coaches.push(coachId);
  }

  const enrollments = new Map<string, string>();
  await together(
    COACHEES.map(async (employee) => {
      const personId = personOf(employee);
      const body = { personId, cohortId, history: true };
      const of = `${programs}/${programId}/enrollments`;
      const { enrollmentId } = await caller.tell('hr', '2024-01-08T09:00', of, body, {
        ParticipantNominated: 1,
      });
      const on = `${ENROLLMENT}/enrollments/${enrollmentId}`;
      await caller.tell('hr', '2024-01-09T09:00', `${on}/invite`, undefined, { InvitationSent: 1 });
      await caller.tell(`coachee:${personId}`, '2024-01-10T09:00', `${on}/activate`, ACTIVATION, {
        EnrollmentActivated: 1,
        MatchingPreferencesGiven: 1,
        SessionsAllotted: 1,
        MatchRequested: 1,
      });
      enrollments.set(employee, enrollmentId);
    }),
  );
  const all = COACHEES.length;
  await caller.tell('hr', '2024-01-17T09:00', `${cohorts}/${cohortId}/match`, undefined, {
    CoachesShortlisted: all,
    MatchProposed: all,
    CoachMatched: all,
    EngagementPlanned: all,
  });

  const [leaver, ...stay] = random.shuffle(COACHEES);
  const pairOf = async (employee: string) => {
    const path = `/sessions/v1/engagements?enrollmentId=${enrollments.get(employee)!}`;
    const { items: planned } = await caller.until(path, (found) => found.items.length === 1);
    return new Pair(caller, planned[0], enrollments.get(employee)!, 7 + COACHEES.indexOf(employee as '201'));
  };
  const leaves = async (pair: Pair) => {
    await pair.beforeLeaving();
    const follows = {
      PersonLeft: 1,
      LeavingReasonRecorded: 1,
      EnrollmentDiscontinued: 1,
      MatchEnded: 1,
      EngagementEnded: 1,
      SessionCancelled: 2,
      SessionsReturned: 1,
    };
    await caller.give(imports('2024-02-10'), fileOf(leaver), follows, CSV);
  };
  // Drawn before they go their ways at once: in which order they would ask is another each time.
  const ways = stay.map((employee) => [employee, random.pick(LIVES), random.between(0, 6)] as const);
  await together([
    leaves(await pairOf(leaver!)),
    ...ways.map(async ([employee, live, checkIns]) => live(await pairOf(employee), checkIns)),
  ]);
}
