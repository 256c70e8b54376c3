import { newId } from '@cairn/event-store';
import { partitionOf, rewindConsumer } from '@cairn/messaging';
import { testService, type Told, type TestService } from '@cairn/service/testing';
import { refuseOnce } from '@cairn/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { definition } from '../src/app.module.js';
import {
  coachApproved,
  enrolmentOf,
  matchOf,
  person,
  plannedEngagement,
  program,
  type Engaged,
  type Enrolment,
} from './told.js';

let sessions: TestService;
beforeAll(async () => {
  const now = new Date('2026-03-02T12:00:00.000Z');
  sessions = await testService(definition, { clock: { now: () => now } });
});
afterAll(() => sessions.stop());

const admin = { roles: ['program-admin' as const] };
const book = async (e: Engaged, startsAt: string) =>
  sessions.call('POST', `/v1/engagements/${e.engagementId}/sessions`, {
    as: e.coachee,
    body: { startsAt, zone: 'Europe/Berlin', durationMinutes: 60 },
  });
/** The engagement, and its sessions with it. */
const read = async (engagementId: string) => {
  const engagement = await sessions.call('GET', `/v1/engagements/${engagementId}`, { as: admin });
  const list = await sessions.call('GET', `/v1/sessions?engagementId=${engagementId}`, { as: admin });
  return { ...engagement, body: { ...engagement.body, sessions: list.body.items } };
};
/** Waits until the engagement shows what is expected of it. */
const shows = async (engagementId: string, expected: object) => {
  const holds = (body: object) => {
    try {
      expect(body).toMatchObject(expected as Record<string, unknown>);
      return true;
    } catch {
      return false;
    }
  };
  const { body } = await sessions.until(
    () => read(engagementId),
    (answer) => holds(answer.body),
  );
  expect(body).toMatchObject(expected as Record<string, unknown>);
  return body;
};
/** What sessions has published of an engagement: name and time, and further data where asked for. */
const published = async (engagementId: string) => {
  const { body } = await sessions.call('GET', '/v1/events?limit=1000', { as: { roles: ['integration'] } });
  return body.events
    .filter((event: { data: { engagementId: string } }) => event.data.engagementId === engagementId)
    .map((event: { dataschema: string; time: string; data: object }) => ({
      name: event.dataschema.split(':').pop(),
      time: event.time,
      data: event.data,
    }));
};
/** Somebody leaves the company. */
const left = (personId: string, at: string): Told => ({
  name: 'PersonLeft',
  stream: `person-${personId}`,
  version: 2,
  at,
  data: { personId, leftOn: at.slice(0, 10), dateBasis: 'column' },
});
const names = async (engagementId: string) =>
  (await published(engagementId)).map(({ name }: { name: string }) => name);

