import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { enrollmentApp, eventually, type TestApp } from '../../test/app.js';
import { coach } from '../../test/coaches.js';
import { PersonEntity } from '../people/person.entity.js';
import {
  active,
  ACTIVATION,
  expectStatus,
  nominated,
  person,
  programme,
  type Programme,
} from '../../test/given.js';
import { MatchHandler } from './match.handler.js';

let shared: TestApp;
let app: TestApp;
let to: Programme;
beforeAll(async () => {
  shared = await enrollmentApp();
});
afterAll(() => shared?.close());
beforeEach(async () => {
  app = shared.inNewTenant();
  app.clock.set('2026-01-05T08:00:00.000Z');
  to = await programme(app, { capacity: 100 });
});

const matchOf = (enrollmentId: string) => `/enrollments/${enrollmentId}/match`;
const shortlist = async (enrollmentId: string) =>
  expectStatus(200, await app.as('hr').post(`${matchOf(enrollmentId)}/shortlist`));
const propose = (personId: string, enrollmentId: string, coachId: string) =>
  app.as('coachee', { personId }).post(`${matchOf(enrollmentId)}/propose`, { coachId });
const accept = (coachId: string, enrollmentId: string) =>
  app.as('coach', { coachId }).post(`${matchOf(enrollmentId)}/accept`);
const placesOf = async (coachId: string): Promise<number> =>
  expectStatus(200, await app.as('hr').get(`/coaches/${coachId}`)).placesTaken;
const typesOf = async () =>
  (await app.events()).filter(({ stream }) => stream.startsWith('match-')).map(({ type }) => type);

