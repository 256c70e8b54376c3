import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { answer, asked, byLink, CLOSES_ON, link, open, raters, request } from '../../test/assessing.js';
import { enrollmentApp, eventually, type TestApp } from '../../test/app.js';
import { coach } from '../../test/coaches.js';
import {
  active,
  expectStatus,
  leaves,
  nominated,
  person,
  programme,
  type Programme,
} from '../../test/given.js';

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
  to = await programme(app, { themes: ['giving-feedback', 'running-meetings'] });
});

const post = async (path: string, body?: object, by = app.as('hr')) =>
  expectStatus(200, await by.post(path, body));
const read = async (assessmentId: string, by = app.as('hr')) =>
  expectStatus(200, await by.get(`/assessments/${assessmentId}`));
const typesOf = async (assessmentId: string) =>
  (await app.events(`assessment-${assessmentId}`)).map(({ type }) => type);
const slugOf = ({ body }: { body: { type: string } }) => body.type.replace('urn:cairn:problem:', '');

/** A coachee who is assessed by three peers, who have answered 3, 4 and 5. */
async function answered(categories: readonly string[] = ['self', 'peer']) {
  const { enrollmentId, personId } = await active(app, to);
  const assessmentId = await request(app, enrollmentId, categories);
  for (const value of [3, 4, 5])
    expectStatus(204, await answer(app, await asked(app, personId, assessmentId, 'peer'), value));
  return { enrollmentId, personId, assessmentId, me: app.as('coachee', { personId }) };
}