describe('a match', () => {
  it('plans the engagement, with the programme’s terms and what enrolment granted', async () => {
    const e = await plannedEngagement(sessions, { allotment: 5 });
    const body = await shows(e.engagementId, { state: 'planned', allotment: { granted: 5, free: 5 } });
    expect(body).toMatchObject({ ...e.refs, endsOn: '2026-12-31', cadence: 'weekly', zone: 'Europe/Berlin' });
    const [event] = await published(e.engagementId);
    expect(event).toMatchObject({
      name: 'EngagementPlanned',
      data: { matchId: e.match.matchId, allotment: 5 },
    });
  });

  it('that arrives before its programme waits for it, and is planned once', async () => {
    const [programId, personId, coachId] = [newId(), newId(), newId()];
    const enrolment = enrolmentOf({ programId, personId });
    let match = matchOf(enrolment, coachId);
    // What comes before in enrolment's log can only be overtaken by what travels in another partition (here of three).
    const partition = (stream: string) => partitionOf(stream, 3);
    while (partition(match.coachMatched().stream) === partition(program(programId).stream))
      match = matchOf(enrolment, coachId);
    await sessions.tell(coachApproved(coachId), enrolment.nominated(), enrolment.allotted(6, 6));
    await sessions.tell(match.coachMatched());
    const list = () =>
      sessions.call('GET', `/v1/engagements?enrollmentId=${enrolment.refs.enrollmentId}`, { as: admin });
    expect((await list()).body.items).toEqual([]);
    await sessions.tell(program(programId));
    const { body } = await sessions.until(list, ({ body: { items } }) => items.length > 0);
    expect(body.items).toHaveLength(1);
  });

  /** What becomes of a match of which sessions learns after this. */
  const planAfter = async (state: string, tell: (enrolment: Enrolment) => Told[]) => {
    const [programId, personId, coachId] = [newId(), newId(), newId()];
    const enrolment = enrolmentOf({ programId, personId });
    const told = [enrolment.nominated(), enrolment.allotted(6, 6), ...tell(enrolment)];
    await sessions.tell(program(programId), coachApproved(coachId), ...told);
    const { stream, version } = told.at(-1)!;
    const known = async () => {
      const { rows } = await sessions.pool.query<{ version: number }>(
        `SELECT version FROM known_enrollments WHERE enrollment_id = $1
         UNION ALL SELECT version FROM known_people WHERE person_id = $1`,
        [stream.replace(/^[a-z]+-/, '')],
      );
      return { status: 200, body: rows[0] ?? {}, headers: {} };
    };
    await sessions.until(known, ({ body }) => body.version === version);
    await sessions.tell(matchOf(enrolment, coachId).coachMatched('2026-02-01T09:00:00.000Z'));
    const { body } = await sessions.until(
      () =>
        sessions.call('GET', `/v1/engagements?enrollmentId=${enrolment.refs.enrollmentId}`, { as: admin }),
      ({ body: { items } }) => items[0]?.state === state,
    );
    return published(body.items[0].engagementId);
  };
  const at = '2026-02-03T09:00:00.000Z';

  it.each<[string, string, (enrolment: Enrolment) => Told, string, object]>([
    [
      'a pause',
      'paused',
      (enrolment) => enrolment.paused('2026-02-03', at),
      'EngagementPaused',
      { from: '2026-02-03' },
    ],
    [
      'an end',
      'ended',
      (enrolment) => enrolment.discontinued('too-busy', at),
      'EngagementEnded',
      { reason: 'too-busy' },
    ],
    ['its completion', 'completed', (enrolment) => enrolment.completed(at), 'EngagementCompleted', {}],
    [
      'the coachee’s departure',
      'ended',
      ({ refs: { personId } }) => left(personId, at),
      'EngagementEnded',
      { reason: 'left-the-company' },
    ],
  ])('that was overtaken by %s catches up with it, at its time', async (_, state, tell, name, data) => {
    const events = await planAfter(state, (enrolment) => [tell(enrolment)]);
    expect(events.slice(0, 2)).toMatchObject([{ name: 'EngagementPlanned' }, { name, time: at, data }]);
  });

  it('of a history that is told does not end on a leaving before the history has come to it', async () => {
    const [programId, personId, coachId] = [newId(), newId(), newId()];
    const enrolment = enrolmentOf({ programId, personId, history: true });
    await sessions.tell(program(programId), coachApproved(coachId), person(personId), left(personId, at));
    await sessions.tell(enrolment.nominated(), enrolment.allotted(6, 6));
    const match = matchOf(enrolment, coachId);
    await sessions.tell(match.coachMatched('2026-02-01T09:00:00.000Z'));
    const of = () =>
      sessions.call('GET', `/v1/engagements?enrollmentId=${enrolment.refs.enrollmentId}`, { as: admin });
    const { body } = await sessions.until(of, ({ body: { items } }) => items.length > 0);
    await sessions.tell(enrolment.paused('2026-02-02', '2026-02-01T10:00:00.000Z'));
    await shows(body.items[0].engagementId, { state: 'paused' });
    await sessions.tell(enrolment.discontinued('left-the-company', at));
    await shows(body.items[0].engagementId, { state: 'ended' });
    expect(await names(body.items[0].engagementId)).toEqual([
      'EngagementPlanned',
      'EngagementPaused',
      'EngagementEnded',
      'SessionsReturned',
    ]);
  });

  it.each<[string, string, (enrolment: Enrolment) => Told[]]>([
    ['its activation', '2026-11-30', (enrolment) => [enrolment.activated('2026-11-30')]],
    ['an extension', '2027-01-31', (e) => [e.activated('2026-11-30'), e.extended('2027-01-31', at)]],
    ['nobody, the programme’s', '2026-12-31', (enrolment) => [enrolment.activated()]],
  ])('plans up to the last day of its enrolment, as told by %s', async (_, endsOn, tell) => {
    const [planned] = await planAfter('planned', tell);
    expect(planned).toMatchObject({ name: 'EngagementPlanned', data: { endsOn } });
  });
});

