import { newId } from '@cairn/event-store';
import { testService, type TestService } from '@cairn/service/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { definition } from '../src/app.module.js';
import { past, person, plannedEngagement, type Engaged } from './told.js';

let sessions: TestService;
/** Now, as the service sees it. */
let now = new Date('2026-03-02T12:00:00.000Z');
beforeAll(async () => {
  sessions = await testService(definition, { clock: { now: () => now } });
});
afterAll(() => sessions.stop());

const at = (instant: string) => (now = new Date(instant));
const day = (n: number, time = '09:00') => `2026-03-${String(n).padStart(2, '0')}T${time}`;

const book = (e: Engaged, startsAt: string, more: object = {}, as: object = e.coachee) =>
  sessions.call('POST', `/v1/engagements/${e.engagementId}/sessions`, {
    as,
    body: { startsAt, zone: 'Europe/Berlin', durationMinutes: 60, ...more },
  });
/** Gives a command, whatever has been changed since. */
const give = (sessionId: string, action: string, as: object, body?: object) =>
  sessions.call('POST', `/v1/sessions/${sessionId}/${action}`, { as, body, headers: { 'if-match': '*' } });
const slug = ({ body }: { body: { type: string } }) => body.type.replace('urn:cairn:problem:', '');

describe('a session over HTTP', () => {
  it('is booked, held, confirmed by both, rated and given themes', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const booked = await book(e, day(10));
    expect(booked.status).toBe(201);
    expect(booked.headers['location']).toBe(`/sessions/v1/sessions/${booked.body.sessionId}`);
    expect(booked.headers['etag']).toBe('"1"');
    expect(booked.body).toMatchObject({
      ...e.refs,
      startsAt: '2026-03-10T08:00:00.000Z',
      endsAt: '2026-03-10T09:00:00.000Z',
      zone: 'Europe/Berlin',
      localStart: '2026-03-10T09:00',
      state: 'scheduled',
      unit: 'reserved',
      outcome: null,
    });
    const { sessionId } = booked.body;
    expect(slug(await give(sessionId, 'confirm', e.coach))).toBe('not-ended-yet');

    at('2026-03-10T10:00:00.000Z');
    expect((await give(sessionId, 'confirm', e.coach)).body.state).toBe('awaitingConfirmation');
    const held = await give(sessionId, 'confirm', e.coachee);
    expect(held.body).toMatchObject({
      state: 'completed',
      unit: 'completed',
      outcome: { outcome: 'completed', auto: false, forfeited: false, policyVersion: 1 },
    });
    const rating = { useful: 5, relationship: 4, progress: 3 };
    expect((await give(sessionId, 'rating', e.coachee, rating)).status).toBe(200);
    const themed = await give(sessionId, 'themes', e.coach, { themes: ['navigating-conflict'] });
    expect(themed.status).toBe(200);
    const { body: read } = await sessions.call('GET', `/v1/sessions/${sessionId}`, { as: e.coachee });
    expect(read).toMatchObject({ rating, themes: ['navigating-conflict'] });

    const engagement = await sessions.call('GET', `/v1/engagements/${e.engagementId}`, { as: e.coachee });
    expect(engagement.body).toMatchObject({
      state: 'running',
      allotment: { granted: 6, reserved: 0, used: 1, free: 5 },
    });
    const listed = `/v1/sessions?engagementId=${e.engagementId}`;
    expect((await sessions.call('GET', listed, { as: e.coachee })).body.items).toMatchObject([
      { sessionId, state: 'completed' },
    ]);
  });

  it('is cancelled in time or late, moved, missed, disputed and corrected', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const ids: string[] = [];
    for (const n of [10, 11, 12, 13]) ids.push((await book(e, day(n))).body.sessionId);
    expect((await give(ids[0]!, 'cancel', e.coachee)).body).toMatchObject({
      state: 'cancelledInTime',
      by: 'coachee',
      unit: null,
    });
    const refused = { status: 409, state: 'cancelledInTime', by: 'coachee' };
    expect((await give(ids[0]!, 'cancel', e.coach)).body).toMatchObject(refused);

    const moved = await give(ids[1]!, 'reschedule', e.coach, {
      startsAt: day(11, '15:00'),
      zone: 'Europe/Berlin',
    });
    expect(moved.body).toMatchObject({
      startsAt: '2026-03-11T14:00:00.000Z',
      endsAt: '2026-03-11T15:00:00.000Z',
      moves: 1,
    });
    at('2026-03-11T13:00:00.000Z');
    expect((await give(ids[1]!, 'cancel', e.coachee)).body).toMatchObject({
      state: 'lateCancelled',
      by: 'coachee',
      unit: 'forfeited',
    });
    at('2026-03-12T10:00:00.000Z');
    expect((await give(ids[2]!, 'no-show', e.coachee)).body).toMatchObject({
      state: 'noShow',
      by: 'coach',
      unit: null,
    });
    at('2026-03-13T10:00:00.000Z');
    expect((await give(ids[3]!, 'no-show', e.coach)).body).toMatchObject({
      state: 'noShow',
      unit: 'forfeited',
    });
    const canary = 'canary7-bob-miller-drinks-at-work';
    for (const [action, who, extra] of [
      ['dispute', e.coachee, {}],
      ['correct', { roles: ['program-admin'] }, { to: 'completed' }],
    ] as const) {
      const refused = await give(ids[3]!, action, who, { ...extra, reason: canary });
      expect(refused.status).toBe(422);
      expect(JSON.stringify(refused.body)).toMatch(/was-not-held, .*other/);
      expect(JSON.stringify(refused.body)).not.toContain(canary);
    }
    const dispute = (reason: string) => give(ids[3]!, 'dispute', e.coachee, { reason });
    const disputed = { state: 'disputed', dispute: { by: 'coachee', reason: 'i-was-there' } };
    expect((await dispute('i-was-there')).body).toMatchObject(disputed);
    expect((await dispute('i-was-there')).body).toMatchObject(disputed);
    expect((await dispute('was-held')).body).toMatchObject({ status: 409, state: 'disputed' });
    const admin = { roles: ['program-admin'] };
    const body = { to: 'completed', reason: 'both-were-there' };
    expect((await give(ids[3]!, 'correct', e.coach, body)).status).toBe(403);
    expect((await give(ids[3]!, 'correct', admin, body)).body).toMatchObject({
      state: 'completed',
      unit: 'completed',
      outcome: { reason: 'both-were-there' },
    });
    expect((await give(ids[3]!, 'correct', admin, body)).status).toBe(200);
    expect((await give(ids[3]!, 'correct', admin, { ...body, reason: 'other' })).body).toMatchObject({
      status: 409,
      state: 'completed',
    });
    const engagement = await sessions.call('GET', `/v1/engagements/${e.engagementId}`, { as: e.coach });
    expect(engagement.body.allotment).toEqual({ granted: 6, reserved: 0, used: 2, free: 4 });
  });

  it('answers a repeated command as the first time, and refuses another under its key', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const key = newId();
    const send = (startsAt: string) =>
      sessions.call('POST', `/v1/engagements/${e.engagementId}/sessions`, {
        as: e.coachee,
        key,
        body: { startsAt, zone: 'Europe/Berlin', durationMinutes: 60 },
      });
    const [first, again] = [await send(day(10)), await send(day(10))];
    expect(again.body).toEqual(first.body);
    expect((await send(day(11))).status).toBe(422);
    expect((await sessions.call('GET', '/v1/sessions', { as: e.coachee })).body.items).toHaveLength(1);
  });

  it('is changed only as it was last seen, where If-Match says so', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const { sessionId } = (await book(e, day(10))).body;
    const cancel = (etag: string) =>
      sessions.call('POST', `/v1/sessions/${sessionId}/cancel`, {
        as: e.coach,
        headers: { 'if-match': etag },
      });
    expect((await cancel('"7"')).body).toMatchObject({ status: 412, currentVersion: 1 });
    const read = await sessions.call('GET', `/v1/sessions/${sessionId}`, { as: e.coach });
    expect((await cancel(String(read.headers['etag']))).body.state).toBe('cancelledInTime');
    const cancelled = await sessions.call('GET', `/v1/sessions/${sessionId}`, { as: e.coach });
    const unchanged = await sessions.call('GET', `/v1/sessions/${sessionId}`, {
      as: e.coach,
      headers: { 'if-none-match': String(cancelled.headers['etag']) },
    });
    expect(unchanged.status).toBe(304);
  });

  it('shows in nobody else’s ETag that it was rated, or that somebody wrote a note', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const { sessionId } = (await book(e, day(10))).body;
    at('2026-03-11T12:00:00.000Z');
    for (const as of [e.coachee, e.coach]) await give(sessionId, 'confirm', as);
    const readers = [e.coachee, e.coach, { roles: ['hr' as const] }, { roles: ['program-admin' as const] }];
    const etags = async () => {
      const read = await Promise.all(
        readers.map((as) => sessions.call('GET', `/v1/sessions/${sessionId}`, { as })),
      );
      return read.map(({ headers }) => String(headers['etag']));
    };
    let before = await etags();
    const changed = async () => {
      const after = await etags();
      const moved = after.map((etag, n) => etag !== before[n]);
      before = after;
      return moved;
    };
    await give(sessionId, 'rating', e.coachee, { useful: 4, relationship: 4, progress: 4 });
    expect(await changed()).toEqual([true, false, false, false]);
    await give(sessionId, 'notes', e.coach, { text: 'Silent.' });
    expect(await changed()).toEqual([false, true, false, false]);
    await give(sessionId, 'dispute', e.coachee, { reason: 'other' });
    expect(await changed()).toEqual([true, true, true, true]);
  });

  it('is moved and corrected only by who has seen how it stands: 428 without If-Match, 412 after another', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const { sessionId } = (await book(e, day(10))).body;
    const send = (action: string, as: object, body: object, etag?: string, key?: string) =>
      sessions.call('POST', `/v1/sessions/${sessionId}/${action}`, {
        as,
        body,
        ...(key === undefined ? {} : { key }),
        headers: etag === undefined ? {} : { 'if-match': etag },
      });
    const move = (n: number, as: object, etag?: string, key?: string) =>
      send('reschedule', as, { startsAt: day(n), zone: 'Europe/Berlin' }, etag, key);
    const unseen = await move(11, e.coach);
    expect([unseen.status, slug(unseen)]).toEqual([428, 'if-match-required']);
    const stranger = { roles: ['coach'], coachId: newId() };
    expect((await move(11, stranger)).status).toBe(404);

    const key = newId();
    const first = await move(11, e.coach, '"1"', key);
    expect([first.status, first.headers['etag']]).toEqual([200, '"2"']);
    expect((await move(12, e.coachee, '"1"')).body).toMatchObject({ status: 412, currentVersion: 2 });
    expect((await move(11, e.coach, '"1"', key)).body).toEqual(first.body);
    const read = await sessions.call('GET', `/v1/sessions/${sessionId}`, { as: e.coachee });
    expect(read.body.localStart).toBe(day(11));

    at('2026-03-11T12:00:00.000Z');
    const missed = await give(sessionId, 'no-show', e.coach);
    const admin = { roles: ['program-admin'] };
    const correction = { to: 'completed', reason: 'both-were-there' };
    expect((await send('correct', admin, correction)).status).toBe(428);
    expect((await send('correct', admin, correction, '"2"')).status).toBe(412);
    expect((await send('correct', admin, correction, String(missed.headers['etag']))).status).toBe(200);
  });
});

