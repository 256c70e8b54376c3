import { refuseOnce } from '@cairn/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { enrollmentApp, eventually, type TestApp } from '../../test/app.js';
import { coach } from '../../test/coaches.js';
import {
  active,
  expectStatus,
  leaves,
  nominated,
  person,
  programme,
  strangersLeave,
  type Programme,
} from '../../test/given.js';
import { personLeft } from './person-left.js';

let app: TestApp;
let to: Programme;
beforeAll(async () => {
  app = await enrollmentApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  app.clock.set('2026-01-05T08:00:00.000Z');
  to = await programme(app, { name: randomUUID() });
});

const read = async (enrollmentId: string) =>
  expectStatus(200, await app.as('hr').get(`/enrollments/${enrollmentId}`));
const becomes = (enrollmentId: string, status: string) =>
  eventually(
    () => read(enrollmentId),
    (found) => found.status === status,
  );
const eventsOf = async (enrollmentId: string) => app.events(`enrollment-${enrollmentId}`);

describe('when the allotment is used', () => {
  const used = ({ enrollmentId, personId }: { enrollmentId: string; personId: string }, at: string) =>
    app.tell({
      name: 'AllotmentUsed',
      data: {
        engagementId: randomUUID(),
        enrollmentId,
        ...to,
        personId,
        coachId: randomUUID(),
        completed: 11,
        forfeited: 1,
        total: 12,
      },
      stream: `engagement-${randomUUID()}`,
      version: 5,
      at,
    });

  it('the enrolment is complete, early, at that time, once', async () => {
    const one = await active(app, to);
    await used(one, '2026-03-10T10:00:00.000Z');
    await becomes(one.enrollmentId, 'completed');
    const last = (await eventsOf(one.enrollmentId)).at(-1)!;
    expect(last).toMatchObject({
      type: 'EnrollmentCompleted',
      occurredAt: '2026-03-10T10:00:00.000Z',
      data: { early: true },
      metadata: { actor: { role: 'system' } },
    });
    expect(last.metadata.causationId).toBeDefined();
    const match = (await app.as('hr').get(`/enrollments/${one.enrollmentId}/match`)).body;
    expect(match.status).toBe('withdrawn');
  });

  it('after a later fact is known, it counts from that', async () => {
    app.clock.set('2026-03-12T08:00:00.000Z');
    const one = await active(app, to);
    await used(one, '2026-03-10T10:00:00.000Z');
    await becomes(one.enrollmentId, 'completed');
    expect((await eventsOf(one.enrollmentId)).at(-1)!.occurredAt).toBe('2026-03-12T08:00:00.000Z');
  });

  it('of an enrolment that ended otherwise, nothing is left to do', async () => {
    const one = await active(app, to);
    await app.as('hr').post(`/enrollments/${one.enrollmentId}/cancel`, { reason: 'unresponsive' });
    const other = await active(app, to);
    await used(one, '2026-03-10T10:00:00.000Z');
    await used(other, '2026-03-10T10:00:00.000Z');
    await becomes(other.enrollmentId, 'completed');
    expect((await read(one.enrollmentId)).status).toBe('cancelled');
    const dead = await app.dataSource.query('SELECT count(*)::int AS n FROM bus_in.dead_letters');
    expect(dead[0].n).toBe(0);
  });
});