describe('what enrolment grants', () => {
  it('is the allotment; taken back below what is booked, the sessions to cancel are named', async () => {
    const e = await plannedEngagement(sessions, { allotment: 3 });
    const ids: string[] = [];
    for (const day of [10, 11, 12]) ids.push((await book(e, `2026-03-${day}T09:00`)).body.sessionId);
    await sessions.tell(e.enrolment.allotted(-2, 1));
    await shows(e.engagementId, {
      allotment: { granted: 1, reserved: 3, free: 0 },
      overBooked: { count: 2, cancelFirst: [ids[2], ids[1]], notAhead: 0 },
    });
    expect((await book(e, '2026-03-13T09:00')).status).toBe(409);
    await sessions.tell(e.enrolment.allotted(4, 5));
    await shows(e.engagementId, { allotment: { granted: 5, reserved: 3, free: 2 } });
    expect((await book(e, '2026-03-13T09:00')).status).toBe(201);
  });
});

describe('a pause', () => {
  it('cancels what lies ahead without forfeit, lets nothing be booked into it, and ends', async () => {
    const e = await plannedEngagement(sessions);
    const { sessionId } = (await book(e, '2026-03-10T09:00')).body;
    await sessions.tell(e.enrolment.paused('2026-03-10', '2026-03-10T07:00:00.000Z'));
    await shows(e.engagementId, {
      state: 'paused',
      allotment: { reserved: 0, used: 0 },
      sessions: [{ sessionId, state: 'cancelledInTime' }],
    });
    const cancelled = (await published(e.engagementId)).find(
      ({ name }: { name: string }) => name === 'SessionCancelled',
    );
    expect(cancelled).toMatchObject({
      time: '2026-03-10T07:00:00.000Z',
      data: { by: 'cairn', noticeHours: 1, late: false, forfeited: false, policyVersion: 1 },
    });
    expect((await book(e, '2026-03-20T09:00')).body.type).toContain('engagement-paused');
    await sessions.tell(e.enrolment.resumed('2026-03-18', '2026-03-17T09:00:00.000Z'));
    await shows(e.engagementId, { state: 'running' });
    expect((await book(e, '2026-03-17T15:00')).body.type).toContain('engagement-paused');
    expect((await book(e, '2026-03-20T09:00')).status).toBe(201);
    expect(await names(e.engagementId)).toEqual([
      'EngagementPlanned',
      'SessionScheduled',
      'EngagementStarted',
      'EngagementPaused',
      'SessionCancelled',
      'EngagementResumed',
      'SessionScheduled',
    ]);
  });
});

describe('an extension', () => {
  it('lets sessions be booked up to the new last day', async () => {
    const e = await plannedEngagement(sessions);
    expect((await book(e, '2027-01-10T09:00')).body.type).toContain('after-the-end');
    await sessions.tell(e.enrolment.extended('2027-01-31', '2026-03-02T09:00:00.000Z'));
    await shows(e.engagementId, { endsOn: '2027-01-31' });
    expect((await book(e, '2027-01-10T09:00')).status).toBe(201);
    expect(await names(e.engagementId)).toContain('EngagementExtended');
  });
});