describe('a time that cannot be', () => {
  it('is refused with both choices, and each choice can be booked', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const skipped = await book(e, '2026-03-29T02:30');
    expect([skipped.status, slug(skipped)]).toEqual([422, 'local-time-does-not-exist']);
    expect(skipped.body.choices).toEqual(['2026-03-29T01:30:00+01:00', '2026-03-29T03:30:00+02:00']);
    const twice = await book(e, '2026-10-25T02:30');
    expect(slug(twice)).toBe('local-time-ambiguous');
    const chosen = await book(e, twice.body.choices[1]);
    expect(chosen.body).toMatchObject({
      startsAt: '2026-10-25T01:30:00.000Z',
      localStart: '2026-10-25T02:30',
    });
  });

  it.each([
    ['an offset without a zone', { startsAt: '2026-03-10T09:00:00+01:00', zone: undefined }, 'zone-required'],
    ['an unknown zone', { zone: 'Europe/Atlantis' }, 'unknown-zone'],
    ['an offset for a zone', { zone: '+01:00' }, 'unknown-zone'],
    ['the past', { startsAt: '2026-03-01T09:00' }, 'starts-in-the-past'],
    ['after the engagement’s last day', { startsAt: '2027-01-01T09:00' }, 'after-the-end'],
  ])('%s: 422', async (_, body, expected) => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const answer = await book(e, day(10), body);
    expect([answer.status, slug(answer)]).toEqual([422, expected]);
  });

  it('an unknown field is 400, a duration out of range 422, both with a pointer', async () => {
    const e = await plannedEngagement(sessions);
    expect((await book(e, day(10), { price: 3 })).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '/price' }],
    });
    expect((await book(e, day(10), { durationMinutes: 1 })).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/durationMinutes' }],
    });
  });
});

