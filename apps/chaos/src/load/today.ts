import type { Caller } from './caller.js';
import { addCoach, Cohort } from './cohort.js';
import { coachNamed, PROGRAM } from './company.js';
import { together } from './together.js';

/**
 * Beside the programme of the past one of these days, in which another coach is looked for when one leaves: somebody takes
 * part in it too, and coaches two others in it, so that very much follows at once from their leaving.
 * @throws Unanswered
 */
export async function tellOfToday(
  caller: Caller,
  somebody: { readonly employeeId: string; readonly personId: string },
  coachedByThem: readonly string[],
): Promise<void> {
  // Nobody else of the coaches speaks German.
  await addCoach(caller, { ...coachNamed('internal', 'de'), employeeId: somebody.employeeId });
  const program = { ...PROGRAM, name: 'These days', startsOn: day(-1), endsOn: day(180) };
  const cohort = await Cohort.found(
    caller,
    program,
    {
      founded: `${day(-1)}T08:00`,
      nominated: `${day(-1)}T09:00`,
      invited: `${day(-1)}T10:00`,
      activated: `${day(-1)}T11:00`,
      matched: `${day(-1)}T12:00`,
    },
    false,
  );
  const enrollments = await together([
    cohort.enrol(somebody.personId, 'en'),
    ...coachedByThem.map((personId) => cohort.enrol(personId, 'de')),
  ]);
  await cohort.match(enrollments.length);
  await together(
    enrollments.map(async (enrollmentId, index) => {
      const { engagementId, personId } = await cohort.engagementOf(enrollmentId);
      // Somebody is in all of these sessions.
      const session = { startsAt: `${day(7)}T1${index}:00`, zone: 'UTC', durationMinutes: 30 };
      const path = `/sessions/v1/engagements/${engagementId}/sessions`;
      const makes = { SessionScheduled: 1, EngagementStarted: 1 };
      await caller.tell(`coachee:${personId}`, `${day(-1)}T13:00`, path, session, makes);
    }),
  );
}

/** The day so many days from now. */
const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
