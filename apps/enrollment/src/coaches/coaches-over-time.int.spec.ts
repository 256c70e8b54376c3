import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { enrollmentApp, eventually, type TestApp } from '../../test/app.js';
import { coach } from '../../test/coaches.js';
import { CompletionsBefore1764000000200 } from '../migrations/1764000000200-completions-before.js';
import { active, expectStatus, programme, type Programme } from '../../test/given.js';

let app: TestApp;
let to: Programme;
beforeAll(async () => {
  app = await enrollmentApp();
  app.clock.set('2026-01-05T08:00:00.000Z');
  to = await programme(app, { capacity: 100, endsOn: '2028-12-31' });
});
afterAll(() => app?.close());

const give = async (coachId: string, action: string, body?: object) =>
  expectStatus(200, await app.as('hr').post(`/coaches/${coachId}/${action}`, body));
const read = async (coachId: string) =>
  expectStatus(200, await app.as('hr').get(`/coaches/${coachId}`)) as {
    credentials: { valid: boolean }[];
    reassessment: { dueAt: string | null };
  };
const match = (enrollmentId: string) => `/enrollments/${enrollmentId}/match`;
const shortlist = async (enrollmentId: string) =>
  expectStatus(200, await app.as('hr').post(`${match(enrollmentId)}/shortlist`));
/** A language of their own, so that nobody else is shortlisted. */
const speaks = (language: string) => ({ languages: [language] });

it('a coach is screened, interviewed, approved and retired', async () => {
  const coachId = await coach(app, 'C-vetted', { approved: false });
  for (const [action, status] of [
    ['screen', 'screened'],
    ['interview', 'interviewed'],
    ['approve', 'approved'],
  ])
    expect((await give(coachId, action!)).status).toBe(status);
  expect((await give(coachId, 'retire', { reason: 'stopped-coaching' })).status).toBe('retired');
  expect((await app.events(`coach-${coachId}`)).map(({ type }) => type)).toEqual([
    'CoachAdded',
    'CoachScreened',
    'CoachInterviewed',
    'CoachApproved',
    'CoachRetired',
  ]);
});

it.each([
  ['retire', 'stopped-coaching', 'fi'],
  ['suspend', 'on-leave', 'et'],
])('what was proposed to a coach goes back to the request: %s', async (action, reason, language) => {
  const coachId = await coach(app, `C-${action}`, speaks(language));
  const { enrollmentId, personId } = await active(app, to, { preferences: speaks(language) });
  await shortlist(enrollmentId);
  const coachee = app.as('coachee', { personId });
  expectStatus(200, await coachee.post(`${match(enrollmentId)}/propose`, { coachId }));
  const other = await coach(app, `C-beside-${action}`, speaks('cy'));
  const reads = async (id: string) => (await coachee.get(`/coaches/${id}`)).status;
  expect([await reads(coachId), await reads(other)]).toEqual([200, 404]);
  await give(coachId, action, { reason });
  const back = await eventually(
    async () => expectStatus(200, await coachee.get(match(enrollmentId))),
    ({ status }) => status === 'requested',
  );
  expect(back).toMatchObject({ shortlist: null, coach: null });
  expect((await shortlist(enrollmentId)).nobody).toMatchObject({
    removed: expect.arrayContaining([{ constraint: 'in-service', coaches: expect.any(Number) }]),
  });
});

