import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { enrollmentApp, eventually, type TestApp } from '../../test/app.js';
import { active, ACTIVATION, expectStatus, nominated, programme } from '../../test/given.js';

let shared: TestApp;
let app: TestApp;
beforeAll(async () => {
  shared = await enrollmentApp();
});
afterAll(() => shared?.close());
beforeEach(() => {
  app = shared.inNewTenant();
  app.clock.set('2026-01-05T08:00:00.000Z');
});

const becomes = (enrollmentId: string, status: string) =>
  eventually(
    async () => expectStatus(200, await app.as('hr').get(`/enrollments/${enrollmentId}`)),
    (found) => found.status === status,
  );
/** Sets the clock, and waits until the sweeper has gone round by it: an invitation that lapsed a day before is settled. */
async function sweptAt(instant: string): Promise<void> {
  const ahead = (days: number) => new Date(Date.parse(instant) - days * 86_400_000).toISOString();
  app.clock.set(ahead(4));
  const to = await programme(app, { name: `until ${instant}`, activationDays: 1, endsOn: '2027-06-30' });
  const { enrollmentId } = await nominated(app, to);
  expectStatus(200, await app.as('hr').post(`/enrollments/${enrollmentId}/invite`));
  app.clock.set(instant);
  await becomes(enrollmentId, 'expired');
}

const lastOf = async (enrollmentId: string) => (await app.events(`enrollment-${enrollmentId}`)).at(-1)!;

describe('the sweeper', () => {
  it('lets an invitation lapse at its deadline, and its place goes to who waits', async () => {
    const to = await programme(app, { capacity: 1 });
    const [first, second] = [await nominated(app, to), await nominated(app, to)];
    for (const { enrollmentId } of [first, second])
      await app.as('hr').post(`/enrollments/${enrollmentId}/invite`);
    app.clock.set('2026-01-20T06:00:00.000Z');
    await becomes(first.enrollmentId, 'expired');
    expect(await lastOf(first.enrollmentId)).toMatchObject({
      type: 'InvitationExpired',
      occurredAt: '2026-01-19T23:00:00.000Z',
    });
    await becomes(second.enrollmentId, 'invited');
    expect((await lastOf(second.enrollmentId)).occurredAt).toBe('2026-01-20T06:00:00.000Z');
  });

  it('completes an enrolment when its last day is over in the programme’s zone, and ends the match', async () => {
    const to = await programme(app);
    const { enrollmentId } = await active(app, to);
    await sweptAt('2026-06-30T21:59:00.000Z');
    expect((await app.as('hr').get(`/enrollments/${enrollmentId}`)).body.status).toBe('active');
    app.clock.set('2026-06-30T22:00:00.000Z');
    await becomes(enrollmentId, 'completed');
    expect(await lastOf(enrollmentId)).toMatchObject({
      type: 'EnrollmentCompleted',
      occurredAt: '2026-06-30T22:00:00.000Z',
      data: { early: false },
    });
    expect((await app.as('hr').get(`/enrollments/${enrollmentId}/match`)).body.status).toBe('withdrawn');
  });

  it('goes no further in imported history than what was declared', async () => {
    app.clock.set('2026-01-05T08:00:00.000Z');
    const to = await programme(app, { startsOn: '2025-01-06', endsOn: '2025-06-30' });
    const { enrollmentId, personId } = await nominated(app, to, {
      history: true,
      occurredAt: '2025-01-10T09:00:00.000Z',
    });
    const integration = app.as('integration');
    const at = (occurredAt: string, onBehalfOf = 'hr') => ({ occurredAt, onBehalfOf });
    const post = async (action: string, body: object, sent: object) =>
      expectStatus(200, await integration.post(`/enrollments/${enrollmentId}/${action}`, body, sent));
    await post('invite', {}, at('2025-01-10T10:00:00.000Z'));
    // The deadline (24 January) and the end (30 June) are long past, but the importer has not come so far.
    await sweptAt('2026-01-05T08:00:00.000Z');
    await post('activate', ACTIVATION, at('2025-01-20T09:00:00.000Z', `coachee:${personId}`));
    await post('history', { through: '2025-03-01T00:00:00Z' }, {});
    await sweptAt('2026-01-05T08:00:01.000Z');
    await post('pause', { reason: 'project' }, at('2025-03-05T09:00:00.000Z'));
    await post('history', { through: '2025-12-31T00:00:00Z' }, {});
    await becomes(enrollmentId, 'completed');
    expect((await lastOf(enrollmentId)).occurredAt).toBe('2025-06-30T22:00:00.000Z');
  });
});