describe('an end', () => {
  const at = '2026-03-09T09:00:00.000Z';
  const ends: [string, string, (e: Engaged) => object, string, string][] = [
    ['completed by enrolment', 'completed', (e) => e.enrolment.completed(at), 'EngagementCompleted', ''],
    ['discontinued', 'ended', (e) => e.enrolment.discontinued('too-busy', at), 'EngagementEnded', 'too-busy'],
    [
      'cancelled',
      'ended',
      (e) => e.enrolment.cancelled('unresponsive', at),
      'EngagementEnded',
      'unresponsive',
    ],
    ['with its match', 'ended', (e) => e.match.ended('coach-left', at), 'EngagementEnded', 'coach-left'],
    [
      'because its match is complete',
      'completed',
      (e) => e.match.ended('enrollment-completed', at),
      'EngagementCompleted',
      '',
    ],
    [
      'because the coachee left',
      'ended',
      (e) => left(e.refs.personId, at),
      'EngagementEnded',
      'left-the-company',
    ],
  ];
  it.each(ends)(
    '%s: sessions ahead are cancelled and what is left returned',
    async (_, state, tell, name, reason) => {
      const e = await plannedEngagement(sessions);
      const { sessionId } = (await book(e, '2026-03-10T09:00')).body;
      await sessions.tell(tell(e) as Parameters<typeof sessions.tell>[0]);
      await shows(e.engagementId, { state, sessions: [{ sessionId, state: 'cancelledInTime' }] });
      await sessions.until(
        () => sessions.call('GET', '/v1/events?limit=1000', { as: { roles: ['integration'] } }),
        ({ body }) =>
          body.events.some(
            (event: { type: string; data: { engagementId: string } }) =>
              event.type.includes('sessions-returned') && event.data.engagementId === e.engagementId,
          ),
      );
      const events = await published(e.engagementId);
      expect(events.slice(-3)).toMatchObject([
        { name, time: at, data: reason ? { reason } : {} },
        { name: 'SessionCancelled', data: { by: 'cairn', forfeited: false } },
        { name: 'SessionsReturned', data: { count: 6 } },
      ]);
      expect((await book(e, '2026-03-20T09:00')).status).toBe(409);
    },
  );

  /** What is refused on the way, so that the event comes again. */
  const parts: [string, string, (e: Engaged) => string][] = [
    ['its sessions ahead', 'sessions', ({ engagementId }) => `NEW.engagement_id = '${engagementId}'`],
    [
      'what is left',
      'log.events',
      ({ engagementId }) => `NEW.stream = 'engagement-${engagementId}' AND NEW.type = 'SessionsReturned'`,
    ],
  ];
  const causes = ends.filter(([cause]) => !cause.includes('match'));
  it.each(
    causes.flatMap(([cause, , tell]) =>
      parts.map(([part, ...refused]) => [cause, part, tell, ...refused] as const),
    ),
  )(
    '%s, and carried out but for %s: that is done when its event comes again',
    async (_, __, tell, table, when) => {
      const e = await plannedEngagement(sessions);
      expect((await book(e, '2026-03-10T09:00')).status).toBe(201);
      const isRefused = await refuseOnce(sessions.pool, table, when(e));
      await sessions.tell(tell(e) as Parameters<typeof sessions.tell>[0]);
      await sessions.until(
        () => published(e.engagementId).then((body: object[]) => ({ status: 200, body, headers: {} })),
        ({ body }) => body.some(({ name }: { name: string }) => name === 'SessionsReturned'),
      );
      expect(await isRefused()).toBe(true);
      await shows(e.engagementId, { sessions: [{ state: 'cancelledInTime' }] });
      const told = await names(e.engagementId);
      expect(told.slice(-2)).toEqual(['SessionCancelled', 'SessionsReturned']);
      expect(new Set(told).size).toBe(told.length);
    },
  );

  it('of one that has been granted nothing any more cancels its sessions ahead, also when its event comes again', async () => {
    const e = await plannedEngagement(sessions, { allotment: 1 });
    expect((await book(e, '2026-03-10T09:00')).status).toBe(201);
    await sessions.tell(e.enrolment.allotted(-1, 0));
    await shows(e.engagementId, { allotment: { granted: 0, reserved: 1 } });
    const isRefused = await refuseOnce(sessions.pool, 'sessions', `NEW.engagement_id = '${e.engagementId}'`);
    await sessions.tell(left(e.refs.personId, at));
    await shows(e.engagementId, { state: 'ended', sessions: [{ state: 'cancelledInTime' }] });
    expect(await isRefused()).toBe(true);
  });

  it('of several engagements, one of which has to wait, is told of each under ids of its own', async () => {
    const personId = newId();
    const all = [
      await plannedEngagement(sessions, { personId }),
      await plannedEngagement(sessions, { personId }),
    ];
    const [, last] = all.map(({ engagementId }) => engagementId).sort();
    const isRefused = await refuseOnce(sessions.pool, 'engagements', `NEW.engagement_id = '${last}'`);
    await sessions.tell(left(personId, at));
    for (const { engagementId } of all) await shows(engagementId, { state: 'ended' });
    expect(await isRefused()).toBe(true);
    const { rows } = await sessions.pool.query<{ ids: number; events: number }>(
      `SELECT count(DISTINCT event_id)::int AS ids, count(*)::int AS events FROM log.events WHERE stream = ANY ($1)`,
      [all.map(({ engagementId }) => `engagement-${engagementId}`)],
    );
    expect(rows[0]!.ids).toBe(rows[0]!.events);
  });

  it('does not befall the next engagement of whoever left and came back', async () => {
    for (const together of [true, false]) {
      const personId = newId();
      const of = { stream: `person-${personId}`, at };
      const back = { personId, kind: 'returned', effectiveOn: '2026-03-12', dateBasis: 'column' } as const;
      const told: Parameters<typeof sessions.tell> = [
        { ...person(personId), at },
        left(personId, at),
        { ...of, name: 'PersonChanged', version: 3, data: back },
      ];
      if (together) await sessions.tell(...told);
      else
        for (const event of told) {
          await sessions.tell(event);
          await sessions.until(
            async () => {
              const of = 'SELECT version FROM known_people WHERE person_id = $1';
              const { rows } = await sessions.pool.query<{ version: number }>(of, [personId]);
              return { status: 200, body: rows[0] ?? {}, headers: {} };
            },
            ({ body }) => body.version === event.version,
          );
        }
      const e = await plannedEngagement(sessions, { personId, matchedAt: '2026-03-13T09:00:00.000Z' });
      expect((await book(e, '2026-03-20T09:00')).status).toBe(201);
      expect(await names(e.engagementId)).not.toContain('EngagementEnded');
    }
  });

  it('does not befall the next engagement either where the coming back is not told yet', async () => {
    const personId = newId();
    const known = 'SELECT left_at FROM known_people WHERE person_id = $1';
    await sessions.tell({ ...person(personId), at }, left(personId, at));
    await sessions.until(
      async () => ({
        status: 200,
        body: (await sessions.pool.query(known, [personId])).rows[0] ?? {},
        headers: {},
      }),
      ({ body }) => Boolean(body.left_at),
    );
    const e = await plannedEngagement(sessions, { personId, matchedAt: '2026-03-13T09:00:00.000Z' });
    expect((await book(e, '2026-03-20T09:00')).status).toBe(201);
    expect(await names(e.engagementId)).not.toContain('EngagementEnded');
  });

  it('of a leaving that a later match has overtaken befalls the earlier ones alone', async () => {
    const personId = newId();
    const before = await plannedEngagement(sessions, { personId });
    // Planned by a release that did not keep when enrolment made the match.
    const long = await plannedEngagement(sessions, { personId });
    await sessions.pool.query('UPDATE engagements SET matched_at = NULL WHERE engagement_id = $1', [
      long.engagementId,
    ]);
    const after = await plannedEngagement(sessions, { personId, matchedAt: '2026-03-13T09:00:00.000Z' });
    // Told of the past, and made all the same after the leaving.
    const told = await plannedEngagement(sessions, {
      personId,
      matchedAt: '2026-02-01T09:00:00.000Z',
      recordedAt: '2026-03-13T09:00:00.000Z',
    });
    await sessions.tell(left(personId, at));
    for (const { engagementId } of [before, long]) await shows(engagementId, { state: 'ended' });
    await sessions.until(
      async () => {
        const known = 'SELECT left_at FROM known_people WHERE person_id = $1';
        return { status: 200, body: (await sessions.pool.query(known, [personId])).rows[0], headers: {} };
      },
      ({ body }) => body.left_at !== null,
    );
    for (const { engagementId } of [after, told])
      expect(await names(engagementId)).not.toContain('EngagementEnded');
  });

  it('is not said twice by the several events that one departure makes', async () => {
    const e = await plannedEngagement(sessions);
    await sessions.tell(
      e.enrolment.discontinued('left-the-company', at),
      e.match.ended('left-the-company', at),
    );
    await shows(e.engagementId, { state: 'ended' });
    await sessions.tell(person(newId()));
    const ended = (await names(e.engagementId)).filter((name: string) => name === 'EngagementEnded');
    expect(ended).toHaveLength(1);
  });
});