describe('a series', () => {
  const series = (e: Engaged, key: string, body: object = {}) =>
    sessions.call('POST', `/v1/engagements/${e.engagementId}/series`, {
      as: e.coach,
      key,
      body: { startsAt: day(17), zone: 'Europe/Berlin', durationMinutes: 45, count: 3, ...body },
    });

  it('keeps its wall time over the change of clocks and reports each booking', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const { status, body } = await series(e, newId());
    expect([status, body.complete]).toEqual([201, true]);
    expect(body.sessions.map((s: { startsAt: string }) => s.startsAt)).toEqual([
      '2026-03-17T08:00:00.000Z',
      '2026-03-24T08:00:00.000Z',
      '2026-03-31T07:00:00.000Z',
    ]);
    const one = await sessions.call('GET', `/v1/sessions/${body.sessions[2].sessionId}`, { as: e.coachee });
    expect(one.body).toMatchObject({ seriesId: body.seriesId, localStart: '2026-03-31T09:00' });
  });

  it('reports an occurrence that clocks skip with both choices, and books the others', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const { status, body } = await series(e, newId(), { startsAt: '2026-03-22T02:30' });
    expect([status, body.sessions.map((s: { booked: boolean }) => s.booked)]).toEqual([
      207,
      [true, false, true],
    ]);
    expect(body.sessions[1].problem).toMatchObject({
      type: 'urn:cairn:problem:local-time-does-not-exist',
      title: 'Local time does not exist',
      status: 422,
      choices: ['2026-03-29T01:30:00+01:00', '2026-03-29T03:30:00+02:00'],
    });
    const first = await series(e, newId(), { startsAt: '2026-03-29T02:30' });
    expect([first.status, first.body.choices]).toEqual([422, body.sessions[1].problem.choices]);
  });

  it('books what can be booked; sent again, it is completed and nothing is booked twice', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const inTheWay = (await book(e, day(24, '09:30'))).body.sessionId;
    const key = newId();
    const first = await series(e, key);
    expect([first.status, first.body.complete]).toEqual([207, false]);
    expect(first.body.sessions.map((s: { booked: boolean }) => s.booked)).toEqual([true, false, true]);
    expect(first.body.sessions[1].problem.type).toBe('urn:cairn:problem:slot-taken');

    await give(inTheWay, 'cancel', e.coachee);
    const second = await series(e, key);
    expect([second.status, second.body.complete]).toEqual([201, true]);
    expect(second.body.sessions[0]).toEqual(first.body.sessions[0]);
    expect((await series(e, key)).body).toEqual(second.body);
    const { body } = await sessions.call('GET', '/v1/sessions?state=scheduled', { as: e.coach });
    expect(body.items).toHaveLength(3);
  });

  it('ends where the allotment does, and is not there for strangers', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions, { allotment: 2 });
    const { body } = await series(e, newId());
    expect(body.sessions[2]).toMatchObject({
      booked: false,
      problem: { type: 'urn:cairn:problem:no-sessions-left' },
    });
    const stranger = { ...e, coach: { roles: ['coach' as const], coachId: newId() } };
    expect((await series(stranger, newId())).status).toBe(404);
  });
});

