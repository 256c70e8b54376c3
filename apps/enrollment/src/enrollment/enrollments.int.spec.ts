import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { enrollmentApp, eventually, type TestApp } from '../../test/app.js';
import { coach } from '../../test/coaches.js';
import { active, ACTIVATION, expectStatus, nominated, person, programme } from '../../test/given.js';
import { PersonEntity } from '../people/person.entity.js';
import { noHistory } from '../people/person.history.js';

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

const typesOf = async (stream: string) => (await app.events(stream)).map(({ type }) => type);
const read = async (enrollmentId: string) =>
  expectStatus(200, await app.as('hr').get(`/enrollments/${enrollmentId}`));

describe('a command', () => {
  it('has its key completed, with its answer, in the transaction of its effect', async () => {
    const to = await programme(app);
    const { enrollmentId } = await nominated(app, to);
    expectStatus(200, await app.as('hr').post(`/enrollments/${enrollmentId}/invite`));
    const { commandId } = (await app.events(`enrollment-${enrollmentId}`)).at(-1)!.metadata;
    const written = await app.dataSource.query(
      `SELECT k.status, k.body IS NOT NULL AS answered, k.xmin = e.xmin AS together
         FROM enrollments e, http.command_keys k WHERE e.enrollment_id = $1 AND k.command_id = $2`,
      [enrollmentId, commandId],
    );
    expect(written).toEqual([{ status: 200, answered: true, together: true }]);
  });
});