describe('what sessions says of its units', () => {
  /** A coachee whose sessions are told event by event, each stream from version 1 on. */
  const given = async () => {
    const { enrollmentId, personId } = await active(app, to);
    const refs = { engagementId: randomUUID(), enrollmentId, ...to, personId, coachId: randomUUID() };
    const told = async (sessionId: string, version: number, name: string, data: object) =>
      app.tell({
        name,
        data: { sessionId, ...refs, ...data },
        stream: `session-${sessionId}`,
        version,
        at: '2026-01-06T10:00:00.000Z',
      } as Parameters<TestApp['tell']>[0]);
    const book = async (startsAt: string) => {
      const sessionId = randomUUID();
      const endsAt = startsAt.replace(':00:00', ':45:00');
      await told(sessionId, 1, 'SessionScheduled', { startsAt, endsAt, zone: 'Europe/Berlin', by: 'coach' });
      return sessionId;
    };
    const knows = (sessionId: string, version: number) =>
      eventually(
        () => app.dataSource.query('SELECT version FROM known_sessions WHERE session_id = $1', [sessionId]),
        ([row]) => row?.version === version,
      );
    const allot = (count: number) => app.as('hr').post(`/enrollments/${enrollmentId}/allot`, { count });
    app.clock.set('2026-02-01T08:00:00.000Z');
    return { told, book, knows, allot, enrollmentId, personId };
  };

  it('is not taken back: a reduction below it is refused, with the sessions to cancel', async () => {
    const { told, book, knows, allot } = await given();
    const [held, missed, soon, later, cancelled] = [
      await book('2026-01-10T10:00:00.000Z'),
      await book('2026-01-17T10:00:00.000Z'),
      await book('2026-03-01T10:00:00.000Z'),
      await book('2026-03-08T10:00:00.000Z'),
      await book('2026-03-15T10:00:00.000Z'),
    ];
    await told(held, 2, 'SessionCompleted', { durationMinutes: 45, auto: false, policyVersion: 1 });
    await told(missed, 2, 'NoShowRecorded', { party: 'coachee', policyVersion: 1, forfeited: true });
    await told(cancelled, 2, 'SessionCancelled', {
      by: 'coach',
      noticeHours: 72,
      late: false,
      policyVersion: 1,
      forfeited: false,
    });
    for (const sessionId of [held, missed, cancelled]) await knows(sessionId, 2);
    const refused = await allot(-9);
    expect(refused).toMatchObject({
      status: 409,
      body: { used: 2, booked: 2, cancelFirst: [later] },
    });
    expect(refused.body.type).toMatch(/allotment-in-use$/);
    expect((await allot(-12)).body.cancelFirst).toEqual([later, soon]);
    expect(expectStatus(200, await allot(-8))).toMatchObject({ sessionsAllotted: 4 });
  });

  it('is kept where sessions was restored from a backup, and gives versions again', async () => {
    const { told, book } = await given();
    const startsAt = '2026-03-01T10:00:00.000Z';
    const of = (sessionId: string) => async () => {
      const rows: object[] = await app.dataSource.query(
        'SELECT version, unit, held, starts_at AS "startsAt" FROM known_sessions WHERE session_id = $1',
        [sessionId],
      );
      return rows[0] as Record<string, unknown> | undefined;
    };
    const session = await book(startsAt);
    await told(session, 2, 'SessionCompleted', { durationMinutes: 45, auto: false, policyVersion: 1 });
    await eventually(of(session), (row) => row?.['held'] === true);
    const policy = { policyVersion: 1, forfeited: false };
    await told(session, 2, 'SessionCancelled', { by: 'coach', noticeHours: 72, late: false, ...policy });
    await eventually(of(session), (row) => row?.['unit'] === null);
    const other = await book(startsAt);
    const cancelled = { by: 'coach', noticeHours: 72, late: false, ...policy };
    await told(other, 3, 'SessionCancelled', cancelled);
    await eventually(of(other), (row) => row?.['version'] === 3);
    const to = { startsAt: '2026-03-02T10:00:00.000Z', endsAt: '2026-03-02T10:45:00.000Z' };
    const from = { startsAt, endsAt: '2026-03-01T10:45:00.000Z' };
    await told(other, 2, 'SessionRescheduled', {
      by: 'coach',
      noticeHours: 72,
      from,
      to,
      zone: 'Europe/Berlin',
    });
    await eventually(of(other), (row) => JSON.stringify(row?.['startsAt']) === JSON.stringify(to.startsAt));
    expect(await of(other)()).toMatchObject({ version: 3 });
  });

  it('has the coachee alone asked for feedback once three were held, once', async () => {
    const { told, book, knows, enrollmentId, personId } = await given();
    const path = `/enrollments/${enrollmentId}`;
    const coachee = app.as('coachee', { personId });
    const asked = async () => expectStatus(200, await coachee.get(path)).feedbackAsked;
    const say = (recommend: number) =>
      coachee.post(`${path}/feedback`, { moment: 'third-session', recommend });
    const completed = { durationMinutes: 45, auto: false, policyVersion: 1 };
    const held = async (day: number) => {
      const sessionId = await book(`2026-01-${day}T10:00:00.000Z`);
      await told(sessionId, 2, 'SessionCompleted', completed);
      await knows(sessionId, 2);
    };
    await held(10);
    const missed = await book('2026-01-11T10:00:00.000Z');
    await told(missed, 2, 'NoShowRecorded', { party: 'coachee', policyVersion: 1, forfeited: true });
    await held(12);
    expect(await asked()).toBeNull();
    expect((await say(9)).body.type).toMatch(/feedback-not-asked$/);
    const before = (await coachee.get(path)).headers['etag'];
    await held(13);
    expect(await asked()).toBe('third-session');
    expect((await coachee.get(path)).headers['etag']).not.toBe(before);
    for (const role of ['hr', 'program-admin', 'integration'] as const)
      expect((await app.as(role).get(path)).body).not.toHaveProperty('feedbackAsked');
    expect(
      (
        await app
          .as('coachee', { personId: randomUUID() })
          .post(`${path}/feedback`, { moment: 'third-session', recommend: 9 })
      ).status,
    ).toBe(404);
    const seenByHr = async () => (await app.as('hr').get(path)).headers['etag'];
    const unanswered = await seenByHr();
    expect(expectStatus(200, await say(9))).not.toHaveProperty('feedbackAsked');
    expect(await asked()).toBeNull();
    expect(await seenByHr()).toBe(unanswered);
    const again = [await say(9), await say(2)].map(({ status, body: { type, detail } }) => [
      status,
      type,
      detail,
    ]);
    expect(again[0]).toEqual([409, expect.stringMatching(/feedback-given$/), expect.any(String)]);
    expect(again[1]).toEqual(again[0]);
    const events = (await eventsOf(enrollmentId)).filter(({ type }) => type === 'ProgramFeedbackGiven');
    expect(events.map(({ data }) => data)).toMatchObject([{ moment: 'third-session', recommend: 9 }]);
    expect(JSON.stringify((await coachee.get(path)).body)).not.toContain('recommend');
  });

  it('is what the latest word on a session says: unconfirmed it holds no unit, corrected that of its outcome', async () => {
    const { told, book, knows, allot } = await given();
    const [silent, held, excused, late] = [
      await book('2026-01-07T10:00:00.000Z'),
      await book('2026-01-08T10:00:00.000Z'),
      await book('2026-01-09T10:00:00.000Z'),
      await book('2026-01-10T10:00:00.000Z'),
    ];
    const unconfirmed = { policyVersion: 1 };
    const missed = { party: 'coachee', policyVersion: 1, forfeited: true };
    const corrected = (from: string, outcome: string, forfeited: boolean) =>
      ({ from, to: outcome, forfeited, by: 'program-admin', reason: 'told-otherwise' }) as const;
    await told(silent, 2, 'SessionUnconfirmed', unconfirmed);
    await knows(silent, 2);
    await told(held, 2, 'SessionUnconfirmed', unconfirmed);
    await told(held, 3, 'OutcomeCorrected', corrected('unconfirmed', 'completed', false));
    await told(excused, 2, 'NoShowRecorded', missed);
    await told(excused, 3, 'OutcomeCorrected', corrected('coachee-no-show', 'coach-no-show', false));
    await told(late, 2, 'SessionUnconfirmed', unconfirmed);
    await told(late, 3, 'OutcomeCorrected', corrected('unconfirmed', 'coachee-no-show', true));
    for (const sessionId of [held, excused, late]) await knows(sessionId, 3);
    expect((await allot(-11)).body).toMatchObject({ used: 2, booked: 0 });
    expect(expectStatus(200, await allot(-10))).toMatchObject({ sessionsAllotted: 2 });
  });
});

