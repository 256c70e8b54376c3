import { inTransaction } from '@cairn/event-store/postgres';
import { newId } from '@cairn/event-store';
import type { Subject } from '@cairn/identity';
import { testService, type TestService, type Told } from '@cairn/service/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { definition } from '../src/app.module.js';
import { PulseHandler } from '../src/pulse/pulse.handler.js';
import { clockFrom, engaged, newRefs, person, program, themed, type Refs } from './told.js';

const BEGIN = '2026-07-02T09:00:00.000Z';
const SESSION = '2026-07-16T08:00:00.000Z';
const ADMIN: Partial<Subject> = { roles: ['program-admin'] };
const THEME = 'giving-feedback';

let goals: TestService;
const clock = clockFrom(BEGIN);
const programme = newId();
/** With themes of its own. */
const ownThemes = newId();
beforeAll(async () => {
  goals = await testService(definition, { clock });
  const theirs = program(ownThemes);
  await themed(goals, program(programme), {
    ...theirs,
    data: { ...theirs.data, themes: [THEME, 'your-team'] },
  } as Told);
});
afterAll(() => goals.stop());

const coacheeOf = ({ personId }: Refs) => ({ roles: ['coachee' as const], personId });
const coachOf = ({ coachId }: Refs) => ({ roles: ['coach' as const], coachId });
const good = async (answer: ReturnType<TestService['call']>) => {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
};
const post = (path: string, as: Partial<Subject>, body?: object) =>
  goals.call('POST', `/v1${path}`, { as, headers: { 'if-match': '*' }, ...(body && { body }) });

/** A coachee with a goal that both agreed on. */
async function coaching(theme = THEME, programId = programme) {
  const refs = await engaged(goals, newRefs({ programId }));
  const terms = { theme, weight: 1, targetDate: '2026-12-01', text: 'Say it sooner.' };
  const { goalId } = await good(post(`/engagements/${refs.engagementId}/goals`, coacheeOf(refs), terms));
  const agree = () => good(post(`/goals/${goalId}/agree`, coachOf(refs)));
  const path = `/engagements/${refs.engagementId}`;
  const name = async (body: object = {}): Promise<string> =>
    (await good(post(`${path}/pulse-raters`, coacheeOf(refs), body))).raterId;
  const approve = (raterId: string) => good(post(`${path}/pulse-raters/${raterId}/approve`, ADMIN));
  const mint = (raterId: string) => post(`${path}/pulse-raters/${raterId}/link`, ADMIN);
  const token = async (raterId: string): Promise<string> =>
    (await good(mint(raterId))).link.split('/answer#')[1];
  const raters = async (count: number) => {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) ids.push(await name());
    for (const id of ids) await approve(id);
    return ids;
  };
  const brief = async () => (await good(goals.call('GET', `/v1${path}/brief`, { as: coachOf(refs) }))).pulses;
  return { refs, goalId, path, agree, name, approve, mint, token, raters, brief };
}

const sessionOf = (refs: Refs, startsAt = SESSION, sessionId = newId()) => {
  const endsAt = startsAt.replace(':00:00', ':45:00');
  const stream = `session-${sessionId}`;
  const at = clock.now().toISOString();
  const data = { sessionId, ...refs };
  return {
    sessionId,
    scheduled: {
      name: 'SessionScheduled' as const,
      stream,
      version: 1,
      at,
      data: { ...data, startsAt, endsAt, zone: 'Europe/Berlin', by: 'coach' as const },
    },
    movedTo: (to: string) => ({
      name: 'SessionRescheduled' as const,
      stream,
      version: 2,
      at,
      data: {
        ...data,
        by: 'coach' as const,
        noticeHours: 200,
        from: { startsAt, endsAt },
        to: { startsAt: to, endsAt: to.replace(':00:00', ':45:00') },
        zone: 'Europe/Berlin',
      },
    }),
    cancelled: {
      name: 'SessionCancelled' as const,
      stream,
      version: 3,
      at,
      data: {
        ...data,
        by: 'coach' as const,
        noticeHours: 200,
        late: false,
        policyVersion: 1,
        forfeited: false,
      },
    },
  };
};

