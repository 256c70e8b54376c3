import { randomUUID } from 'node:crypto';
import { PersonEntity } from '../src/people/person.entity.js';
import { Transactions } from '../src/transact.js';
import type { Reply, TestApp } from './app.js';

/** A person in the directory, as an import would leave them. */
export async function person(app: TestApp, some: Partial<PersonEntity> = {}): Promise<PersonEntity> {
  const personId = some.personId ?? randomUUID();
  const employeeId = some.employeeId === undefined ? personId.slice(0, 8) : some.employeeId;
  const row = {
    personId,
    tenantId: app.tenantId,
    employeeId,
    personKey: employeeId === null ? `placeholder:${personId}` : `employee:${employeeId}`,
    givenName: 'Temi',
    familyName: 'Okoro',
    email: null,
    department: 'Making',
    position: 'Plant Manager',
    location: 'North',
    level: 'manager' as const,
    managerId: null,
    hiredOn: '2020-01-01',
    onLeave: false,
    leftOn: null,
    leavingReason: null,
    engagementScore: null,
    performanceRating: null,
    version: 1,
    ...some,
  };
  await app.dataSource.getRepository(PersonEntity).insert(row);
  return app.dataSource.getRepository(PersonEntity).findOneByOrFail({ personId });
}

export const PROGRAM = {
  name: 'First steps as a manager',
  track: 'manager',
  startsOn: '2026-01-05',
  endsOn: '2026-06-30',
  zone: 'Europe/Berlin',
  cadence: 'bi-weekly',
  allotment: 12,
  capacity: 10,
  activationDays: 14,
  costPerSession: { amount: 180, currency: 'EUR' },
};

export interface Programme {
  readonly programId: string;
  readonly cohortId: string;
}

export async function programme(app: TestApp, some: object = {}): Promise<Programme> {
  const admin = app.as('program-admin');
  const { programId } = expectStatus(201, await admin.post('/programs', { ...PROGRAM, ...some }));
  const { cohortId } = expectStatus(
    201,
    await admin.post(`/programs/${programId}/cohorts`, { name: 'Spring' }),
  );
  return { programId, cohortId };
}

/** A person nominated into a programme. */
export async function nominated(
  app: TestApp,
  { programId, cohortId }: Programme,
  some: { personId?: string; history?: boolean; occurredAt?: string } = {},
): Promise<{ enrollmentId: string; personId: string }> {
  const { history, occurredAt } = some;
  const personId = some.personId ?? (await person(app)).personId;
  const by = occurredAt ? app.as('integration') : app.as('hr');
  const sent = occurredAt ? { occurredAt, onBehalfOf: 'hr' } : {};
  const body = { personId, cohortId, ...(history ? { history } : {}) };
  const reply = await by.post(`/programs/${programId}/enrollments`, body, sent);
  return { enrollmentId: expectStatus(201, reply).enrollmentId, personId };
}

export const PREFERENCES = {
  themes: ['giving-feedback'],
  styles: [],
  languages: ['en'],
  zone: 'Europe/Berlin',
  hours: 'mon-fri 09:00-17:00',
};

export const ACTIVATION = { privacyNoticeVersion: '2026-01', preferences: PREFERENCES };

/** A coachee who has taken up the invitation. */
export async function active(
  app: TestApp,
  to: Programme,
  some: { personId?: string; preferences?: object } = {},
): Promise<{ enrollmentId: string; personId: string }> {
  const one = await nominated(app, to, some);
  expectStatus(200, await app.as('hr').post(`/enrollments/${one.enrollmentId}/invite`));
  const coachee = app.as('coachee', { personId: one.personId });
  const body = { ...ACTIVATION, preferences: { ...PREFERENCES, ...some.preferences } };
  expectStatus(200, await coachee.post(`/enrollments/${one.enrollmentId}/activate`, body));
  return one;
}

/** The body of a reply that must have this status. */
export function expectStatus(status: number, reply: Reply) {
  if (reply.status !== status)
    throw new Error(`expected ${status}, got ${reply.status}: ${JSON.stringify(reply.body)}`);
  return reply.body;
}

/** Somebody leaves the company, as an import would tell it. */
export async function leaves(app: TestApp, personId: string, leftOn: string): Promise<void> {
  const { occurredAt } = fileOf(app, leftOn);
  await app.http.get(Transactions).run(fileOf(app, leftOn), async (tx) => {
    const { version } = await tx.manager.findOneByOrFail(PersonEntity, { personId });
    await tx.manager.update(PersonEntity, { personId }, { leftOn, version: version + 1 });
    const data = { personId, leftOn, dateBasis: 'column' };
    // The row was put there without events: the stream begins here.
    tx.append(`person-${personId}`, [{ type: 'PersonLeft', occurredAt, data }], 0);
  });
}

/** As `leaves`, of so many people who have nothing to do with coaching. */
export async function strangersLeave(app: TestApp, count: number, leftOn: string): Promise<void> {
  const identity = fileOf(app, leftOn);
  await app.http.get(Transactions).run(identity, async (tx) => {
    for (let n = 0; n < count; n++) {
      const personId = randomUUID();
      const data = { personId, leftOn, dateBasis: 'column' };
      tx.append(`person-${personId}`, [{ type: 'PersonLeft', occurredAt: identity.occurredAt, data }], 0);
    }
  });
}

/** The identity of a file's command, given on that day. */
function fileOf({ tenantId }: TestApp, day: string) {
  const commandId = randomUUID();
  const occurredAt = `${day}T00:00:00.000Z`;
  const actor = { subject: 'spec', role: 'hr' };
  return { commandId, correlationId: commandId, tenantId, actor, occurredAt, now: occurredAt };
}
