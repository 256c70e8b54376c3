import { derivedId } from '@cairn/event-store';
import { inTransaction } from '@cairn/event-store/postgres';
import { partitionOf, type ReceivedEvent } from '@cairn/messaging';
import { refuseUntil } from '@cairn/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { enrollmentApp, eventually, type TestApp } from '../../test/app.js';
import { coach } from '../../test/coaches.js';
import { active, expectStatus, leaves, person, programme, type Programme } from '../../test/given.js';
import { learnRatings } from './fit-signals.js';
import { RematchHandler } from './rematch.handler.js';

let app: TestApp;
let to: Programme;
beforeAll(async () => {
  app = await enrollmentApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  app.clock.set('2026-01-05T08:00:00.000Z');
  to = await programme(app, { name: randomUUID(), capacity: 100 });
});

type Paired = Awaited<ReturnType<typeof matched>>;
const path = (enrollmentId: string) => `/enrollments/${enrollmentId}/match`;
/** Coaches of a language of their own, the first of whom a coachee is matched with. */
async function matched(coaches = 2, capacity = 2) {
  const language = [
    'aa',
    'ab',
    'af',
    'ak',
    'am',
    'ar',
    'az',
    'be',
    'bg',
    'bn',
    'bs',
    'ca',
    'cs',
    'da',
    'de',
    'el',
    'eo',
    'et',
    'fa',
    'fi',
    'fo',
    'fr',
    'ga',
    'gl',
    'gu',
    'he',
    'hi',
    'nl',
    'no',
    'pl',
    'pt',
    'ro',
    'sk',
    'sl',
    'sq',
    'sr',
    'sv',
    'th',
    'tr',
    'uk',
    'vi',
  ][spoken++]!;
  const coachIds: string[] = [];
  for (let n = 0; n < coaches; n++)
    coachIds.push(await coach(app, randomUUID(), { languages: [language], years: 10 - n, capacity }));
  return pairWith(language, coachIds);
}
let spoken = 0;
async function pairWith(language: string, coachIds: string[], coachId = coachIds[0]!) {
  const one = await active(app, to, { preferences: { languages: [language] } });
  const match = path(one.enrollmentId);
  const as = {
    hr: app.as('hr'),
    coachee: app.as('coachee', { personId: one.personId }),
    coach: app.as('coach', { coachId }),
    next: app.as('coach', { coachId: coachIds[1]! }),
  };
  expectStatus(200, await as.hr.post(`${match}/shortlist`));
  expectStatus(200, await as.coachee.post(`${match}/propose`, { coachId }));
  const { matchId } = expectStatus(200, await as.coach.post(`${match}/accept`));
  return { ...one, ...as, match, matchId: matchId as string, language, coachIds, coachId };
}
/** Asks for another coach, up to the proposal to the second one. */
async function proposed({ coachee, hr, match, coachIds }: Paired, handover = false) {
  expectStatus(200, await coachee.post(`${match}/rematch`, { reason: 'fit' }));
  expectStatus(200, await hr.post(`${match}/shortlist`));
  return expectStatus(200, await coachee.post(`${match}/propose`, { coachId: coachIds[1], handover }));
}
const typesOf = async (matchId: string) => (await app.events(`match-${matchId}`)).map(({ type }) => type);
const placesOf = async (coachId: string) =>
  expectStatus(200, await app.as('hr').get(`/coaches/${coachId}`)).placesTaken as number;
/** What sessions says of a session of the pair. */
const says = (
  { enrollmentId, personId, coachId, matchId }: Paired,
  name: string,
  sessionId: string,
  [version, at]: [number, string],
  data: object,
) =>
  app.tell({
    name,
    data: {
      sessionId,
      engagementId: derivedId(matchId, 'engagement'),
      enrollmentId,
      ...to,
      personId,
      coachId,
      ...data,
    },
    stream: `session-${sessionId}`,
    version,
    at,
  } as Parameters<TestApp['tell']>[0]);
const books = (pair: Paired, sessionId: string, at: string, startsAt: string) =>
  says(pair, 'SessionScheduled', sessionId, [1, at], {
    startsAt,
    endsAt: startsAt.replace(':00:00', ':45:00'),
    zone: 'Europe/Berlin',
    by: 'coach',
  });
const shows = (pair: Paired, status: string, risks: string[] = []) =>
  eventually(
    async () => expectStatus(200, await pair.hr.get(pair.match)),
    (found) => found.status === status && found.risks.join() === risks.join(),
  );

