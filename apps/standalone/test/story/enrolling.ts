import type { Opening } from './opening.js';
import type { Teller } from './teller.js';

export const COACHEES = ['ada', 'ben', 'cleo', 'dan', 'eve', 'fay', 'gus', 'hal', 'ivy'] as const;
export type CoacheeName = (typeof COACHEES)[number];
export type Enrollments = Readonly<Record<CoacheeName, string>>;

/** Where an enrolment is, and the commands on it. */
export const enrolment = (id: string, action = ''): string =>
  `/enrollment/v1/enrollments/${id}${action === '' ? '' : `/${action}`}`;

/** Declares how far the past of these has been told. */
export async function declare(
  teller: Teller,
  enrollmentIds: readonly string[],
  through: string,
  complete = false,
): Promise<void> {
  for (const id of enrollmentIds)
    await teller.give(enrolment(id, 'history'), { through, complete }, { key: `${through} ${complete}` });
}

/**
 * Six places: six are invited, Fay and Ivy wait. Eve declines and Fay has her place; Ivy has hers when there are more. Gus
 * does not answer in time, and takes up a second invitation. Hal is withdrawn before he is invited.
 */
export async function enrol(teller: Teller, { people, programId, cohortId }: Opening): Promise<Enrollments> {
  const ids = {} as Record<CoacheeName, string>;
  for (const name of COACHEES) {
    const body = { personId: people[name], cohortId, history: true };
    const path = `/enrollment/v1/programs/${programId}/enrollments`;
    ids[name] = (await teller.tell('hr', '2024-01-08T09:00', path, body, { key: name })).enrollmentId;
  }
  const by = (name: CoacheeName, at: string, action: string, body?: unknown) =>
    teller.tell(`coachee:${people[name]}`, at, enrolment(ids[name], action), body);
  const hr = (name: CoacheeName, at: string, action: string, body?: unknown) =>
    teller.tell('hr', at, enrolment(ids[name], action), body);
  const stands = (name: CoacheeName, status: string) =>
    teller.until(enrolment(ids[name]), (found) => found.status === status);

  for (const name of ['ada', 'ben', 'cleo', 'dan', 'eve', 'gus'] as const)
    await hr(name, '2024-01-09T09:00', 'invite');
  await hr('fay', '2024-01-09T09:05', 'invite');
  await hr('ivy', '2024-01-09T09:10', 'invite');
  await stands('fay', 'waitlisted');
  await by('eve', '2024-01-10T08:00', 'decline', { reason: 'no-time' });
  await by('ada', '2024-01-10T09:00', 'activate', activation(['de']));
  await by('ben', '2024-01-10T09:00', 'activate', activation(['en', 'de']));
  // The place is given on as far as the past is told, and on the day on which it became free.
  await stands('fay', 'waitlisted');
  await declare(teller, [ids.fay], '2024-01-11T00:00:00.000Z');
  await stands('fay', 'invited');
  await by('cleo', '2024-01-11T09:00', 'activate', activation(['de']));
  await by('dan', '2024-01-11T09:00', 'activate', activation(['fr']));
  await by('fay', '2024-01-12T09:00', 'activate', activation(['fr']));
  await hr('hal', '2024-01-12T10:00', 'withdraw', { reason: 'by-hr' });

  const more = { effectiveOn: '2024-01-15', changes: { capacity: 8 } };
  await teller.tell('hr', '2024-01-15T08:00', `/enrollment/v1/programs/${programId}`, more, {
    method: 'PATCH',
  });
  await hr('ivy', '2024-01-15T09:00', 'invite');
  await by('ivy', '2024-01-16T09:00', 'activate', activation(['ja']));
  await by('ivy', '2024-01-16T10:00', 'preferences', {
    ...activation(['ja']).preferences,
    themes: ['navigating-conflict'],
  });

  await declare(teller, [ids.gus], '2024-01-25T00:00:00.000Z');
  await stands('gus', 'expired');
  await hr('gus', '2024-02-05T09:00', 'invite');
  await by('gus', '2024-02-06T09:00', 'activate', activation(['de']));
  await teller.tell(
    'hr',
    '2024-01-31T09:00',
    `/enrollment/v1/programs/${programId}/cohorts/${cohortId}/close`,
  );
  return ids;
}

const activation = (languages: string[]) => ({
  privacyNoticeVersion: '2024-01',
  preferences: {
    themes: ['giving-feedback'],
    styles: [],
    languages,
    zone: 'Europe/Berlin',
    hours: 'mon-fri 09:00-17:00',
  },
});
