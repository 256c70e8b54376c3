import { enrolment, type Enrollments } from './enrolling.js';
import type { Opening } from './opening.js';
import type { Teller } from './teller.js';

export const MATCHED = ['ada', 'ben', 'cleo', 'dan', 'fay'] as const;
export type MatchedName = (typeof MATCHED)[number];
/** Engagements by coachee. */
export type Engagements = Readonly<Record<MatchedName, string>>;

/**
 * Ben chooses Rosa, who declines, and then Kim, who accepts. The others are matched at once: Ada and Cleo with Rosa, who
 * speaks German, Dan and Fay with Luc, who speaks French. Nobody speaks Ivy's Japanese; her request is withdrawn.
 */
export async function match(
  teller: Teller,
  { people, coaches, programId, cohortId }: Opening,
  ids: Enrollments,
): Promise<Engagements> {
  const of = (action: string) => enrolment(ids.ben, `match/${action}`);
  const ben = `coachee:${people.ben}`;
  await teller.tell('hr', '2024-01-11T09:00', of('shortlist'));
  await teller.tell(ben, '2024-01-11T10:00', of('propose'), { coachId: coaches.rosa });
  await teller.tell(`coach:${coaches.rosa}`, '2024-01-11T11:00', of('decline'), { code: 'no-capacity' });
  await teller.tell('hr', '2024-01-12T09:00', of('shortlist'));
  await teller.tell(ben, '2024-01-12T10:00', of('propose'), { coachId: coaches.kim });
  await teller.tell(`coach:${coaches.kim}`, '2024-01-13T09:00', of('accept'));

  const cohort = `/enrollment/v1/programs/${programId}/cohorts/${cohortId}`;
  await teller.tell('hr', '2024-01-17T09:00', `${cohort}/match`);
  await teller.tell('hr', '2024-01-18T09:00', enrolment(ids.ivy, 'match/withdraw'), { reason: 'no-coach' });

  const engagements = {} as Record<MatchedName, string>;
  for (const name of MATCHED) {
    const path = `/sessions/v1/engagements?enrollmentId=${ids[name]}`;
    const planned = await teller.until(path, ({ items }) => items.length === 1);
    const engagementId: string = planned.items[0].engagementId;
    engagements[name] = engagementId;
    // The programme and the engagement reach goals by another way.
    const coachee = { roles: ['coachee' as const], personId: people[name] };
    await teller.until(`/goals/v1/engagements/${engagementId}/goals`, () => true, coachee);
  }
  return engagements;
}