describe('a rematch', () => {
  const granted = (engagementId: string, units: number) =>
    shows(engagementId, { allotment: { granted: units } });
  /** The same coachee with another coach, once the former match has ended or before sessions hears of it. */
  const next = async (e: Engaged, tell: (coachMatched: Told) => Promise<unknown>) => {
    const coachId = newId();
    await sessions.tell(coachApproved(coachId));
    const match = matchOf(e.enrolment, coachId);
    await tell(match.coachMatched('2026-03-02T11:00:00.000Z'));
    const path = `/v1/engagements?enrollmentId=${e.enrolment.refs.enrollmentId}`;
    const { body } = await sessions.until(
      () => sessions.call('GET', path, { as: admin }),
      ({ body: { items } }) => items.length === 2,
    );
    const ids = body.items.map(({ engagementId }: { engagementId: string }) => engagementId) as string[];
    return ids.find((id) => id !== e.engagementId)!;
  };
  const used = async (e: Engaged) => {
    const { body } = await book(e, '2026-03-02T13:30');
    const cancelled = await sessions.call('POST', `/v1/sessions/${body.sessionId}/cancel`, { as: e.coachee });
    expect(cancelled.body).toMatchObject({ state: 'lateCancelled' });
  };

  it('leaves to the next engagement what the former one has not used', async () => {
    const e = await plannedEngagement(sessions, { allotment: 5 });
    await used(e);
    await sessions.tell(e.match.ended('rematch', '2026-03-02T11:00:00.000Z'));
    await shows(e.engagementId, { state: 'ended' });
    const after = await next(e, (matched) => sessions.tell(matched));
    await granted(after, 4);
  });

  it('grants it again when the former one ends after the next is planned', async () => {
    const e = await plannedEngagement(sessions, { allotment: 5 });
    await used(e);
    const after = await next(e, (matched) => sessions.tell(matched));
    await granted(after, 0);
    await sessions.tell(e.match.ended('rematch', '2026-03-02T11:00:00.000Z'));
    await shows(e.engagementId, { state: 'ended' });
    await sessions.tell(e.enrolment.allotted(4, 5));
    await granted(after, 4);
    await granted(e.engagementId, 5);
  });
});