describe('a rematch', () => {
  it('lets the match go on until the next coach accepts, and then hands over', async () => {
    const pair = await matched();
    const [first, second] = pair.coachIds as [string, string];
    expect(await proposed(pair, true)).toMatchObject({ status: 'proposed', kind: 'rematch' });
    // The former coach reads the match that goes on, and neither who asked for another nor why.
    const former = expectStatus(200, await pair.coach.get(pair.match));
    expect(former).toMatchObject({ matchId: pair.matchId, status: 'active' });
    expect(JSON.stringify(former)).not.toMatch(/"rematch|requestedBy|"fit"/);
    expect([await placesOf(first), await placesOf(second)]).toEqual([1, 1]);

    const next = expectStatus(200, await pair.next.post(`${pair.match}/accept`));
    expect(next).toMatchObject({ status: 'active', coach: { coachId: second } });
    expect(next.kind).toBeUndefined();
    expect([await placesOf(first), await placesOf(second)]).toEqual([0, 1]);
    expect((await app.events(`match-${pair.matchId}`)).slice(-2)).toMatchObject([
      { type: 'RematchRequested', data: { by: 'coachee', reason: 'fit', coachId: first } },
      { type: 'MatchEnded', data: { reason: 'rematch', coachId: first } },
    ]);
    expect((await app.events(`match-${next.matchId}`)).slice(-2)).toMatchObject([
      { type: 'HandoverConsented', data: { coachId: second, fromCoachId: first } },
      { type: 'CoachMatched', data: { coachId: second } },
    ]);
    // Both ended and begun at once: sessions hears of the end first where it reads them in order.
    expect((await pair.coach.get(pair.match)).body).toMatchObject({ status: 'ended' });
    expect((await pair.coachee.get(pair.match)).body).toMatchObject({ matchId: next.matchId });
  });

  it('is nothing that the former coach could find out, by no version and no answer', async () => {
    /** All that the coach of a match can ask and say, as they are answered; ids apart. */
    const heard = async ({ coach, match, coachId }: Paired) => {
      const stale = { ifMatch: '"9"' };
      expectStatus(200, await app.as('hr').post(`/coaches/${coachId}/suspend`, { reason: 'on-leave' }));
      const replies = [
        await coach.get('/matches'),
        await coach.get('/matches?needsHandover=true'),
        await coach.get(match),
        await coach.post(`${match}/accept`),
        await coach.post(`${match}/accept`, undefined, stale),
        await coach.post(`${match}/decline`, { code: 'hours' }),
        await coach.post(`${match}/rematch`, { reason: 'schedule' }, stale),
        await coach.post(`${match}/rematch`, { reason: 'schedule' }),
        await coach.post(`${match}/rematch`, { reason: 'schedule' }),
        await coach.post(`${match}/rematch`, { reason: 'other' }),
        await coach.post(`${match}/accept`),
        await coach.get(match),
      ];
      return replies.map(({ status, body, headers }) => ({
        status,
        version: headers['etag']?.split('.')[0],
        told: [body.type, body.detail, body.currentVersion, body.state, body.status, body.items?.length],
      }));
    };
    const alone = await heard(await matched());
    expect(alone.map(({ status }) => status)).toEqual([
      200, 200, 200, 200, 412, 409, 412, 200, 200, 200, 200, 200,
    ]);
    const [requested, offered] = [await matched(), await matched(5)];
    for (const pair of [requested, offered])
      expectStatus(200, await pair.coachee.post(`${pair.match}/rematch`, { reason: 'fit' }));
    // Three others first, whom the coachee declines.
    for (const decline of [true, false]) {
      expectStatus(200, await offered.hr.post(`${offered.match}/shortlist`));
      if (decline) await offered.coachee.post(`${offered.match}/decline`, { code: 'style' });
    }
    const last = { coachId: offered.coachIds[4]!, handover: true };
    expectStatus(200, await offered.coachee.post(`${offered.match}/propose`, last));
    for (const pair of [requested, offered]) {
      expect(await heard(pair)).toEqual(alone);
      // What the coach said is kept.
      expect((await app.events(`match-${pair.matchId}`)).slice(-3).map(({ data }) => data)).toMatchObject([
        { by: 'coachee', reason: 'fit' },
        { by: 'coach', reason: 'schedule' },
        { by: 'coach', reason: 'other' },
      ]);
    }
    // The next coach reads neither that there was one, nor how long was looked.
    const first = alone[3]!.version;
    const next = await app.as('coach', { coachId: last.coachId }).post(`${offered.match}/accept`);
    expect([next.status, next.headers['etag']!.split('.')[0]]).toEqual([200, first]);
  });

  it('hands over what the coachee said last, which the coachee alone is shown', async () => {
    const pair = await matched();
    await proposed(pair, true);
    const shown = async () => (await pair.coachee.get(pair.match)).body.handover as boolean | undefined;
    const next = app.as('coach', { coachId: pair.coachIds[1]! });
    const heard = async () => (await next.get(pair.match)).headers['etag'];
    const before = await heard();
    expect(await shown()).toBe(true);
    const again = { coachId: pair.coachIds[1] };
    expectStatus(200, await pair.coachee.post(`${pair.match}/propose`, again));
    expect(await shown()).toBe(false);
    expect((await pair.hr.get(pair.match)).body).not.toHaveProperty('handover');
    expect((await next.get(pair.match)).body).not.toHaveProperty('handover');
    expect(await heard()).toBe(before);
    const { matchId } = expectStatus(200, await next.post(`${pair.match}/accept`));
    expect(await typesOf(matchId as string)).not.toContain('HandoverConsented');
  });

  it('lets the coachee think better of it also where the next coach has no place any more', async () => {
    const pair = await matched();
    await proposed(pair, true);
    const coachId = pair.coachIds[1]!;
    await pairWith(pair.language, pair.coachIds, coachId);
    expectStatus(200, await pair.hr.post(`/coaches/${coachId}/capacity`, { capacity: 1 }, { ifMatch: '*' }));
    expectStatus(200, await pair.coachee.post(`${pair.match}/propose`, { coachId, handover: false }));
    expect((await pair.coachee.get(pair.match)).body.handover).toBe(false);
  });

  it('counts nothing of a hand-over for the coach who is asked after the one that it was for', async () => {
    const pair = await matched(3);
    await proposed(pair, true);
    const versionTo = async (coachId: string) =>
      (await app.as('coach', { coachId }).get(pair.match)).headers['etag']!.split('.')[0];
    const [, second, third] = pair.coachIds as [string, string, string];
    const first = await versionTo(second);
    expectStatus(200, await pair.coachee.post(`${pair.match}/propose`, { coachId: second }));
    expectStatus(200, await pair.next.post(`${pair.match}/decline`, { code: 'hours' }));
    expectStatus(200, await pair.hr.post(`${pair.match}/shortlist`));
    expectStatus(200, await pair.coachee.post(`${pair.match}/propose`, { coachId: third }));
    expect(await versionTo(third)).toBe(first);
  });

  it('ends what the former coach sees of the coachee, with the match', async () => {
    const pair = await matched();
    const seen = async () => [
      (await pair.coach.get(`/enrollments/${pair.enrollmentId}`)).status,
      (await pair.coach.get('/enrollments')).body.items.length,
      (await pair.coach.get('/people')).body.items.length,
    ];
    await proposed(pair);
    expect(await seen()).toEqual([200, 1, 1]);
    expectStatus(200, await pair.next.post(`${pair.match}/accept`));
    expect(await seen()).toEqual([404, 0, 0]);
    expect((await pair.coach.get(pair.match)).body).toMatchObject({ status: 'ended' });
    expect((await pair.next.get(`/enrollments/${pair.enrollmentId}`)).status).toBe(200);
  });

  it('hands nothing over without consent', async () => {
    const pair = await matched();
    await proposed(pair);
    const { matchId } = expectStatus(200, await pair.next.post(`${pair.match}/accept`));
    expect(await typesOf(matchId)).not.toContain('HandoverConsented');
  });

  it('is asked for by coachee, coach or programme, and by nobody else', async () => {
    const pair = await matched();
    const stranger = app.as('coachee', { personId: (await person(app)).personId });
    const other = app.as('coach', { coachId: pair.coachIds[1]! });
    for (const caller of [stranger, other])
      expect((await caller.post(`${pair.match}/rematch`, { reason: 'fit' })).status).toBe(404);
    const answer = expectStatus(200, await pair.coach.post(`${pair.match}/rematch`, { reason: 'schedule' }));
    expect(answer).toMatchObject({ matchId: pair.matchId, status: 'active' });
    expect((await pair.hr.get(pair.match)).body).toMatchObject({ status: 'requested', kind: 'rematch' });
    const again = await pair.hr.post(`${pair.match}/rematch`, { reason: 'other' });
    expect([again.status, again.body.type]).toEqual([409, 'urn:cairn:problem:rematch-under-way']);
    const events = await app.events(`match-${pair.matchId}`);
    expect(events.at(-1)!.data).toMatchObject({ by: 'coach', reason: 'schedule' });
  });

  it('and a word on the match are of one that runs', async () => {
    const { enrollmentId, personId } = await active(app, to);
    const coachee = app.as('coachee', { personId });
    for (const [action, body] of [
      ['rematch', { reason: 'fit' }],
      ['fit', { signal: 'good' }],
    ] as const) {
      const refused = await coachee.post(`${path(enrollmentId)}/${action}`, body);
      expect([refused.status, refused.body.state]).toEqual([409, 'requested']);
    }
  });

  it('asked for twice at once is one', async () => {
    const pair = await matched();
    const asked = await Promise.all(
      [pair.coachee, pair.hr, pair.hr, pair.coachee].map((caller) =>
        caller.post(`${pair.match}/rematch`, { reason: 'fit' }),
      ),
    );
    expect(asked.map(({ status }) => status).filter((status) => status !== 409)).toContain(200);
    const open = await app.dataSource.query(
      `SELECT status FROM matches WHERE enrollment_id = $1 ORDER BY status`,
      [pair.enrollmentId],
    );
    expect(open).toEqual([{ status: 'active' }, { status: 'requested' }]);
    expect((await typesOf(pair.matchId)).filter((type) => type === 'RematchRequested')).toHaveLength(1);
  });

  it('withdrawn leaves the match as it is, and may be asked for again', async () => {
    const pair = await matched();
    await proposed(pair);
    expectStatus(200, await pair.hr.post(`${pair.match}/withdraw`));
    expect((await pair.coachee.get(pair.match)).body).toMatchObject({
      matchId: pair.matchId,
      status: 'active',
    });
    expect(await placesOf(pair.coachIds[1]!)).toBe(0);
    expectStatus(200, await pair.coachee.post(`${pair.match}/rematch`, { reason: 'fit' }));
  });

  it('crosswise at once leaves each coach with as many places as before', async () => {
    const one = await matched(2, 2);
    const other = await pairWith(one.language, one.coachIds, one.coachIds[1]);
    const cross = { ...other, coachIds: one.coachIds.toReversed(), next: one.coach };
    await proposed(one);
    await proposed(cross);
    const accepted = await Promise.all([
      one.next.post(`${one.match}/accept`),
      cross.next.post(`${cross.match}/accept`),
    ]);
    expect(accepted.map(({ status }) => status)).toEqual([200, 200]);
    for (const coachId of one.coachIds) expect(await placesOf(coachId)).toBe(1);
  });

  it('takes no place that another has taken, and then leaves the former match as it is', async () => {
    const pair = await matched(2, 1);
    await proposed(pair);
    // Without the event that gives the proposal back.
    await app.dataSource.query(`UPDATE coaches SET status = 'suspended' WHERE coach_id = $1`, [
      pair.coachIds[1],
    ]);
    const late = await pair.next.post(`${pair.match}/accept`);
    expect([late.status, late.body.type]).toEqual([409, 'urn:cairn:problem:coach-not-available']);
    expect((await pair.coach.get(pair.match)).body.status).toBe('active');
  });

  it('is left to the coachee by a bulk run, and ends with the enrolment', async () => {
    const pair = await matched();
    expectStatus(200, await pair.coachee.post(`${pair.match}/rematch`, { reason: 'fit' }));
    const run = expectStatus(
      200,
      await pair.hr.post(`/programs/${to.programId}/cohorts/${to.cohortId}/match`),
    );
    expect(run).toMatchObject({ assigned: [], leftOut: [{ reason: 'rematch' }] });
    expectStatus(
      200,
      await pair.hr.post(`/enrollments/${pair.enrollmentId}/cancel`, { reason: 'unresponsive' }),
    );
    const statuses = await app.dataSource.query(
      `SELECT status FROM matches WHERE enrollment_id = $1 ORDER BY status`,
      [pair.enrollmentId],
    );
    expect(statuses).toEqual([{ status: 'ended' }, { status: 'withdrawn' }]);
  });
});

describe('a coach who may not coach any more', () => {
  const list = async (): Promise<string[]> =>
    expectStatus(200, await app.as('hr').get('/matches?needsHandover=true')).items.map(
      ({ matchId }: { matchId: string }) => matchId,
    );

  it('leaves running matches that HR sees until another coach is looked for', async () => {
    const pair = await matched();
    expect(await list()).not.toContain(pair.matchId);
    expectStatus(200, await pair.hr.post(`/coaches/${pair.coachId}/suspend`, { reason: 'complaint' }));
    expect(await list()).toContain(pair.matchId);
    expectStatus(200, await pair.hr.post(`${pair.match}/rematch`, { reason: 'coach-unavailable' }));
    expect(await list()).not.toContain(pair.matchId);
  });

  it('leaves them also by retiring, and HR sees those at risk among them', async () => {
    const pair = await matched();
    expectStatus(200, await pair.hr.post(`/coaches/${pair.coachId}/retire`, { reason: 'stopped-coaching' }));
    expect(await list()).toContain(pair.matchId);
    app.clock.set('2026-01-26T09:00:00.000Z');
    await shows(pair, 'atRisk', ['nothing-booked']);
    expect(await list()).toContain(pair.matchId);
  });

  it('because they left the company, leaves nobody without a request', async () => {
    const inside = await person(app);
    const language = 'cy';
    const coachId = await coach(app, randomUUID(), {
      languages: [language],
      employeeId: inside.employeeId,
    });
    const pair = await pairWith(language, [coachId, coachId]);
    await leaves(app, inside.personId, '2026-01-04');
    const request = await eventually(
      async () => expectStatus(200, await pair.coachee.get(pair.match)),
      ({ status }) => status === 'requested',
    );
    expect(request).toMatchObject({ kind: 'rematch' });
    expect((await app.events(`match-${pair.matchId}`)).at(-1)!.data).toMatchObject({ reason: 'coach-left' });
  });
});

describe('nobody who goes on is left without a coach unseen', () => {
  /** The enrolments for which HR is told to find somebody: in the list, and left out by a bulk run. */
  const unseen = async () => {
    const listed = expectStatus(200, await app.as('hr').get('/matches?needsHandover=true')).items;
    const run = `/programs/${to.programId}/cohorts/${to.cohortId}/match`;
    const { leftOut } = expectStatus(200, await app.as('hr').post(run));
    const ofProgram = listed.filter(({ programId }: Programme) => programId === to.programId);
    const ids = (items: { enrollmentId: string }[]) => items.map(({ enrollmentId }) => enrollmentId);
    const withdrawn = leftOut.filter(({ reason }: { reason: string }) => reason === 'withdrawn');
    return [ids(ofProgram), ids(withdrawn)];
  };

  it('where the request was withdrawn, which a shortlist opens again, without whom they had declined', async () => {
    const coachIds = [
      await coach(app, randomUUID(), { languages: ['ta'] }),
      await coach(app, randomUUID(), { languages: ['ta'] }),
    ];
    const { enrollmentId, personId } = await active(app, to, { preferences: { languages: ['ta'] } });
    const [hr, coachee] = [app.as('hr'), app.as('coachee', { personId })];
    const match = path(enrollmentId);
    expectStatus(200, await hr.post(`${match}/shortlist`));
    expectStatus(200, await coachee.post(`${match}/propose`, { coachId: coachIds[0] }));
    expectStatus(200, await coachee.post(`${match}/decline`, { code: 'style' }));
    const { matchId } = expectStatus(200, await hr.post(`${match}/withdraw`, { reason: 'no-coach' }));
    expect(await unseen()).toEqual([[enrollmentId], [enrollmentId]]);

    const key = randomUUID();
    const opened = expectStatus(200, await hr.post(`${match}/shortlist`, undefined, { key }));
    expect(opened).toMatchObject({ kind: 'first', status: 'shortlisted' });
    expect(opened.matchId).not.toBe(matchId);
    expect(opened.shortlist.map(({ coachId }: Paired) => coachId)).toEqual([coachIds[1]]);
    expect(expectStatus(200, await hr.post(`${match}/shortlist`, undefined, { key }))).toEqual(opened);
    expect(await unseen()).toEqual([[], []]);
    expectStatus(200, await coachee.post(`${match}/propose`, { coachId: coachIds[1] }));
    const next = app.as('coach', { coachId: coachIds[1]! });
    expect(expectStatus(200, await next.post(`${match}/accept`))).toMatchObject({ status: 'active' });
    expect((await hr.post(`${match}/shortlist`)).body.state).toBe('active');
  });

  it('opens one request where two ask for a shortlist at once, and none once the enrolment is over', async () => {
    const [one, other] = [await active(app, to), await active(app, to)];
    const hr = app.as('hr');
    for (const { enrollmentId } of [one, other])
      expectStatus(200, await hr.post(`${path(enrollmentId)}/withdraw`));
    const asked = await Promise.all([1, 2, 3].map(() => hr.post(`${path(one.enrollmentId)}/shortlist`)));
    expect(new Set(asked.map(({ status, body }) => `${status} ${body.matchId}`)).size).toBe(1);
    expectStatus(200, await hr.post(`/enrollments/${other.enrollmentId}/cancel`, { reason: 'unresponsive' }));
    const late = await hr.post(`${path(other.enrollmentId)}/shortlist`);
    expect([late.status, late.body.state]).toEqual([409, 'withdrawn']);
    expect(await unseen()).toEqual([[], []]);
  });

  it('where their coach left and the request for the next was withdrawn', async () => {
    const inside = await person(app);
    const language = 'te';
    const coachId = await coach(app, randomUUID(), {
      languages: [language],
      employeeId: inside.employeeId,
    });
    const second = await coach(app, randomUUID(), { languages: [language] });
    const pair = await pairWith(language, [coachId, second]);
    await leaves(app, inside.personId, '2026-01-04');
    await eventually(
      async () => expectStatus(200, await pair.coachee.get(pair.match)),
      ({ status }) => status === 'requested',
    );
    expectStatus(200, await pair.hr.post(`${pair.match}/withdraw`));
    expect(await unseen()).toEqual([[pair.enrollmentId], [pair.enrollmentId]]);
    const opened = expectStatus(200, await pair.hr.post(`${pair.match}/shortlist`));
    expect(opened).toMatchObject({ kind: 'rematch', shortlist: [{ coachId: second }] });
    const [requested] = await app.events(`match-${opened.matchId}`);
    expect(requested!.data).toMatchObject({ from: { matchId: pair.matchId, coachId } });
  });
});

describe('the early warning', () => {
  it('is of moves and no-shows, seen by HR and the two, and takes itself back', async () => {
    const pair = await matched();
    const [a, b] = [randomUUID(), randomUUID()];
    await books(pair, a, '2026-01-06T09:00:00.000Z', '2026-01-12T10:00:00.000Z');
    await books(pair, b, '2026-01-06T09:00:00.000Z', '2026-01-19T10:00:00.000Z');
    await says(pair, 'NoShowRecorded', a, [2, '2026-01-12T11:00:00.000Z'], {
      party: 'coach',
      policyVersion: 1,
      forfeited: false,
    });
    await shows(pair, 'atRisk', ['no-show']);
    const held = { durationMinutes: 45, auto: false, policyVersion: 1 };
    await says(pair, 'SessionCompleted', b, [2, '2026-01-19T11:00:00.000Z'], held);
    await shows(pair, 'active');
    expect((await app.events(`match-${pair.matchId}`)).slice(-2)).toMatchObject([
      { type: 'MatchMarkedAtRisk', occurredAt: '2026-01-12T11:00:00.000Z', data: { reasons: ['no-show'] } },
      { type: 'MatchRecovered', occurredAt: '2026-01-19T11:00:00.000Z' },
    ]);
  });

  it('is of silence by its deadline, until something is booked', async () => {
    const pair = await matched();
    app.clock.set('2026-01-26T07:59:00.000Z');
    expect((await pair.hr.get(pair.match)).body.status).toBe('active');
    app.clock.set('2026-01-26T09:00:00.000Z');
    await shows(pair, 'atRisk', ['nothing-booked']);
    const marked = (await app.events(`match-${pair.matchId}`)).at(-1)!;
    expect(marked.occurredAt).toBe('2026-01-26T08:00:00.000Z');
    await books(pair, randomUUID(), '2026-01-26T10:00:00.000Z', '2026-02-02T10:00:00.000Z');
    await shows(pair, 'active');
    // Silence counts from the session that was booked last.
    app.clock.set('2026-02-23T09:59:00.000Z');
    expect((await pair.hr.get(pair.match)).body.status).toBe('active');
    app.clock.set('2026-02-23T10:30:00.000Z');
    await shows(pair, 'atRisk', ['nothing-booked']);
  });

  const looked = ({ matchId }: Paired) =>
    eventually(
      async () => (await app.events(`match-${matchId}`)).at(-1)!,
      ({ type }) => type !== 'CoachMatched',
    );

  const look = ({ enrollmentId }: Paired, at: string) => {
    const commandId = randomUUID();
    const actor = { subject: 'spec', role: 'system' };
    const { tenantId } = app;
    const identity = { commandId, correlationId: commandId, tenantId, actor, occurredAt: at, now: at };
    return app.http.get(RematchHandler).lookForSilence(identity, enrollmentId);
  };
  const isKnown = (session: string) =>
    eventually(
      () => app.dataSource.query('SELECT FROM known_sessions WHERE session_id = $1', [session]),
      (rows) => rows.length === 1,
    );

  it('of silence is over where a booking from before it is heard of after it', async () => {
    const pair = await matched();
    const first = randomUUID();
    await books(pair, first, '2026-01-06T09:00:00.000Z', '2026-01-12T10:00:00.000Z');
    await isKnown(first);
    app.clock.set('2026-01-26T09:00:00.000Z');
    expect((await looked(pair)).type).toBe('SilenceAwaited');
    app.clock.set('2026-02-02T10:30:00.000Z');
    await shows(pair, 'atRisk', ['nothing-booked']);
    await books(pair, randomUUID(), '2026-02-02T09:59:59.000Z', '2026-02-09T10:00:00.000Z');
    await shows(pair, 'active');
  });

  it('of silence is over where a cancelled session turns out to have been held', async () => {
    const pair = await matched();
    const session = randomUUID();
    await books(pair, session, '2026-01-06T09:00:00.000Z', '2026-01-30T10:00:00.000Z');
    const cancelled = { by: 'coachee', noticeHours: 577, late: false, policyVersion: 1, forfeited: false };
    await says(pair, 'SessionCancelled', session, [2, '2026-01-07T09:00:00.000Z'], cancelled);
    await isKnown(session);
    app.clock.set('2026-01-26T09:00:00.000Z');
    const until = '2026-01-28T09:00:00.000Z';
    expect(await looked(pair)).toMatchObject({ type: 'SilenceAwaited', data: { until } });
    app.clock.set('2026-01-28T10:00:00.000Z');
    await shows(pair, 'atRisk', ['nothing-booked']);
    app.clock.set('2026-02-02T10:00:00.000Z');
    const correction = { from: 'cancelled-in-time', to: 'completed', forfeited: false };
    await says(pair, 'OutcomeCorrected', session, [3, '2026-02-02T09:00:00.000Z'], {
      ...correction,
      by: 'program-admin',
      reason: 'was-held',
    });
    await shows(pair, 'active');
  });

  it('of silence does not wait for a session that is cancelled', async () => {
    const pair = await matched();
    const session = randomUUID();
    await books(pair, session, '2026-01-06T09:00:00.000Z', '2026-04-15T10:00:00.000Z');
    await isKnown(session);
    app.clock.set('2026-01-26T09:00:00.000Z');
    expect(await looked(pair)).toMatchObject({ data: { until: '2026-05-06T10:00:00.000Z' } });
    const cancelled = { by: 'coach', noticeHours: 1800, late: false, policyVersion: 1, forfeited: false };
    await says(pair, 'SessionCancelled', session, [2, '2026-01-30T10:00:00.000Z'], cancelled);
    await eventually(
      async () => (await app.events(`match-${pair.matchId}`)).at(-1)!,
      ({ data }) => (data as { until?: string }).until === '2026-02-20T10:00:00.000Z',
    );
    app.clock.set('2026-02-20T11:00:00.000Z');
    await shows(pair, 'atRisk', ['nothing-booked']);
  });

  it('comes later at a monthly cadence', async () => {
    to = await programme(app, { name: randomUUID(), cadence: 'monthly' });
    const pair = await matched();
    app.clock.set('2026-01-26T09:00:00.000Z');
    const until = '2026-02-09T08:00:00.000Z';
    expect(await looked(pair)).toMatchObject({ type: 'SilenceAwaited', data: { until } });
    app.clock.set('2026-02-09T09:00:00.000Z');
    await shows(pair, 'atRisk', ['nothing-booked']);
    expect((await app.events(`match-${pair.matchId}`)).at(-1)!.occurredAt).toBe(until);
  });

  it('waits a day where the look at the calendar is long overdue: sessions may be about to say more', async () => {
    const pair = await matched();
    app.clock.set('2026-01-28T09:00:00.000Z');
    const until = '2026-01-29T09:00:00.000Z';
    expect(await looked(pair)).toMatchObject({ type: 'SilenceAwaited', data: { until } });
    app.clock.set('2026-01-29T10:00:00.000Z');
    await shows(pair, 'atRisk', ['nothing-booked']);
  });

  it('does not judge silence in a pause, though its deadline had come', async () => {
    const pair = await matched();
    const pause = `/enrollments/${pair.enrollmentId}/pause`;
    expectStatus(200, await pair.coachee.post(pause, { reason: 'project' }));
    const before = await typesOf(pair.matchId);
    await look(pair, '2026-01-26T08:00:00.000Z');
    expect(await typesOf(pair.matchId)).toEqual(before);
  });

  it('counts silence from the match on, whatever was in the calendar before', async () => {
    const pair = await matched();
    const session = randomUUID();
    await books(pair, session, '2026-01-05T08:00:00.000Z', '2026-01-02T10:00:00.000Z');
    await isKnown(session);
    await look(pair, '2026-01-25T08:00:00.000Z');
    expect((await pair.hr.get(pair.match)).body.status).toBe('active');
  });

  it('leaves alone who is paused, and who has something booked', async () => {
    const paused = await matched();
    const other = await matched();
    const silent = await matched();
    expectStatus(
      200,
      await paused.coachee.post(`/enrollments/${paused.enrollmentId}/pause`, { reason: 'project' }),
    );
    const session = randomUUID();
    await books(other, session, '2026-01-06T09:00:00.000Z', '2026-03-01T10:00:00.000Z');
    await isKnown(session);
    app.clock.set('2026-01-26T09:00:00.000Z');
    await shows(silent, 'atRisk', ['nothing-booked']);
    for (const pair of [paused, other]) expect((await pair.hr.get(pair.match)).body.status).toBe('active');
  });
});

it('an early warning that is given again counts what other partitions have told meanwhile', async () => {
  const pair = await matched();
  const { pool } = app.running;
  const idIn = (partition: number): string => {
    for (;;) {
      const id = randomUUID();
      if (partitionOf(`session-${id}`, 3) === partition) return id;
    }
  };
  const [missed, ...cancelled] = [idIn(0), idIn(1), idIn(1)];
  for (const [n, id] of [missed, ...cancelled].entries())
    await books(pair, id, '2026-01-06T09:00:00.000Z', `2026-01-1${n + 2}T10:00:00.000Z`);
  await eventually(
    async () =>
      (await pool.query('SELECT FROM engagement_courses WHERE course::text LIKE $1', [`%${cancelled[1]}%`]))
        .rowCount,
    (found) => found === 1,
  );
  // The match is marked, and what it was marked for is taken back with the batch, again and again.
  const goesOn = await refuseUntil(
    pool,
    'bus_in.checkpoints',
    `NEW.topic = 'cairn.sessions.v1' AND NEW.partition = 0 AND NEW."offset" <> OLD."offset"`,
  );
  await says(pair, 'NoShowRecorded', missed, [2, '2026-01-12T11:00:00.000Z'], {
    party: 'coachee',
    policyVersion: 1,
    forfeited: true,
  });
  await shows(pair, 'atRisk', ['no-show']);
  for (const id of cancelled)
    await says(pair, 'SessionCancelled', id, [2, '2026-01-12T12:00:00.000Z'], {
      by: 'coachee',
      noticeHours: 22,
      late: true,
      policyVersion: 1,
      forfeited: false,
    });
  await shows(pair, 'atRisk', ['moves-in-a-row']);
  await goesOn();
  await shows(pair, 'atRisk', ['moves-in-a-row', 'no-show']);
});

describe('what the two think of the match', () => {
  const everybody = (pair: Paired) => [pair.hr, app.as('program-admin'), app.as('integration')];

  it('is shown to each of them alone, and moves not even the version of the match', async () => {
    const pair = await matched();
    const etags = (callers = everybody(pair)) =>
      Promise.all(callers.map(async (caller) => (await caller.get(pair.match)).headers['etag']!));
    const before = await etags();
    expectStatus(200, await pair.coachee.post(`${pair.match}/fit`, { signal: 'not-right' }));
    expectStatus(200, await pair.coachee.post(`${pair.match}/fit`, { signal: 'not-right' }));
    expectStatus(200, await pair.coach.post(`${pair.match}/fit`, { signal: 'good' }));
    expect((await pair.coachee.get(pair.match)).body).toMatchObject({
      fitSignal: 'not-right',
      rematchOffered: true,
    });
    for (const caller of [pair.coachee, pair.coach]) {
      const [etag] = await etags([caller]);
      // Their own word alone has moved, which is not what they change.
      expectStatus(200, await caller.post(`${pair.match}/fit`, { signal: 'unsure' }, { ifMatch: etag }));
      expect(await etags([caller])).not.toEqual([etag]);
    }
    expectStatus(200, await pair.coachee.post(`${pair.match}/fit`, { signal: 'not-right' }));
    expectStatus(200, await pair.coach.post(`${pair.match}/fit`, { signal: 'good' }));
    const coachs = (await pair.coach.get(pair.match)).body;
    expect(coachs.fitSignal).toBe('good');
    expect(coachs).not.toHaveProperty('rematchOffered');
    for (const caller of everybody(pair)) {
      const { body } = await caller.get(pair.match);
      expect(JSON.stringify(body)).not.toMatch(/fitSignal|rematchOffered|not-right/);
    }
    expect(await etags()).toEqual(before);
    for (const [by, last] of [
      ['coachee', 'not-right'],
      ['coach', 'good'],
    ])
      expect((await app.events(`fit-${pair.matchId}-${by}`)).map(({ data }) => data)).toMatchObject([
        { by, signal: last },
        { by, signal: 'unsure' },
        { by, signal: last },
      ]);
    expect((await pair.hr.post(`${pair.match}/fit`, { signal: 'good' })).status).toBe(403);
  });

  it('is in no answer to a command, since that may be given in their name', async () => {
    const pair = await matched();
    const integration = app.as('integration');
    for (const who of [`coachee:${pair.personId}`, `coach:${pair.coachId}`])
      for (const [action, body] of [['fit', { signal: 'not-right' }], ['accept']] as const) {
        const given = await integration.post(`${pair.match}/${action}`, body, { onBehalfOf: who });
        expect(expectStatus(200, given)).toMatchObject({ matchId: pair.matchId, status: 'active' });
        expect(JSON.stringify(given.body)).not.toMatch(/fitSignal|rematchOffered|not-right/);
      }
    expect((await pair.coachee.get(pair.match)).body).toMatchObject({ rematchOffered: true });
  });

  it('is told of the past in its order, and of no time before the match; and no refusal tells what was said', async () => {
    const pair = await matched();
    const tells = async (signal: string, day: string, who = `coachee:${pair.personId}`) => {
      const occurredAt = `2026-01-${day}T08:00:00.000Z`;
      const given = await app
        .as('integration')
        .post(`${pair.match}/fit`, { signal }, { onBehalfOf: who, occurredAt });
      return given.status === 200 ? 200 : given.body.type;
    };
    const refused = 'urn:cairn:problem:out-of-order';
    app.clock.set('2026-01-20T08:00:00.000Z');
    expect(await tells('unsure', '04')).toBe(refused);
    expect(await tells('unsure', '08')).toBe(200);
    for (const signal of ['good', 'unsure', 'not-right']) {
      expect(await tells(signal, '04')).toBe(refused);
      expect(await tells(signal, '07')).toBe(refused);
    }
    // Said again, it is as late as any other word: a try before that tells nothing either.
    expect(await tells('unsure', '09')).toBe(200);
    expect(await tells('good', '08')).toBe(refused);
    expect(await tells('good', '10')).toBe(200);
    // Nor does what the one may say tell when the other has spoken.
    expect(await tells('good', '07', `coach:${pair.coachId}`)).toBe(200);
  });

  it('offers another coach after a low rating, in private, until a better one', async () => {
    const pair = await matched();
    const session = randomUUID();
    const rates = (version: number, at: string, relationship: number) =>
      says(pair, 'SessionRated', session, [version, at], { useful: 4, relationship, progress: 4 });
    const offered = (is: boolean) =>
      eventually(
        async () => expectStatus(200, await pair.coachee.get(pair.match)),
        ({ rematchOffered }) => rematchOffered === is,
      );
    await offered(false);
    const before = (await pair.coachee.get(pair.match)).headers['etag'];
    await rates(3, '2026-01-12T11:00:00.000Z', 2);
    await offered(true);
    expect((await pair.coachee.get(pair.match)).headers['etag']).not.toBe(before);
    for (const caller of [...everybody(pair), pair.coach])
      expect(JSON.stringify((await caller.get(pair.match)).body)).not.toContain('rematchOffered');
    await rates(4, '2026-01-13T11:00:00.000Z', 4);
    await offered(false);
  });

  it('goes by the latest rating, in whatever order they are heard', async () => {
    const engagementId = randomUUID();
    const rated = (time: string, relationship: number) => ({
      name: 'SessionRated',
      data: { engagementId, useful: 4, relationship, progress: 4 },
      envelope: { tenantid: app.tenantId, time },
    });
    const heard = [rated('2026-01-13T11:00:00.000Z', 4), rated('2026-01-12T11:00:00.000Z', 1)];
    const client = await app.running.pool.connect();
    try {
      await learnRatings(client, heard as unknown as ReceivedEvent[]);
    } finally {
      client.release();
    }
    expect(
      await app.dataSource.query('SELECT low FROM match_opinions WHERE engagement_id = $1', [engagementId]),
    ).toEqual([{ low: false }]);
  });
});

describe('what an engagement left', () => {
  const granted = async ({ enrollmentId }: { enrollmentId: string }) =>
    (await app.events(`enrollment-${enrollmentId}`))
      .filter(({ type }) => type === 'SessionsAllotted')
      .map(({ data }) => data);
  /** Two of one stream are handled in order. */
  const returned = (pair: Awaited<ReturnType<typeof matched>>, stream: string, version: number) =>
    app.tell({
      name: 'SessionsReturned',
      data: {
        engagementId: derivedId(pair.matchId, 'engagement'),
        enrollmentId: pair.enrollmentId,
        ...to,
        personId: pair.personId,
        coachId: pair.coachId,
        count: 5,
      },
      stream,
      version,
      at: '2026-01-06T09:00:00.000Z',
    });
  const stream = () => `engagement-${randomUUID()}`;

  it('is granted again, of the total that stays', async () => {
    const pair = await matched();
    await returned(pair, stream(), 4);
    const found = await eventually(
      () => granted(pair),
      (events) => events.length === 2,
    );
    expect(found).toMatchObject([
      { count: 12, total: 12 },
      { count: 5, total: 12 },
    ]);
  });

  it('is not granted to who has left, though the enrolment has not heard of it yet', async () => {
    const [leaver, other] = [await matched(), await matched()];
    await app.dataSource.query(
      `UPDATE people SET left_on = '2026-01-06', history = jsonb_set(history, '{employments,-1,end}', '"2026-01-06"')
        WHERE person_id = $1`,
      [leaver.personId],
    );
    const one = stream();
    await returned(leaver, one, 4);
    await returned(other, one, 5);
    await eventually(
      () => granted(other),
      (events) => events.length === 2,
    );
    expect(await granted(leaver)).toHaveLength(1);
  });
});

describe('a match that a coach accepts while the enrolment ends', () => {
  const locksWaitedFor = () =>
    app.dataSource.query<{ n: number }[]>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );

  it.each(['the first', 'another one, with the first going on'])('ends with it: %s', async (which) => {
    const pair = await matched();
    const { hr, next, match, coachIds, enrollmentId } = pair;
    const taken = coachIds[1]!;
    if (which === 'the first') {
      const one = await active(app, to, { preferences: { languages: [pair.language] } });
      const own = path(one.enrollmentId);
      expectStatus(200, await hr.post(`${own}/shortlist`));
      const coachee = app.as('coachee', { personId: one.personId });
      expectStatus(200, await coachee.post(`${own}/propose`, { coachId: taken }));
      await acceptedWhileEnding(one.enrollmentId, own);
    } else {
      await proposed(pair, true);
      await acceptedWhileEnding(enrollmentId, match);
    }

    async function acceptedWhileEnding(enrolment: string, of: string): Promise<void> {
      const before = await placesOf(taken);
      const { accepting, ending } = await inTransaction(app.running.pool, async (client) => {
        // The one who accepts has the match by now, and waits for the coach's row.
        await client.query('SELECT FROM coaches WHERE coach_id = $1 FOR UPDATE', [taken]);
        const sent = next.post(`${of}/accept`);
        await eventually(locksWaitedFor, ([waiting]) => waiting!.n === 1);
        const ends = hr.post(`/enrollments/${enrolment}/discontinue`, { reason: 'too-busy' });
        await eventually(locksWaitedFor, ([waiting]) => waiting!.n === 2);
        return { accepting: sent, ending: ends };
      });
      expectStatus(200, await ending);
      expectStatus(200, await accepting);
      const statuses = await app.dataSource.query<{ status: string }[]>(
        'SELECT DISTINCT status FROM matches WHERE enrollment_id = $1',
        [enrolment],
      );
      expect(statuses).toEqual([{ status: 'ended' }]);
      expect(await placesOf(taken)).toBe(before - 1);
    }
  });
});