describe('an assessment', () => {
  it('goes from the request to results that the coachee reads', async () => {
    const { personId, assessmentId, me } = await answered();
    const self = (await raters(app, assessmentId)).find(({ category }) => category === 'self')!;
    expect(self.personId).toBe(personId);
    expectStatus(204, await answer(app, await link(app, assessmentId, self.raterId), 7));
    expect(await read(assessmentId)).toMatchObject({
      status: 'collecting',
      closesAt: '2026-01-19T23:00:00.000Z',
      answered: 4,
      categories: [
        { category: 'self', nominated: 1, asked: 1, answered: 1 },
        { category: 'peer', nominated: 3, asked: 3, answered: 3 },
      ],
    });
    await post(`/assessments/${assessmentId}/close`);
    expect((await me.get(`/assessments/${assessmentId}/results`)).status).toBe(409);
    await post(`/assessments/${assessmentId}/release`);
    const results = expectStatus(200, await me.get(`/assessments/${assessmentId}/results`));
    const figures = [
      { category: 'self', raters: 1, mean: 7, itemMeans: [7, 7, 7] },
      { category: 'peer', raters: 3, mean: 4, itemMeans: [4, 4, 4] },
    ];
    expect(results).toMatchObject({
      questionnaire: { name: 'cairn-management', version: 1 },
      withheld: [],
      themes: [
        { theme: 'giving-feedback', results: figures },
        { theme: 'running-meetings', results: figures },
      ],
    });
    expect(results.themes[1].items[0]).toContain('running meetings');
    expect(await typesOf(assessmentId)).toEqual([
      'AssessmentRequested',
      'RaterNominated',
      'RaterApproved',
      ...Array.from({ length: 3 }, () => ['RaterNominated', 'RaterApproved']).flat(),
      'AnswersCounted',
      'AssessmentClosed',
      'ResultsReleased',
    ]);
    const told = (await app.events(`assessment-${assessmentId}`)).find(
      ({ type }) => type === 'AnswersCounted',
    );
    expect(told!.data).toMatchObject({ on: '2026-01-05', answers: 4 });
  });

  it('leaves out an anonymous category with fewer than three, whose looks do not tell how many', async () => {
    const { personId, assessmentId, me } = await answered(['self', 'peer', 'directReport', 'other']);
    for (const value of [1, 1])
      await answer(app, await asked(app, personId, assessmentId, 'directReport'), value);
    await post(`/assessments/${assessmentId}/close`);
    await post(`/assessments/${assessmentId}/release`, undefined, me);
    const { themes, withheld } = expectStatus(200, await me.get(`/assessments/${assessmentId}/results`));
    expect(withheld).toEqual(['self', 'directReport', 'other']);
    expect(themes[0].results).toEqual([{ category: 'peer', raters: 3, mean: 4, itemMeans: [4, 4, 4] }]);
    // Nor does how far it is: a total, less the three peers, would.
    for (const path of [`/assessments/${assessmentId}`, '/assessments'])
      expect(JSON.stringify((await me.get(path)).body)).not.toContain('"answered"');
  });

  it('tells of an anonymous category neither the exact mean nor how far answers lie apart', async () => {
    const { enrollmentId, personId } = await active(app, to);
    const assessmentId = await request(app, enrollmentId, ['peer']);
    for (const value of [6, 7, 7]) await answer(app, await asked(app, personId, assessmentId, 'peer'), value);
    await post(`/assessments/${assessmentId}/close`);
    await post(`/assessments/${assessmentId}/release`);
    const told = { category: 'peer', raters: 3, mean: 6.5, itemMeans: [6.5, 6.5, 6.5] };
    const path = `/assessments/${assessmentId}/results`;
    const results = async () =>
      (await app.as('coachee', { personId }).get(path)).body.themes.map(
        ({ results: of }: { results: object[] }) => of,
      );
    expect(await results()).toEqual([[told], [told]]);
    const kept = (await app.events(`assessment-${assessmentId}`)).at(-1)!.data as { results: object[] };
    expect(kept.results[0]).toEqual({ theme: 'giving-feedback', ...told, sd: null });
    // What was kept exact once is told like this, too.
    await app.dataSource.query(
      `UPDATE assessments SET state = replace(state::text, '6.5', '6.666666666666667')::jsonb
       WHERE assessment_id = $1`,
      [assessmentId],
    );
    expect(await results()).toEqual([[told], [told]]);
  });

  it('is for people who take part, one at a time, a baseline once', async () => {
    const invited = await nominated(app, to);
    const asks = (enrollmentId: string, some: object = {}) =>
      app.as('hr').post(`/enrollments/${enrollmentId}/assessments`, {
        moment: 'baseline',
        categories: ['self'],
        closesOn: CLOSES_ON,
        ...some,
      });
    expect(slugOf(await asks(invited.enrollmentId))).toBe('enrollment-state');
    const { personId: managerId } = await person(app, { leftOn: '2025-12-31' });
    const led = await active(app, to, await person(app, { managerId }));
    expect(slugOf(await asks(led.enrollmentId, { categories: ['manager'] }))).toBe('no-manager');
    const { enrollmentId } = await active(app, to);
    for (const closesOn of ['2026-01-04', '2026-04-06'])
      expect(slugOf(await asks(enrollmentId, { closesOn }))).toBe('bad-closing-day');
    expect(slugOf(await asks(enrollmentId, { categories: ['manager'] }))).toBe('no-manager');
    expect(slugOf(await asks(enrollmentId, { moment: 'followUp' }))).toBe('no-baseline');
    const both = await Promise.all([asks(enrollmentId), asks(enrollmentId)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    const first = both.find(({ status }) => status === 201)!.body.assessmentId;
    expect(slugOf(await asks(enrollmentId))).toBe('assessment-open');
    await post(`/assessments/${first}/withdraw`);
    const again = await asks(enrollmentId);
    await post(`/assessments/${expectStatus(201, again).assessmentId}/close`);
    await post(`/assessments/${again.body.assessmentId}/release`);
    expect(slugOf(await asks(enrollmentId))).toBe('already-assessed');
  });

  it('afterwards asks the same items of the same themes, whatever the programme names by then', async () => {
    const { enrollmentId, assessmentId, me } = await answered();
    await post(`/assessments/${assessmentId}/close`);
    await post(`/assessments/${assessmentId}/release`);
    const patch = { changes: { themes: ['navigating-conflict'] } };
    expectStatus(200, await app.as('hr').patch(`/programs/${to.programId}`, patch, { ifMatch: '*' }));
    await request(app, enrollmentId, ['self'], { moment: 'followUp' });
    const { items } = expectStatus(200, await me.get(`/assessments?enrollmentId=${enrollmentId}`));
    expect(items.map(({ themes }: { themes: string[] }) => themes)).toEqual([
      ['giving-feedback', 'running-meetings'],
      ['giving-feedback', 'running-meetings'],
    ]);
  });

  it('tells the answers of a day when it is over, and ends with its last day', async () => {
    const { assessmentId } = await answered();
    app.clock.set('2026-01-05T23:00:00.000Z');
    const stream = `assessment-${assessmentId}`;
    const told = await eventually(
      async () => (await app.events(stream)).at(-1)!,
      ({ type }) => type === 'AnswersCounted',
    );
    expect(told).toMatchObject({
      occurredAt: '2026-01-05T23:00:00.000Z',
      data: { on: '2026-01-05', answers: 3 },
    });
    app.clock.set('2026-01-19T23:00:00.000Z');
    await eventually(
      () => read(assessmentId),
      ({ status }) => status === 'closed',
    );
    const types = await typesOf(assessmentId);
    expect(types.filter((type) => type === 'AnswersCounted')).toHaveLength(1);
    const last = (await app.events(stream)).at(-1)!;
    expect(last).toMatchObject({ type: 'AssessmentClosed', data: { by: 'deadline' } });
  });

  it('is withdrawn with its enrolment, but not where that is completed', async () => {
    const one = await answered();
    await post(`/enrollments/${one.enrollmentId}/discontinue`, { reason: 'too-busy' });
    expect((await read(one.assessmentId)).status).toBe('withdrawn');
    const { rows } = await answersIn(one.assessmentId);
    expect(rows).toEqual([]);
  });
});

const answer404 = (token: string) => byLink(app, '/answers', { token, answers: [] });

const answersIn = async (assessmentId: string) => ({
  rows: (await app.dataSource.query('SELECT * FROM assessment_answers WHERE assessment_id = $1', [
    assessmentId,
  ])) as object[],
});

describe('somebody who leaves the company', () => {
  it('takes the open assessments along, each once, also where their enrolments are completed', async () => {
    const at = shared;
    at.clock.set('2026-01-05T08:00:00.000Z');
    const hr = at.as('hr');
    const becomes = (path: string, status: string) =>
      eventually(
        async () => (await hr.get(path)).body.status,
        (is) => is === status,
      );
    const { personId } = await person(at);
    const begun: { enrollmentId: string; assessmentId: string }[] = [];
    for (const name of ['First steps', 'Next steps']) {
      const program = await programme(at, { name, endsOn: '2026-01-10' });
      const { enrollmentId } = await active(at, program, { personId });
      begun.push({ enrollmentId, assessmentId: await request(at, enrollmentId, ['self']) });
    }
    at.clock.set('2026-01-11T08:00:00.000Z');
    for (const { enrollmentId } of begun) await becomes(`/enrollments/${enrollmentId}`, 'completed');
    for (const { assessmentId } of begun) await becomes(`/assessments/${assessmentId}`, 'collecting');
    await leaves(at, personId, '2026-01-11');
    for (const { assessmentId } of begun) await becomes(`/assessments/${assessmentId}`, 'withdrawn');
    const { rows } = await at.running.pool.query(
      'SELECT event_id FROM log.events GROUP BY event_id HAVING count(*) > 1',
    );
    expect(rows).toEqual([]);
  });
});

describe('raters', () => {
  it('are nominated in the category that the directory says they are in, each once', async () => {
    const manager = await person(app);
    const { personId } = await person(app, { managerId: manager.personId });
    const { enrollmentId } = await active(app, to, { personId });
    const assessmentId = await request(app, enrollmentId, ['self', 'manager', 'peer', 'directReport']);
    const me = app.as('coachee', { personId });
    const nominate = (body: object) => me.post(`/assessments/${assessmentId}/raters`, body);
    const report = await person(app, { managerId: personId });
    const peer = await person(app);
    const gone = await person(app, { leftOn: '2025-12-31' });
    const wrong: [object, string][] = [
      [{ category: 'peer', personId }, 'wrong-category'],
      [{ category: 'peer', personId: manager.personId }, 'wrong-category'],
      [{ category: 'peer', personId: report.personId }, 'wrong-category'],
      [{ category: 'directReport', personId: peer.personId }, 'wrong-category'],
      [{ category: 'directReport' }, 'wrong-category'],
      [{ category: 'other' }, 'category-not-asked'],
      [{ category: 'peer', personId: gone.personId }, 'not-found'],
      [{ category: 'peer', employeeId: 'nobody' }, 'not-found'],
      [{ category: 'peer', personId: peer.personId, employeeId: peer.employeeId }, 'rater-named-twice'],
    ];
    for (const [body, slug] of wrong) expect([body, slugOf(await nominate(body))]).toEqual([body, slug]);
    expectStatus(201, await nominate({ category: 'directReport', personId: report.personId }));
    expectStatus(201, await nominate({ category: 'peer', employeeId: peer.employeeId }));
    expect(slugOf(await nominate({ category: 'peer', personId: peer.personId }))).toBe('already-nominated');
    // From outside: as many as one likes, and nothing is kept of them.
    for (let n = 0; n < 2; n++) expectStatus(201, await nominate({ category: 'peer' }));
    const known = (await raters(app, assessmentId)).map(({ category, personId: who }) => [category, who]);
    expect(known.sort()).toEqual(
      [
        ['self', personId],
        ['manager', manager.personId],
        ['directReport', report.personId],
        ['peer', peer.personId],
        ['peer', null],
        ['peer', null],
      ].sort(),
    );
  });

  it('are asked once they are approved, by links of which the last one counts', async () => {
    const { enrollmentId, personId } = await active(app, to);
    const assessmentId = await request(app, enrollmentId, ['peer']);
    const me = app.as('coachee', { personId });
    expectStatus(201, await me.post(`/assessments/${assessmentId}/raters`, { category: 'peer' }));
    const { raterId } = (await raters(app, assessmentId))[0]!;
    const of = `/assessments/${assessmentId}/raters/${raterId}`;
    expect(slugOf(await app.as('hr').post(`${of}/link`))).toBe('rater-not-approved');
    expect(await read(assessmentId)).toMatchObject({
      status: 'requested',
      categories: [{ category: 'peer', nominated: 1, asked: 0 }],
    });
    await post(`${of}/approve`);
    const first = await link(app, assessmentId, raterId);
    const second = await link(app, assessmentId, raterId);
    expect((await open(app, first)).status).toBe(404);
    const { body } = await open(app, second);
    expect(body).toMatchObject({ category: 'peer', anonymous: true, about: 'Temi Okoro' });
    expect(body.notice).toContain('anonymous');
    expect(body.themes[0].items).toHaveLength(3);
    expectStatus(204, await answer(app, second, 4));
    for (const again of [
      await open(app, second),
      await byLink(app, '/answers', { token: second, answers: [] }),
    ])
      expect(slugOf(again)).toBe('already-answered');
    expect(slugOf(await app.as('hr').post(`${of}/link`))).toBe('already-answered');
  });

  it('are removed: by the coachee until they are approved, then by staff until one of theirs has answered', async () => {
    const { enrollmentId, personId } = await active(app, to);
    const assessmentId = await request(app, enrollmentId, ['self', 'peer']);
    const me = app.as('coachee', { personId });
    const tokens: string[] = [];
    for (let n = 0; n < 3; n++) tokens.push(await asked(app, personId, assessmentId, 'peer'));
    const of = (raterId: string) => `/assessments/${assessmentId}/raters/${raterId}`;
    const { personId: peer } = await person(app);
    const nominate = () =>
      me.post(`/assessments/${assessmentId}/raters`, { category: 'peer', personId: peer });
    const newest = async () =>
      (await raters(app, assessmentId)).find((one) => one.personId === peer)!.raterId;
    expectStatus(201, await nominate());
    const early = await newest();
    const gone = expectStatus(200, await me.post(`${of(early)}/remove`));
    expect(gone.categories[1]).toMatchObject({ nominated: 3, asked: 3 });
    expect((await app.as('hr').post(`${of(early)}/approve`)).status).toBe(404);

    expectStatus(201, await nominate());
    const raterId = await newest();
    await post(`${of(raterId)}/approve`);
    const token = await link(app, assessmentId, raterId);
    for (const caller of [me, app.as(['program-admin', 'coachee'], { personId })])
      expect(slugOf(await caller.post(`${of(raterId)}/remove`))).toBe('rater-approved');
    expect((await app.as('hr', { personId }).post(`${of(raterId)}/remove`)).status).toBe(404);
    expect((await post(`${of(raterId)}/remove`)).categories[1]).toMatchObject({ asked: 3, answered: 0 });
    expect((await open(app, token)).status).toBe(404);
    expect((await answer404(token)).status).toBe(404);

    // From the first answer on all of them stay: on a list without the others the coachee would see who has answered.
    expectStatus(204, await answer(app, tokens[0]!, 5));
    for (const one of (await raters(app, assessmentId)).filter(({ category }) => category === 'peer')) {
      expect(slugOf(await app.as('hr').post(`${of(one.raterId)}/remove`))).toBe('already-answered');
      expect(slugOf(await me.post(`${of(one.raterId)}/remove`))).toBe('rater-approved');
    }
    expect((await answersIn(assessmentId)).rows).toHaveLength(1);
  });

  it('who leave the company are asked no more, and the coachee sees no difference', async () => {
    const { personId, assessmentId, me } = await answered();
    const token = await asked(app, personId, assessmentId, 'peer');
    const list = async () => (await me.get(`/assessments/${assessmentId}/raters`)).body;
    const before = await list();
    for (const { personId: rater } of await raters(app, assessmentId))
      if (rater !== personId)
        await app.dataSource.query(`UPDATE people SET left_on = '2026-01-05' WHERE person_id = $1`, [rater]);
    expect((await open(app, token)).status).toBe(404);
    expect((await answer404(token)).status).toBe(404);
    expect(await list()).toEqual(before);
    expect((await read(assessmentId)).answered).toBe(3);
    const leaver = (await raters(app, assessmentId)).find(
      (one) => 'answered' in one && !one.answered && one.category === 'peer',
    )!;
    const of = `/assessments/${assessmentId}/raters/${leaver.raterId}`;
    expect(slugOf(await app.as('hr').post(`${of}/link`))).toBe('rater-has-left');
    expect(slugOf(await app.as('hr').post(`${of}/remove`))).toBe('already-answered');
  });

  it('are told before the first question whether their answers are shown as theirs', async () => {
    const manager = await person(app);
    const { personId } = await person(app, { managerId: manager.personId });
    const { enrollmentId } = await active(app, to, { personId });
    const assessmentId = await request(app, enrollmentId, ['self', 'manager']);
    for (const { raterId, category } of await raters(app, assessmentId)) {
      const { body } = await open(app, await link(app, assessmentId, raterId));
      expect(body).toMatchObject({ category, anonymous: false });
      expect(body.notice).toContain(category === 'self' ? 'as your own view' : 'not anonymous');
      expect(body.about).toBe(category === 'self' ? null : 'Temi Okoro');
      expect(body.themes[0].items[0]).toMatch(category === 'self' ? /^I / : /^This manager /);
    }
  });

  it('answer every question, once, while answering goes on', async () => {
    const { enrollmentId, personId } = await active(app, to);
    const assessmentId = await request(app, enrollmentId, ['peer']);
    const token = await asked(app, personId, assessmentId, 'peer');
    const give = (...answers: object[]) => byLink(app, '/answers', { token, answers });
    const feedback = { theme: 'giving-feedback', values: [1, 2, 3] };
    const meetings = { theme: 'running-meetings', values: [4, 5, 6] };
    for (const answers of [[feedback], [feedback, feedback], [feedback, { ...meetings, theme: 'other' }]])
      expect(slugOf(await give(...answers))).toBe('not-all-answered');
    for (const values of [
      [1, 2],
      [1, 2, 8],
      [0, 1, 2],
      [1, 2, 3.5],
      ['1', 2, 3],
    ])
      expect((await give(feedback, { ...meetings, values })).status).toBe(422);
    // Two who hold one link: one answer.
    const both = await Promise.all(Array.from({ length: 6 }, () => give(feedback, meetings)));
    expect(both.map(({ status }) => status).sort()).toEqual([204, 409, 409, 409, 409, 409]);
    expect((await answersIn(assessmentId)).rows).toHaveLength(1);

    const late = await asked(app, personId, assessmentId, 'peer');
    app.clock.set('2026-01-19T23:00:00.000Z');
    expect((await open(app, late)).status).toBe(404);
    const { raterId } = (await raters(app, assessmentId)).at(-1)!;
    const link = `/assessments/${assessmentId}/raters/${raterId}/link`;
    expect((await app.as('hr').post(link)).status).toBe(409);
  });

  it('are in time or not, never half, where answering is ended meanwhile', async () => {
    for (let round = 0; round < 5; round++) {
      const { enrollmentId, personId } = await active(app, to);
      const assessmentId = await request(app, enrollmentId, ['peer']);
      const tokens = [];
      for (let n = 0; n < 3; n++) tokens.push(await asked(app, personId, assessmentId, 'peer'));
      const values = [1, 1, 1];
      const answers = ['giving-feedback', 'running-meetings'].map((theme) => ({ theme, values }));
      const give = tokens.map((token) => byLink(app, '/answers', { token, answers }));
      const [, ...replies] = await Promise.all([post(`/assessments/${assessmentId}/close`), ...give]);
      const taken = replies.filter(({ status }) => status === 204).length;
      expect(replies.filter(({ status }) => status === 404)).toHaveLength(3 - taken);
      expect((await answersIn(assessmentId)).rows).toHaveLength(taken);
      const counted = (await app.events(`assessment-${assessmentId}`)).filter(
        ({ type }) => type === 'AnswersCounted',
      );
      expect(counted.reduce((sum, { data }) => sum + (data as { answers: number }).answers, 0)).toBe(taken);
      expect((await read(assessmentId)).answered).toBe(taken);
    }
  });
});

describe('who may', () => {
  it('read results: the coachee, and the coach of the match while they share them', async () => {
    const coachId = await coach(app, 'C-1');
    const { enrollmentId, assessmentId, me } = await answered();
    await post(`/enrollments/${enrollmentId}/match/shortlist`);
    await post(`/enrollments/${enrollmentId}/match/propose`, { coachId }, me);
    const rosa = app.as('coach', { coachId });
    await post(`/enrollments/${enrollmentId}/match/accept`, undefined, rosa);
    await post(`/assessments/${assessmentId}/close`);
    await post(`/assessments/${assessmentId}/release`);
    const paths = [`/assessments/${assessmentId}`, `/assessments/${assessmentId}/results`];
    const seen = () => Promise.all(paths.map(async (path) => (await rosa.get(path)).status));
    expect(await seen()).toEqual([404, 404]);
    await post(`/assessments/${assessmentId}/share`, { shared: true }, me);
    expect(await seen()).toEqual([200, 200]);
    expect((await rosa.get('/assessments')).body.items).toHaveLength(1);
    expect((await rosa.get(paths[0]!)).body).not.toHaveProperty('answered');
    // They learn nothing of a match at risk by what they can read.
    const matched = (status: string) =>
      app.dataSource.query('UPDATE matches SET status = $2 WHERE enrollment_id = $1', [enrollmentId, status]);
    await matched('atRisk');
    expect(await seen()).toEqual([200, 200]);
    await matched('active');
    expect((await rosa.get(`/assessments/${assessmentId}/raters`)).status).toBe(403);
    await post(`/assessments/${assessmentId}/share`, { shared: false }, me);
    expect(await seen()).toEqual([404, 404]);
    await post(`/assessments/${assessmentId}/share`, { shared: true }, me);
    await post(`/enrollments/${enrollmentId}/discontinue`, { reason: 'too-busy' });
    expect(await seen()).toEqual([404, 404]);
    const other = app.as('coachee', { personId: (await person(app)).personId });
    for (const path of [...paths, `/assessments/${assessmentId}/raters`])
      expect((await other.get(path)).status).toBe(404);
    expect((await other.post(`/assessments/${assessmentId}/share`, { shared: true })).status).toBe(404);
  });

  it.each([
    [false, [404, 200]],
    [true, [200, 200]],
  ])(
    'read what was shared with the coach before: the next one, handed over %s, and once it is shared anew',
    async (handover, seen) => {
      const coachIds = [await coach(app, 'C-1', { years: 12 }), await coach(app, 'C-2', { years: 2 })];
      const { enrollmentId, assessmentId, me } = await answered();
      await post(`/assessments/${assessmentId}/close`);
      await post(`/assessments/${assessmentId}/release`);
      const match = `/enrollments/${enrollmentId}/match`;
      for (const [n, coachId] of coachIds.entries()) {
        if (n > 0) await post(`${match}/rematch`, { reason: 'fit' }, me);
        await post(`${match}/shortlist`);
        await post(`${match}/propose`, { coachId, ...(n > 0 && { handover }) }, me);
        await post(`${match}/accept`, undefined, app.as('coach', { coachId }));
        if (n === 0) await post(`/assessments/${assessmentId}/share`, { shared: true }, me);
      }
      const next = app.as('coach', { coachId: coachIds[1]! });
      const statuses = [(await next.get(`/assessments/${assessmentId}/results`)).status];
      expect((await read(assessmentId, me)).sharedWithCoach).toBe(handover);
      await post(`/assessments/${assessmentId}/share`, { shared: true }, me);
      statuses.push((await next.get(`/assessments/${assessmentId}/results`)).status);
      expect(statuses).toEqual(seen);
    },
  );

  it('have the raters listed, which is written down', async () => {
    const { personId, enrollmentId } = await active(app, to);
    const assessmentId = await request(app, enrollmentId, ['self']);
    const before = await app.looked();
    await raters(app, assessmentId);
    expect((await app.looked()).slice(before.length)).toMatchObject([
      { role: 'hr', what: 'assessment', personIds: [personId] },
    ]);
  });

  it('not learn who has answered: the coachee, whatever other role they have', async () => {
    const { personId, assessmentId, me } = await answered();
    const both = app.as(['program-admin', 'coachee'], { personId });
    const alone = app.as('program-admin', { personId });
    expect(await read(assessmentId, me)).not.toHaveProperty('answered');
    for (const caller of [me, both, alone]) {
      const list = expectStatus(200, await caller.get(`/assessments/${assessmentId}/raters`)).items;
      expect(list[0]).not.toHaveProperty('answered');
      expect((await read(assessmentId, caller)).categories[0]).not.toHaveProperty('answered');
    }
    const { raterId } = (await raters(app, assessmentId))[0]!;
    const link = `/assessments/${assessmentId}/raters/${raterId}/link`;
    for (const caller of [both, alone]) expect((await caller.post(link)).status).toBe(404);
    // Those who remind do, until answering is over.
    expect((await raters(app, assessmentId)).filter((one) => 'answered' in one)).toHaveLength(4);
    await post(`/assessments/${assessmentId}/close`);
    expect((await raters(app, assessmentId)).filter((one) => 'answered' in one)).toEqual([]);
  });

  it('not hold links, nor learn who has answered, of their own coachee: a coach, whatever other role', async () => {
    const coachId = await coach(app, 'C-1');
    const { enrollmentId, assessmentId, me } = await answered();
    const { personId: peer } = await person(app);
    expectStatus(
      201,
      await me.post(`/assessments/${assessmentId}/raters`, { category: 'peer', personId: peer }),
    );
    const { raterId } = (await raters(app, assessmentId)).find((one) => one.personId === peer)!;
    await post(`/enrollments/${enrollmentId}/match/shortlist`);
    await post(`/enrollments/${enrollmentId}/match/propose`, { coachId }, me);
    await post(`/enrollments/${enrollmentId}/match/accept`, undefined, app.as('coach', { coachId }));
    const of = `/assessments/${assessmentId}`;
    for (const role of ['program-admin', 'hr'] as const) {
      const rosa = app.as(['coach', role], { coachId });
      for (const path of ['approve', 'link', 'remove'].map((what) => `${of}/raters/${raterId}/${what}`))
        expect([path, (await rosa.post(path)).status]).toEqual([path, 404]);
      for (const path of [of, `${of}/raters`, '/assessments'])
        expect(JSON.stringify(expectStatus(200, await rosa.get(path)))).not.toContain('"answered"');
      expect((await rosa.post(`${of}/close`)).status).toBe(404);
      const other = app.as(['coach', role], { coachId: await coach(app, `C-${role}`) });
      expect((await read(assessmentId, other)).answered).toBe(3);
    }
    await post(`${of}/raters/${raterId}/approve`);
  });

  it('not hold links of their own coachee: an internal coach, whether or not the token says which coach they are', async () => {
    const { personId: inside, employeeId } = await person(app);
    const coachId = await coach(app, 'C-1', { employeeId });
    const { enrollmentId, assessmentId, me } = await answered();
    await post(`/enrollments/${enrollmentId}/match/shortlist`);
    await post(`/enrollments/${enrollmentId}/match/propose`, { coachId }, me);
    await post(`/enrollments/${enrollmentId}/match/accept`, undefined, app.as('coach', { coachId }));
    const admin = app.as('program-admin', { personId: inside });
    expect(await read(assessmentId, admin)).not.toHaveProperty('answered');
    const { raterId } = (await raters(app, assessmentId))[0]!;
    expect((await admin.post(`/assessments/${assessmentId}/raters/${raterId}/link`)).status).toBe(404);
  });

  it('not rate and read the results: the coach', async () => {
    const { personId: inside, employeeId } = await person(app);
    const coachId = await coach(app, 'C-1', { employeeId });
    const { enrollmentId, personId } = await active(app, to);
    const me = app.as('coachee', { personId });
    const rosa = app.as('coach', { coachId });
    const before = await request(app, enrollmentId, ['peer']);
    const nominate = (id: string) =>
      me.post(`/assessments/${id}/raters`, { category: 'peer', personId: inside });
    // Nobody knows yet that they will coach them.
    expectStatus(201, await nominate(before));
    for (let n = 0; n < 2; n++) await answer(app, await asked(app, personId, before, 'peer'), 4);
    const { raterId } = (await raters(app, before)).find((one) => one.personId === inside)!;
    await post(`/assessments/${before}/raters/${raterId}/approve`);
    await answer(app, await link(app, before, raterId), 5);
    await post(`/enrollments/${enrollmentId}/match/shortlist`);
    await post(`/enrollments/${enrollmentId}/match/propose`, { coachId }, me);
    await post(`/enrollments/${enrollmentId}/match/accept`, undefined, rosa);
    await post(`/assessments/${before}/close`);
    await post(`/assessments/${before}/release`);
    await post(`/assessments/${before}/share`, { shared: true }, me);
    expect((await rosa.get(`/assessments/${before}/results`)).status).toBe(404);
    const after = await request(app, enrollmentId, ['peer'], { moment: 'followUp' });
    expect(slugOf(await nominate(after))).toBe('wrong-category');
  });

  it('not be asked for by who is assessed', async () => {
    const { enrollmentId, personId } = await active(app, to);
    const body = { moment: 'baseline', categories: ['self'], closesOn: CLOSES_ON };
    for (const caller of [app.as('program-admin', { personId }), app.as('hr', { personId })])
      expect((await caller.post(`/enrollments/${enrollmentId}/assessments`, body)).status).toBe(404);
    expectStatus(201, await app.as('program-admin').post(`/enrollments/${enrollmentId}/assessments`, body));
  });

  it('ask: HR those whom it reaches, and nobody about themself or their line upwards', async () => {
    const { personId, assessmentId } = await answered();
    const report = await person(app, { managerId: personId });
    const near = [
      app.as('hr', { personId }),
      app.as('hr', { personId: report.personId }),
      app.as('hr', { orgUnits: ['Selling'] }),
    ];
    for (const hr of near) {
      for (const path of ['', '/raters'])
        expect((await hr.get(`/assessments/${assessmentId}${path}`)).status).toBe(404);
      expect((await hr.post(`/assessments/${assessmentId}/close`)).status).toBe(404);
      expect((await hr.get('/assessments')).body.items).toEqual([]);
    }
    expect((await app.as('hr', { orgUnits: ['Making'] }).get(`/assessments/${assessmentId}`)).status).toBe(
      200,
    );
  });

  it('release: staff who are coachees too, their own and those of others', async () => {
    const { personId, assessmentId } = await answered();
    await post(`/assessments/${assessmentId}/close`);
    const stranger = await person(app);
    const roles = ['program-admin', 'coachee'] as const;
    await post(
      `/assessments/${assessmentId}/release`,
      undefined,
      app.as([...roles], { personId: stranger.personId }),
    );
    await post(`/assessments/${assessmentId}/release`, undefined, app.as([...roles], { personId }));
  });
});