describe('an enrolment', () => {
  it('goes from nomination to activation, which allots the sessions and asks for a match, all at once', async () => {
    const to = await programme(app);
    const { enrollmentId, personId } = await nominated(app, to);
    const invited = expectStatus(200, await app.as('hr').post(`/enrollments/${enrollmentId}/invite`));
    // 14 days after 5 January, at the end of the day in Berlin.
    expect(invited).toMatchObject({ status: 'invited', invitationDeadline: '2026-01-19T23:00:00.000Z' });
    const coachee = app.as('coachee', { personId });
    const activated = expectStatus(
      200,
      await coachee.post(`/enrollments/${enrollmentId}/activate`, ACTIVATION),
    );
    expect(activated).toMatchObject({
      status: 'active',
      endsOn: '2026-06-30',
      sessionsAllotted: 12,
      activatedAt: '2026-01-05T08:00:00.000Z',
    });
    expect(await typesOf(`enrollment-${enrollmentId}`)).toEqual([
      'ParticipantNominated',
      'InvitationSent',
      'EnrollmentActivated',
      'MatchingPreferencesGiven',
      'SessionsAllotted',
    ]);
    const [activation, request] = ['EnrollmentActivated', 'MatchRequested'].map(async (type) =>
      (await app.events()).find((event) => event.type === type),
    );
    const requested = (await request)!;
    expect(requested.data).toMatchObject({ enrollmentId, personId, kind: 'first' });
    expect(requested.stream).toBe(`match-${(requested.data as { matchId: string }).matchId}`);
    expect(requested.metadata.commandId).toBe((await activation)!.metadata.commandId);
    expect(requested.recordedAt).toBe((await activation)!.recordedAt);
  });

  it('gives staff a link to print while somebody is invited, and nobody else', async () => {
    const { enrollmentId, personId } = await nominated(app, await programme(app));
    expect(await read(enrollmentId)).not.toHaveProperty('invitationLink');
    const invited = expectStatus(200, await app.as('hr').post(`/enrollments/${enrollmentId}/invite`));
    const link = { invitationLink: `https://cairn.example.org/invitations/${enrollmentId}` };
    expect(invited).toMatchObject(link);
    expect(await read(enrollmentId)).toMatchObject(link);
    const path = `/enrollments/${enrollmentId}`;
    expect(expectStatus(200, await app.as('program-admin').get(path))).toMatchObject(link);
    const coachee = app.as('coachee', { personId });
    expect(expectStatus(200, await coachee.get(path))).not.toHaveProperty('invitationLink');
    await coachee.post(`${path}/activate`, ACTIVATION);
    expect(await read(enrollmentId)).not.toHaveProperty('invitationLink');
  });

  it('is activated once: whoever gives other preferences then is told where', async () => {
    const { enrollmentId, personId } = await active(app, await programme(app));
    const coachee = app.as('coachee', { personId });
    const path = `/enrollments/${enrollmentId}`;
    expectStatus(200, await coachee.post(`${path}/activate`, ACTIVATION));
    const preferences = { ...ACTIVATION.preferences, languages: ['de'] };
    const again = await coachee.post(`${path}/activate`, { ...ACTIVATION, preferences });
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ type: 'urn:cairn:problem:enrollment-state', state: 'active' });
    expect(again.body.detail).toContain(`POST /enrollment/v1${path}/preferences`);
    expect((await coachee.get(path)).body.preferences.languages).toEqual(['en']);
    expectStatus(200, await coachee.post(`${path}/preferences`, preferences));
  });

  it('begins in no programme that is over: not with a nomination, nor with an invitation, also from the waitlist', async () => {
    const to = await programme(app, { capacity: 1 });
    const hr = app.as('hr');
    const invite = ({ enrollmentId }: { enrollmentId: string }) =>
      hr.post(`/enrollments/${enrollmentId}/invite`);
    const [holder, waiting, late] = [
      await nominated(app, to),
      await nominated(app, to),
      await nominated(app, to),
    ];
    app.clock.set('2026-06-29T08:00:00.000Z');
    for (const one of [holder, waiting]) expectStatus(200, await invite(one));
    // The last day is over in Berlin.
    app.clock.set('2026-06-30T22:00:00.000Z');
    const { personId } = await person(app);
    const nomination = { personId, cohortId: to.cohortId };
    for (const refused of [
      await hr.post(`/programs/${to.programId}/enrollments`, nomination),
      await invite(late),
    ]) {
      expect(refused.status).toBe(422);
      expect(refused.body.type).toBe('urn:cairn:problem:already-over');
      expect(refused.body.detail).toContain('ended on 2026-06-30: move its end first');
    }
    expectStatus(200, await hr.post(`/enrollments/${holder.enrollmentId}/withdraw`, { reason: 'by-hr' }));
    expect((await read(waiting.enrollmentId)).status).toBe('waitlisted');
    expectStatus(
      200,
      await hr.patch(`/programs/${to.programId}`, { changes: { endsOn: '2026-12-31' } }, { ifMatch: '*' }),
    );
    expect((await invite(late)).body.status).toBe('waitlisted');
  });

  it('takes codes alone where people could write about people, and names those that there are', async () => {
    await coach(app, 'C-1', { styles: ['direct', 'supportive'] });
    const { enrollmentId, personId } = await nominated(app, await programme(app));
    await app.as('hr').post(`/enrollments/${enrollmentId}/invite`);
    const give = (action: string, body: object) =>
      app.as('coachee', { personId }).post(`/enrollments/${enrollmentId}/${action}`, body);
    const canary = 'canary7-bob-miller-drinks-at-work';
    const refused = async (action: string, body: object, allowed: string) => {
      const reply = await give(action, body);
      expect(reply.status).toBe(422);
      expect(JSON.stringify(reply.body)).toContain(allowed);
      expect(JSON.stringify(reply.body)).not.toContain(canary);
    };
    const wishing = (styles: string[]) => ({ ...ACTIVATION.preferences, styles });
    await refused('decline', { reason: canary }, 'no-time, no-need, no-interest, other');
    await refused('activate', { ...ACTIVATION, privacyNoticeVersion: canary }, '1 to 20 letters');
    await refused('activate', { ...ACTIVATION, preferences: wishing([canary]) }, 'direct, supportive');
    expectStatus(200, await give('activate', { ...ACTIVATION, preferences: wishing(['supportive']) }));
    await refused('preferences', wishing(['direct', canary]), 'direct, supportive');
    await refused('pause', { reason: canary }, 'parental-leave, on-leave, workload, project, other');
  });

  it('is declined by the coachee, with a code that HR does not see in the enrolment', async () => {
    const { enrollmentId, personId } = await nominated(app, await programme(app));
    await app.as('hr').post(`/enrollments/${enrollmentId}/invite`);
    const declined = await app
      .as('coachee', { personId })
      .post(`/enrollments/${enrollmentId}/decline`, { reason: 'no-time' });
    expect(declined.body.status).toBe('declined');
    expect(JSON.stringify(await read(enrollmentId))).not.toContain('no-time');
    const late = await app
      .as('coachee', { personId })
      .post(`/enrollments/${enrollmentId}/activate`, ACTIVATION);
    expect(late.status).toBe(409);
    expect(late.body).toMatchObject({ type: 'urn:cairn:problem:enrollment-state', state: 'declined' });
  });

  it('is paused, resumed, extended, allotted more, and discontinued, which withdraws the request for a match', async () => {
    const { enrollmentId, personId } = await active(app, await programme(app));
    const hr = app.as('hr');
    const coachee = app.as('coachee', { personId });
    const step = async (who: typeof hr, action: string, body?: object) =>
      expectStatus(200, await who.post(`/enrollments/${enrollmentId}/${action}`, body));
    expect(await step(coachee, 'pause', { reason: 'parental-leave' })).toMatchObject({ status: 'paused' });
    expect(await step(hr, 'resume')).toMatchObject({ status: 'active' });
    expect(await step(hr, 'extend', { endsOn: '2026-09-30' })).toMatchObject({ endsOn: '2026-09-30' });
    expect(await step(hr, 'allot', { count: 2 })).toMatchObject({ sessionsAllotted: 14 });
    expect(await step(hr, 'discontinue', { reason: 'too-busy' })).toMatchObject({ status: 'discontinued' });
    expect((await app.events()).map(({ type }) => type).slice(-2)).toEqual([
      'EnrollmentDiscontinued',
      'MatchRequestWithdrawn',
    ]);
  });

  it('is paused by somebody of HR who is a coachee too: as a coachee their own, as HR those of others', async () => {
    const to = await programme(app);
    const [own, other] = [await active(app, to), await active(app, to)];
    const both = app.as(['coachee', 'hr'], { personId: own.personId });
    for (const { enrollmentId } of [own, other])
      expectStatus(200, await both.post(`/enrollments/${enrollmentId}/pause`, { reason: 'project' }));
    const givers = await Promise.all(
      [own, other].map(
        async ({ enrollmentId }) =>
          (await app.events(`enrollment-${enrollmentId}`)).at(-1)!.metadata.actor.role,
      ),
    );
    expect(givers).toEqual(['coachee', 'hr']);
  });

  it('is one open enrolment for each person and programme', async () => {
    const to = await programme(app);
    const { enrollmentId, personId } = await nominated(app, to);
    const body = { personId, cohortId: to.cohortId };
    const again = await app.as('hr').post(`/programs/${to.programId}/enrollments`, body);
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ type: 'urn:cairn:problem:already-enrolled', enrollmentId });
    await app.as('hr').post(`/enrollments/${enrollmentId}/withdraw`, { reason: 'by-hr' });
    expect((await app.as('hr').post(`/programs/${to.programId}/enrollments`, body)).status).toBe(201);
  });

  it('needs a person who is there and a cohort that is open', async () => {
    const to = await programme(app);
    const { personId } = await person(app);
    const path = `/programs/${to.programId}/enrollments`;
    const nobody = await app.as('hr').post(path, { personId: to.cohortId, cohortId: to.cohortId });
    expect(nobody.status).toBe(404);
    await app.as('hr').post(`/programs/${to.programId}/cohorts/${to.cohortId}/close`);
    const closed = await app.as('hr').post(path, { personId, cohortId: to.cohortId });
    expect(closed.status).toBe(409);
    expect(closed.body.type).toBe('urn:cairn:problem:cohort-closed');
  });

  it('is not of somebody who has left, from that day on', async () => {
    const { programId, cohortId } = await programme(app);
    const nominate = async (leftOn: string) => {
      const { personId } = await person(app, { leftOn });
      return app.as('hr').post(`/programs/${programId}/enrollments`, { personId, cohortId });
    };
    expect((await nominate('2026-01-06')).status).toBe(201);
    expect((await nominate('2026-01-05')).body.type).toBe('urn:cairn:problem:person-left');
  });

  it('waits for an import that is about to end the person', async () => {
    const { programId, cohortId } = await programme(app);
    const { personId } = await person(app);
    const { nomination } = await app.dataSource.transaction(async (tx) => {
      await tx.update(PersonEntity, { personId }, { leftOn: '2026-01-05' });
      const sent = app.as('hr').post(`/programs/${programId}/enrollments`, { personId, cohortId });
      await eventually(
        () =>
          tx.query<unknown[]>(
            'SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))',
          ),
        (waiting) => waiting.length > 0,
      );
      return { nomination: sent };
    });
    expect((await nomination).body.type).toBe('urn:cairn:problem:person-left');
  });

  it('settles a lapsed invitation before it is invited again, at the deadline itself', async () => {
    const { enrollmentId } = await nominated(app, await programme(app));
    await app.as('hr').post(`/enrollments/${enrollmentId}/invite`);
    app.clock.set('2026-02-01T10:00:00.000Z');
    const again = expectStatus(200, await app.as('hr').post(`/enrollments/${enrollmentId}/invite`));
    expect(again.status).toBe('invited');
    const events = await app.events(`enrollment-${enrollmentId}`);
    expect(events.slice(-2).map(({ type, occurredAt }) => [type, occurredAt])).toEqual([
      ['InvitationExpired', '2026-01-19T23:00:00.000Z'],
      ['InvitationSent', '2026-02-01T10:00:00.000Z'],
    ]);
  });
});