const answer = (token: string, ...values: [number, ...number[]]) => answerOn(THEME, token, ...values);
const answerOn = (theme: string, token: string, ...[behaviour, ...team]: [number, ...number[]]) => {
  const answers = [{ theme, values: [behaviour] }];
  return post(
    '/answers',
    {},
    {
      token,
      answers: team.length === 0 ? answers : [...answers, { theme: 'your team', values: team }],
    },
  );
};

const left = (personId: string, version: number): Told => ({
  name: 'PersonLeft',
  stream: `person-${personId}`,
  version,
  at: BEGIN,
  data: { personId, leftOn: BEGIN.slice(0, 10), dateBasis: 'column' },
});
const returned = (personId: string, version: number): Told => ({
  name: 'PersonChanged',
  stream: `person-${personId}`,
  version,
  at: BEGIN,
  data: { personId, kind: 'returned', effectiveOn: BEGIN.slice(0, 10), dateBasis: 'column' },
});

/** The coach is this employee. */
const approvedAs = ({ coachId }: Refs, personId: string): Told => ({
  name: 'CoachApproved',
  stream: `coach-${coachId}`,
  version: 1,
  data: {
    coachId,
    personId,
    capacity: 10,
    levels: [],
    specialties: [],
    styles: [],
    languages: ['en'],
    zone: 'UTC',
  },
});

