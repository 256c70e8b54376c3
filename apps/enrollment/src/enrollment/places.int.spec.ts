import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { enrollmentApp, type TestApp } from '../../test/app.js';
import { ACTIVATION, expectStatus, nominated, programme } from '../../test/given.js';

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

const invite = async (enrollmentId: string) =>
  expectStatus(200, await app.as('hr').post(`/enrollments/${enrollmentId}/invite`));
const status = async (enrollmentId: string): Promise<string> =>
  expectStatus(200, await app.as('hr').get(`/enrollments/${enrollmentId}`)).status;

describe('the last place', () => {
  it('goes to one of 50 who race for it; the others wait in order', async () => {
    const to = await programme(app, { capacity: 1 });
    const all = await Promise.all(Array.from({ length: 50 }, () => nominated(app, to)));
    const answers = await Promise.all(all.map(({ enrollmentId }) => invite(enrollmentId)));
    expect(answers.filter((answer) => answer.status === 'invited')).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 'waitlisted')).toHaveLength(49);

    const waiting = (await app.events()).filter(({ type }) => type === 'ParticipantWaitlisted');
    expect(waiting.map(({ data }) => (data as { place: number }).place)).toEqual(
      Array.from({ length: 49 }, (_, i) => i + 1),
    );
    const program = expectStatus(200, await app.as('hr').get(`/programs/${to.programId}`));
    expect(program.placesTaken).toBe(1);

    // The one who was invited gives the place back: it goes to the first in the queue.
    const holder = answers.find((answer) => answer.status === 'invited');
    app.clock.set('2026-01-06T08:00:00.000Z');
    await app.as('hr').post(`/enrollments/${holder.enrollmentId}/withdraw`, { reason: 'by-hr' });
    const invited = (await app.events()).at(-1)!;
    expect(invited).toMatchObject({ type: 'InvitationSent', occurredAt: '2026-01-06T08:00:00.000Z' });
    expect(invited.stream).toBe(waiting[0]!.stream);
  });

  it('is not given on while it is used, and capacity that is added is given at once', async () => {
    const to = await programme(app, { capacity: 1 });
    const [first, second, third] = [
      await nominated(app, to),
      await nominated(app, to),
      await nominated(app, to),
    ];
    for (const { enrollmentId } of [first, second, third]) await invite(enrollmentId);
    const read = async () => app.as('hr').get(`/enrollments/${third.enrollmentId}`);
    const before = await read();
    expect(before.body.waitlistPlace).toBe(2);
    const listed = `/enrollments?programId=${to.programId}&status=waitlisted`;
    const firstPage = (await app.as('hr').get(`${listed}&limit=1`)).body;
    const rest = (await app.as('hr').get(`${listed}&limit=1&cursor=${firstPage.nextCursor}`)).body;
    expect(rest.nextCursor).toBeUndefined();
    expect([...firstPage.items, ...rest.items]).toMatchObject([
      { enrollmentId: second.enrollmentId, waitlistPlace: 1 },
      { enrollmentId: third.enrollmentId, waitlistPlace: 2 },
    ]);
    await app
      .as('coachee', { personId: first.personId })
      .post(`/enrollments/${first.enrollmentId}/activate`, ACTIVATION);
    expect(await status(second.enrollmentId)).toBe('waitlisted');
    await app.as('hr').patch(`/programs/${to.programId}`, { changes: { capacity: 2 } }, { ifMatch: '*' });
    expect(await status(second.enrollmentId)).toBe('invited');
    const after = await read();
    expect(after.body).toMatchObject({ status: 'waitlisted', waitlistPlace: 1 });
    expect(after.headers['etag']).not.toBe(before.headers['etag']);
    // Whoever joins now is second, however many have waited before.
    const fourth = await nominated(app, to);
    await invite(fourth.enrollmentId);
    expect((await app.events(`enrollment-${fourth.enrollmentId}`)).at(-1)!.data).toMatchObject({ place: 2 });
  });

  it('is given by a capacity once its day has come, and cannot be given ahead', async () => {
    const to = await programme(app, { capacity: 1 });
    const [first, second] = [await nominated(app, to), await nominated(app, to)];
    await invite(first.enrollmentId);
    await invite(second.enrollmentId);
    const change = (effectiveOn: string) =>
      app
        .as('hr')
        .patch(`/programs/${to.programId}`, { effectiveOn, changes: { capacity: 2 } }, { ifMatch: '*' });
    const early = await change('2026-06-01');
    expect([early.status, early.body.type]).toEqual([422, 'urn:cairn:problem:effective-later']);
    expect(early.body.errors).toMatchObject([{ pointer: '/effectiveOn' }]);
    expect(await status(second.enrollmentId)).toBe('waitlisted');
    app.clock.set('2026-06-01T08:00:00.000Z');
    expectStatus(200, await change('2026-06-01'));
    expect(await status(second.enrollmentId)).toBe('invited');
  });

  it('is not taken past those who wait', async () => {
    const to = await programme(app, { capacity: 1 });
    const [first, second, late] = [
      await nominated(app, to),
      await nominated(app, to),
      await nominated(app, to),
    ];
    await invite(first.enrollmentId);
    await invite(second.enrollmentId);
    await app.as('hr').patch(`/programs/${to.programId}`, { changes: { capacity: 2 } }, { ifMatch: '*' });
    expect((await invite(late.enrollmentId)).status).toBe('waitlisted');
    expect(await status(second.enrollmentId)).toBe('invited');
  });

  it('goes to who has waited longest, whoever was nominated first', async () => {
    const to = await programme(app, { capacity: 1 });
    const all = [];
    for (const minute of [0, 1, 2]) {
      app.clock.set(`2026-01-05T08:0${minute}:00.000Z`);
      all.push(await nominated(app, to));
    }
    const [early, late, holder] = all.map(({ enrollmentId }) => enrollmentId);
    for (const one of [holder!, late!, early!]) await invite(one);
    expectStatus(200, await app.as('hr').post(`/enrollments/${holder}/withdraw`, {}));
    expect([await status(late!), await status(early!)]).toEqual(['invited', 'waitlisted']);
  });

  it('stays lost where capacity is lowered below what is taken, until enough have gone', async () => {
    const to = await programme(app, { capacity: 3 });
    const all = [
      await nominated(app, to),
      await nominated(app, to),
      await nominated(app, to),
      await nominated(app, to),
    ];
    for (const { enrollmentId } of all) await invite(enrollmentId);
    await app.as('hr').patch(`/programs/${to.programId}`, { changes: { capacity: 1 } }, { ifMatch: '*' });
    const leave = (i: number) => app.as('hr').post(`/enrollments/${all[i]!.enrollmentId}/withdraw`, {});
    await leave(0);
    await leave(1);
    expect(await status(all[3]!.enrollmentId)).toBe('waitlisted');
    await leave(2);
    expect(await status(all[3]!.enrollmentId)).toBe('invited');
  });
});