describe('now', () => {
  it('yields to what is known already, an importer’s time does not', async () => {
    app.clock.set('2026-01-05T08:00:10.000Z');
    const to = await programme(app);
    const { enrollmentId } = await nominated(app, to);
    // The clock of another process is a little behind.
    app.clock.set('2026-01-05T08:00:00.000Z');
    expectStatus(200, await app.as('hr').post(`/enrollments/${enrollmentId}/invite`));
    expect((await app.events(`enrollment-${enrollmentId}`)).at(-1)!.occurredAt).toBe(
      '2026-01-05T08:00:10.000Z',
    );
    const told = await app
      .as('integration')
      .post(
        `/enrollments/${enrollmentId}/withdraw`,
        {},
        { occurredAt: '2026-01-05T07:00:00.000Z', onBehalfOf: 'hr' },
      );
    expect([told.status, told.body.type]).toEqual([409, 'urn:cairn:problem:out-of-order']);
  });
});

describe('a command that is sent again', () => {
  it('under one key has one effect and the same answer', async () => {
    const to = await programme(app);
    const { personId } = await person(app);
    const send = () =>
      app
        .as('hr')
        .post(`/programs/${to.programId}/enrollments`, { personId, cohortId: to.cohortId }, { key: 'k' });
    const [first, second] = [await send(), await send()];
    expect(second.body).toEqual(first.body);
    expect(await typesOf(`enrollment-${first.body.enrollmentId}`)).toEqual(['ParticipantNominated']);
  });

  it('after its answer was lost in a crash makes the same ids and no second event', async () => {
    const to = await programme(app);
    const { personId } = await person(app);
    // What a crash between the commit and the answer leaves behind: the command's key is still open, its lease is over.
    const forgetAnswers = () =>
      app.dataSource.query(`UPDATE http.command_keys SET status = NULL, body = NULL, lease_until = now()`);
    const twice = async (send: () => Promise<{ status: number; body: unknown }>) => {
      const first = await send();
      await forgetAnswers();
      const second = await send();
      expect(second).toMatchObject({ status: first.status, body: first.body });
      return first.body as { enrollmentId: string };
    };
    const hr = app.as('hr');
    const coachee = app.as('coachee', { personId });
    const { enrollmentId } = await twice(() =>
      hr.post(`/programs/${to.programId}/enrollments`, { personId, cohortId: to.cohortId }, { key: 'n' }),
    );
    await twice(() => hr.post(`/enrollments/${enrollmentId}/invite`, {}, { key: 'i' }));
    await twice(() => coachee.post(`/enrollments/${enrollmentId}/activate`, ACTIVATION, { key: 'a' }));
    await twice(() => hr.post(`/enrollments/${enrollmentId}/allot`, { count: 1 }, { key: 'm' }));
    expect(await typesOf(`enrollment-${enrollmentId}`)).toEqual([
      'ParticipantNominated',
      'InvitationSent',
      'EnrollmentActivated',
      'MatchingPreferencesGiven',
      'SessionsAllotted',
      'SessionsAllotted',
    ]);
    expect((await app.events()).filter(({ type }) => type === 'MatchRequested')).toHaveLength(1);
  });
});