/** What is in the log of an engagement's pulses. */
async function told({ engagementId }: Refs) {
  const { rows } = await goals.pool.query<{
    type: string;
    at: Date;
    data: Record<string, unknown>;
    metadata: object;
  }>(
    `SELECT type, occurred_at AS at, data, metadata FROM log.events WHERE stream LIKE 'pulse-%' AND data->>'engagementId' = $1
      ORDER BY position`,
    [engagementId],
  );
  return rows;
}
const lastApproval = async ({ engagementId }: Refs) => {
  const { rows } = await goals.pool.query<{ at: Date }>(
    'SELECT max(approved_at) AS at FROM pulse_raters WHERE engagement_id = $1',
    [engagementId],
  );
  return rows[0]!.at;
};
const untilTold = async (refs: Refs, count: number) => {
  for (const end = Date.now() + 60_000; (await told(refs)).length < count && Date.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return told(refs);
};
/** All told so far has been heard of by then. */
const heard = async () => {
  const refs = await engaged(goals, newRefs({ programId: programme }));
  expect(refs).toBeDefined();
};

describe('pulses', () => {
  it('are asked before a session about each agreed goal, once three raters are approved, in whatever order', async () => {
    const orders = [
      'session raters goal',
      'goal raters session',
      'session goal raters',
      'goal session raters',
    ];
    for (const order of orders) {
      const one = await coaching();
      // Booked before all else, whenever it is heard of.
      const { sessionId, scheduled } = sessionOf(one.refs);
      const steps: Record<string, () => Promise<unknown>> = {
        session: () => goals.tell(scheduled),
        raters: () => one.raters(3),
        goal: one.agree,
      };
      for (const step of order.split(' ')) await steps[step]!();
      const events = await untilTold(one.refs, 1);
      expect(events.map(({ type, data }) => [type, data])).toEqual([
        [
          'PulseRequested',
          expect.objectContaining({
            goalId: one.goalId,
            sessionId,
            theme: THEME,
            dueOn: '2026-07-15',
            raters: 3,
          }),
        ],
      ]);
      if (order === 'goal raters session') expect(events[0]!.at).toEqual(await lastApproval(one.refs));
      expect(await one.brief()).toEqual({
        asked: [{ goalId: one.goalId, theme: THEME, dueOn: '2026-07-15', raters: 3, enoughAnswers: false }],
        released: [],
      });
    }
  });

  it('are asked for no session of the past, about no draft, and of no fewer than three raters', async () => {
    const one = await coaching();
    await one.agree();
    await one.raters(2);
    await goals.tell(sessionOf(one.refs).scheduled);
    const past = await coaching();
    await past.agree();
    await past.raters(3);
    await goals.tell({ ...sessionOf(past.refs, '2026-07-01T08:00:00.000Z').scheduled });
    const draft = await coaching();
    await draft.raters(3);
    await goals.tell(sessionOf(draft.refs).scheduled);
    await heard();
    for (const { refs } of [one, past, draft]) expect(await told(refs)).toEqual([]);
    expect((await one.mint(await one.name())).body.type).toMatch(/nothing-asked$/);
  });

  it('are due the day before the session, wherever it is moved to, and not asked once it is cancelled', async () => {
    const one = await coaching();
    await one.agree();
    const [rater] = (await one.raters(3)) as [string];
    const session = sessionOf(one.refs);
    await goals.tell(session.scheduled);
    await untilTold(one.refs, 1);
    const link = await one.token(rater);
    await goals.tell(session.movedTo('2026-07-20T08:00:00.000Z'));
    const events = await untilTold(one.refs, 2);
    expect(events.map(({ data }) => data['dueOn'])).toEqual(['2026-07-15', '2026-07-19']);
    expect((await post('/answers/open', {}, { token: link })).status).toBe(200);
    await goals.tell(session.cancelled);
    const open = () => post('/answers/open', {}, { token: link });
    expect((await goals.until(open, ({ status }) => status === 404)).status).toBe(404);
    expect((await one.mint(rater)).status).toBe(409);
    expect((await one.brief()).asked).toEqual([]);
  });

  it('are due the day before a session that is moved while the last rater is approved', async () => {
    const one = await coaching();
    await one.agree();
    await one.raters(2);
    const third = await one.name();
    const session = sessionOf(one.refs);
    await goals.tell(session.scheduled);
    await heard();
    // The approval has looked where the session stands, and is held before it asks.
    const [looked, moved] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { ask } = PulseHandler.prototype;
    const held = jest.spyOn(PulseHandler.prototype, 'ask');
    held.mockImplementationOnce(async function (this: PulseHandler, ...asked) {
      looked.resolve();
      await moved.promise;
      return ask.apply(this, asked);
    });
    const approving = one.approve(third);
    await looked.promise;
    await goals.tell(session.movedTo('2026-07-20T08:00:00.000Z'));
    const dueOn = (events: Awaited<ReturnType<typeof told>>) => events.map(({ data }) => data['dueOn']);
    expect(dueOn(await untilTold(one.refs, 1))).toEqual(['2026-07-19']);
    moved.resolve();
    await approving;
    held.mockRestore();
    expect(dueOn(await told(one.refs))).toEqual(['2026-07-19']);
  });

  it('ask about the theme of the goal as it is revised, before every session that lies ahead', async () => {
    const one = await coaching();
    await one.agree();
    const ids = await one.raters(3);
    const links = async () => Promise.all(ids.map(one.token)) as Promise<[string, string, string]>;
    const [first, next] = [sessionOf(one.refs), sessionOf(one.refs, '2026-07-30T08:00:00.000Z')];
    await goals.tell(first.scheduled);
    await goals.tell(next.scheduled);
    await untilTold(one.refs, 2);
    const [early, ...later] = await links();
    await answer(early, 2);
    const revise = (theme: string) => good(post(`/goals/${one.goalId}/revise`, coachOf(one.refs), { theme }));
    await revise('navigating-conflict');
    const events = await untilTold(one.refs, 4);
    expect(events.slice(2).map(({ type, data }) => [type, data['sessionId'], data['theme']])).toEqual([
      ['PulseRequested', first.sessionId, 'navigating-conflict'],
      ['PulseRequested', next.sessionId, 'navigating-conflict'],
    ]);
    expect((await one.brief()).asked).toMatchObject([{ theme: 'navigating-conflict', dueOn: '2026-07-15' }]);
    // Whether somebody had answered by then is nobody's to see: all links ask the same, and each counts once.
    for (const link of [early, ...later])
      expect((await post('/answers/open', {}, { token: link })).body.themes).toMatchObject([
        { theme: 'navigating-conflict' },
      ]);
    for (const link of [early, ...later]) await good(answerOn('navigating-conflict', link, 6));
    const { rows } = await goals.pool.query(
      'SELECT theme, value FROM pulse_answers WHERE engagement_id = $1 ORDER BY value',
      [one.refs.engagementId],
    );
    expect(rows).toEqual([
      { theme: THEME, value: 2 },
      { theme: 'navigating-conflict', value: 6 },
      { theme: 'navigating-conflict', value: 6 },
    ]);
  });

  describe('answered by links', () => {
    const asking = async (count = 4) => {
      const one = await coaching();
      await one.agree();
      const ids = await one.raters(count);
      await goals.tell(sessionOf(one.refs).scheduled);
      await untilTold(one.refs, 1);
      const tokens: string[] = [];
      for (const id of ids) tokens.push(await one.token(id));
      return { ...one, ids, tokens };
    };

    it('reach the brief from three raters on, as their mean, and leave nothing of a single one', async () => {
      const { refs, tokens, ids, brief } = await asking();
      const [a, b, c, d] = tokens as [string, string, string, string];
      expect((await post('/answers/open', {}, { token: a })).body).toMatchObject({
        anonymous: true,
        scale: { from: 1, to: 7 },
        themes: [{ theme: THEME, items: [expect.any(String)] }],
      });
      expect((await answer(a, 2)).status).toBe(204);
      expect((await answer(b, 3)).status).toBe(204);
      expect((await brief()).released).toEqual([]);
      const { rows: waiting } = await goals.pool.query(
        `SELECT DISTINCT xmin::text FROM pulse_answers WHERE engagement_id = $1
          UNION SELECT xmin::text FROM pulse_answered WHERE engagement_id = $1`,
        [refs.engagementId],
      );
      // All that waits was written by one transaction: none tells whose it is.
      expect(waiting).toHaveLength(1);
      expect((await answer(c, 6)).status).toBe(204);
      const released = { raters: 3, mean: 3.5, item: 'theme-behaviour' };
      expect((await brief()).released).toEqual([{ ...released, theme: THEME, releasedOn: '2026-07-02' }]);
      const [, event, ...more] = await told(refs);
      expect(more).toEqual([]);
      expect(event).toMatchObject({ type: 'PulsesReleased', data: { ...released, theme: THEME } });
      expect(event!.metadata).toMatchObject({ actor: { subject: 'pulses', role: 'system' } });
      const log = JSON.stringify(await told(refs));
      for (const secret of [...ids, ...tokens]) expect(log).not.toContain(secret);
      for (const table of ['pulse_answers', 'pulse_answered']) {
        const { rows } = await goals.pool.query(`SELECT FROM ${table} WHERE engagement_id = $1`, [
          refs.engagementId,
        ]);
        expect(rows).toEqual([]);
      }
      expect((await answer(d, 1)).status).toBe(204);
      expect((await brief()).released).toMatchObject([{ mean: 3.5 }]);
    });

    it('are published on the sensitive topic alone, and what is asked on the open one', async () => {
      const { refs, tokens } = await asking(3);
      for (const token of tokens) await answer(token, 5);
      const reader = { roles: ['integration' as const], sensitive: true };
      const feed = async (query: string) =>
        (await good(goals.call('GET', `/v1/events?limit=1000${query}`, { as: reader }))).events.filter(
          ({ data }: { data: { engagementId?: string } }) => data.engagementId === refs.engagementId,
        );
      const names = (events: { dataschema: string }[]) => events.map((e) => e.dataschema.split(':').pop());
      expect(names(await feed(''))).not.toContain('PulsesReleased');
      expect(names(await feed(''))).toContain('PulseRequested');
      expect(names(await feed('&sensitive=true'))).toContain('PulsesReleased');
    });

    it('count once, whoever sends one link twice at once, or completes a batch together with another', async () => {
      const { refs, tokens } = await asking(4);
      const [a, b, c, d] = tokens as [string, string, string, string];
      const twice = await Promise.all([answer(a, 1), answer(a, 7), answer(a, 4)]);
      expect(twice.map(({ status }) => status).sort()).toEqual([204, 204, 204]);
      const { rows: taken } = await goals.pool.query('SELECT FROM pulse_answers WHERE engagement_id = $1', [
        refs.engagementId,
      ]);
      expect(taken).toHaveLength(1);
      await answer(b, 4);
      const together = await Promise.all([answer(c, 4), answer(d, 4)]);
      expect(together.map(({ status }) => status)).toEqual([204, 204]);
      const released = (await told(refs)).filter(({ type }) => type === 'PulsesReleased');
      expect(released.map(({ data }) => data['raters'])).toEqual([3]);
      const { rows } = await goals.pool.query('SELECT FROM pulse_answers WHERE engagement_id = $1', [
        refs.engagementId,
      ]);
      expect(rows).toHaveLength(1);
    });

    it('tell nobody who holds a link, nor who reads the tables, whether its rater has answered', async () => {
      const { refs, ids, tokens, token, brief } = await asking(3);
      const [a, b, c] = tokens as [string, string, string];
      const seen = async (link: string) => {
        const { status, body } = await post('/answers/open', {}, { token: link });
        const wrong = await post('/answers', {}, { token: link, answers: [] });
        return { status, body, wrong: { ...wrong.body, traceId: 0, instance: 0 } };
      };
      const rows = async (table: string) =>
        (await goals.pool.query(`SELECT * FROM ${table} WHERE engagement_id = $1`, [refs.engagementId])).rows;
      const before = { seen: await seen(a), raters: await rows('pulse_raters') };
      expect((await answer(a, 2)).status).toBe(204);
      // Of one answer that waits the database says whose it is in no way: not in the rater's row, not beside it.
      expect(await rows('pulse_raters')).toEqual(before.raters);
      const { rows: raters } = await goals.pool.query<{ id: string; xmin: string; xmax: string }>(
        `SELECT rater_id AS id, xmin::text, xmax::text FROM pulse_raters WHERE engagement_id = $1`,
        [refs.engagementId],
      );
      expect(new Set(raters.map(({ xmax }) => xmax)).size).toBe(1);
      const waits = [
        ...(await rows('pulse_answers')),
        ...(await rows('pulse_answered')),
        ...(await rows('pulse_links_used')),
      ];
      expect(waits).toHaveLength(3);
      for (const id of ids) expect(JSON.stringify(waits)).not.toContain(id);
      expect(await seen(a)).toEqual(before.seen);
      expect((await answer(a, 7)).status).toBe(204);
      const newer = await token(ids[0]!);
      expect(await seen(newer)).toEqual(before.seen);
      await answer(b, 3);
      await answer(c, 4);
      expect((await brief()).released).toMatchObject([{ raters: 3, mean: 3 }]);
      // Nor does it begin the next batch.
      expect((await answer(newer, 7)).status).toBe(204);
      expect(await rows('pulse_answers')).toEqual([]);
    });

    /** Somebody of the directory, who is asked beside three others. */
    const askedAmongFour = async (personId: string) => {
      const one = await coaching();
      await one.agree();
      const named = () => post(`${one.path}/pulse-raters`, coacheeOf(one.refs), { personId });
      const { raterId } = (await goals.until(named, ({ status }) => status === 201)).body;
      await one.approve(raterId);
      const others = await one.raters(3);
      await goals.tell(sessionOf(one.refs).scheduled);
      await untilTold(one.refs, 1);
      const link = await one.token(raterId);
      const asked = async () => (await one.brief()).asked.map(({ raters }: { raters: number }) => raters);
      expect(await asked()).toEqual([4]);
      return { one, raterId, link, others, asked };
    };

    it('come from nobody who has left the company: their link ends, and they are not waited for', async () => {
      const leaver = newId();
      await goals.tell(person(leaver, newId()));
      const { one, raterId, link, others, asked } = await askedAmongFour(leaver);
      await goals.tell(left(leaver, 2));
      const open = () => post('/answers/open', {}, { token: link });
      expect((await goals.until(open, ({ status }) => status === 404)).status).toBe(404);
      expect((await answer(link, 5)).status).toBe(404);
      expect((await one.mint(raterId)).body.type).toMatch(/rater-has-left$/);
      const approve = await post(`${one.path}/pulse-raters/${raterId}/approve`, ADMIN);
      expect(approve.body.type).toMatch(/rater-has-left$/);
      expect(await asked()).toEqual([3]);
      const another = await coaching();
      const anew = await post(`${another.path}/pulse-raters`, coacheeOf(another.refs), { personId: leaver });
      const nobody = await post(`${another.path}/pulse-raters`, coacheeOf(another.refs), {
        personId: newId(),
      });
      expect([anew.status, anew.body.detail]).toEqual([404, nobody.body.detail]);
      // With two there would never be enough: nothing is asked.
      await good(post(`${one.path}/pulse-raters/${others[0]}/remove`, ADMIN));
      expect(await asked()).toEqual([]);
      expect((await one.mint(others[1]!)).body.type).toMatch(/nothing-asked$/);
      // Who comes back is asked again.
      await goals.tell(returned(leaver, 3));
      expect((await goals.until(open, ({ status }) => status === 200)).status).toBe(200);
      expect(await asked()).toEqual([3]);
    });

    it('come from nobody who turns out to be the coach: their link ends, and they are not waited for', async () => {
      const inside = newId();
      await goals.tell(person(inside));
      const { one, raterId, link, others, asked } = await askedAmongFour(inside);
      await goals.tell(approvedAs(one.refs, inside));
      const open = () => post('/answers/open', {}, { token: link });
      expect((await goals.until(open, ({ status }) => status === 404)).status).toBe(404);
      expect((await answer(link, 5)).status).toBe(404);
      for (const action of ['approve', 'link']) {
        const refused = await post(`${one.path}/pulse-raters/${raterId}/${action}`, ADMIN);
        expect(refused).toMatchObject({ status: 409, body: { type: 'urn:cairn:problem:rater-coaches' } });
      }
      expect(await asked()).toEqual([3]);
      // With two there would never be enough: nothing is asked.
      await good(post(`${one.path}/pulse-raters/${others[0]}/remove`, ADMIN));
      expect(await asked()).toEqual([]);
      // To others' coachees they are a colleague as before.
      const another = await coaching();
      const elsewhere = await another.name({ personId: inside });
      await another.approve(elsewhere);
    });

    it('come from nobody who was removed; by whom it is, and whoever is named again counts once', async () => {
      const { refs, path, ids, tokens, name, approve, token, brief } = await asking(4);
      const [first] = ids as [string];
      const [a, b] = tokens as [string, string];
      const remove = (raterId: string, as: Partial<Subject>) =>
        post(`${path}/pulse-raters/${raterId}/remove`, as);
      const unapproved = await name();
      expect((await remove(unapproved, coachOf(refs))).status).toBe(403);
      expect((await remove(unapproved, coacheeOf(refs))).body).toEqual({
        raterId: unapproved,
        removed: true,
      });
      expect((await remove(unapproved, ADMIN)).status).toBe(404);
      expect((await remove(first, coacheeOf(refs))).body.type).toMatch(/rater-approved$/);
      const own = { roles: ['program-admin' as const, 'coach' as const], coachId: refs.coachId };
      expect((await remove(first, own)).status).toBe(404);
      // Nobody is told whether they have answered, so both are removed alike.
      await answer(b, 1);
      for (const id of [first, ids[1]!])
        expect((await remove(id, ADMIN)).body).toMatchObject({ removed: true });
      for (const link of [a, b]) expect((await answer(link, 5)).status).toBe(404);
      const { items } = await good(goals.call('GET', `/v1${path}/pulse-raters`, { as: ADMIN }));
      expect(items.map(({ raterId }: { raterId: string }) => raterId)).toEqual(ids.slice(2).sort());

      const colleague = newId();
      await goals.tell(person(colleague, newId()));
      const named = () => post(`${path}/pulse-raters`, coacheeOf(refs), { personId: colleague });
      const { raterId } = (await goals.until(named, ({ status }) => status === 201)).body;
      await approve(raterId);
      expect((await brief()).asked).toMatchObject([{ raters: 3 }]);
      await answer(await token(raterId), 7);
      await good(remove(raterId, ADMIN));
      await good(named());
      const again = (await good(goals.call('GET', `/v1${path}/pulse-raters`, { as: ADMIN }))).items;
      expect(again).toContainEqual({ raterId, personId: colleague, approved: false });
      await approve(raterId);
      expect((await answer(await token(raterId), 7)).status).toBe(204);
      expect((await brief()).released).toEqual([]);
      await answer(tokens[2]!, 4);
      expect((await brief()).released).toMatchObject([{ raters: 3, mean: 4 }]);
    });

    const ends = (refs: Refs) =>
      goals.tell({
        name: 'EngagementCompleted',
        stream: `engagement-${refs.engagementId}`,
        version: 2,
        at: BEGIN,
        data: refs,
      } as never);
    const keepsNothing = async ({ engagementId }: Refs) => {
      for (const table of ['pulse_answers', 'pulse_answered', 'pulse_links_used']) {
        const { rows } = await goals.pool.query(`SELECT FROM ${table} WHERE engagement_id = $1`, [
          engagementId,
        ]);
        expect([table, rows]).toEqual([table, []]);
      }
    };

    it('lead nowhere, alike, once replaced, made up, or the engagement is over, which forgets what waits', async () => {
      const { refs, ids, tokens, token, mint, brief } = await asking(3);
      const [a, b] = tokens as [string, string];
      const [first] = ids as [string];
      const newer = await token(first);
      const faces = [await answer(a, 5), await answer('made-up', 5)];
      await answer(newer, 5);
      await ends(refs);
      await goals.until(
        () => post('/answers/open', {}, { token: b }),
        ({ status }) => status === 404,
      );
      faces.push(await answer(b, 5));
      expect(new Set(faces.map(({ status, body }) => `${status} ${body.type} ${body.detail}`)).size).toBe(1);
      expect(faces[0]!.status).toBe(404);
      expect((await mint(first)).body.type).toMatch(/nothing-asked$/);
      expect((await brief()).asked).toEqual([]);
      await keepsNothing(refs);
    });

    it('leave nothing that is answered while the end of the engagement is heard of', async () => {
      const { refs, tokens } = await asking(3);
      const [first, second, third] = tokens as [string, string, string];
      expect((await answer(first, 5)).status).toBe(204);
      const waiting = async (count: number) => {
        const waits = () =>
          goals.pool.query(
            `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          );
        while ((await waits()).rowCount !== count) await new Promise((resolve) => setTimeout(resolve, 10));
      };
      const answering = await inTransaction(goals.pool, async (client) => {
        // The answer is in the middle of what it keeps, and waits for this mark.
        await client.query('SELECT FROM pulse_answered WHERE engagement_id = $1 FOR UPDATE', [
          refs.engagementId,
        ]);
        const sent = answer(second, 4);
        await waiting(1);
        await ends(refs);
        await waiting(2);
        return { sent };
      });
      expect((await answering.sent).status).toBe(204);
      await goals.until(
        () => post('/answers/open', {}, { token: third }),
        ({ status }) => status === 404,
      );
      await keepsNothing(refs);
    });

    it('lead nowhere once the goal is closed', async () => {
      const { goalId, refs, tokens, brief } = await asking(3);
      await good(post(`/goals/${goalId}/close`, coachOf(refs), { outcome: 'attained' }));
      expect((await answer(tokens[0]!, 5)).status).toBe(404);
      expect((await brief()).asked).toEqual([]);
    });

    it('are refused where something is left out, too much or beyond the scale', async () => {
      const { tokens } = await asking(3);
      const [a] = tokens as [string];
      for (const answers of [[], [{ theme: 'another', values: [5] }], [{ theme: THEME, values: [5, 5] }]])
        expect((await post('/answers', {}, { token: a, answers })).body.type).toMatch(/answers-not-asked$/);
      expect((await answer(a, 8)).status).toBe(422);
      expect((await answer(a, 5)).status).toBe(204);
    });

    it.each([THEME, 'your-team'])('ask those who report how they are led, about %s', async (theme) => {
      const one = await coaching(theme, ownThemes);
      await one.agree();
      const reports = [newId(), newId(), newId()];
      await goals.tell(...reports.map((id) => person(id, one.refs.personId)));
      const ids: string[] = [];
      for (const personId of reports) {
        const named = () => post(`${one.path}/pulse-raters`, coacheeOf(one.refs), { personId });
        ids.push((await goals.until(named, ({ status }) => status === 201)).body.raterId);
      }
      ids.push(await one.name());
      for (const id of ids) await one.approve(id);
      await goals.tell(sessionOf(one.refs).scheduled);
      await untilTold(one.refs, 1);
      const [a, b, c, outside] = (await Promise.all(ids.map(one.token))) as [string, string, string, string];
      expect((await post('/answers/open', {}, { token: outside })).body.themes).toHaveLength(1);
      expect((await post('/answers/open', {}, { token: a })).body.themes[1].items).toHaveLength(3);
      await answerOn(theme, a, 5, 4, 3, 2);
      await answerOn(theme, b, 5, 5, 4, 3);
      await answerOn(theme, outside, 5);
      const items = async () => (await one.brief()).released.map(({ item }: { item: string }) => item);
      expect(await items()).toEqual(['theme-behaviour']);
      await answerOn(theme, c, 5, 6, 5, 4);
      expect((await one.brief()).released.map(({ item, theme, mean }: never) => [item, theme, mean])).toEqual(
        [
          ['development-conversations', null, 4],
          ['manager-effectiveness', null, 3],
          ['one-to-ones-held', null, 5],
          ['theme-behaviour', theme, 5],
        ],
      );
    });
  });

  it('have no rater, and no holder of links, who is the coach, whether or not the token says so', async () => {
    const { refs, path, name, approve } = await coaching();
    const inside = newId();
    await goals.tell(person(inside), approvedAs(refs, inside));
    const raterId = await name();
    await approve(raterId);
    const list = (as: Partial<Subject>) => goals.call('GET', `/v1${path}/pulse-raters`, { as });
    const admin = { ...ADMIN, personId: inside };
    await goals.until(
      () => list(admin),
      ({ status }) => status === 404,
    );
    expect((await list(admin)).status).toBe(404);
    for (const action of ['approve', 'link', 'remove'])
      expect((await post(`${path}/pulse-raters/${raterId}/${action}`, admin)).status).toBe(404);
    expect((await list({ ...ADMIN, personId: newId() })).status).toBe(200);
    await goals.until(
      () => post(`${path}/pulse-raters`, coacheeOf(refs), { personId: inside }),
      ({ status }) => status !== 404,
    );
    const refused = await post(`${path}/pulse-raters`, coacheeOf(refs), { personId: inside });
    expect(refused).toMatchObject({ status: 422, body: { type: 'urn:cairn:problem:rater-is-coach' } });
    expect((await list(ADMIN)).body.items).toHaveLength(1);
  });

  it('have at most twenty raters', async () => {
    const { refs, path, name } = await coaching();
    for (let n = 0; n < 20; n++) await name();
    const another = await post(`${path}/pulse-raters`, coacheeOf(refs), {});
    expect(another).toMatchObject({ status: 409, body: { type: 'urn:cairn:problem:too-many-raters' } });
  });

  it('have raters whom the coachee names, and nobody but HR and the programme admin links', async () => {
    const one = await coaching();
    const { refs, path } = one;
    const raters = (as: Partial<Subject>) => goals.call('GET', `/v1${path}/pulse-raters`, { as });
    const mine = await one.name();
    expect((await good(raters(coacheeOf(refs)))).items).toEqual([
      { raterId: mine, personId: null, approved: false },
    ]);
    expect((await raters(coachOf(refs))).status).toBe(403);
    const own = { roles: ['program-admin' as const, 'coachee' as const], personId: refs.personId };
    const link = `${path}/pulse-raters/${mine}/link`;
    expect((await post(link, own)).status).toBe(404);
    expect((await post(link, { roles: ['hr'], personId: refs.personId })).status).toBe(404);
    expect((await post(link, { roles: ['hr'], orgUnits: ['Elsewhere'] })).status).toBe(404);
    const self = await post(`${path}/pulse-raters`, coacheeOf(refs), { personId: refs.personId });
    expect(self.body.type).toMatch(/rater-is-coachee$/);
    const stranger = await post(`${path}/pulse-raters`, coacheeOf(refs), { personId: newId() });
    expect(stranger.status).toBe(404);
    const colleague = newId();
    await goals.tell(person(colleague, newId()));
    const named = () => post(`${path}/pulse-raters`, coacheeOf(refs), { personId: colleague });
    expect((await goals.until(named, ({ status }) => status === 201)).status).toBe(201);
    expect((await named()).body.type).toMatch(/rater-named$/);
  });
});
