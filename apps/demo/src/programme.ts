import { eachOf, type Client, type Json } from './api/client.js';
import { coachFile, preferencesOf } from './coaches.js';
import { addDays, addMonths, hoursAfter, instantOf, type Day } from './days.js';
import { engagementWith } from './engagements.js';
import { DemoError } from './options.js';
import { faint, progress, say } from './report/print.js';

export const ZONE = 'America/New_York';
export const MINIMUM_GROUP = 5;
/** More would make it a long evening; whoever is eligible beyond it waits for another programme. */
const MOST = 30;
/** Of so many there are two cohorts, each of which has enough people to be told of. */
const TWO_COHORTS = 2 * (MINIMUM_GROUP + 1);
/** Matched so many days after the start. */
const MATCHED_AFTER = 11;

export interface Candidate {
  readonly personId: string;
  readonly employeeId: string;
  readonly name: string;
}

export interface Cohort {
  readonly cohortId: string;
  readonly name: string;
}

export interface Coachee extends Candidate {
  readonly enrollmentId: string;
  readonly cohortId: string;
  /** Not known of those who were never activated or matched. */
  coachId?: string;
  engagementId?: string;
}

export interface Programme {
  readonly programId: string;
  /** One, or two where there are people enough. */
  readonly cohorts: readonly Cohort[];
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly matchedOn: Day;
  readonly allotment: number;
  readonly themes: readonly string[];
  readonly cost: number;
}

/** As much of it as its figures depend on. */
export const termsOf = ({ programId, cost, themes }: Programme) => ({
  programId,
  cost,
  themes,
  zone: ZONE,
  minimum: MINIMUM_GROUP,
});

/** The programme and its rules; of the people whom they make eligible and who can be nominated, those who take part. */
export async function openProgramme(
  client: Client,
  startsOn: Day,
  months: number,
): Promise<{ programme: Programme; chosen: Candidate[]; eligible: number; assessed: number }> {
  const endsOn = addDays(addMonths(startsOn, months), -1);
  const at = instantOf(startsOn, '08:00', ZONE);
  const allotment = months * 2 + 1;
  const as = 'hr';
  const created = await client.give({
    label: 'programme',
    path: '/enrollment/v1/programs',
    as,
    at,
    body: {
      name: 'Leading through change',
      track: 'manager',
      startsOn,
      endsOn,
      zone: ZONE,
      cadence: 'bi-weekly',
      allotment,
      capacity: 1000,
      activationDays: 10,
      minimumGroup: MINIMUM_GROUP,
      costPerSession: { amount: 180, currency: 'USD' },
      pricingModel: 'session',
    },
  });
  const { programId, themes } = created;
  const rules = [
    { code: 'leads-a-team', any: [{ attribute: 'teamSize', is: 'at-least', value: 3 }] },
    {
      code: 'team-under-strain',
      any: [
        { attribute: 'baselineLeft', is: 'at-least', value: 1 },
        { attribute: 'baselineBelowStandard', is: 'at-least', value: 1 },
        { attribute: 'baselineTeamEngagement', is: 'at-most', value: 4.25 },
      ],
    },
  ];
  await client.give({
    label: 'rules',
    method: 'PUT',
    path: `/enrollment/v1/programs/${programId}/eligibility-rules`,
    as,
    at,
    body: { rules },
  });

  const { items: dryRun } = await client.list(
    `/enrollment/v1/programs/${programId}/eligibility?asOf=${startsOn}`,
  );
  const ids = dryRun
    .filter((one: Json) => one.eligible && one.canBeNominated)
    .map((one: Json) => one.personId as string);
  const people = await peopleOf(client, ids);
  const eligible = people
    .filter(({ employeeId }) => employeeId !== null)
    .sort((a, b) => (a.employeeId < b.employeeId ? -1 : 1));
  if (eligible.length < MINIMUM_GROUP)
    throw new DemoError(
      `Of ${dryRun.length} people the rules leave ${eligible.length}: those who lead a team of three or more that is under strain. ` +
        `The programme needs ${MINIMUM_GROUP}: the file is too small for it.`,
    );
  const chosen = eligible.slice(0, MOST);
  const cohorts: Cohort[] = [];
  for (const name of chosen.length < TWO_COHORTS ? ['First cohort'] : ['First cohort', 'Second cohort']) {
    const path = `/enrollment/v1/programs/${programId}/cohorts`;
    const { cohortId } = await client.give({ label: name, path, as, at, body: { name } });
    cohorts.push({ cohortId, name });
  }
  return {
    programme: {
      programId,
      cohorts,
      startsOn,
      endsOn,
      matchedOn: addDays(startsOn, MATCHED_AFTER),
      allotment,
      themes,
      cost: created.costPerSession.amount,
    },
    chosen,
    eligible: eligible.length,
    assessed: dryRun.length,
  };
}

/** Who they are, by name: the only place of Cairn that tells. */
export async function peopleOf(client: Client, ids: readonly string[]): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (let from = 0; from < ids.length; from += 50)
    found.push(
      ...(await client.get(`/enrollment/v1/people?ids=${ids.slice(from, from + 50).join(',')}`)).items,
    );
  return found;
}

