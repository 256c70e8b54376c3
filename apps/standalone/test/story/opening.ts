import type { Teller } from './teller.js';
import { COACH_FILE, COACH_ROSA, EMPLOYEES, FIRST_FILE, MAPPING, type Name } from './people.js';

export interface Opening {
  readonly importId: string;
  /** personIds; Vera is a manager of whom the file has only the name. */
  readonly people: Readonly<Record<Name | 'vera', string>>;
  readonly coaches: Readonly<Record<'rosa' | 'kim' | 'luc', string>>;
  readonly programId: string;
  readonly cohortId: string;
  /** Kept by a client of SCIM; nobody is in it. */
  readonly groupId: string;
}

/** The HR file, a programme with its rules and its cohort, and three coaches. */
export async function open(teller: Teller): Promise<Opening> {
  await teller.give(`/enrollment/v1/people/mappings/${MAPPING.name}`, MAPPING, { method: 'PUT' });
  const report = await importPeople(teller, FIRST_FILE, '2024-01-01');
  const people = await personIds(teller);
  await teller.give(`/enrollment/v1/people/${people.vera}/complete`, {
    givenName: 'Vera',
    familyName: MAPPING.placeholders[0]!.split(' ')[1],
    department: 'Numbers',
  });

  const programs = '/enrollment/v1/programs';
  const { programId } = await teller.tell('hr', '2024-01-02T08:00', programs, PROGRAM);
  const of = `${programs}/${programId}`;
  await teller.tell('hr', '2024-01-02T08:10', `${of}/eligibility-rules`, RULES, { method: 'PUT' });
  const { cohortId } = await teller.tell('hr', '2024-01-02T08:20', `${of}/cohorts`, { name: 'Winter' });

  await teller.tell('hr', '2024-01-05T09:00', `${of}/eligibility/evaluations`, { asOf: '2024-01-08' });

  const coach = '/enrollment/v1/coaches';
  const { coachId: rosa } = await teller.tell('program-admin', '2024-01-03T08:00', coach, COACH_ROSA);
  await teller.tell('program-admin', '2024-01-03T08:20', `${coach}/${rosa}/screen`);
  await teller.tell('program-admin', '2024-01-03T08:40', `${coach}/${rosa}/interview`);
  await teller.tell('program-admin', '2024-01-03T09:00', `${coach}/${rosa}/approve`);
  await teller.tell('hr', '2024-01-03T08:00', `${coach}/imports`, COACH_FILE, { contentType: 'text/csv' });
  const find = async (ref: string) =>
    (await teller.until(`${coach}?externalRef=${ref}`, ({ items }) => items.length === 1)).items[0]
      .coachId as string;
  const coaches = { rosa: rosa as string, kim: await find('C-KIM'), luc: await find('C-LUC') };
  const ofLuc = `${coach}/${coaches.luc}/credentials`;
  const acc = { credential: 'ACC', issuer: 'ICF', expiresOn: '2024-01-31' };
  await teller.tell('hr', '2024-01-04T08:00', ofLuc, { credential: 'PCC', issuer: 'ICF' });
  // The last before it expires, which it does at once.
  await teller.tell('hr', '2024-01-04T08:10', ofLuc, acc);
  const capacity = `${coach}/${rosa}/capacity`;
  await teller.tell('hr', '2024-01-05T08:00', capacity, { capacity: 5 }, { overwrites: true });
  const { id: groupId } = await teller.give('/enrollment/scim/v2/Groups', { displayName: 'Shift leads' });
  return { importId: report.id, people, coaches, programId, cohortId, groupId };
}

export const importPeople = (teller: Teller, file: string, snapshotDate: string) =>
  teller.give(`/enrollment/v1/people/imports?mapping=${MAPPING.name}&snapshotDate=${snapshotDate}`, file, {
    contentType: 'text/csv',
  });

async function personIds(teller: Teller): Promise<Opening['people']> {
  const { items } = await teller.until('/enrollment/v1/people?limit=500', () => true, { roles: ['hr'] });
  const idOf = (employeeId: string | null) =>
    (items as { employeeId: string | null; personId: string }[]).find(
      (each) => each.employeeId === employeeId,
    )!.personId;
  const known = Object.entries(EMPLOYEES).map(([name, employeeId]) => [name, idOf(employeeId)]);
  return { ...(Object.fromEntries(known) as Record<Name, string>), vera: idOf(null) };
}

export const PROGRAM = {
  name: 'Leading the shift',
  track: 'manager',
  startsOn: '2024-01-08',
  endsOn: '2024-06-28',
  zone: 'Europe/Berlin',
  cadence: 'bi-weekly',
  allotment: 3,
  capacity: 6,
  activationDays: 14,
  costPerSession: { amount: 200, currency: 'EUR' },
  pricingModel: 'session',
  managersSeeParticipation: true,
};

const RULES = {
  rules: [{ code: 'in-production', any: [{ attribute: 'department', is: 'equal', value: 'Making' }] }],
};