describe('a credential', () => {
  const expires = { credential: 'PCC', issuer: 'ICF', expiresOn: '2026-02-28' };
  /** What was told of credentials that have expired, once so many were. */
  const expired = (coachId: string, count = 1) =>
    eventually(
      async () => (await app.events(`coach-${coachId}`)).filter(({ type }) => type === 'CredentialExpired'),
      ({ length }) => length === count,
    );

  it('that expires keeps new matches away until it is renewed, and those on their way too', async () => {
    app.clock.set('2026-02-01T08:00:00.000Z');
    const coachId = await coach(app, 'C-lapsing', speaks('sv'));
    await give(coachId, 'credentials', expires);
    const [one, other] = [
      await active(app, to, { preferences: speaks('sv') }),
      await active(app, to, { preferences: speaks('sv') }),
    ];
    expect((await shortlist(one.enrollmentId)).shortlist).toHaveLength(1);

    app.clock.set('2026-02-28T22:59:59.000Z');
    expect((await read(coachId)).credentials).toEqual([{ ...expires, valid: true }]);
    app.clock.set('2026-03-01T09:00:00.000Z');
    expect((await read(coachId)).credentials).toEqual([{ ...expires, valid: false }]);
    // The day is over where the coach is.
    expect((await expired(coachId)).at(-1)).toMatchObject({
      occurredAt: '2026-02-28T23:00:00.000Z',
      data: { on: '2026-02-28' },
    });
    const late = await app
      .as('coachee', { personId: one.personId })
      .post(`${match(one.enrollmentId)}/propose`, { coachId });
    expect([late.status, late.body]).toMatchObject([409, { state: 'credentials-expired' }]);
    expect((await shortlist(other.enrollmentId)).nobody.removed).toContainEqual({
      constraint: 'credentials',
      coaches: 1,
    });

    await give(coachId, 'credentials', { ...expires, expiresOn: '2029-02-28' });
    expect((await shortlist(other.enrollmentId)).shortlist).toMatchObject([{ coachId }]);
  });

  it('that expires as the last one has what was proposed go back to the request, and not before', async () => {
    app.clock.set('2026-02-02T08:00:00.000Z');
    const coachId = await coach(app, 'C-both', speaks('is'));
    await give(coachId, 'credentials', expires);
    await give(coachId, 'credentials', { ...expires, credential: 'MCC', expiresOn: '2026-03-31' });
    const { enrollmentId, personId } = await active(app, to, { preferences: speaks('is') });
    await shortlist(enrollmentId);
    const coachee = app.as('coachee', { personId });
    const { matchId } = expectStatus(200, await coachee.post(`${match(enrollmentId)}/propose`, { coachId }));
    for (const [now, valid] of [
      ['2026-03-01T09:00:00.000Z', [false, true]],
      ['2026-04-01T00:00:00.000Z', [false, false]],
    ] as const) {
      app.clock.set(now);
      expect((await read(coachId)).credentials.map((each) => each.valid)).toEqual(valid);
      await expired(coachId, valid.filter((each) => !each).length);
    }
    await eventually(
      async () => expectStatus(200, await coachee.get(match(enrollmentId))),
      ({ status }) => status === 'requested',
    );
    expect((await app.events(`match-${matchId}`)).at(-1)).toMatchObject({
      type: 'MatchDeclined',
      occurredAt: '2026-03-31T22:00:00.000Z',
      data: { by: 'coach', code: 'no-capacity' },
    });
    expect((await shortlist(enrollmentId)).nobody.removed).toContainEqual({
      constraint: 'credentials',
      coaches: expect.any(Number),
    });
  });

  it('that is over is shown so and keeps new matches away at once, before anybody has told that it expired', async () => {
    app.clock.set('2026-02-03T08:00:00.000Z');
    const other = await programme(app, { name: 'Beside', capacity: 9, endsOn: '2028-12-31' });
    const coachId = await coach(app, 'C-over', { ...speaks('mt'), capacity: 9 });
    await give(coachId, 'credentials', expires);
    const [accepts, proposes, asks] = [
      await active(app, to, { preferences: speaks('mt') }),
      await active(app, to, { preferences: speaks('mt') }),
      await active(app, to, { preferences: speaks('mt') }),
    ];
    await active(app, other, { preferences: speaks('mt') });
    const proposal = ({ enrollmentId, personId }: typeof accepts) =>
      app.as('coachee', { personId }).post(`${match(enrollmentId)}/propose`, { coachId });
    for (const { enrollmentId } of [accepts, proposes]) await shortlist(enrollmentId);
    expectStatus(200, await proposal(accepts));
    // As if the sweeper were down.
    await eventually(
      () => app.dataSource.query('DELETE FROM deadlines.due WHERE subject_id = $1 RETURNING key', [coachId]),
      ([deleted]) => deleted.length === 1,
    );
    const etag = async () => (await app.as('hr').get(`/coaches/${coachId}`)).headers['etag'];
    const before = await etag();
    app.clock.set('2026-02-28T23:00:00.000Z');
    expect((await read(coachId)).credentials).toMatchObject([{ valid: false }]);
    expect(await etag()).not.toBe(before);
    for (const late of [
      await app.as('coach', { coachId }).post(`${match(accepts.enrollmentId)}/accept`),
      await proposal(proposes),
    ])
      expect([late.status, late.body]).toMatchObject([409, { state: 'credentials-expired' }]);
    expect(await shortlist(asks.enrollmentId)).toMatchObject({ status: 'requested' });
    const run = `/programs/${other.programId}/cohorts/${other.cohortId}/match`;
    expect((await app.as('hr').post(run)).body).toMatchObject({ assigned: [], unassigned: [{}] });
    expect(await app.events(`coach-${coachId}`)).not.toContainEqual(
      expect.objectContaining({ type: 'CredentialExpired' }),
    );
  });

  it('beside another that is valid keeps nobody away', async () => {
    app.clock.set('2026-04-01T01:00:00.000Z');
    const coachId = await coach(app, 'C-two', speaks('da'));
    await give(coachId, 'credentials', { credential: 'MCC', issuer: 'ICF' });
    await give(coachId, 'credentials', expires);
    expect((await read(coachId)).credentials).toMatchObject([{ valid: true }, { valid: false }]);
    const { enrollmentId } = await active(app, to, { preferences: speaks('da') });
    expect((await shortlist(enrollmentId)).shortlist).toMatchObject([{ coachId }]);
  });
});