export async function bringCoaches(
  client: Client,
  programme: Programme,
  coachees: number,
  seed: number,
): Promise<void> {
  const { csv, coaches } = coachFile(seed, coachees, programme.themes, ZONE);
  const at = instantOf(programme.startsOn, '08:30', ZONE);
  await client.give({
    label: 'coaches',
    path: '/enrollment/v1/coaches/imports',
    as: 'hr',
    at,
    body: csv,
    contentType: 'text/csv',
  });
  say(`  ${coaches} coaches, with 5 places each`);
}

/**
 * Nominates and invites in order of reference. There is one place less than there are people: the last one waits, the
 * second one declines, and the place goes on to whoever waits.
 */
export async function enrol(
  client: Client,
  programme: Programme,
  people: readonly Candidate[],
  seed: number,
): Promise<Coachee[]> {
  const { programId, cohorts, startsOn, themes } = programme;
  const at = (days: number, time: string) => instantOf(addDays(startsOn, days), time, ZONE);
  const places = people.length - 1;
  const body = { effectiveOn: startsOn, changes: { capacity: places } };
  await client.give({
    label: 'capacity',
    method: 'PATCH',
    path: `/enrollment/v1/programs/${programId}`,
    as: 'hr',
    at: at(0, '09:00'),
    body,
  });

  const bar = progress('enrolling', people.length);
  const coachees: Coachee[] = [];
  const second = Math.max(MINIMUM_GROUP + 1, Math.floor(people.length / 3));
  for (const [index, person] of people.entries()) {
    const { cohortId } = (index >= people.length - second && cohorts[1]) || cohorts[0]!;
    const enrollment = await client.give({
      label: `nominate ${person.employeeId}`,
      path: `/enrollment/v1/programs/${programId}/enrollments`,
      as: 'hr',
      at: at(0, '10:00'),
      body: { personId: person.personId, cohortId, history: true },
    });
    coachees.push({ ...person, cohortId, enrollmentId: enrollment.enrollmentId });
    await client.give({
      label: `invite ${person.employeeId}`,
      path: `/enrollment/v1/enrollments/${enrollment.enrollmentId}/invite`,
      as: 'hr',
      at: at(1, '10:00'),
    });
    bar.step();
  }
  bar.stop();

  const act = (coachee: Coachee, action: string, when: string, content: unknown) =>
    client.give({
      label: `${action} ${coachee.employeeId}`,
      path: `/enrollment/v1/enrollments/${coachee.enrollmentId}/${action}`,
      as: `coachee:${coachee.personId}`,
      at: when,
      body: content,
    });
  const activation = (coachee: Coachee) => ({
    privacyNoticeVersion: '2019-01',
    preferences: preferencesOf(seed, coachee.employeeId, themes, ZONE),
  });
  const decliner = declinerOf(coachees);
  const waiting = coachees.at(-1)!;
  await act(decliner, 'decline', at(2, '09:00'), { reason: 'no-time' });
  // In imported history, a place is given on only up to the day that has been declared as told.
  await declareThrough(client, coachees, addDays(startsOn, 2));
  for (const [index, coachee] of coachees.entries())
    if (coachee !== decliner && coachee !== waiting)
      await act(coachee, 'activate', at(2 + (index % 5), '12:00'), activation(coachee));
  // The place of the one who declined has gone to the one who waited.
  await act(waiting, 'activate', at(8, '12:00'), activation(waiting));
  say(faint(`  ${decliner.name} declines; the place goes to ${waiting.name}, who waited for one`));
  return coachees;
}

/** Who declines the invitation. */
export const declinerOf = (coachees: readonly Coachee[]): Coachee => coachees[1]!;

/** Matches each cohort at the optimum, and waits until sessions and goals know of every engagement. */
export async function matchCohorts(
  client: Client,
  programme: Programme,
  coachees: readonly Coachee[],
): Promise<number> {
  const { programId, cohorts, matchedOn } = programme;
  const byEnrollment = new Map(coachees.map((coachee) => [coachee.enrollmentId, coachee]));
  const unassigned: Json[] = [];
  let fit = 0;
  for (const [index, { cohortId, name }] of cohorts.entries()) {
    const run = await client.give({
      label: `match ${name}`,
      path: `/enrollment/v1/programs/${programId}/cohorts/${cohortId}/match`,
      as: 'hr',
      at: instantOf(matchedOn, `09:0${index}`, ZONE),
    });
    for (const match of run.assigned) byEnrollment.get(match.enrollmentId)!.coachId = match.coachId;
    unassigned.push(...run.unassigned);
    fit += run.totalFit;
  }
  const matched = coachees.filter(({ coachId }) => coachId !== undefined);
  if (matched.length < MINIMUM_GROUP - 1)
    throw new DemoError(
      `Only ${matched.length} were matched, too few for a story. Not matched: ${JSON.stringify(unassigned.slice(0, 3))}`,
    );
  await eachOf(matched, 4, async (coachee) => {
    const { name, enrollmentId, coachId } = coachee;
    coachee.engagementId = await engagementWith(client, { name, enrollmentId, coachId: coachId! });
  });
  return fit / matched.length;
}

/** Declares everything up to the end of `day` as told, so that deadlines are settled that far. */
export async function declareThrough(client: Client, coachees: readonly Coachee[], day: Day): Promise<void> {
  const through = hoursAfter(instantOf(day, '00:00', ZONE), 24);
  await eachOf(coachees, 8, async ({ enrollmentId, employeeId }) => {
    await client.give({
      label: `history ${employeeId} ${day}`,
      path: `/enrollment/v1/enrollments/${enrollmentId}/history`,
      body: { through },
    });
  });
}