describe('ratings that several partitions bring at once', () => {
  it('are kept by all of them, the latest of each engagement', async () => {
    const { pool } = app.running;
    const ids = Array.from({ length: 100 }, () => randomUUID());
    const rated = (engagementId: string, useful: number, time: string) =>
      ({
        name: 'SessionRated',
        data: { engagementId, useful, relationship: 5 },
        envelope: { tenantid: app.tenantId, time },
      }) as unknown as ReceivedEvent;
    const early = '2026-01-06T09:00:00.000Z';
    const late = '2026-01-07T09:00:00.000Z';
    const partitions = [
      ids.map((id) => rated(id, 1, early)),
      ids.toReversed().flatMap((id) => [rated(id, 5, late), rated(id, 2, early)]),
    ];
    const told = await inTransaction(pool, async (client) => {
      // Both are in the middle of their engagements before either may go on.
      await learnRatings(client, [rated(ids[50]!, 1, early)]);
      const all = Promise.all(
        partitions.map((events) => inTransaction(pool, (each) => learnRatings(each, events))),
      );
      await eventually(
        () =>
          app.dataSource.query(
            `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%match_opinions AS o%'`,
          ),
        (waiting) => waiting.length === 2,
      );
      return { all };
    });
    await told.all;
    const { rows } = await pool.query(
      'SELECT count(*)::int AS n, bool_or(low) AS low FROM match_opinions WHERE engagement_id = ANY ($1)',
      [ids],
    );
    expect(rows).toEqual([{ n: ids.length, low: false }]);
  });
});