describe('what a programme sets', () => {
  it('has its name and those of its cohorts without the spaces that somebody left around them', async () => {
    const to = await programme(app);
    const hr = app.as('hr');
    const path = `/programs/${to.programId}`;
    const named = await hr.patch(path, { changes: { name: ' First  steps ' } }, { ifMatch: '*' });
    expect(named.body).toMatchObject({ name: 'First steps' });
    expect((await hr.post(`${path}/cohorts`, { name: 'K1 ' })).body).toMatchObject({ name: 'K1' });
    const again = await hr.post(`${path}/cohorts`, { name: ' k1' });
    expect([again.status, again.body.detail]).toEqual([409, expect.stringContaining('"K1"')]);
    const turned = await hr.post(`${path}/cohorts`, { name: 'K\u202e2' });
    expect([turned.status, JSON.stringify(turned.body)]).toEqual([422, expect.stringContaining('direction')]);
    const themes = await hr.patch(path, { changes: { themes: ['Bob drinks'] } }, { ifMatch: '*' });
    expect([themes.status, JSON.stringify(themes.body)]).toEqual([
      422,
      expect.stringContaining('as giving-feedback'),
    ]);
  });
  it('holds from its day on, for invitations and activations of that day, and is shown as ahead until then', async () => {
    const to = await programme(app);
    const ahead = { activationDays: 3, allotment: 20, endsOn: '2026-09-30' };
    const path = `/programs/${to.programId}`;
    const read = () => app.as('hr').get(path);
    const body = { effectiveOn: '2026-02-01', changes: ahead };
    expectStatus(200, await app.as('hr').patch(path, body, { ifMatch: '*' }));
    const before = await read();
    expect(before.body).toMatchObject({ activationDays: 14, allotment: 12, endsOn: '2026-06-30' });
    expect(before.body.changesAhead).toEqual([{ effectiveOn: '2026-02-01', changes: ahead }]);

    const taken = async () => {
      const { enrollmentId, personId } = await nominated(app, to);
      const { invitationDeadline } = await invite(enrollmentId);
      const coachee = app.as('coachee', { personId });
      const activated = await coachee.post(`/enrollments/${enrollmentId}/activate`, ACTIVATION);
      const { sessionsAllotted, endsOn } = expectStatus(200, activated);
      return { invitationDeadline, sessionsAllotted, endsOn };
    };
    expect(await taken()).toEqual({
      invitationDeadline: '2026-01-19T23:00:00.000Z',
      sessionsAllotted: 12,
      endsOn: '2026-06-30',
    });
    const seen = await read();
    // It is February in Berlin.
    app.clock.set('2026-01-31T23:30:00.000Z');
    const after = await read();
    expect(after.body).toMatchObject({ ...ahead, changesAhead: [] });
    expect(after.headers['etag']).not.toBe(seen.headers['etag']);
    expect(await taken()).toEqual({
      invitationDeadline: '2026-02-04T23:00:00.000Z',
      sessionsAllotted: 20,
      endsOn: '2026-09-30',
    });
  });
});

describe('the database itself', () => {
  it('refuses more places than there are, and a second open enrolment', async () => {
    const to = await programme(app, { capacity: 1 });
    const { enrollmentId } = await nominated(app, to);
    await expect(
      app.dataSource.query('UPDATE programs SET places_taken = 2 WHERE program_id = $1', [to.programId]),
    ).rejects.toThrow('places_hold');
    await expect(
      app.dataSource.query(
        `INSERT INTO enrollments SELECT gen_random_uuid(), tenant_id, program_id, cohort_id, person_id, version, status, state, queue, created_at
           FROM enrollments WHERE enrollment_id = $1`,
        [enrollmentId],
      ),
    ).rejects.toThrow('one_open_enrollment');
  });
});
