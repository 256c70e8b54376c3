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

  it('is waited for by who is told their place, and why; of a place that is not one’s own HR alone reads', async () => {
    const to = await programme(app, { capacity: 1 });
    const all = [await nominated(app, to), await nominated(app, to), await nominated(app, to)];
    for (const { enrollmentId } of all) await invite(enrollmentId);
    const waitingOf = async (n: number, as = app.as('coachee', { personId: all[n]!.personId })) =>
      expectStatus(200, await as.get(`/enrollments/${all[n]!.enrollmentId}`)).waiting;
    expect(await waitingOf(0)).toBeNull();
    expect(await waitingOf(1)).toMatchObject({ place: 1, codes: ['no-place-free', 'next'] });
    const third = await waitingOf(2);
    expect(third).toMatchObject({ place: 2, codes: ['no-place-free', 'longest-first'] });
    expect(third.words).toContain('number 2 in line');
    expect(JSON.stringify(third)).not.toContain(all[1]!.personId);
    expect(await waitingOf(2, app.as('hr'))).toEqual(third);
    expect(await waitingOf(2, app.as('hr', { orgUnits: ['Making'] }))).toBeNull();
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

describe('a capacity that changes while people are nominated, invited and go', () => {
  /** What the log has of places, one event after the other. */
  const replayed = async (programId: string, capacity: number) => {
    const HOLDS = ['InvitationSent', 'EnrollmentActivated'];
    const holding = new Set<string>();
    const joined: string[] = [];
    const given: string[] = [];
    let exceeded = 0;
    for (const { type, stream, data } of await app.events()) {
      const of = (data as { programId?: string }).programId;
      if (of !== programId) continue;
      if (type === 'ProgramChanged') capacity = (data as { changes: { capacity: number } }).changes.capacity;
      if (type === 'ParticipantWaitlisted') joined.push(stream);
      if (HOLDS.includes(type) && !holding.has(stream)) {
        if (holding.size >= capacity) exceeded += 1;
        holding.add(stream);
        if (joined.includes(stream)) given.push(stream);
      }
      if (['ParticipantWithdrawn', 'InvitationDeclined'].includes(type)) holding.delete(stream);
    }
    return { holding, joined, given, exceeded, capacity };
  };

  it('is never exceeded, loses nobody, and keeps the order', async () => {
    const to = await programme(app, { capacity: 4 });
    const hr = app.as('hr');
    const change = async (capacity: number) =>
      expectStatus(
        200,
        await hr.patch(`/programs/${to.programId}`, { changes: { capacity } }, { ifMatch: '*' }),
      );
    const one = async (n: number) => {
      const { enrollmentId, personId } = await nominated(app, to);
      await invite(enrollmentId);
      // Every fifth goes again, whether they were invited or wait.
      if (n % 5 === 0) expectStatus(200, await hr.post(`/enrollments/${enrollmentId}/withdraw`, {}));
      return { enrollmentId, personId, gone: n % 5 === 0 };
    };
    const capacities = async () => {
      for (const capacity of [12, 3, 20, 1, 9, 15, 2, 11]) await change(capacity);
    };
    const [people] = await Promise.all([
      Promise.all(Array.from({ length: 50 }, (_, n) => one(n))),
      capacities(),
    ]);
    const found = await replayed(to.programId, 4);
    expect(found).toMatchObject({ exceeded: 0, capacity: 11 });
    // Of those who waited, who joined first was invited first; those who went while they waited are passed over.
    expect(found.given).toEqual(found.joined.filter((stream) => found.given.includes(stream)));
    const statuses = await Promise.all(
      people.map(async ({ enrollmentId, gone }) => [gone, await status(enrollmentId)] as const),
    );
    expect(statuses.filter(([gone]) => gone).every(([, is]) => is === 'withdrawn')).toBe(true);
    const staying = statuses.filter(([gone]) => !gone).map(([, is]) => is);
    const waiting = staying.filter((is) => is === 'waitlisted').length;
    expect(staying.filter((is) => is === 'invited').length + waiting).toBe(40);
    // No place is left free while somebody waits.
    expect(found.holding.size).toBeGreaterThanOrEqual(11);
    await change(40);
    const last = await replayed(to.programId, 4);
    expect(last).toMatchObject({ exceeded: 0 });
    expect(last.holding.size).toBe(40);
    expect(last.given).toEqual(last.joined.filter((stream) => last.given.includes(stream)));
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