describe('a match', () => {
  it('tells HR of a coach above them no more than who it is, and their own coachee all', async () => {
    const boss = await person(app);
    const { personId: self } = await person(app, { managerId: boss.personId });
    const coachId = await coach(app, 'C-above', { employeeId: boss.employeeId });
    const { enrollmentId, personId } = await active(app, to);
    await shortlist(enrollmentId);
    const read = async (as: ReturnType<TestApp['as']>) =>
      expectStatus(200, await as.get(matchOf(enrollmentId)));
    const hr = app.as('hr', { personId: self });
    const named = { coachId, name: expect.any(String) };
    expect((await read(hr)).shortlist).toEqual([named]);
    expectStatus(200, await propose(personId, enrollmentId, coachId));
    expectStatus(200, await accept(coachId, enrollmentId));
    expect((await read(hr)).coach).toEqual(named);
    // Somebody reads their own match whole, though the coach be above them by now.
    const moved = 'UPDATE people SET manager_id = $1 WHERE person_id = $2';
    await app.dataSource.query(moved, [boss.personId, personId]);
    const whole = { ...named, hours: expect.any(String), score: expect.any(Number) };
    const readers = [
      app.as('hr'),
      app.as(['hr', 'coachee'], { personId }),
      app.as(['hr', 'coach'], { personId: boss.personId, coachId }),
      app.as('program-admin', { personId: self }),
    ];
    for (const as of readers) expect((await read(as)).coach).toMatchObject(whole);
  });

  it('goes from a shortlist of three, each score in its parts, to a coach who accepts', async () => {
    const best = await coach(app, 'C-1');
    await coach(app, 'C-2', { specialties: [], styles: [] });
    await coach(app, 'C-3', { years: 1 });
    await coach(app, 'C-4', { years: 0, specialties: [], styles: [] });
    const { enrollmentId, personId } = await active(app, to);
    const listed = await shortlist(enrollmentId);
    expect(listed.status).toBe('shortlisted');
    expect(listed.shortlist).toHaveLength(3);
    const [first] = listed.shortlist;
    expect(first).toMatchObject({ coachId: best, name: 'Rosa Lind' });
    for (const { score, parts } of listed.shortlist) {
      const sum = parts.reduce(
        (s: number, p: { weight: number; value: number }) => s + p.weight * p.value,
        0,
      );
      expect(score).toBeCloseTo(sum, 5);
      expect(parts.every((part: { reason: string }) => part.reason.length > 0)).toBe(true);
    }
    // What was asked for names themes, and its parts could tell which: not for programme administration.
    const path = `/enrollments/${enrollmentId}/match`;
    const administration = (await app.as('program-admin').get(path)).body;
    expect(administration.shortlist).toEqual(
      listed.shortlist.map((one: object) => ({ ...one, parts: undefined })),
    );
    expect((await app.as('hr').get(path)).body.shortlist).toEqual(listed.shortlist);
    // The coachee reads whom they may choose from.
    const coachee = app.as('coachee', { personId });
    expect((await coachee.get(`/coaches/${best}`)).body).toMatchObject({
      name: 'Rosa Lind',
      zone: 'Europe/Berlin',
    });
    expect((await coachee.get(`/coaches/${best}`)).body.email).toBeUndefined();

    const proposed = expectStatus(200, await propose(personId, enrollmentId, best));
    expect(proposed).toMatchObject({ status: 'proposed', coach: { coachId: best, score: first.score } });
    expect(await placesOf(best)).toBe(1);
    const own = await coachee.post(`${matchOf(enrollmentId)}/accept`);
    expect([own.status, own.body.type]).toEqual([409, 'urn:cairn:problem:coach-accepts']);

    const asCoach = app.as('coach', { coachId: best });
    expect((await asCoach.get('/matches?status=proposed')).body.items[0]).toMatchObject({
      enrollmentId,
      personId,
    });
    const matched = expectStatus(200, await accept(best, enrollmentId));
    expect(matched).toMatchObject({ status: 'active', coach: { coachId: best } });
    expect(await typesOf()).toEqual([
      'MatchRequested',
      'CoachesShortlisted',
      'MatchProposed',
      'CoachMatched',
    ]);
    const stored = (await app.events()).at(-1)!;
    expect(stored.data).toMatchObject({
      coachId: best,
      score: first.score,
      assigned: 'chosen',
      enrollmentId,
    });
  });

  it('gives the place back when it is declined and when the enrolment ends', async () => {
    const only = await coach(app, 'C-1');
    const other = await coach(app, 'C-2', { years: 1 });
    const { enrollmentId, personId } = await active(app, to);
    await shortlist(enrollmentId);
    await propose(personId, enrollmentId, only);
    const declined = await app
      .as('coach', { coachId: only })
      .post(`${matchOf(enrollmentId)}/decline`, { code: 'no-capacity' });
    expect(declined.body.status).toBe('requested');
    expect(await placesOf(only)).toBe(0);

    // Whoever declined is left out of the next shortlist.
    const next = await shortlist(enrollmentId);
    expect(next.shortlist.map(({ coachId }: { coachId: string }) => coachId)).toEqual([other]);
    await propose(personId, enrollmentId, other);
    await accept(other, enrollmentId);
    expect(await placesOf(other)).toBe(1);
    await app.as('hr').post(`/enrollments/${enrollmentId}/cancel`, { reason: 'unresponsive' });
    expect(await placesOf(other)).toBe(0);
    expect((await typesOf()).at(-1)).toBe('MatchEnded');
  });

  it('names the constraint that nobody meets', async () => {
    await coach(app, 'C-1', { languages: ['de'] });
    const { enrollmentId } = await active(app, to);
    const nobody = await shortlist(enrollmentId);
    expect(nobody).toMatchObject({
      status: 'requested',
      nobody: { constraint: 'language', meaning: 'coach and coachee share a language' },
    });
    await shortlist(enrollmentId);
    expect(await typesOf()).toEqual(['MatchRequested', 'NoCoachAvailable']);
  });

  it('never joins people of one reporting line or team, nor where a conflict is declared', async () => {
    const boss = await person(app, { employeeId: 'E1' });
    const lead = await person(app, { employeeId: 'E2', managerId: boss.personId });
    const peer = await person(app, { employeeId: 'E3', managerId: lead.personId });
    const me = await person(app, { employeeId: 'E4', managerId: lead.personId });
    await coach(app, 'C-boss', { employeeId: boss.employeeId });
    await coach(app, 'C-peer', { employeeId: peer.employeeId });
    await coach(app, 'C-declared', { conflicts: ['E4'] });
    const { enrollmentId } = await active(app, to, { personId: me.personId });
    const { nobody } = await shortlist(enrollmentId);
    expect(nobody.removed).toEqual([
      { constraint: 'reporting-line', coaches: 1 },
      { constraint: 'same-team', coaches: 1 },
      { constraint: 'declared-conflict', coaches: 1 },
    ]);
  });

  it('is a matter of that coachee and that coach', async () => {
    const [one, two] = [await coach(app, 'C-1'), await coach(app, 'C-2')];
    const mine = await active(app, to);
    const theirs = await active(app, to);
    await shortlist(mine.enrollmentId);
    expect((await propose(theirs.personId, mine.enrollmentId, one)).status).toBe(404);
    await propose(mine.personId, mine.enrollmentId, one);
    expect((await accept(two, mine.enrollmentId)).status).toBe(404);
    expect((await app.as('coach', { coachId: two }).get(matchOf(mine.enrollmentId))).status).toBe(404);
    expect(
      (await app.as('coachee', { personId: theirs.personId }).get(matchOf(mine.enrollmentId))).status,
    ).toBe(404);
    expect((await app.as('coach', { coachId: one }).get(matchOf(mine.enrollmentId))).status).toBe(200);
  });

  it('does not propose who was suspended meanwhile', async () => {
    const coachId = await coach(app, 'C-1');
    const { enrollmentId, personId } = await active(app, to);
    await shortlist(enrollmentId);
    await app.as('hr').post(`/coaches/${coachId}/suspend`, { reason: 'on-leave' });
    const late = await propose(personId, enrollmentId, coachId);
    expect([late.status, late.body.type]).toEqual([409, 'urn:cairn:problem:coach-not-available']);
  });

  describe('is judged anew when it is proposed, and when it is accepted', () => {
    const fileOf = (conflicts: string) =>
      `externalRef,name,levels,years,languages,hours,zone,capacity,conflicts\nC-1,Rosa Lind,manager,12,en,mon-fri 09:00-17:00,Europe/Berlin,2,${conflicts}\n`;
    const reportTo = (personId: string, managerId: string | null) =>
      app.dataSource.getRepository(PersonEntity).update({ personId }, { managerId });
    /** Somebody, a coach from inside the company, and what comes up between them. */
    const given = async () => {
      const inside = await person(app, { employeeId: 'E1' });
      const coachId = await coach(app, 'C-1', { employeeId: 'E1' });
      const me = await person(app, { employeeId: 'E4' });
      return { ...(await active(app, to, { personId: me.personId })), coachId, inside: inside.personId };
    };
    type Given = Awaited<ReturnType<typeof given>>;
    const hr = (path: string, body: object) => app.as('hr').post(path, body, { ifMatch: '*' });
    const become = (coachId: string, status: string) =>
      app.dataSource.query('UPDATE coaches SET status = $2 WHERE coach_id = $1', [coachId, status]);
    const file = (conflicts: string) =>
      app.as('hr').post('/coaches/imports', fileOf(conflicts), { contentType: 'text/csv' });
    const changes: [string, string, (one: Given) => Promise<unknown>, (one: Given) => Promise<unknown>][] = [
      ['declared-conflict', 'conflict-of-interest', () => file('E4'), () => file('')],
      [
        'reporting-line',
        'conflict-of-interest',
        ({ personId, inside }) => reportTo(personId, inside),
        ({ personId }) => reportTo(personId, null),
      ],
      [
        'same-team',
        'conflict-of-interest',
        async ({ personId, inside }) => {
          const { personId: boss } = await person(app);
          await reportTo(personId, boss);
          await reportTo(inside, boss);
        },
        ({ personId }) => reportTo(personId, null),
      ],
      [
        'a suspension',
        'coach-not-available',
        // Without the event that gives a proposal back.
        ({ coachId }) => become(coachId, 'suspended'),
        ({ coachId }) => become(coachId, 'approved'),
      ],
      [
        'a lower capacity',
        'coach-full',
        ({ coachId }) => hr(`/coaches/${coachId}/capacity`, { capacity: 0 }),
        ({ coachId }) => hr(`/coaches/${coachId}/capacity`, { capacity: 1 }),
      ],
    ];
    it.each(changes)('%s that has come up meanwhile prevents both', async (name, slug, change, back) => {
      const one = await given();
      const { enrollmentId, personId, coachId } = one;
      const prevented = { status: 409, body: { type: `urn:cairn:problem:${slug}`, coachId } };
      const named = slug === 'conflict-of-interest' ? { body: { constraint: name } } : {};
      await shortlist(enrollmentId);
      await change(one);
      const proposal = await propose(personId, enrollmentId, coachId);
      expect(proposal).toMatchObject(prevented);
      expect(proposal).toMatchObject(named);
      expect(proposal.body.detail).toContain('to get another shortlist');
      expect(await placesOf(coachId)).toBe(0);

      await back(one);
      expectStatus(200, await propose(personId, enrollmentId, coachId));
      await change(one);
      const acceptance = await accept(coachId, enrollmentId);
      expect(acceptance).toMatchObject(prevented);
      expect(acceptance).toMatchObject(named);
      // What the refusal says to do leads on.
      const declined = await app
        .as('coach', { coachId })
        .post(`${matchOf(enrollmentId)}/decline`, { code: 'conflict-of-interest' });
      expect(declined.body.status).toBe('requested');
      expect(await placesOf(coachId)).toBe(0);
      expect(await typesOf()).not.toContain('CoachMatched');
    });
  });

  it('that is only a request can be withdrawn, an active one not', async () => {
    const coachId = await coach(app, 'C-1');
    const asked = await active(app, to);
    const written = { reason: 'bob-miller-drinks-at-work' };
    const refused = await app.as('hr').post(`${matchOf(asked.enrollmentId)}/withdraw`, written);
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([
      422,
      expect.stringContaining('by-hr, no-coach, other'),
    ]);
    const withdrawn = await app.as('hr').post(`${matchOf(asked.enrollmentId)}/withdraw`);
    expect(withdrawn.body.status).toBe('withdrawn');
    const matched = await active(app, to);
    await shortlist(matched.enrollmentId);
    await propose(matched.personId, matched.enrollmentId, coachId);
    await accept(coachId, matched.enrollmentId);
    expect((await app.as('hr').post(`${matchOf(matched.enrollmentId)}/withdraw`)).status).toBe(409);
  });
});