describe('a reassessment', () => {
  const due = async () =>
    (
      expectStatus(200, await app.as('hr').get('/coaches?reassessmentDue=true')).items as {
        coachId: string;
      }[]
    ).map(({ coachId }) => coachId);
  const completed = (coachId: string, at: string) =>
    app.tell({
      name: 'EngagementCompleted',
      data: {
        engagementId: randomUUID(),
        enrollmentId: randomUUID(),
        ...to,
        personId: randomUUID(),
        coachId,
      },
      stream: `engagement-${randomUUID()}`,
      version: 5,
      at,
    });

  it('is due after the third completed engagement, and a year after the latest', async () => {
    app.clock.set('2026-04-01T08:00:00.000Z');
    const coachId = await coach(app, 'C-reassessed');
    await completed(coachId, '2026-03-03T09:00:00.000Z');
    await completed(coachId, '2026-03-01T09:00:00.000Z');
    await completed(randomUUID(), '2026-03-02T09:00:00.000Z');
    expect((await read(coachId)).reassessment).toEqual({ dueAt: null, latest: null });
    await completed(coachId, '2026-03-02T09:00:00.000Z');
    await eventually(
      () => read(coachId),
      ({ reassessment }) => reassessment.dueAt === '2026-03-03T09:00:00.000Z',
    );
    expect(await due()).toEqual([coachId]);

    const path = `/coaches/${coachId}/reassess`;
    const stale = await app.as('hr').post(path, { outcome: 'passed' }, { ifMatch: '"1"' });
    expect(stale.status).toBe(412);
    const passed = await give(coachId, 'reassess', { outcome: 'passed' });
    expect(passed.reassessment).toEqual({
      dueAt: '2027-04-01T08:00:00.000Z',
      latest: { outcome: 'passed', at: '2026-04-01T08:00:00.000Z' },
    });
    expect(await due()).toEqual([]);
    app.clock.set('2026-12-01T08:00:00.000Z');
    await give(coachId, 'reassess', { outcome: 'watch' });
    app.clock.set('2027-12-01T08:00:00.000Z');
    expect(await due()).toEqual([coachId]);
    expect((await give(coachId, 'reassess', { outcome: 'suspended' })).status).toBe('suspended');
    const causes = (await app.events(`coach-${coachId}`)).flatMap(({ type, data }) =>
      type === 'CoachReassessed' ? [data] : [],
    );
    expect(causes).toMatchObject([
      { outcome: 'passed', cause: 'third-engagement' },
      { outcome: 'watch', cause: 'by-hand' },
      { outcome: 'suspended', cause: 'yearly' },
    ]);
  });

  it('counts, once, what was complete before it was kept', async () => {
    app.clock.set('2027-12-02T08:00:00.000Z');
    const coachId = await coach(app, 'C-of-old', { ...speaks('nb'), capacity: 9 });
    const ends = { endsOn: '2027-12-10', activationDays: 1 };
    const matched = async () => {
      const pair = await active(app, await programme(app, ends), { preferences: speaks('nb') });
      await shortlist(pair.enrollmentId);
      const me = app.as('coachee', { personId: pair.personId });
      expectStatus(200, await me.post(`${match(pair.enrollmentId)}/propose`, { coachId }));
      expectStatus(200, await app.as('coach', { coachId }).post(`${match(pair.enrollmentId)}/accept`));
      return pair;
    };
    const [one, other, gone, alone] = [await matched(), await matched(), await matched(), await matched()];
    const end = (enrollmentId: string, how: string, body?: object) =>
      app.as('hr').post(`/enrollments/${enrollmentId}/${how}`, body);
    expectStatus(200, await end(gone.enrollmentId, 'discontinue', { reason: 'too-busy' }));
    // The second looked for another coach when the programme ended; the last had none any more.
    const looks = { reason: 'fit' };
    const coachee = app.as('coachee', { personId: other.personId });
    expectStatus(200, await coachee.post(`${match(other.enrollmentId)}/rematch`, looks));
    await app.dataSource.query(
      `UPDATE matches SET status = 'ended', state = jsonb_set(state, '{status}', '"ended"') WHERE enrollment_id = $1`,
      [alone.enrollmentId],
    );
    app.clock.set('2027-12-11T08:00:00.000Z');
    for (const { enrollmentId } of [one, other, alone])
      await eventually(
        async () => expectStatus(200, await app.as('hr').get(`/enrollments/${enrollmentId}`)),
        ({ status }) => status === 'completed',
      );
    const kept = async () => {
      const runner = app.dataSource.createQueryRunner();
      await new CompletionsBefore1764000000200().up(runner);
      await runner.release();
      return (await app.dataSource.query(
        `SELECT engagement_id AS "engagementId", completed_at AS at FROM completed_engagements
          WHERE coach_id = $1 ORDER BY 1`,
        [coachId],
      )) as { engagementId: string; at: Date }[];
    };
    const before = await kept();
    expect(before.map(({ at }) => at.toISOString())).toEqual(Array(2).fill('2027-12-10T23:00:00.000Z'));
    await app.tell({
      name: 'EngagementCompleted',
      data: {
        ...to,
        enrollmentId: one.enrollmentId,
        personId: one.personId,
        coachId,
        engagementId: before[0]!.engagementId,
      },
      stream: `engagement-${before[0]!.engagementId}`,
      version: 5,
      at: '2027-12-10T23:00:00.000Z',
    });
    expect(await kept()).toEqual(before);
  });
});