describe('when somebody leaves the company', () => {
  it('among a thousand others, these are asked about together', async () => {
    const one = await active(app, to);
    const asked = jest.spyOn(pg.Client.prototype, 'query');
    await strangersLeave(app, 1_000, '2026-02-09');
    await leaves(app, one.personId, '2026-02-09');
    await becomes(one.enrollmentId, 'discontinued');
    const texts = asked.mock.calls.map(([query]) =>
      String((query as unknown as { text?: string })?.text ?? query),
    );
    asked.mockRestore();
    expect(texts.some((text) => text.includes('AS left_by'))).toBe(true);
    expect(texts.filter((text) => text.includes('AND created_at <= $4')).length).toBeLessThan(20);
  });

  it('every open enrolment of theirs ends, and the place goes on', async () => {
    const small = await programme(app, { name: randomUUID(), capacity: 1 });
    const { personId } = await person(app);
    const running = await active(app, to, { personId });
    const invited = await nominated(app, small, { personId });
    const waiting = await nominated(app, small);
    for (const { enrollmentId } of [invited, waiting])
      await app.as('hr').post(`/enrollments/${enrollmentId}/invite`);
    app.clock.set('2026-02-10T08:00:00.000Z');
    await leaves(app, personId, '2026-02-09');
    await becomes(running.enrollmentId, 'discontinued');
    await becomes(invited.enrollmentId, 'withdrawn');
    expect((await eventsOf(running.enrollmentId)).at(-1)).toMatchObject({
      type: 'EnrollmentDiscontinued',
      occurredAt: '2026-02-09T00:00:00.000Z',
      data: { reason: 'left-the-company' },
    });
    expect((await eventsOf(invited.enrollmentId)).at(-1)!.data).toMatchObject({ reason: 'left-the-company' });
    // Whoever lives in the present is invited now, not on the day of the leaving.
    expect((await eventsOf(waiting.enrollmentId)).at(-1)).toMatchObject({
      type: 'InvitationSent',
      occurredAt: '2026-02-10T08:00:00.000Z',
    });
  });

  it('and is back by the time it is handled, what has begun since goes on', async () => {
    const both = await person(app, { employeeId: randomUUID() });
    await coach(app, randomUUID(), { employeeId: both.employeeId });
    const { enrollmentId } = await active(app, to, { personId: both.personId });
    const client = await app.running.pool.connect();
    /** What a leaving ends that was recorded then, and is handled now. */
    const ends = async (recordedtime: string) => {
      const event = { data: both, envelope: { tenantid: app.tenantId, recordedtime } };
      const { enrollmentIds, coachIds } = await personLeft.known(client, event as never);
      return [enrollmentIds, coachIds.length];
    };
    try {
      expect(await ends('2026-01-04T08:00:00.000Z')).toEqual([[], 0]);
      expect(await ends('2026-01-06T08:00:00.000Z')).toEqual([[enrollmentId], 0]);
      await app.dataSource.query(`UPDATE people SET left_on = '2026-01-03' WHERE person_id = $1`, [
        both.personId,
      ]);
      expect(await ends('2026-01-04T08:00:00.000Z')).toEqual([[enrollmentId], 1]);
    } finally {
      client.release();
    }
  });

  it('as an internal coach, no match begins with them and none goes on', async () => {
    const inside = await person(app, { employeeId: randomUUID() });
    const coachId = await coach(app, randomUUID(), { employeeId: inside.employeeId });
    const [asked, matched] = [await active(app, to), await active(app, to)];
    for (const { enrollmentId, personId } of [asked, matched]) {
      await app.as('hr').post(`/enrollments/${enrollmentId}/match/shortlist`);
      const mine = app.as('coachee', { personId });
      expectStatus(200, await mine.post(`/enrollments/${enrollmentId}/match/propose`, { coachId }));
    }
    const me = app.as('coach', { coachId });
    expectStatus(200, await me.post(`/enrollments/${matched.enrollmentId}/match/accept`));
    await leaves(app, inside.personId, '2026-02-09');
    const coachNow = await eventually(
      async () => (await app.as('hr').get(`/coaches/${coachId}`)).body,
      ({ status, placesTaken }) => status === 'suspended' && placesTaken === 0,
    );
    expect(coachNow.capacity).toBe(2);
    const matchOf = async (enrollmentId: string) =>
      (await app.as('hr').get(`/enrollments/${enrollmentId}/match`)).body.status;
    expect(await matchOf(asked.enrollmentId)).toBe('requested');
    // Another coach is looked for, so that nobody is left without one unseen.
    expect(await matchOf(matched.enrollmentId)).toBe('requested');
    const ended = await app.as('hr').get(`/matches?coachId=${coachId}&status=ended`);
    expect(ended.body.items).toMatchObject([{ enrollmentId: matched.enrollmentId }]);
  });

  it('as an internal coach, every match is given up once, also where one of them has to wait', async () => {
    const inside = await person(app, { employeeId: randomUUID() });
    const coachId = await coach(app, randomUUID(), { employeeId: inside.employeeId, capacity: 3 });
    const coachees = [await active(app, to), await active(app, to), await active(app, to)];
    for (const { enrollmentId, personId } of coachees) {
      await app.as('hr').post(`/enrollments/${enrollmentId}/match/shortlist`);
      const mine = app.as('coachee', { personId });
      expectStatus(200, await mine.post(`/enrollments/${enrollmentId}/match/propose`, { coachId }));
      expectStatus(200, await app.as('coach', { coachId }).post(`/enrollments/${enrollmentId}/match/accept`));
    }
    const { pool } = app.running;
    const [, second] = coachees.map(({ enrollmentId }) => enrollmentId).sort();
    const isRefused = await refuseOnce(pool, 'matches', `NEW.enrollment_id = '${second}'`);
    await leaves(app, inside.personId, '2026-02-09');
    for (const { enrollmentId } of coachees)
      await eventually(
        async () => (await app.as('hr').get(`/enrollments/${enrollmentId}/match`)).body,
        ({ status }) => status === 'requested',
      );
    expect(await isRefused()).toBe(true);
    const { rows } = await pool.query(
      'SELECT event_id FROM log.events GROUP BY event_id HAVING count(*) > 1',
    );
    expect(rows).toEqual([]);
  });
});