describe('private notes', () => {
  const SECRET = 'She wants to leave the team.';

  it('are read by their writer alone, and stand nowhere else', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const booked = await book(e, day(10));
    expect(booked.body).toMatchObject({ state: 'scheduled' });
    const { sessionId } = booked.body;
    const path = `/v1/sessions/${sessionId}/notes`;
    const added = await sessions.call('POST', path, { as: e.coach, body: { text: SECRET } });
    expect(added.status).toBe(201);
    const own = await sessions.call('GET', path, { as: e.coach });
    expect(own.body.items).toEqual([{ noteId: added.body.noteId, at: now.toISOString(), text: SECRET }]);
    expect((await sessions.call('GET', path, { as: e.coachee })).body.items).toEqual([]);
    for (const roles of [['hr'], ['program-admin'], ['integration'], ['manager'], ['sponsor']])
      expect((await sessions.call('GET', path, { as: { roles } as object })).status).toBe(403);

    const seen = await sessions.call('GET', `/v1/sessions/${sessionId}`, { as: e.coachee });
    expect(seen.body.notes).toEqual([]);
    const tables = await sessions.pool.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    for (const { name } of tables.rows) {
      const { rows } = await sessions.pool.query(
        `SELECT 1 FROM ${name} t WHERE t::text LIKE '%' || $1 || '%'`,
        ['leave the team'],
      );
      expect({ name, rows }).toEqual({ name, rows: [] });
    }
  });
});

describe('a note that cannot be kept', () => {
  it.each([
    ['NUL', 'a\u0000b'],
    ['half of a character', 'a\ud800b'],
    ['too long', 'x'.repeat(20_001)],
    ['blank', ' '],
  ])('%s: 422, and what was written is not repeated', async (_, text) => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const { sessionId } = (await book(e, day(10))).body;
    const answer = await sessions.call('POST', `/v1/sessions/${sessionId}/notes`, {
      as: e.coach,
      body: { text },
    });
    expect(answer.body).toMatchObject({ status: 422, errors: [{ pointer: '/text' }] });
    expect(JSON.stringify(answer.body)).not.toContain('xxx');
  });
});

