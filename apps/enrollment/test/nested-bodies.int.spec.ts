import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { enrollmentApp, type TestApp } from './app.js';
import { ACTIVATION, expectStatus, nominated, programme } from './given.js';

let app: TestApp;
beforeAll(async () => {
  app = await enrollmentApp();
});
afterAll(() => app?.close());

const PROGRAM = {
  name: 'First steps',
  startsOn: '2026-01-05',
  endsOn: '2026-06-30',
  zone: 'Europe/Berlin',
  allotment: 6,
  capacity: 5,
  costPerSession: { amount: 180, currency: 'EUR' },
};

/** What reached an event in such a shape could not be published, and would stop the log for everybody. */
describe('a member that is an object', () => {
  it.each([
    ['/sessionPolicy', { ...PROGRAM, sessionPolicy: null }],
    ['/sessionPolicy', { ...PROGRAM, sessionPolicy: [] }],
    ['/costPerSession', { ...PROGRAM, costPerSession: [] }],
    ['/costPerSession', { ...PROGRAM, costPerSession: undefined }],
    ['/costPerSession/currency', { ...PROGRAM, costPerSession: { amount: 1, currency: 'ZZZ' } }],
    ['/costPerSession/amount', { ...PROGRAM, costPerSession: { amount: null, currency: 'EUR' } }],
  ])('of a new programme is neither null, nor a list, nor left out: %s', async (pointer, body) => {
    const { status, body: problem } = await app.as('hr').post('/programs', body);
    expect(status).toBe(422);
    expect(problem.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it.each([{ changes: [] }, { changes: { sessionPolicy: [] } }, { changes: { endsOn: null } }, {}])(
    'of a change is not either: %j',
    async (body) => {
      const { programId } = await programme(app, {});
      const answer = await app.as('hr').patch(`/programs/${programId}`, body, { ifMatch: '*' });
      expect(answer.status).toBe(422);
    },
  );

  it('of an activation is needed', async () => {
    const enrolled = await nominated(app, await programme(app, {}));
    expectStatus(200, await app.as('hr').post(`/enrollments/${enrolled.enrollmentId}/invite`));
    const coachee = app.as('coachee', { personId: enrolled.personId });
    const path = `/enrollments/${enrolled.enrollmentId}/activate`;
    for (const preferences of [undefined, null, []])
      expect((await coachee.post(path, { ...ACTIVATION, preferences })).status).toBe(422);
    expectStatus(200, await coachee.post(path, ACTIVATION));
  });

  it('of a list of rules is not a list', async () => {
    const { programId } = await programme(app, {});
    const answer = await app
      .as('hr')
      .put(`/programs/${programId}/eligibility-rules`, { rules: [[]] }, { ifMatch: '*' });
    expect(answer.status).toBe(422);
  });
});
