import { testService, type TestService, type Told } from '@cairn/service/testing';
import { newId } from '@cairn/event-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { definition } from '../src/app.module.js';
import { clockFrom, engaged, newRefs, person, program, themed, type Refs } from './told.js';

const managerId = newId();
const refs = newRefs();
const coachee = { roles: ['coachee' as const], personId: refs.personId };
const coach = { roles: ['coach' as const], coachId: refs.coachId };
const terms = { theme: 'giving-feedback', weight: 2, targetDate: '2026-12-01' };
/** Whatever has been changed since. */
const ANY = { 'if-match': '*' };
const SECRET = 'Stop avoiding the talk with Jo.';
const BEGIN = '2026-07-02T09:00:00.000Z';

describe('goals over HTTP', () => {
  let goals: TestService;
  const clock = clockFrom(BEGIN);
  beforeAll(async () => {
    goals = await testService(definition, { clock });
    await goals.tell(person(refs.personId, managerId, 'Making'));
    await themed(goals, program(refs.programId));
    await engaged(goals, refs);
  });
  afterAll(() => goals.stop());

  /** Another engagement, once goals knows of it. */
  const another = (other: Partial<Refs>) => engaged(goals, { ...refs, engagementId: newId(), ...other });
  const propose = async (body: object = { ...terms, text: SECRET }) =>
    goals.call('POST', `/v1/engagements/${refs.engagementId}/goals`, { as: coachee, body });
  const post = (goalId: string, action: string, body: object | undefined, as: object) =>
    goals.call('POST', `/v1/goals/${goalId}/${action}`, { as, body, headers: ANY });

  /** An importer's command, in the name of one of the two. */
  const acting = (path: string, at: string, party: 'coachee' | 'coach', body?: object) =>
    goals.call('POST', path, {
      as: { roles: ['integration'] },
      headers: {
        ...ANY,
        'cairn-on-behalf-of': party === 'coachee' ? `coachee:${refs.personId}` : `coach:${refs.coachId}`,
        'cairn-occurred-at': at,
      },
      ...(body === undefined ? {} : { body }),
    });

  it('run from proposal to closing, and every event of them is published', async () => {
    const { status, body, headers } = await propose();
    expect({ status, state: body.status }).toEqual({ status: 201, state: 'draft' });
    expect(headers['location']).toBe(`/goals/v1/goals/${body.goalId}`);
    const { goalId } = body;
    expect((await post(goalId, 'agree', undefined, coach)).body.status).toBe('agreed');
    const levels = ['never', 'once a month', 'once a fortnight', 'weekly', 'daily'];
    expect((await post(goalId, 'scale', { levels, baselineLevel: -1 }, coach)).status).toBe(200);
    const scaled = await goals.call('GET', `/v1/goals/${goalId}`, { as: coachee });
    expect(scaled.body).toMatchObject({ text: SECRET, scale: { baselineLevel: -1, levels } });
    const practice = await post(
      goalId,
      'practices',
      { dueOn: '2026-08-10', text: 'Hold the talk.' },
      coachee,
    );
    expect(practice.status).toBe(201);
    const report = await post(
      goalId,
      `practices/${practice.body.practiceId}/report`,
      { done: 'partly', text: 'Half of it.' },
      coachee,
    );
    expect(report.body.practices).toMatchObject([{ done: 'partly' }]);
    const practised = await goals.call('GET', `/v1/goals/${goalId}`, { as: coach });
    const held = { done: 'partly', text: 'Hold the talk.', reportText: 'Half of it.' };
    expect(practised.body.practices).toMatchObject([held]);
    const checkIn = { movement: 'forward', text: 'The other half comes.' };
    expect((await post(goalId, 'check-ins', checkIn, coachee)).body.status).toBe('inProgress');
    const checked = await goals.call('GET', `/v1/goals/${goalId}`, { as: coach });
    expect(checked.body.checkIns).toMatchObject([checkIn]);
    expect((await post(goalId, 'revise', { weight: 3 }, coachee)).body.weight).toBe(3);
    await post(goalId, 'score', { level: 1, moment: 'closing' }, coachee);
    const scored = await post(goalId, 'score', { level: 0, moment: 'closing' }, coach);
    // Integration gets this answer for what it tells in the coach's name, and may not see what coaches think.
    expect(scored.body).not.toHaveProperty('scores');
    const seen = await goals.call('GET', `/v1/goals/${goalId}`, { as: coachee });
    expect(seen.body.scores).toHaveLength(2);
    const ofHr = () => goals.call('GET', `/v1/goals/${goalId}`, { as: { roles: ['hr' as const] } });
    const before = (await ofHr()).headers['etag'];
    await post(goalId, 'score', { level: 1, moment: 'closing' }, coach);
    expect((await ofHr()).headers['etag']).toBe(before);
    expect((await post(goalId, 'close', { outcome: 'attained' }, coach)).body.status).toBe('attained');

    const integration = { roles: ['integration' as const], sensitive: true };
    const open = await goals.call('GET', '/v1/events', { as: integration });
    const all = await goals.call('GET', '/v1/events?sensitive=true', { as: integration });
    const namesOf = (answer: typeof open) =>
      answer.body.events.map((e: { dataschema: string }) => e.dataschema.split(':').pop());
    const published = [
      'GoalProposed',
      'GoalAgreed',
      'AttainmentScaleDefined',
      'PracticeCommitted',
      'PracticeReported',
    ];
    const later = ['CheckInRecorded', 'GoalRevised', 'AttainmentScored'];
    expect(namesOf(open)).toEqual([...published, ...later, 'GoalClosed']);
    const observed = ['AttainmentScored', 'AttainmentScored'];
    // HR looked twice today, before the second score: that is told once.
    const [first, second] = observed;
    expect(namesOf(all)).toEqual([...published, ...later, first, 'GoalsShown', second, 'GoalClosed']);
    expect(JSON.stringify(all.body)).not.toContain('talk');
    const without = await goals.call('GET', '/v1/events?sensitive=true', { as: { roles: ['integration'] } });
    expect(without.status).toBe(403);
  });

  it('answer a repeated command with its first answer and add nothing', async () => {
    const key = newId();
    const body = { ...terms, text: 'x' };
    const path = `/v1/engagements/${refs.engagementId}/goals`;
    const first = await goals.call('POST', path, { as: coachee, body, key });
    const again = await goals.call('POST', path, { as: coachee, body, key });
    expect(again.body).toEqual(first.body);
    expect((await goals.call('POST', path, { as: coachee, body: { ...body, weight: 9 }, key })).status).toBe(
      422,
    );
  });

  it('keep the text between coachee and coach until the coachee shares it', async () => {
    const { goalId } = (await propose()).body;
    const as = { roles: ['hr' as const], personId: newId() };
    const seen = async (who: object) => (await goals.call('GET', `/v1/goals/${goalId}`, { as: who })).body;
    expect((await seen(coach)).text).toBe(SECRET);
    expect(Object.keys(await seen(as)).sort()).toEqual([
      'engagementId',
      'goalId',
      'personId',
      'status',
      'theme',
    ]);
    const manager = { roles: ['manager' as const], personId: managerId };
    expect((await seen(manager)).status).toBe(404);
    await post(goalId, 'share', { with: 'hr', shared: true }, coachee);
    await post(goalId, 'share', { with: 'manager', shared: true }, coachee);
    expect((await seen(as)).text).toBe(SECRET);
    expect(await seen(manager)).toMatchObject({ status: 'draft', theme: 'giving-feedback' });
    expect((await seen(manager)).text).toBeUndefined();
    // That is how a manager finds it: nothing else that they read names it.
    const found = await goals.call('GET', `/v1/people/${refs.personId}/goals`, { as: manager });
    expect(found.body.items).toEqual([await seen(manager)]);
    const ofPerson = async (who: object, personId = refs.personId) =>
      (await goals.call('GET', `/v1/people/${personId}/goals`, { as: who })).status;
    const hr = { roles: ['hr' as const] };
    expect([await ofPerson(hr), await ofPerson(hr, newId())]).toEqual([200, 404]);
    expect(await ofPerson({ ...hr, orgUnits: ['Selling'] })).toBe(404);
    const others = { roles: ['manager' as const], personId: newId() };
    expect((await goals.call('GET', `/v1/people/${refs.personId}/goals`, { as: others })).status).toBe(404);
    await post(goalId, 'share', { with: 'hr', shared: false }, coachee);
    expect((await seen(as)).text).toBeUndefined();
  });

  it('are read by a manager or HR no more than is written down; what was not shown is not', async () => {
    const [own, boss] = [newRefs(), newId()];
    await goals.tell(person(own.personId, boss, 'Making'));
    await engaged(goals, { ...own, programId: refs.programId });
    const [of, to] = [{ roles: ['coachee' as const], personId: own.personId }, [own.personId]];
    const read = async (path: string, who: object) =>
      (await goals.call('GET', `/v1/${path}`, { as: who })).status;
    const looked = async () => {
      const { rows } = await goals.pool.query<{ data: Record<string, unknown> }>(
        `SELECT data FROM log.events WHERE type = 'GoalsShown' ORDER BY position`,
      );
      const told = rows.map(({ data }) => [data['role'], data['what'], data['personIds']]);
      return told.filter(([, , people]) => String(people) === own.personId);
    };
    const ofPerson = `people/${own.personId}/goals`;
    const manager = { roles: ['manager' as const, 'coach' as const], personId: boss };
    expect(await read(ofPerson, manager)).toBe(404);
    expect(await read(ofPerson, of)).toBe(200);
    expect(await looked()).toEqual([]);
    const hr = { roles: ['hr' as const] };
    expect(await read(ofPerson, hr)).toBe(200);
    expect(await looked()).toEqual([['hr', 'goals', to]]);
    expect(await read(`engagements/${own.engagementId}/goals`, hr)).toBe(200);
    expect(await read(`engagements/${own.engagementId}/pulse-raters`, { roles: ['program-admin'] })).toBe(
      200,
    );
    const proposed = await goals.call('POST', `/v1/engagements/${own.engagementId}/goals`, {
      as: of,
      body: { ...terms, text: SECRET },
    });
    await post(proposed.body.goalId, 'share', { with: 'manager', shared: true }, of);
    const administering = { ...manager, roles: ['manager' as const, 'program-admin' as const] };
    expect(await read(`engagements/${own.engagementId}/goals`, administering)).toBe(200);
    expect(await read(`goals/${proposed.body.goalId}`, manager)).toBe(200);
    expect(
      await read(`goals/${proposed.body.goalId}`, { ...manager, personId: newId(), coachId: own.coachId }),
    ).toBe(200);
    expect(await looked()).toEqual([
      ['hr', 'goals', to],
      ['program-admin', 'pulse-raters', to],
      ['program-admin', 'goals', to],
      ['manager', 'goals', to],
    ]);
  });

  it('are not there for other people, coaches, roles and tenants', async () => {
    const { goalId } = (await propose()).body;
    const strangers: [object, number][] = [
      [{ roles: ['coachee'], personId: newId() }, 404],
      [{ roles: ['coach'], coachId: newId() }, 404],
      [{ ...coachee, tenantId: newId() }, 404],
      [{ roles: ['sponsor'] }, 403],
      [{ roles: ['program-admin'] }, 403],
    ];
    for (const [as, status] of strangers) {
      expect((await goals.call('GET', `/v1/goals/${goalId}`, { as })).status).toBe(status);
      expect((await post(goalId, 'close', { outcome: 'dropped' }, as)).status).toBe(status);
      expect((await goals.call('GET', `/v1/engagements/${refs.engagementId}/brief`, { as })).status).toBe(
        status,
      );
    }
    const never = await goals.call('GET', `/v1/goals/${newId()}`, { as: coachee });
    const foreign = await goals.call('GET', `/v1/goals/${goalId}`, { as: { ...coachee, tenantId: newId() } });
    expect({ ...foreign.body, traceId: 0 }).toEqual({ ...never.body, traceId: 0 });
  });

  it('are out of reach for HR of other org units, and of their own and their superiors’', async () => {
    const { goalId } = (await propose()).body;
    const report = newId();
    await goals.tell(person(report, refs.personId));
    const seen = async (who: object) =>
      (await goals.call('GET', `/v1/goals/${goalId}`, { as: { roles: ['hr'], ...who } })).status;
    await goals.until(
      async () => ({ status: await seen({ personId: report }), body: undefined, headers: {} }),
      ({ status }) => status === 404,
    );
    expect(await seen({ personId: report })).toBe(404);
    expect(await seen({ personId: refs.personId })).toBe(404);
    expect(await seen({ orgUnits: ['Making'] })).toBe(200);
    expect(await seen({ orgUnits: ['Selling'] })).toBe(404);

    const listed = async (who: object) =>
      (
        await goals.call('GET', `/v1/engagements/${refs.engagementId}/goals`, {
          as: { roles: ['hr'], ...who },
        })
      ).status;
    expect(await listed({ personId: report })).toBe(404);
    expect(await listed({ personId: refs.personId })).toBe(404);
    expect(await listed({ orgUnits: ['Selling'] })).toBe(404);
    expect(await listed({ orgUnits: ['Making'], personId: newId() })).toBe(200);
    expect(await listed({ roles: ['manager'], personId: newId() })).toBe(404);
    expect(await listed({ roles: ['hr', 'coachee'], personId: refs.personId })).toBe(200);
  });

  it('stay out of reach for HR who reported to them, or to somebody who did', async () => {
    const { goalId } = (await propose()).body;
    const [between, below] = [newId(), newId()];
    const linked = (personId: string, version: number, to: string | null): Told => ({
      name: 'PersonChanged',
      stream: `person-${personId}`,
      version,
      data: {
        personId,
        kind: 'managerChanged',
        managerId: to,
        effectiveOn: '2026-02-01',
        dateBasis: 'snapshot',
      },
    });
    await goals.tell(
      person(between),
      linked(between, 2, refs.personId),
      linked(between, 3, null),
      person(below, between),
      linked(below, 2, null),
    );
    await goals.until(
      async () => {
        const of = `SELECT count(*)::int AS told FROM known_people
          WHERE (person_id, version) IN (($1, 3), ($2, 2))`;
        const { rows } = await goals.pool.query<{ told: number }>(of, [between, below]);
        return { status: 200, body: rows[0] ?? {}, headers: {} };
      },
      ({ body }) => body.told === 2,
    );
    const seen = async (personId: string) =>
      (await goals.call('GET', `/v1/goals/${goalId}`, { as: { roles: ['hr'], personId } })).status;
    expect([await seen(between), await seen(below), await seen(newId())]).toEqual([404, 404, 200]);
  });

  it('follow a person who moves to another org unit, and another manager', async () => {
    const [moved, boss] = [newId(), newId()];
    const engagement = await another({ personId: moved });
    const path = `/v1/engagements/${engagement.engagementId}/goals`;
    const made = await goals.call('POST', path, {
      as: { roles: ['coachee'], personId: moved },
      body: { ...terms, text: 'x' },
    });
    const { goalId } = made.body;
    const stream = `person-${moved}`;
    const said = { personId: moved, dateBasis: 'column' as const };
    await goals.tell(person(moved, undefined, 'Making'));
    const seen = (who: object) => () => goals.call('GET', `/v1/goals/${goalId}`, { as: who });
    const is =
      (wanted: number) =>
      ({ status }: { status: number }) =>
        status === wanted;
    const of = (unit: string) => seen({ roles: ['hr'], orgUnits: [unit] });
    expect((await goals.until(of('Making'), is(200))).status).toBe(200);
    const change = { ...said, effectiveOn: '2026-02-01' };
    await goals.tell(
      {
        name: 'PersonChanged',
        stream,
        version: 2,
        data: { ...change, kind: 'moved', department: 'Selling' },
      },
      {
        name: 'PersonChanged',
        stream,
        version: 3,
        data: { ...change, kind: 'managerChanged', managerId: boss },
      },
    );
    expect((await goals.until(of('Selling'), is(200))).status).toBe(200);
    expect((await of('Making')()).status).toBe(404);
    const cleared = { ...change, kind: 'moved' as const, cleared: ['department' as const] };
    await goals.tell({ name: 'PersonChanged', stream, version: 4, data: cleared });
    expect((await goals.until(of('Selling'), is(404))).status).toBe(404);

    const manager = { roles: ['manager' as const], personId: boss };
    const listed = () => goals.call('GET', path, { as: manager });
    expect((await listed()).status).toBe(404);
    const share = { with: 'manager', shared: true };
    await post(goalId, 'share', share, { roles: ['coachee'], personId: moved });
    const shared = await goals.until(listed, is(200));
    expect(shared.body.items).toMatchObject([{ goalId, theme: 'giving-feedback' }]);
  });

  it('are agreed, scaled and revised only by who has seen how they stand', async () => {
    const { goalId } = (await propose()).body;
    const send = (action: string, as: object, body?: object, etag?: string) =>
      goals.call('POST', `/v1/goals/${goalId}/${action}`, {
        as,
        ...(body === undefined ? {} : { body }),
        headers: etag === undefined ? {} : { 'if-match': etag },
      });
    const levels = ['a', 'b', 'c', 'd', 'e'];
    const unseen = [
      await send('agree', coach),
      await send('scale', coach, { levels, baselineLevel: 0 }),
      await send('revise', coach, { weight: 3 }),
    ];
    expect(unseen.map(({ status }) => status)).toEqual([428, 428, 428]);
    expect(unseen[0]!.body.type).toBe('urn:cairn:problem:if-match-required');
    const stranger = { roles: ['coach'], coachId: newId() };
    expect((await send('agree', stranger)).status).toBe(404);

    // What the coachee changes meanwhile, the coach neither agrees to nor overwrites unseen.
    const revised = await send('revise', coachee, { weight: 4 }, '"1"');
    expect([revised.status, revised.headers['etag']]).toEqual([200, '"2"']);
    expect((await send('agree', coach, undefined, '"1"')).body).toMatchObject({
      status: 412,
      currentVersion: 2,
    });
    expect((await send('revise', coach, { text: 'Mine.' }, '"1"')).status).toBe(412);
    expect((await send('scale', coach, { levels, baselineLevel: 0 }, '"1"')).status).toBe(412);
    const read = await goals.call('GET', `/v1/goals/${goalId}`, { as: coach });
    expect(read.body).toMatchObject({ weight: 4, text: SECRET, scale: null });
    expect((await send('agree', coach, undefined, String(read.headers['etag']))).body.status).toBe('agreed');
  });

  it('lose no word of a command that comes again with another content', async () => {
    const { goalId } = (await propose()).body;
    await post(goalId, 'agree', undefined, coach);
    const practice = { dueOn: '2026-08-10', text: 'Hold the talk.' };
    const { practiceId } = (await post(goalId, 'practices', practice, coachee)).body;
    const report = (body: object) => post(goalId, `practices/${practiceId}/report`, body, coachee);
    expect((await report({ done: 'partly', text: 'Half of it.' })).status).toBe(200);
    expect((await report({ done: 'partly' })).status).toBe(200);
    for (const body of [{ done: 'partly', text: 'All of it but the end.' }, { done: 'yes' }])
      expect((await report(body)).body).toMatchObject({ status: 409, state: 'reported', done: 'partly' });
    expect((await post(goalId, 'score', { level: 1, moment: 'closing' }, coachee)).body).toMatchObject({
      status: 409,
      state: 'inProgress',
    });
  });

  it('are listed page by page, as far as each reader may see them', async () => {
    const personId = newId();
    await goals.tell(person(personId, managerId));
    const { engagementId } = await another({ personId });
    const path = `/v1/engagements/${engagementId}/goals`;
    const own = { roles: ['coachee' as const], personId };
    const ids: string[] = [];
    for (let n = 0; n < 5; n++)
      ids.push((await goals.call('POST', path, { as: own, body: { ...terms, text: `${n}` } })).body.goalId);
    for (const n of [1, 2, 4]) await post(ids[n]!, 'share', { with: 'manager', shared: true }, own);

    const pages = async (as: object, limit: number) => {
      const found: { goalId: string }[][] = [];
      for (let cursor = ''; ;) {
        const { status, body } = await goals.call('GET', `${path}?limit=${limit}${cursor}`, { as });
        expect(status).toBe(200);
        found.push(body.items);
        if (body.nextCursor === undefined) return found.map((items) => items.map(({ goalId }) => goalId));
        cursor = `&cursor=${body.nextCursor}`;
      }
    };
    expect(await pages(own, 2)).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    const manager = { roles: ['manager' as const], personId: managerId };
    await goals.until(
      () => goals.call('GET', path, { as: manager }),
      ({ status }) => status === 200,
    );
    expect(await pages(manager, 2)).toEqual([[ids[1], ids[2]], [ids[4]]]);
    expect(await pages(manager, 3)).toEqual([[ids[1], ids[2], ids[4]]]);
    for (const query of ['limit=0', 'limit=501', 'limit=x', 'cursor=x', 'color=red'])
      expect((await goals.call('GET', `${path}?${query}`, { as: own })).status).toBe(400);
  });

  it('take nothing from what another tenant says of the same ids', async () => {
    const programId = newId();
    await goals.pool.query(
      `INSERT INTO known_programs (program_id, tenant_id, version, effective_on, themes) VALUES ($1, $2, 1, '-infinity', $3)`,
      [programId, newId(), ['giving-feedback']],
    );
    const { engagementId } = await another({ programId });
    await goals.pool.query(
      `INSERT INTO known_sessions (session_id, tenant_id, version, engagement_id, starts_at, ends_at)
       VALUES ($1, $2, 1, $3, '2199-01-01T09:00Z', '2199-01-01T10:00Z')`,
      [newId(), newId(), engagementId],
    );
    const answer = await goals.call('POST', `/v1/engagements/${engagementId}/goals`, {
      as: coachee,
      body: { ...terms, text: 'x' },
    });
    expect(answer.body.type).toContain('not-yet-known');
    const brief = await goals.call('GET', `/v1/engagements/${engagementId}/brief`, { as: coachee });
    expect(brief.body.nextSessionStartsAt).toBeNull();
  });

  it('wait for the programme’s themes', async () => {
    const programId = newId();
    const { engagementId } = await another({ programId });
    const answer = await goals.call('POST', `/v1/engagements/${engagementId}/goals`, {
      as: coachee,
      body: { ...terms, theme: 'cooking', text: 'x' },
    });
    expect(answer.body).toMatchObject({ status: 409, type: expect.stringContaining('not-yet-known') });
    expect(answer.headers['retry-after']).toBe('1');
  });

  it('keep none of their words in clear, in any table, and no answer that is kept repeats one', async () => {
    const planted = (where: string) => `heron ${where}`;
    const proposed = await propose({ ...terms, text: planted('goal') });
    const { goalId } = proposed.body;
    const answers = [proposed, await post(goalId, 'agree', undefined, coach)];
    const give = async (action: string, body: object, as: object = coachee) => {
      const answer = await post(goalId, action, body, as);
      answers.push(answer);
      return answer;
    };
    const levels = [1, 2, 3, 4, 5].map((n) => planted(`level ${n}`));
    await give('scale', { levels, baselineLevel: 0 }, coach);
    const practice = { dueOn: '2026-08-10', text: planted('practice') };
    const { practiceId } = (await give('practices', practice)).body;
    await give(`practices/${practiceId}/report`, { done: 'yes', text: planted('report') });
    await give('check-ins', { movement: 'forward', text: planted('check-in') });
    await give('revise', { text: planted('revision') }, coach);
    for (const { status, body } of answers) {
      expect(status).toBeLessThan(300);
      expect(JSON.stringify(body)).not.toContain('heron');
    }
    const read = await goals.call('GET', `/v1/goals/${goalId}`, { as: coachee });
    expect(read.body).toMatchObject({ text: planted('revision'), scale: { levels } });

    const tables = await goals.pool.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const names = tables.rows.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['http.command_keys', 'log.events', 'text.texts']));
    for (const name of names) {
      const { rows } = await goals.pool.query(`SELECT 1 FROM ${name} t WHERE t::text LIKE '%heron%'`);
      expect({ name, rows }).toEqual({ name, rows: [] });
    }
  });

  it('tell integration none of their words, in whosever name it acts', async () => {
    const { goalId } = (await propose()).body;
    await post(goalId, 'agree', undefined, coach);
    const as = { roles: ['integration' as const] };
    const acting = (action: string, body: object, party = `coachee:${refs.personId}`) =>
      goals.call('POST', `/v1/goals/${goalId}/${action}`, {
        as,
        headers: { ...ANY, 'cairn-on-behalf-of': party },
        body,
      });
    const answers = [
      await acting('check-ins', { movement: 'forward' }),
      await acting('practices', { dueOn: '2026-08-10', text: 'Tell Jo.' }),
      await acting('revise', { weight: 5 }),
      await acting('revise', { weight: 6 }, `coach:${refs.coachId}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 201, 200, 200]);
    expect(JSON.stringify(answers.map(({ body }) => body))).not.toContain('Jo');
    expect((await goals.call('GET', `/v1/goals/${goalId}`, { as })).status).toBe(403);
  });

  it('are each one’s own for whoever is coachee here and coach there', async () => {
    const both = { roles: ['coachee' as const, 'coach' as const], personId: newId(), coachId: newId() };
    const coached = await another({ personId: both.personId });
    const coaching = await another({ coachId: both.coachId });
    const make = async ({ engagementId }: Refs) =>
      goals.call('POST', `/v1/engagements/${engagementId}/goals`, {
        as: both,
        body: { ...terms, text: 'x' },
      });
    const [mine, theirs] = [await make(coached), await make(coaching)];
    expect([mine.body.proposedBy, theirs.body.proposedBy]).toEqual(['coachee', 'coach']);
    await post(mine.body.goalId, 'agree', undefined, coach);
    expect((await post(theirs.body.goalId, 'agree', undefined, coachee)).status).toBe(200);
    const checkIn = (goalId: string) => post(goalId, 'check-ins', { movement: 'forward' }, both);
    expect((await checkIn(mine.body.goalId)).status).toBe(200);
    expect((await checkIn(theirs.body.goalId)).status).toBe(404);
    expect((await post(theirs.body.goalId, 'close', { outcome: 'dropped' }, both)).status).toBe(200);
  });

  it('are checked in on by the coachee alone', async () => {
    const { goalId } = (await propose()).body;
    await post(goalId, 'agree', undefined, coach);
    expect((await post(goalId, 'check-ins', { movement: 'forward' }, coach)).status).toBe(403);
    const asCoach = await goals.call('POST', `/v1/goals/${goalId}/check-ins`, {
      as: { roles: ['integration'] },
      headers: { 'cairn-on-behalf-of': `coach:${refs.coachId}` },
      body: { movement: 'forward' },
    });
    expect(asCoach.status).toBe(403);
    expect((await post(goalId, 'check-ins', { movement: 'forward' }, coachee)).status).toBe(200);
  });

  it('may be proposed without a weight, and the API document says so', async () => {
    const { weight: _, ...rest } = terms;
    expect((await propose({ ...rest, text: 'x' })).status).toBe(201);
    const { body } = await goals.call('GET', '/openapi.json');
    expect(body.components.schemas.ProposeGoalDto.required).toEqual(['theme', 'targetDate', 'text']);
  });

  it('refuse what cannot be, and say how to put it right', async () => {
    expect((await propose({ ...terms, theme: 'cooking', text: 'x' })).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/theme', detail: expect.stringContaining('giving-feedback') }],
    });
    expect((await propose({ ...terms, weight: 0, text: 'x' })).status).toBe(422);
    expect((await propose({ ...terms, text: 'x'.repeat(5000) })).status).toBe(422);
    expect((await propose({ ...terms, text: 'x', salary: 1 })).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '/salary' }],
    });
    const { goalId } = (await propose()).body;
    expect((await post(goalId, 'close', { outcome: 'attained' }, coachee)).body).toMatchObject({
      status: 409,
      state: 'draft',
    });
    for (const levels of [['a'], ['a', 'b', 'c', 'd', 'a']])
      expect((await post(goalId, 'scale', { levels, baselineLevel: 0 }, coachee)).status).toBe(422);
    const stale = await goals.call('POST', `/v1/goals/${goalId}/agree`, {
      as: coach,
      headers: { 'if-match': '"7"' },
    });
    expect(stale.body).toMatchObject({ status: 412, currentVersion: 1 });
  });

  it('accept the past from integration, in order', async () => {
    const as = { roles: ['integration' as const] };
    const act = {
      'cairn-on-behalf-of': `coachee:${refs.personId}`,
      'cairn-occurred-at': '2026-02-01T09:00:00Z',
    };
    const path = `/v1/engagements/${refs.engagementId}/goals`;
    const { body } = await goals.call('POST', path, { as, headers: act, body: { ...terms, text: 'x' } });
    const agree = (at: string) =>
      goals.call('POST', `/v1/goals/${body.goalId}/agree`, {
        as,
        headers: { ...ANY, 'cairn-on-behalf-of': `coach:${refs.coachId}`, 'cairn-occurred-at': at },
      });
    expect((await agree('2026-01-31T09:00:00Z')).body).toMatchObject({
      status: 409,
      type: expect.stringContaining('out-of-order'),
    });
    expect((await agree('2026-02-02T09:00:00Z')).status).toBe(200);
    expect((await agree('2150-01-01T09:00:00Z')).status).toBe(422);
  });

  it('are told to both before the next session', async () => {
    const { goalId } = (await propose()).body;
    await post(goalId, 'agree', undefined, coach);
    await post(goalId, 'practices', { dueOn: '2026-08-10', text: 'Hold the talk.' }, coachee);
    clock.set('2026-08-11T09:00:00.000Z');
    const brief = await goals.call('GET', `/v1/engagements/${refs.engagementId}/brief`, { as: coach });
    clock.set(BEGIN);
    expect(brief.body.openPractices).toEqual(
      expect.arrayContaining([expect.objectContaining({ goalId, text: 'Hold the talk.', overdue: true })]),
    );
    expect(brief.body.sinceLastSession.at(-1)).toMatchObject({
      goalId,
      what: 'PracticeCommitted',
      detail: 'due 2026-08-10',
    });
    expect(brief.body.lastSessionEndedAt).toBeNull();
    expect(
      (await goals.call('GET', `/v1/engagements/${refs.engagementId}/brief`, { as: { roles: ['hr'] } }))
        .status,
    ).toBe(403);
  });

  it('are told since the last session that was held, until the next that is booked', async () => {
    const DAY = 86_400_000;
    const from = (days: number) =>
      new Date(Math.floor(clock.now().getTime() / DAY) * DAY + days * DAY).toISOString();
    const times = (days: number) => ({
      startsAt: from(days),
      endsAt: new Date(Date.parse(from(days)) + 3_600_000).toISOString(),
    });
    const engagement = await another({});
    const session = (days: number) => ({ sessionId: newId(), ...engagement, days });
    const told = (s: ReturnType<typeof session>, version: number, name: Told['name'], more: object): Told => {
      const { days: _, ...ids } = s;
      return { name, stream: `session-${s.sessionId}`, version, data: { ...ids, ...more } } as Told;
    };
    const zone = 'Europe/Berlin';
    const held = session(-30);
    const corrected = session(-10);
    const missed = session(-5);
    const cancelled = session(3);
    const moved = session(5);
    const scheduled = [held, corrected, missed, cancelled, moved].map((s) =>
      told(s, 1, 'SessionScheduled', { ...times(s.days), zone, by: 'coach' }),
    );
    const completed = { durationMinutes: 60, auto: false, policyVersion: 1 };
    await goals.tell(
      ...scheduled,
      told(held, 2, 'SessionCompleted', completed),
      told(corrected, 2, 'SessionCompleted', completed),
      told(missed, 2, 'NoShowRecorded', { party: 'coachee', policyVersion: 1, forfeited: true }),
      told(cancelled, 2, 'SessionCancelled', {
        by: 'coachee',
        noticeHours: 72,
        late: false,
        policyVersion: 1,
        forfeited: false,
      }),
      told(moved, 2, 'SessionRescheduled', {
        by: 'coach',
        noticeHours: 100,
        from: times(5),
        to: times(8),
        zone,
      }),
    );
    const acting = (path: string, days: number, party: string, body?: object) =>
      goals.call('POST', path, {
        as: { roles: ['integration'] },
        headers: { ...ANY, 'cairn-on-behalf-of': party, 'cairn-occurred-at': from(days) },
        ...(body === undefined ? {} : { body }),
      });
    const path = `/v1/engagements/${engagement.engagementId}`;
    const one = `coachee:${refs.personId}`;
    const { goalId } = (await acting(`${path}/goals`, -40, one, { ...terms, text: 'x' })).body;
    await acting(`/v1/goals/${goalId}/agree`, -35, `coach:${refs.coachId}`);
    await acting(`/v1/goals/${goalId}/check-ins`, -20, one, { movement: 'back' });
    await acting(`/v1/goals/${goalId}/check-ins`, -2, one, { movement: 'forward', text: 'It went well.' });

    const brief = () => goals.call('GET', `${path}/brief`, { as: coach });
    const first = await goals.until(
      brief,
      ({ body }) =>
        body.nextSessionStartsAt === times(8).startsAt && body.lastSessionEndedAt === times(-10).endsAt,
    );
    expect(first.body).toMatchObject({
      nextSessionStartsAt: times(8).startsAt,
      lastSessionEndedAt: times(-10).endsAt,
    });
    expect(first.body.sinceLastSession).toMatchObject([
      { what: 'CheckInRecorded', at: from(-2), by: 'coachee', detail: 'forward', text: 'It went well.' },
    ]);
    const toNoShow = { from: 'completed', to: 'coachee-no-show', forfeited: true, by: 'program-admin' };
    await goals.tell(told(corrected, 3, 'OutcomeCorrected', { ...toNoShow, reason: 'not-held' }));
    const second = await goals.until(brief, ({ body }) => body.lastSessionEndedAt === times(-30).endsAt);
    expect(second.body.lastSessionEndedAt).toBe(times(-30).endsAt);
    expect(second.body.sinceLastSession.map((item: { detail: string }) => item.detail)).toEqual([
      'back',
      'forward',
    ]);
    expect(second.body.nextSessionStartsAt).toBe(times(8).startsAt);
  });

  it('begin before the end of their engagement also where the end was told first', async () => {
    const engagement = await another({});
    await goals.tell({
      name: 'EngagementEnded',
      stream: `engagement-${engagement.engagementId}`,
      version: 2,
      at: '2026-06-30T22:00:00.000Z',
      data: { ...engagement, reason: 'left-the-company' },
    });
    const path = `/v1/engagements/${engagement.engagementId}/goals`;
    const begin = (at: string) => acting(path, at, 'coachee', { ...terms, text: 'x' });
    const refused = await goals.until(
      () => begin('2026-07-01T09:00:00Z'),
      ({ status }) => status === 409,
    );
    expect(refused.body.type).toContain('engagement-over');
    const begun = await begin('2026-02-01T09:00:00Z');
    expect(begun.status).toBe(201);
    const goal = `/v1/goals/${begun.body.goalId}`;
    await acting(`${goal}/agree`, '2026-02-02T09:00:00Z', 'coach');
    const practise = (at: string) =>
      acting(`${goal}/practices`, at, 'coachee', { dueOn: '2026-08-10', text: 'x' });
    expect((await practise('2026-02-03T09:00:00Z')).status).toBe(201);
    expect((await practise('2026-06-30T22:00:00Z')).body.type).toContain('engagement-over');
  });

  it('are on a theme that is in force on the day, of those in force the ones told last', async () => {
    const programId = newId();
    const engagement = await another({ programId });
    const change = (version: number, effectiveOn: string, theme: string): Told => ({
      name: 'ProgramChanged',
      stream: `program-${programId}`,
      version,
      data: { programId, effectiveOn, changes: { themes: [theme] } },
    });
    await goals.tell(
      program(programId),
      change(2, '2026-06-01', 'from-june'),
      change(3, '2026-03-01', 'from-march'),
    );
    const path = `/v1/engagements/${engagement.engagementId}/goals`;
    const propose = (at: string, theme: string) =>
      acting(path, at, 'coachee', { ...terms, theme, text: 'x' });
    const allowed = async (at: string, theme: string) => (await propose(at, theme)).status;
    await goals.until(
      () => propose('2026-03-01T09:00:00Z', 'from-march'),
      ({ status }) => status === 201,
    );
    // The programme's day: it is March in Berlin by then.
    expect(await allowed('2026-02-28T23:30:00Z', 'from-march')).toBe(201);
    expect(await allowed('2026-02-28T22:30:00Z', 'from-march')).toBe(422);
    expect(await allowed('2026-02-28T22:30:00Z', 'giving-feedback')).toBe(201);
    expect(await allowed('2026-06-02T09:00:00Z', 'from-june')).toBe(422);
    expect(await allowed('2026-06-02T09:00:00Z', 'from-march')).toBe(201);
  });

  it('begin no more once the engagement is over, but can still be reported on, scored and closed', async () => {
    const { goalId } = (await propose()).body;
    await post(goalId, 'agree', undefined, coach);
    await post(goalId, 'scale', { levels: ['a', 'b', 'c', 'd', 'e'], baselineLevel: 0 }, coach);
    const practice = { dueOn: '2026-08-10', text: 'Hold the talk.' };
    const { practiceId } = (await post(goalId, 'practices', practice, coachee)).body;
    await goals.tell({
      name: 'EngagementEnded',
      stream: `engagement-${refs.engagementId}`,
      version: 2,
      data: { ...refs, reason: 'left-the-company' },
    });
    const refused = await goals.until(
      () => propose(),
      ({ status }) => status === 409,
    );
    expect(refused.body.type).toContain('engagement-over');
    expect((await post(goalId, 'practices', practice, coachee)).body).toMatchObject({
      status: 409,
      type: expect.stringContaining('engagement-over'),
    });
    expect((await post(goalId, `practices/${practiceId}/report`, { done: 'yes' }, coachee)).status).toBe(200);
    expect((await post(goalId, 'score', { level: 1, moment: 'closing' }, coachee)).status).toBe(200);
    expect((await post(goalId, 'close', { outcome: 'notAttained' }, coachee)).status).toBe(200);
  });

  it('keeps what other services tell after they were restored from a backup, and give versions again', async () => {
    const [own, sessionId] = [newRefs(), newId()];
    const ofPerson = { stream: `person-${own.personId}`, version: 2 };
    const ofProgram = { stream: `program-${own.programId}`, version: 2 };
    const ofSession = { stream: `session-${sessionId}`, version: 2, at: BEGIN };
    const moved = (department: string) =>
      ({
        ...ofPerson,
        name: 'PersonChanged',
        data: {
          personId: own.personId,
          kind: 'moved',
          department,
          effectiveOn: '2026-01-05',
          dateBasis: 'column',
        },
      }) as Told;
    const themes = (...changed: string[]) =>
      ({
        ...ofProgram,
        name: 'ProgramChanged',
        data: { programId: own.programId, effectiveOn: '2026-01-05', changes: { themes: changed } },
      }) as Told;
    const said = (name: string, data: object, version = 2) =>
      ({ ...ofSession, version, name, data: { sessionId, ...own, ...data } }) as Told;
    const times = (day: number) => ({
      startsAt: `2026-08-0${day}T09:00:00.000Z`,
      endsAt: `2026-08-0${day}T10:00:00.000Z`,
    });
    const knows = async (expected: object) => {
      const { body } = await goals.until(
        async () => {
          const { rows } = await goals.pool.query(
            `SELECT s.version, s.held, s.starts_at AS "startsAt", p.department, f.themes, e.over_at AS "overAt"
               FROM known_sessions s
               JOIN known_people p ON p.person_id = $2
               JOIN known_programs f ON f.program_id = $3 AND f.version = 2
               JOIN known_engagements e ON e.engagement_id = s.engagement_id
              WHERE session_id = $1`,
            [sessionId, own.personId, own.programId],
          );
          return { status: 200, body: JSON.parse(JSON.stringify(rows[0] ?? {})), headers: {} };
        },
        ({ body: row }) =>
          Object.entries(expected).every(([key, value]) => String(row[key]) === String(value)),
      );
      expect(body).toMatchObject(expected);
    };
    const over = (reason: string, at: string) =>
      ({
        name: 'EngagementEnded',
        stream: `engagement-${own.engagementId}`,
        version: 2,
        at,
        data: { ...own, reason },
      }) as Told;
    await goals.tell(program(own.programId), person(own.personId));
    await engaged(goals, own);
    const zone = 'Europe/Berlin';
    await goals.tell(said('SessionScheduled', { ...times(1), zone, by: 'coach' }, 1));
    await goals.tell(
      said('SessionCompleted', { durationMinutes: 60, auto: false, policyVersion: 1 }),
      moved('Lost'),
      themes('lost'),
      over('left-the-company', '2026-08-03T09:00:00.000Z'),
    );
    await knows({
      version: 2,
      held: true,
      department: 'Lost',
      themes: ['lost'],
      overAt: '2026-08-03T09:00:00.000Z',
    });
    await goals.tell(
      said('SessionRescheduled', { by: 'coach', noticeHours: 72, from: times(1), to: times(2), zone }),
      moved('Told'),
      themes('told'),
      over('too-busy', '2026-08-05T09:00:00.000Z'),
    );
    const after = { department: 'Told', themes: ['told'], overAt: '2026-08-05T09:00:00.000Z' };
    await knows({ version: 2, startsAt: times(2).startsAt, ...after });
    await goals.tell(said('NoShowRecorded', { party: 'coachee', policyVersion: 1, forfeited: true }));
    await knows({ version: 2, held: false, ...after });
  });
});

describe('a hand-over', () => {
  it('lets the next coach read the goals of before, once the coachee has consented, for as long as they coach', async () => {
    const goals = await testService(definition, { clock: clockFrom(BEGIN) });
    try {
      await goals.tell(person(refs.personId));
      await themed(goals, program(refs.programId));
      await engaged(goals, refs);
      const path = `/v1/engagements/${refs.engagementId}/goals`;
      const body = { ...terms, text: SECRET };
      const { goalId } = (await goals.call('POST', path, { as: coachee, body })).body;
      const next = { roles: ['coach' as const], coachId: newId() };
      const read = () => goals.call('GET', path, { as: next });
      const goesOn = await engaged(goals, { ...refs, engagementId: newId(), coachId: next.coachId });
      expect((await read()).status).toBe(404);
      const { enrollmentId, programId, cohortId, personId, coachId: fromCoachId } = refs;
      const of = { matchId: newId(), enrollmentId, programId, cohortId, personId };
      const data = { ...of, coachId: next.coachId, fromCoachId };
      await goals.tell({ name: 'HandoverConsented', stream: `match-${of.matchId}`, version: 4, data });
      const seen = await goals.until(read, ({ status }) => status === 200);
      expect(seen.body.items).toMatchObject([{ goalId, text: SECRET }]);
      const written = await goals.call('POST', `/v1/goals/${goalId}/agree`, { as: next, headers: ANY });
      expect(written.status).toBe(404);
      await goals.tell({
        name: 'EngagementEnded',
        stream: `engagement-${goesOn.engagementId}`,
        version: 9,
        data: { ...goesOn, reason: 'match-ended' },
      });
      await goals.until(read, ({ status }) => status === 404);
    } finally {
      await goals.stop();
    }
  });
});

describe('the day of a goal', () => {
  it.each(['2026-07-01', '2095-12-31'])('is not %s, and neither is that of a practice', async (day) => {
    const goals = await testService(definition, { clock: clockFrom(BEGIN) });
    try {
      await goals.tell(person(refs.personId));
      await themed(goals, program(refs.programId));
      await engaged(goals, refs);
      const send = (path: string, body: object, as: object = coachee) =>
        goals.call('POST', path, { as, body, headers: ANY });
      const path = `/v1/engagements/${refs.engagementId}/goals`;
      const propose = (targetDate: string) => send(path, { ...terms, targetDate, text: SECRET });
      const refused = await propose(day);
      expect(refused).toMatchObject({
        status: 422,
        body: { type: 'urn:cairn:problem:target-date', errors: [{ pointer: '/targetDate' }] },
      });
      const { goalId } = (await propose('2026-07-02')).body;
      expect((await send(`/v1/goals/${goalId}/revise`, { targetDate: day })).body.type).toMatch(
        /target-date$/,
      );
      await send(`/v1/goals/${goalId}/agree`, {}, coach);
      const practice = await send(`/v1/goals/${goalId}/practices`, { dueOn: day, text: 'Try.' });
      expect(practice.body.type).toMatch(/due-date$/);

      // What an importer tells is judged on the day on which it happened.
      const told = await goals.call('POST', path, {
        as: { roles: ['integration'] },
        headers: {
          'cairn-on-behalf-of': `coachee:${refs.personId}`,
          'cairn-occurred-at': '2026-03-01T09:00:00Z',
        },
        body: { ...terms, targetDate: '2026-03-01', text: SECRET },
      });
      expect(told.status).toBe(201);
      // Revised otherwise, it keeps the day, although that is over.
      const revise = { targetDate: '2026-03-01', weight: 5 };
      expect((await send(`/v1/goals/${told.body.goalId}/revise`, revise)).body).toMatchObject(revise);
    } finally {
      await goals.stop();
    }
  });
});