it('keeps what enrolment tells after it was restored from a backup, and no replay brings back what was lost', async () => {
  const personId = newId();
  const enrolment = enrolmentOf({ programId: newId(), personId });
  const known = async () => {
    const { rows } = await sessions.pool.query<{ version: number; moved: boolean }>(
      `SELECT e.version, allotment, ends_on::text AS "endsOn", p.department, p.version AS moves, f.facts->>'endsOn' AS of
         FROM known_enrollments e
         JOIN known_people p ON p.person_id = $2
         JOIN known_programs f ON f.program_id = $3 AND f.version = 2
        WHERE enrollment_id = $1`,
      [enrolment.refs.enrollmentId, personId, enrolment.refs.programId],
    );
    return { status: 200, body: rows[0] ?? {}, headers: {} };
  };
  const knows = async (expected: object) => {
    const holds = (body: object) =>
      Object.entries(expected).every(([key, value]) => (body as never)[key] === value);
    expect((await sessions.until(known, ({ body }) => holds(body))).body).toMatchObject(expected);
  };
  const moved = (department: string): Told => ({
    name: 'PersonChanged',
    stream: `person-${personId}`,
    version: 2,
    data: { personId, kind: 'moved', department, effectiveOn: '2026-01-05', dateBasis: 'column' },
  });
  const extended = (endsOn: string): Told => ({
    name: 'ProgramChanged',
    stream: `program-${enrolment.refs.programId}`,
    version: 2,
    data: { programId: enrolment.refs.programId, effectiveOn: '2026-01-05', changes: { endsOn } },
  });
  await sessions.tell(program(enrolment.refs.programId), person(personId), enrolment.nominated());
  await sessions.tell(enrolment.allotted(6, 6));
  const lost = [enrolment.allotted(2, 8), enrolment.activated('2026-06-30')];
  await sessions.tell(...lost, moved('Lost'), extended('2026-07-31'));
  await knows({ version: 4, allotment: 8, endsOn: '2026-06-30', department: 'Lost', of: '2026-07-31' });
  await sessions.tell(
    { ...enrolment.activated('2026-09-30'), version: 3 },
    moved('Told'),
    extended('2026-10-31'),
  );
  await knows({ version: 4, allotment: 8, endsOn: '2026-09-30', department: 'Told', of: '2026-10-31' });
  await rewindConsumer(sessions.pool, 'sessions.inbox', {});
  // They follow the replay, each in its partition.
  await sessions.tell({ ...enrolment.allotted(4, 12), version: 5 }, {
    ...moved('Told'),
    version: 3,
    data: { personId, kind: 'returned', effectiveOn: '2026-01-06', dateBasis: 'column' },
  } as Told);
  await knows({
    version: 5,
    allotment: 12,
    endsOn: '2026-09-30',
    moves: 3,
    department: 'Told',
    of: '2026-10-31',
  });
});