describe('a match of the past', () => {
  const integration = () => app.as('integration');
  /** A history in which somebody has activated, and what is told of its match. */
  const given = async (some: { employeeId?: string } = {}, endsOn = '2025-12-31') => {
    const past = await programme(app, { name: 'Past', startsOn: '2025-01-06', endsOn });
    const { personId } = await person(app, some);
    const at = '2025-02-01T09:00:00.000Z';
    const { enrollmentId } = await nominated(app, past, { personId, history: true, occurredAt: at });
    const told = (path: string, day: string, onBehalfOf: string, body: object = {}) =>
      integration().post(`/enrollments/${enrollmentId}/${path}`, body, {
        occurredAt: `2025-02-${day}T09:00:00.000Z`,
        onBehalfOf,
      });
    expectStatus(200, await told('invite', '02', 'hr'));
    expectStatus(200, await told('activate', '03', `coachee:${personId}`, ACTIVATION));
    const found = (body: object) => told('match/shortlist', '04', 'hr', body);
    const chosen = (coachId: string) => told('match/propose', '05', `coachee:${personId}`, { coachId });
    const accepted = (coachId: string) => told('match/accept', '06', `coach:${coachId}`);
    return { enrollmentId, personId, found, chosen, accepted };
  };

  it('is with whom it was, however full, suspended or close that coach is today', async () => {
    const { enrollmentId, personId, found, chosen, accepted } = await given({ employeeId: 'E4' });
    for (const better of ['C-1', 'C-2', 'C-3']) await coach(app, better);
    const then = await coach(app, 'C-4', { languages: ['de'], conflicts: ['E4'], capacity: 0 });
    expectStatus(200, await app.as('hr').post(`/coaches/${then}/suspend`, { reason: 'on-leave' }));
    const listed = expectStatus(200, await found({ coachId: then }));
    expect(listed.shortlist).toMatchObject([{ coachId: then, score: expect.any(Number) }]);
    const { score } = listed.shortlist[0];
    expectStatus(200, await chosen(then));
    expect(expectStatus(200, await accepted(then))).toMatchObject({ status: 'active', coach: { score } });
    expect((await app.events()).at(-1)).toMatchObject({
      type: 'CoachMatched',
      occurredAt: '2025-02-06T09:00:00.000Z',
      data: { personId, coachId: then, assigned: 'chosen' },
    });
    // The place is taken, and given back at the end.
    expect(await placesOf(then)).toBe(1);
    await app.as('hr').post(`/enrollments/${enrollmentId}/cancel`, { reason: 'unresponsive' });
    expect(await placesOf(then)).toBe(0);
  });

  it('is of two people, whatever is told', async () => {
    const { found } = await given({ employeeId: 'E1' });
    const oneself = await coach(app, 'C-1', { employeeId: 'E1' });
    expect(await found({ coachId: oneself })).toMatchObject({
      status: 409,
      body: { type: 'urn:cairn:problem:conflict-of-interest', coachId: oneself },
    });
  });

  it('that is made now, while the past is told, is judged as it is now', async () => {
    const { enrollmentId, personId, found } = await given({ employeeId: 'E4' });
    const close = await coach(app, 'C-4', { conflicts: ['E4'] });
    expectStatus(200, await found({ coachId: close }));
    const chosen = await app
      .as('coachee', { personId })
      .post(`${matchOf(enrollmentId)}/propose`, { coachId: close });
    expect(chosen.body.type).toBe('urn:cairn:problem:conflict-of-interest');
  });

  it('ends with the coachee’s leaving, where the coach left after that', async () => {
    const { enrollmentId, personId, found, chosen, accepted } = await given({ employeeId: 'E2' });
    const inside = await person(app, { employeeId: 'E1' });
    const then = await coach(app, 'C-1', { employeeId: 'E1' });
    for (const [id, on] of [
      [personId, '2025-03-10'],
      [inside.personId, '2025-03-31'],
    ])
      await app.dataSource.query('UPDATE people SET left_on = $2 WHERE person_id = $1', [id, on]);
    expectStatus(200, await found({ coachId: then }));
    expectStatus(200, await chosen(then));
    expectStatus(200, await accepted(then));
    const all = { through: '2025-12-31T00:00:00Z', complete: true };
    expectStatus(200, await integration().post(`/enrollments/${enrollmentId}/history`, all));
    expect((await app.events()).findLast(({ stream }) => stream.startsWith('match-'))).toMatchObject({
      type: 'MatchEnded',
      occurredAt: '2025-03-10T00:00:00.000Z',
      data: { reason: 'left-the-company' },
    });
  });

  it('ends where the history reaches the day on which the coach left', async () => {
    const { enrollmentId, found, chosen, accepted } = await given();
    const inside = await person(app, { employeeId: 'E1' });
    const then = await coach(app, 'C-1', { employeeId: 'E1' });
    await app.dataSource.query(`UPDATE people SET left_on = '2025-03-31' WHERE person_id = $1`, [
      inside.personId,
    ]);
    expectStatus(200, await found({ coachId: then }));
    expectStatus(200, await chosen(then));
    expectStatus(200, await accepted(then));
    const declare = (body: object) => integration().post(`/enrollments/${enrollmentId}/history`, body);
    expectStatus(200, await declare({ through: '2025-03-30T23:59:59Z' }));
    expect((await typesOf()).at(-1)).toBe('CoachMatched');
    expectStatus(200, await declare({ through: '2025-03-31T00:00:00Z', complete: true }));
    expect((await app.events()).findLast(({ stream }) => stream.startsWith('match-'))).toMatchObject({
      type: 'MatchEnded',
      occurredAt: '2025-03-31T00:00:00.000Z',
      data: { coachId: then, reason: 'coach-left' },
    });
    expect(await placesOf(then)).toBe(0);
  });

  it('whose coach left goes on with another one, told or looked for', async () => {
    const inside = await person(app, { employeeId: 'E1' });
    const then = await coach(app, 'C-1', { employeeId: 'E1' });
    const next = await coach(app, 'C-2');
    await app.dataSource.query(`UPDATE people SET left_on = '2025-03-31' WHERE person_id = $1`, [
      inside.personId,
    ]);
    const all = { through: '2026-01-05T00:00:00Z', complete: true };
    const matchesOf = async (enrollmentId: string) =>
      (await app.as('hr').get('/matches?needsHandover=true')).body.items.filter(
        (one: { enrollmentId: string }) => one.enrollmentId === enrollmentId,
      ).length;
    for (const told of [true, false]) {
      const { enrollmentId, personId, found, chosen, accepted } = await given({}, '2026-12-31');
      expectStatus(200, await found({ coachId: then }));
      expectStatus(200, await chosen(then));
      expectStatus(200, await accepted(then));
      const past = (path: string, onBehalfOf: string, occurredAt: string, body?: object) =>
        integration().post(`/enrollments/${enrollmentId}/${path}`, body, { occurredAt, onBehalfOf });
      const declare = (body: object) => integration().post(`/enrollments/${enrollmentId}/history`, body);
      if (told) {
        expectStatus(200, await declare({ through: '2025-03-31T00:00:00Z' }));
        expect(await matchesOf(enrollmentId)).toBe(1);
        const search = (day: string) =>
          past('match/shortlist', 'hr', `2025-${day}T09:00:00.000Z`, { coachId: next });
        expect((await search('03-30')).body.type).toBe('urn:cairn:problem:out-of-order');
        expect(expectStatus(200, await search('04-02')).kind).toBe('rematch');
        const choose = { coachId: next };
        const as = `coachee:${personId}`;
        expectStatus(200, await past('match/propose', as, '2025-04-03T09:00:00.000Z', choose));
        expectStatus(200, await past('match/accept', `coach:${next}`, '2025-04-04T09:00:00.000Z'));
      }
      expectStatus(200, await declare(all));
      const now = expectStatus(200, await app.as('hr').get(matchOf(enrollmentId)));
      expect(now.status).toBe(told ? 'active' : 'requested');
      const [requested] = await app.events(`match-${now.matchId}`);
      const openedAt = told ? '2025-04-02T09:00:00.000Z' : '2025-03-31T00:00:00.000Z';
      expect(requested).toMatchObject({ occurredAt: openedAt, data: { from: { coachId: then } } });
      expect(await matchesOf(enrollmentId)).toBe(0);
    }
  });

  const by = (occurredAt: string) => {
    const [commandId, actor] = [randomUUID(), { subject: 'spec', role: 'system' }];
    return {
      commandId,
      correlationId: commandId,
      tenantId: app.tenantId,
      actor,
      occurredAt,
      now: occurredAt,
    };
  };

  it('whose coach leaves has no other looked for, while it is told', async () => {
    const { enrollmentId, found, chosen, accepted } = await given();
    const then = await coach(app, 'C-1');
    expectStatus(200, await found({ coachId: then }));
    expectStatus(200, await chosen(then));
    expectStatus(200, await accepted(then));
    await app.http.get(MatchHandler).leave(by('2025-03-31T00:00:00.000Z'), enrollmentId, then);
    expect((await typesOf()).at(-1)).toBe('MatchEnded');
  });

  it('that is proposed is not given back, while it is told, nor where it is proposed to another coach', async () => {
    const { enrollmentId, found, chosen } = await given();
    const [then, now] = [await coach(app, 'C-1'), await coach(app, 'C-2')];
    expectStatus(200, await found({ coachId: then }));
    expectStatus(200, await chosen(then));
    const present = await active(app, to);
    const path = matchOf(present.enrollmentId);
    expectStatus(200, await app.as('hr').post(`${path}/shortlist`));
    const { personId } = present;
    expectStatus(200, await app.as('coachee', { personId }).post(`${path}/propose`, { coachId: now }));
    const statusOf = async (of: string) => expectStatus(200, await app.as('hr').get(matchOf(of))).status;
    const back = app.http
      .get(MatchHandler)
      .giveBack(by('2026-01-05T09:00:00.000Z'), present.enrollmentId, then);
    await expect(back).rejects.toThrow();
    for (const coachId of [then, now])
      expectStatus(200, await app.as('hr').post(`/coaches/${coachId}/suspend`, { reason: 'on-leave' }));
    await eventually(
      () => statusOf(present.enrollmentId),
      (status) => status === 'requested',
    );
    expect(await statusOf(enrollmentId)).toBe('proposed');
  });

  it('is told by an importer alone, while the history is open, of a coach who was approved', async () => {
    const { enrollmentId, found } = await given();
    const known = await coach(app, 'C-1');
    const screened = await coach(app, 'C-2', { approved: false });
    expectStatus(200, await app.as('hr').post(`/coaches/${screened}/screen`));
    const body = { coachId: known };
    const refused = (reply: { body: { status: number; type: string } }) => [
      reply.body.status,
      reply.body.type,
    ];
    expect(refused(await app.as('hr').post(`${matchOf(enrollmentId)}/shortlist`, body))).toEqual([
      403,
      'urn:cairn:problem:history-not-allowed',
    ]);
    expect((await found({ coachId: to.programId })).status).toBe(404);
    expect(await found({ coachId: screened })).toMatchObject({
      status: 409,
      body: { type: 'urn:cairn:problem:coach-not-available', state: 'screened' },
    });
    const all = { through: '2025-02-03T10:00:00Z', complete: true };
    expectStatus(200, await integration().post(`/enrollments/${enrollmentId}/history`, all));
    expect(refused(await found(body))).toEqual([409, 'urn:cairn:problem:no-history']);
  });
});