describe('who may see and do what', () => {
  it('rating and themes go to whom they belong, to others when and how a session stands', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const { sessionId } = (await book(e, day(10))).body;
    at('2026-03-10T12:00:00.000Z');
    await give(sessionId, 'rating', e.coachee, { useful: 2, relationship: 1, progress: 2 });
    await give(sessionId, 'themes', e.coach, { themes: ['giving-feedback'] });
    const seen = async (as: object) => {
      const { body } = await sessions.call('GET', `/v1/sessions/${sessionId}`, { as });
      return { rating: body.rating !== undefined, themes: body.themes !== undefined, state: body.state };
    };
    const state = 'awaitingConfirmation';
    expect(await seen(e.coachee)).toEqual({ rating: true, themes: true, state });
    expect(await seen(e.coach)).toEqual({ rating: false, themes: true, state });
    for (const role of ['hr', 'program-admin', 'integration'])
      expect(await seen({ roles: [role] })).toEqual({ rating: false, themes: false, state });
    expect(
      (await give(sessionId, 'rating', e.coach, { useful: 2, relationship: 1, progress: 2 })).status,
    ).toBe(403);
    expect((await give(sessionId, 'themes', e.coachee, { themes: ['giving-feedback'] })).status).toBe(403);
  });

  it('no answer of a command, which is kept for repeats, holds a rating, themes or notes', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const { sessionId } = (await book(e, day(10))).body;
    at('2026-03-10T12:00:00.000Z');
    const answers = [
      await give(sessionId, 'rating', e.coachee, { useful: 2, relationship: 1, progress: 2 }),
      await give(sessionId, 'themes', e.coach, { themes: ['giving-feedback'] }),
      await sessions.call('POST', `/v1/sessions/${sessionId}/confirm`, {
        as: { roles: ['integration'] },
        headers: { 'cairn-on-behalf-of': `coach:${e.refs.coachId}` },
      }),
      await sessions.call('POST', `/v1/sessions/${sessionId}/confirm`, {
        as: { roles: ['integration'] },
        headers: { 'cairn-on-behalf-of': `coachee:${e.refs.personId}` },
      }),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body).toMatchObject({ sessionId });
      for (const said of ['rating', 'themes', 'notes']) expect(body).not.toHaveProperty(said);
    }
  });

  it('who is coachee here and coach there rates only as coachee and records themes only as coach', async () => {
    at('2026-03-02T12:00:00.000Z');
    const both = { roles: ['coachee', 'coach'], personId: newId(), coachId: newId() };
    const coached = await plannedEngagement(sessions, { personId: both.personId });
    const coaching = await plannedEngagement(sessions, { coachId: both.coachId });
    const mine = (await book(coached, day(10))).body.sessionId;
    const theirs = (await book(coaching, day(11))).body.sessionId;
    at('2026-03-11T12:00:00.000Z');
    const rating = { useful: 5, relationship: 4, progress: 3 };
    const themes = { themes: ['giving-feedback'] };
    expect((await give(theirs, 'rating', both, rating)).status).toBe(404);
    expect((await give(mine, 'themes', both, themes)).status).toBe(404);
    expect((await give(mine, 'rating', both, rating)).status).toBe(200);
    expect((await give(theirs, 'themes', both, themes)).status).toBe(200);
  });

  it('strangers and other tenants find nothing; roles without a place here are turned away', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const { sessionId } = (await book(e, day(10))).body;
    const strangers: [object, number][] = [
      [{ roles: ['coachee'], personId: newId() }, 404],
      [{ roles: ['coach'], coachId: newId() }, 404],
      [{ roles: ['coach'], personId: e.refs.personId }, 404],
      [{ ...e.coachee, tenantId: newId() }, 404],
      [{ roles: ['manager'] }, 403],
      [{ roles: ['sponsor'] }, 403],
    ];
    for (const [as, status] of strangers) {
      expect((await sessions.call('GET', `/v1/sessions/${sessionId}`, { as })).status).toBe(status);
      expect((await sessions.call('GET', `/v1/engagements/${e.engagementId}`, { as })).status).toBe(status);
      expect((await give(sessionId, 'cancel', as)).status).toBe(status);
      expect((await book(e, day(11), {}, as)).status).toBe(status);
    }
    for (const roles of [['hr'], ['program-admin']])
      expect((await give(sessionId, 'cancel', { roles })).status).toBe(403);
    for (const roles of [['hr'], ['program-admin'], ['integration']]) {
      const foreign = { roles, tenantId: newId() } as object;
      expect((await sessions.call('GET', `/v1/sessions/${sessionId}`, { as: foreign })).status).toBe(404);
      expect((await sessions.call('GET', '/v1/engagements', { as: foreign })).body.items).toEqual([]);
    }
    const never = await sessions.call('GET', `/v1/sessions/${newId()}`, { as: e.coachee });
    const other = await sessions.call('GET', `/v1/sessions/${sessionId}`, {
      as: { ...e.coachee, tenantId: newId() },
    });
    expect({ ...other.body, traceId: 0 }).toEqual({ ...never.body, traceId: 0 });
  });

  it('what another tenant says of the same ids counts for nothing', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const foreign = { themes: ['giving-feedback', 'theirs'] };
    await sessions.pool.query(
      `INSERT INTO known_programs (program_id, version, tenant_id, effective_on, facts) VALUES ($1, 2, $2, '2026-01-06', $3)`,
      [e.refs.programId, newId(), foreign],
    );
    const { sessionId } = (await book(e, day(10))).body;
    at('2026-03-10T12:00:00.000Z');
    expect((await give(sessionId, 'themes', e.coach, { themes: ['theirs'] })).status).toBe(422);
    expect((await give(sessionId, 'themes', e.coach, { themes: ['giving-feedback'] })).status).toBe(200);
  });

  it('HR sees its org units, and neither itself nor anybody above', async () => {
    at('2026-03-02T12:00:00.000Z');
    const [boss, hrPerson] = [newId(), newId()];
    const above = await plannedEngagement(sessions, { personId: boss, department: 'Board' });
    const self = await plannedEngagement(sessions, { personId: hrPerson, managerId: boss, department: 'HR' });
    const sales = await plannedEngagement(sessions, { department: 'Sales' });
    const sees = async (as: object, e: Engaged) =>
      (await sessions.call('GET', `/v1/engagements/${e.engagementId}`, { as })).status;
    const hr = { roles: ['hr' as const], personId: hrPerson };
    expect([await sees(hr, above), await sees(hr, self), await sees(hr, sales)]).toEqual([404, 404, 200]);
    expect(await sees({ roles: ['hr', 'coachee'], personId: hrPerson }, self)).toBe(200);
    const admin = { ...hr, roles: ['hr' as const, 'program-admin' as const, 'integration' as const] };
    expect([await sees(admin, above), await sees(admin, self), await sees(admin, sales)]).toEqual([
      404, 404, 200,
    ]);
    expect(await sees({ ...admin, orgUnits: ['Production'] }, sales)).toBe(404);
    expect(await sees({ ...hr, orgUnits: ['Production'] }, sales)).toBe(404);
    expect(await sees({ ...hr, orgUnits: ['Production', 'Sales'] }, sales)).toBe(200);
    const { personId } = sales.refs;
    await sessions.tell({
      name: 'PersonChanged',
      stream: `person-${personId}`,
      version: 2,
      data: {
        personId,
        kind: 'moved',
        cleared: ['department'],
        effectiveOn: '2026-03-01',
        dateBasis: 'snapshot',
      },
    });
    const cleared = await sessions.until(
      () =>
        sessions.call('GET', `/v1/engagements/${sales.engagementId}`, { as: { ...hr, orgUnits: ['Sales'] } }),
      ({ status }) => status === 404,
    );
    expect([cleared.status, await sees(hr, sales)]).toEqual([404, 200]);
    const { body } = await sessions.call('GET', `/v1/engagements?personId=${boss}`, { as: hr });
    expect(body.items).toEqual([]);
    const { sessionId } = (await book(above, day(10))).body;
    const corrected = await give(sessionId, 'correct', admin, { to: 'completed', reason: 'was-held' });
    expect([corrected.status, slug(corrected)]).toEqual([404, 'not-found']);
  });

  it('neither of the two corrects an outcome of theirs, whatever else they are', async () => {
    at('2026-03-02T12:00:00.000Z');
    const [coachId, inside] = [newId(), newId()];
    const e = await plannedEngagement(sessions, { coachId, coachPersonId: inside });
    await sessions.until(
      async () => {
        const of = 'SELECT person_id AS "personId" FROM known_coaches WHERE coach_id = $1';
        const { rows } = await sessions.pool.query<{ personId: string }>(of, [coachId]);
        return { status: 200, body: rows[0] ?? {}, headers: {} };
      },
      ({ body }) => body.personId === inside,
    );
    const { sessionId } = (await book(e, day(10))).body;
    at('2026-03-10T10:00:00.000Z');
    expect((await give(sessionId, 'no-show', e.coach)).status).toBe(200);
    const correct = (as: object) => give(sessionId, 'correct', as, { to: 'completed', reason: 'was-held' });
    const { personId } = e.refs;
    for (const as of [
      { roles: ['hr', 'program-admin', 'coachee'], personId },
      { roles: ['program-admin'], personId },
      { roles: ['program-admin', 'coach'], coachId },
      { roles: ['program-admin'], personId: inside },
    ]) {
      expect(await correct(as)).toMatchObject({
        status: 403,
        body: { type: 'urn:cairn:problem:own-session' },
      });
    }
    const corrected = await correct({ roles: ['hr', 'program-admin'], personId: newId() });
    expect(corrected).toMatchObject({ status: 200, body: { state: 'completed' } });
  });

  it('HR sees nobody who ever was above it, or above those, however soon the line was changed', async () => {
    at('2026-03-02T12:00:00.000Z');
    const [top, boss, hrPerson] = [newId(), newId(), newId()];
    const higher = await plannedEngagement(sessions, { personId: top });
    const above = await plannedEngagement(sessions, { personId: boss });
    const others = await plannedEngagement(sessions);
    const linked = (personId: string, version: number, managerId: string | null) => ({
      name: 'PersonChanged' as const,
      stream: `person-${personId}`,
      version,
      data: {
        personId,
        kind: 'managerChanged' as const,
        managerId,
        effectiveOn: '2026-03-01',
        dateBasis: 'snapshot' as const,
      },
    });
    await sessions.tell(
      linked(boss, 2, top),
      linked(boss, 3, null),
      person(hrPerson, boss, 'HR'),
      linked(hrPerson, 2, others.refs.personId),
      linked(hrPerson, 3, null),
    );
    await sessions.until(
      async () => {
        const of =
          'SELECT count(*)::int AS told FROM known_people WHERE version = 3 AND person_id = ANY ($1)';
        const { rows } = await sessions.pool.query<{ told: number }>(of, [[boss, hrPerson]]);
        return { status: 200, body: rows[0] ?? {}, headers: {} };
      },
      ({ body }) => body.told === 2,
    );
    const sees = async ({ engagementId }: Engaged, personId: string) => {
      const as = { roles: ['hr' as const], personId };
      return (await sessions.call('GET', `/v1/engagements/${engagementId}`, { as })).status;
    };
    for (const e of [higher, above, others]) expect(await sees(e, hrPerson)).toBe(404);
    expect([await sees(higher, boss), await sees(others, boss)]).toEqual([404, 200]);
  });
});

