import type { Random } from '@cairn/seeded';
import type { Caller } from './caller.js';
import { addCoach, Cohort, ENROLLMENT } from './cohort.js';
import { COACHEES, coachNamed, fileOf, MAPPING, PEOPLE, PROGRAM, TRAINEES } from './company.js';
import { LIVES, Pair } from './lives.js';
import { tellOfToday } from './today.js';
import { together } from './together.js';

const CSV = { contentType: 'text/csv' };
const PAST = {
  founded: '2024-01-02T08:00',
  nominated: '2024-01-08T09:00',
  invited: '2024-01-09T09:00',
  activated: '2024-01-10T09:00',
  matched: '2024-01-17T09:00',
};

/** What comes of it that one leaves who takes part in both programmes, and coaches two others. */
const LEAVING = {
  PersonLeft: 1,
  LeavingReasonRecorded: 1,
  EnrollmentDiscontinued: 2,
  CoachSuspended: 1,
  MatchEnded: 4,
  EngagementEnded: 4,
  // Two of the past, and one of each engagement of these days.
  SessionCancelled: 5,
  SessionsReturned: 4,
  // For the two who stay: what is left, and another coach.
  SessionsAllotted: 2,
  MatchRequested: 2,
};

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

  const cohort = await Cohort.found(caller, PROGRAM, PAST, true);
  for (const name of ['rosa', 'luc']) await addCoach(caller, coachNamed(name));
  const enrollments = new Map<string, string>();
  await together(
    COACHEES.map(async (employee) => {
      enrollments.set(employee, await cohort.enrol(personOf(employee), 'en'));
    }),
  );
  await cohort.match(COACHEES.length);

  const [leaver, ...stay] = random.shuffle(COACHEES);
  const pairOf = async (employee: string) => {
    const enrollmentId = enrollments.get(employee)!;
    const engagement = await cohort.engagementOf(enrollmentId);
    return new Pair(caller, engagement, enrollmentId, 7 + COACHEES.indexOf(employee as '201'));
  };
  const leaves = async (pair: Pair) => {
    const somebody = { employeeId: leaver!, personId: personOf(leaver!) };
    await together([pair.beforeLeaving(), tellOfToday(caller, somebody, TRAINEES.map(personOf))]);
    await caller.give(imports('2024-02-10'), fileOf(leaver), LEAVING, CSV);
  };
  // Drawn before they go their ways at once: in which order they would ask is another each time.
  const ways = stay.map((employee) => [employee, random.pick(LIVES), random.between(0, 6)] as const);
  await together([
    leaves(await pairOf(leaver!)),
    ...ways.map(async ([employee, live, checkIns]) => live(await pairOf(employee), checkIns)),
  ]);
}