describe("a coach's last place", () => {
  it('goes to one of 20 who race for it', async () => {
    const coachId = await coach(app, 'C-1', { capacity: 1 });
    const all = [];
    for (let i = 0; i < 20; i++) all.push(await active(app, to));
    for (const { enrollmentId } of all) await shortlist(enrollmentId);
    const answers = await Promise.all(
      all.map(({ personId, enrollmentId }) => propose(personId, enrollmentId, coachId)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status === 409);
    expect(new Set(refused.map(({ body }) => body.type))).toEqual(new Set(['urn:cairn:problem:coach-full']));
    expect(refused).toHaveLength(19);
    expect(await placesOf(coachId)).toBe(1);
    await expect(
      app.dataSource.query('UPDATE coaches SET places_taken = 2 WHERE coach_id = $1', [coachId]),
    ).rejects.toThrow('coach_places_hold');
  });

  it('is gone where capacity is lowered below what is taken, without ending a match', async () => {
    const coachId = await coach(app, 'C-1', { capacity: 2 });
    const [one, two, three] = [await active(app, to), await active(app, to), await active(app, to)];
    for (const { enrollmentId, personId } of [one, two]) {
      await shortlist(enrollmentId);
      await propose(personId, enrollmentId, coachId);
    }
    const lowered = await app
      .as('hr')
      .post(`/coaches/${coachId}/capacity`, { capacity: 1 }, { ifMatch: '*' });
    expect(lowered.body).toMatchObject({ capacity: 1, placesTaken: 2 });
    expect((await shortlist(three.enrollmentId)).nobody.constraint).toBe('capacity');
    await app.as('hr').post(`/enrollments/${one.enrollmentId}/cancel`, { reason: 'no-interest' });
    expect(await placesOf(coachId)).toBe(1);
    expect((await shortlist(three.enrollmentId)).nobody.constraint).toBe('capacity');
  });
});