describe('lists', () => {
  it('go on page by page, and refuse what they do not know', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    for (const n of [10, 11, 12]) await book(e, day(n));
    const page = async (query: string) => sessions.call('GET', `/v1/sessions?${query}`, { as: e.coachee });
    const first = await page('limit=2');
    expect(first.body.items.map((s: { localStart: string }) => s.localStart)).toEqual([day(10), day(11)]);
    const second = await page(`limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body.items.map((s: { localStart: string }) => s.localStart)).toEqual([day(12)]);
    expect(second.body.nextCursor).toBeUndefined();
    expect((await page('from=2026-03-11T00:00:00Z&to=2026-03-12T00:00:00Z')).body.items).toHaveLength(1);
    expect((await page('cursor=x')).status).toBe(400);
    expect((await page('color=red')).status).toBe(400);
    expect((await page('from=2026-03-12T00:00:00Z&to=2026-03-11T00:00:00Z')).status).toBe(400);
    expect((await page('limit=0')).status).toBe(400);
    const list = await sessions.call('GET', '/v1/engagements?limit=1', { as: { roles: ['hr'] } });
    const next = await sessions.call('GET', `/v1/engagements?limit=1&cursor=${list.body.nextCursor}`, {
      as: { roles: ['hr'] },
    });
    expect(next.body.items[0].engagementId > list.body.items[0].engagementId).toBe(true);
  });

  it('of notes go on page by page, each writer’s own', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const path = `/v1/sessions/${(await book(e, day(10))).body.sessionId}/notes`;
    for (const text of ['one', 'two', 'three']) {
      await sessions.call('POST', path, { as: e.coach, body: { text } });
      await sessions.call('POST', path, { as: e.coachee, body: { text: 'not the coach’s' } });
    }
    const page = (query: string) => sessions.call('GET', `${path}?${query}`, { as: e.coach });
    const texts = ({ body }: { body: { items: { text: string }[] } }) => body.items.map(({ text }) => text);
    const first = await page('limit=2');
    expect(texts(first)).toEqual(['one', 'two']);
    const second = await page(`limit=2&cursor=${first.body.nextCursor}`);
    expect(texts(second)).toEqual(['three']);
    expect(second.body.nextCursor).toBeUndefined();
    for (const query of ['limit=0', 'limit=501', 'cursor=x', 'color=red'])
      expect((await page(query)).status).toBe(400);
  });
});

describe('what is looked at', () => {
  const looked = async (day: string) => {
    const { rows } = await sessions.pool.query<{ data: Record<string, unknown>; metadata: object }>(
      `SELECT data, metadata FROM log.events WHERE type = 'SessionsShown' AND data->>'on' = $1 ORDER BY position`,
      [day],
    );
    return rows;
  };
  const hr = { roles: ['hr' as const], subject: 'hannah', personId: newId() };

  it('is written down once a day for each role, of a whole page at once; never who looked', async () => {
    at('2026-04-02T12:00:00.000Z');
    const programId = newId();
    const [one, two] = [
      await plannedEngagement(sessions, { programId }),
      await plannedEngagement(sessions, { programId }),
    ];
    const { sessionId } = (await book(one, '2026-04-10T09:00')).body;
    at('2026-04-03T12:00:00.000Z');
    const read = async (path: string, as: object) =>
      expect([path, (await sessions.call('GET', `/v1/${path}`, { as })).status]).toEqual([path, 200]);
    await read(`sessions/${sessionId}`, one.coachee);
    await read(`sessions/${sessionId}`, { ...one.coach, roles: ['coach', 'program-admin'] });
    await read(`sessions/${sessionId}`, { roles: ['integration'] });
    expect(await looked('2026-04-03')).toEqual([]);

    await read(`sessions/${sessionId}`, hr);
    await Promise.all([1, 2, 3].map(() => read(`engagements?programId=${programId}`, hr)));
    await read(`sessions?programId=${programId}`, hr);
    await read(`engagements/${two.engagementId}`, { roles: ['hr', 'coachee'], personId: two.refs.personId });
    await read(`engagements/${two.engagementId}`, { roles: ['program-admin'] });
    const told = await looked('2026-04-03');
    expect(told.map(({ data }) => data)).toEqual([
      { on: '2026-04-03', role: 'hr', what: 'sessions', personIds: [one.refs.personId] },
      { on: '2026-04-03', role: 'hr', what: 'sessions', personIds: [two.refs.personId] },
      { on: '2026-04-03', role: 'program-admin', what: 'sessions', personIds: [two.refs.personId] },
    ]);
    expect(JSON.stringify(told)).not.toMatch(new RegExp(`hannah|${hr.personId}|traceparent`));

    at('2026-04-04T00:00:00.000Z');
    await read(`engagements?programId=${programId}`, hr);
    await read(`sessions?programId=${programId}`, { roles: ['program-admin'] });
    const [next, ...more] = await looked('2026-04-04');
    expect(next!.data['personIds']).toEqual([one.refs.personId, two.refs.personId].sort());
    expect(more.map(({ data }) => data)).toEqual([
      { on: '2026-04-04', role: 'program-admin', what: 'sessions', personIds: [one.refs.personId] },
    ]);
  });

  it('is not shown where it cannot be written down', async () => {
    at('2026-04-05T12:00:00.000Z');
    const { engagementId, coachee } = await plannedEngagement(sessions);
    const read = (as: object) => sessions.call('GET', `/v1/engagements/${engagementId}`, { as });
    await sessions.pool.query('ALTER TABLE reads.told RENAME TO away');
    try {
      const { status, body } = await read(hr);
      expect([status, JSON.stringify(body).includes(engagementId)]).toEqual([500, false]);
      expect((await read(coachee)).status).toBe(200);
    } finally {
      await sessions.pool.query('ALTER TABLE reads.away RENAME TO told');
    }
    expect((await read(hr)).status).toBe(200);
  });
});

describe('the past, told by integration', () => {
  it('is judged at its own time and refused out of order', async () => {
    at('2026-06-01T12:00:00.000Z');
    const e = await plannedEngagement(sessions, { history: true });
    const coachee = `coachee:${e.refs.personId}`;
    const coach = `coach:${e.refs.coachId}`;
    const booked = await sessions.call('POST', `/v1/engagements/${e.engagementId}/sessions`, {
      ...past(coachee, '2026-03-02T12:00:00Z'),
      body: { startsAt: day(10), zone: 'Europe/Berlin', durationMinutes: 60 },
    });
    expect(booked.status).toBe(201);
    const { sessionId } = booked.body;
    const cancel = (instant: string) =>
      sessions.call('POST', `/v1/sessions/${sessionId}/cancel`, past(coach, instant));
    expect(slug(await cancel('2026-03-01T12:00:00Z'))).toBe('out-of-order');
    expect((await cancel('2026-03-09T20:00:00Z')).body).toMatchObject({
      state: 'lateCancelled',
      by: 'coach',
    });
  });

  it('may be told after the end that came later', async () => {
    at('2026-07-10T12:00:00.000Z');
    const e = await plannedEngagement(sessions, { history: true });
    await sessions.tell(e.enrolment.discontinued('too-busy', '2026-06-30T22:00:00.000Z'));
    const read = () => sessions.call('GET', `/v1/engagements/${e.engagementId}`, { as: e.coachee });
    await sessions.until(read, ({ body }) => body.state === 'ended');
    const booked = (instant: string, startsAt: string) =>
      sessions.call('POST', `/v1/engagements/${e.engagementId}/sessions`, {
        ...past(`coachee:${e.refs.personId}`, instant),
        body: { startsAt, zone: 'Europe/Berlin', durationMinutes: 60 },
      });
    const { status, body } = await booked('2026-03-02T12:00:00Z', day(10));
    expect([status, body.state]).toEqual([201, 'scheduled']);
    for (const who of [`coachee:${e.refs.personId}`, `coach:${e.refs.coachId}`])
      await sessions.call(
        'POST',
        `/v1/sessions/${body.sessionId}/confirm`,
        past(who, '2026-03-10T12:00:00Z'),
      );
    expect((await read()).body).toMatchObject({ state: 'ended', allotment: { reserved: 0, used: 1 } });
    expect(slug(await booked('2026-07-01T12:00:00Z', '2026-07-05T09:00'))).toBe('engagement-state');
    expect(slug(await booked('2026-06-01T12:00:00Z', '2026-07-05T09:00'))).toBe('after-the-end');
  });

  it('goes by the programme’s values that are in force on its day, of two by those told last', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const { programId } = e.refs;
    const change = (version: number, effectiveOn: string, theme: string) => ({
      name: 'ProgramChanged' as const,
      stream: `program-${programId}`,
      version,
      data: { programId, effectiveOn, changes: { themes: [theme] } },
    });
    await sessions.tell(change(2, '2026-03-09', 'superseded'), change(3, '2026-03-05', 'told-last'));
    const { sessionId } = (await book(e, day(10))).body;
    at('2026-03-10T12:00:00.000Z');
    const theme = (name: string) => give(sessionId, 'themes', e.coach, { themes: [name] });
    await sessions.until(
      () => theme('told-last'),
      ({ status }) => status === 200,
    );
    expect((await theme('superseded')).status).toBe(422);
  });
});