describe('imported history', () => {
  const history = async (capacity: number) => {
    const to = await programme(app, { capacity, startsOn: '2025-01-06', endsOn: '2025-12-31' });
    const integration = app.as('integration');
    const at = (occurredAt: string) => ({ occurredAt, onBehalfOf: 'hr' });
    const nominate = (occurredAt: string) => nominated(app, to, { history: true, occurredAt });
    const invite = async (enrollmentId: string, occurredAt: string) =>
      expectStatus(200, await integration.post(`/enrollments/${enrollmentId}/invite`, {}, at(occurredAt)));
    return { to, integration, at, nominate, invite };
  };

  it('gives a place on when it became free, but only up to the date that was declared', async () => {
    const { integration, at, nominate, invite } = await history(1);
    const first = await nominate('2025-02-01T09:00:00.000Z');
    const second = await nominate('2025-02-01T10:00:00.000Z');
    await invite(first.enrollmentId, '2025-02-02T09:00:00.000Z');
    expect((await invite(second.enrollmentId, '2025-02-02T10:00:00.000Z')).status).toBe('waitlisted');
    const withdrawn = await integration.post(
      `/enrollments/${first.enrollmentId}/withdraw`,
      { reason: 'by-hr' },
      at('2025-02-05T09:00:00.000Z'),
    );
    expect(withdrawn.body.status).toBe('withdrawn');
    expect((await read(second.enrollmentId)).status).toBe('waitlisted');
    const declare = (through: string) =>
      integration.post(`/enrollments/${second.enrollmentId}/history`, { through });
    expect(expectStatus(200, await declare('2025-02-04T00:00:00Z')).status).toBe('waitlisted');
    expect(expectStatus(200, await declare('2025-02-06T00:00:00Z')).status).toBe('invited');
    const sent = (await app.events(`enrollment-${second.enrollmentId}`)).at(-1)!;
    expect(sent).toMatchObject({ type: 'InvitationSent', occurredAt: '2025-02-05T09:00:00.000Z' });
  });

  it('is invited past those who wait, where the importer says so', async () => {
    const { integration, at, nominate, invite } = await history(1);
    const [first, waiting, invited] = [
      await nominate('2025-02-01T09:00:00.000Z'),
      await nominate('2025-02-01T10:00:00.000Z'),
      await nominate('2025-02-01T11:00:00.000Z'),
    ];
    await invite(first.enrollmentId, '2025-02-02T09:00:00.000Z');
    await invite(waiting.enrollmentId, '2025-02-02T10:00:00.000Z');
    const withdraw = `/enrollments/${first.enrollmentId}/withdraw`;
    expectStatus(200, await integration.post(withdraw, {}, at('2025-02-05T09:00:00.000Z')));
    expect((await invite(invited.enrollmentId, '2025-02-06T09:00:00.000Z')).status).toBe('invited');
    expect((await read(waiting.enrollmentId)).status).toBe('waitlisted');
  });

  it('ends on the day on which the person left, where the file had told that before', async () => {
    const { to, integration, at } = await history(5);
    const leftOn = '2025-04-10';
    const [gone, invited] = [await person(app, { leftOn }), await person(app, { leftOn })];
    const nominate = async ({ personId }: { personId: string }, more = {}) =>
      integration.post(
        `/programs/${to.programId}/enrollments`,
        { personId, cohortId: to.cohortId, ...more },
        at('2025-02-01T09:00:00.000Z'),
      );
    // Without history time has run already, and nothing would end it.
    expect((await nominate(gone)).body.type).toBe('urn:cairn:problem:person-left');
    const tell = async (enrollmentId: string, action: string, body: object, when: string, by = 'hr') =>
      expectStatus(
        200,
        await integration.post(`/enrollments/${enrollmentId}/${action}`, body, {
          occurredAt: when,
          onBehalfOf: by,
        }),
      );
    const first = (await nominate(gone, { history: true })).body.enrollmentId;
    await tell(first, 'invite', {}, '2025-02-02T09:00:00.000Z');
    await tell(first, 'activate', ACTIVATION, '2025-02-03T09:00:00.000Z', `coachee:${gone.personId}`);
    const declare = async (enrollmentId: string, body: object) =>
      expectStatus(200, await integration.post(`/enrollments/${enrollmentId}/history`, body)).status;
    expect(await declare(first, { through: '2025-04-09T23:59:59Z' })).toBe('active');
    await tell(first, 'pause', { reason: 'project' }, '2025-04-01T09:00:00.000Z');
    expect(await declare(first, { through: '2025-04-10T00:00:00Z' })).toBe('discontinued');
    expect((await app.events(`enrollment-${first}`)).at(-1)).toMatchObject({
      type: 'EnrollmentDiscontinued',
      occurredAt: '2025-04-10T00:00:00.000Z',
      data: { reason: 'left-the-company' },
    });
    expect((await app.as('hr').get(`/enrollments/${first}/match`)).body.status).toBe('withdrawn');

    // An invitation that had lapsed by then lapses first, and the last declaration reaches every day.
    const second = (await nominate(invited, { history: true })).body.enrollmentId;
    await tell(second, 'invite', {}, '2025-02-02T09:00:00.000Z');
    expect(await declare(second, { through: '2025-02-03T00:00:00Z', complete: true })).toBe('withdrawn');
    const events = await app.events(`enrollment-${second}`);
    expect(events.slice(-2).map(({ type, occurredAt }) => [type, occurredAt])).toEqual([
      ['InvitationExpired', '2025-02-16T23:00:00.000Z'],
      ['ParticipantWithdrawn', '2025-04-10T00:00:00.000Z'],
    ]);
  });

  it('ends on the day on which the person left also where they have come back since, but not once they have', async () => {
    const { to, integration } = await history(5);
    const begun = async (when: string) => {
      const { personId } = await person(app, {
        history: {
          ...noHistory,
          employments: [
            { start: '2020-01-01', end: '2025-04-10', leavingReason: null },
            { start: '2025-09-01', end: null, leavingReason: null },
          ],
        },
      });
      const { enrollmentId } = await nominated(app, to, { personId, history: true, occurredAt: when });
      const declared = { through: '2025-11-30T00:00:00Z', complete: true };
      const path = `/enrollments/${enrollmentId}/history`;
      return { enrollmentId, ...expectStatus(200, await integration.post(path, declared)) };
    };
    const gone = await begun('2025-02-01T09:00:00.000Z');
    expect(gone.status).toBe('withdrawn');
    expect((await app.events(`enrollment-${gone.enrollmentId}`)).at(-1)).toMatchObject({
      type: 'ParticipantWithdrawn',
      occurredAt: '2025-04-10T00:00:00.000Z',
      data: { reason: 'left-the-company' },
    });
    expect((await begun('2025-09-01T09:00:00.000Z')).status).toBe('nominated');
  });

  it('that was over before the person left ends as it did', async () => {
    const to = await programme(app, { startsOn: '2025-01-06', endsOn: '2025-03-31' });
    const gone = await person(app, { leftOn: '2025-04-10' });
    const { enrollmentId } = await nominated(app, to, {
      personId: gone.personId,
      history: true,
      occurredAt: '2025-02-01T09:00:00.000Z',
    });
    const integration = app.as('integration');
    const tell = async (action: string, body: object, occurredAt: string, onBehalfOf = 'hr') =>
      expectStatus(
        200,
        await integration.post(`/enrollments/${enrollmentId}/${action}`, body, { occurredAt, onBehalfOf }),
      );
    await tell('invite', {}, '2025-02-02T09:00:00.000Z');
    await tell('activate', ACTIVATION, '2025-02-03T09:00:00.000Z', `coachee:${gone.personId}`);
    const through = { through: '2025-05-01T00:00:00Z', complete: true };
    expectStatus(200, await integration.post(`/enrollments/${enrollmentId}/history`, through));
    expect(await typesOf(`enrollment-${enrollmentId}`)).not.toContain('EnrollmentDiscontinued');
  });

  it('nominates into a cohort that was open then, and not from the day on which it was closed', async () => {
    const { to, integration, at } = await history(5);
    const cohort = `/programs/${to.programId}/cohorts/${to.cohortId}`;
    await integration.post(`${cohort}/close`, {}, at('2025-03-01T09:00:00.000Z'));
    const nominate = async (day: string) => {
      const { personId } = await person(app);
      const body = { personId, cohortId: to.cohortId, history: true };
      return integration.post(`/programs/${to.programId}/enrollments`, body, at(`${day}T09:00:00.000Z`));
    };
    expect((await nominate('2025-02-28')).status).toBe(201);
    expect((await nominate('2025-03-01')).body.type).toBe('urn:cairn:problem:cohort-closed');
  });

  it('takes facts of the past in the order in which they happened, and no others', async () => {
    const { integration, at, nominate, invite } = await history(5);
    const { enrollmentId } = await nominate('2025-02-01T09:00:00.000Z');
    await invite(enrollmentId, '2025-02-02T09:00:00.000Z');
    const earlier = await integration.post(
      `/enrollments/${enrollmentId}/withdraw`,
      {},
      at('2025-02-01T12:00:00.000Z'),
    );
    expect(earlier.status).toBe(409);
    expect(earlier.body.type).toBe('urn:cairn:problem:out-of-order');
  });
});
