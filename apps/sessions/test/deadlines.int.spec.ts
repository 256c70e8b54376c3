import { testService, type TestService } from '@cairn/service/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { definition } from '../src/app.module.js';
import { past, plannedEngagement, type Engaged } from './told.js';

let sessions: TestService;
/** Now, as the service sees it. */
let now = new Date('2026-03-02T12:00:00.000Z');
beforeAll(async () => {
  sessions = await testService(definition, { clock: { now: () => now } });
});
afterAll(() => sessions.stop());

const at = (instant: string) => (now = new Date(instant));
const book = async (e: Engaged, startsAt: string, headers: object = { as: e.coachee }): Promise<string> => {
  const { body } = await sessions.call('POST', `/v1/engagements/${e.engagementId}/sessions`, {
    ...headers,
    body: { startsAt, zone: 'UTC', durationMinutes: 60 },
  });
  expect(body).toMatchObject({ state: 'scheduled' });
  return body.sessionId;
};
const give = (sessionId: string, action: string, as: object, body?: object) =>
  sessions.call('POST', `/v1/sessions/${sessionId}/${action}`, { as, body, headers: { 'if-match': '*' } });
const read = (sessionId: string) =>
  sessions.call('GET', `/v1/sessions/${sessionId}`, { as: { roles: ['program-admin'] } });
const becomes = async (sessionId: string, state: string) => {
  const { body } = await sessions.until(
    () => read(sessionId),
    (answer) => answer.body.state === state,
  );
  expect(body.state).toBe(state);
  return body;
};
/** Names and times of a session's published events. */
const events = async (sessionId: string): Promise<string[]> => {
  const { body } = await sessions.call('GET', '/v1/events?limit=1000&sensitive=true', {
    as: { roles: ['integration'], sensitive: true },
  });
  return body.events
    .filter((event: { subject: string }) => event.subject === `session-${sessionId}`)
    .map(
      (event: { dataschema: string; time: string }) => `${event.dataschema.split(':').pop()} ${event.time}`,
    );
};
/** Nothing that is due now is left to do. */
const settled = () =>
  sessions.until(
    () => sessions.call('GET', '/health/flow'),
    ({ body }) => {
      const { detail } = body.checks?.find(({ name }: { name: string }) => name === 'deadlines') ?? {};
      return detail?.waiting === 0 && detail.behind === false;
    },
  );

describe('time alone', () => {
  it('ends a session, and judges silence after it by the evidence', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const [silent, noted, moved, cancelled] = [
      await book(e, '2026-03-10T09:00'),
      await book(e, '2026-03-10T11:00'),
      await book(e, '2026-03-10T13:00'),
      await book(e, '2026-03-10T15:00'),
    ];
    await give(moved!, 'reschedule', e.coach, { startsAt: '2026-03-12T13:00', zone: 'UTC' });
    await give(cancelled!, 'cancel', e.coach);

    at('2026-03-10T18:30:00.000Z');
    await becomes(silent!, 'awaitingConfirmation');
    await becomes(noted!, 'awaitingConfirmation');
    expect((await read(moved!)).body.state).toBe('scheduled');
    const note = await sessions.call('POST', `/v1/sessions/${noted}/notes`, {
      as: e.coach,
      body: { text: 'x' },
    });
    expect(note.status).toBe(201);

    at('2026-03-13T20:00:00.000Z');
    expect(await becomes(silent!, 'unconfirmed')).toMatchObject({ unit: null });
    expect(await becomes(noted!, 'completed')).toMatchObject({ unit: 'completed', outcome: { auto: true } });
    await becomes(moved!, 'awaitingConfirmation');
    expect(await events(silent!)).toEqual([
      'SessionScheduled 2026-03-02T12:00:00.000Z',
      'SessionAwaitingConfirmation 2026-03-10T10:00:00.000Z',
      'SessionUnconfirmed 2026-03-13T10:00:00.000Z',
    ]);
    expect((await events(noted!)).slice(-2)).toEqual([
      'SessionAutoConfirmed 2026-03-13T12:00:00.000Z',
      'SessionCompleted 2026-03-13T12:00:00.000Z',
    ]);
    expect((await read(cancelled!)).body.state).toBe('cancelledInTime');
    const { body } = await sessions.call('GET', '/v1/sessions?state=unconfirmed', { as: e.coach });
    expect(body.items).toMatchObject([{ sessionId: silent }]);
    expect((await give(silent!, 'confirm', e.coach)).body).toMatchObject({
      state: 'completed',
      unit: 'completed',
    });
  });

  it('judges the silence after a moved session by its new end', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions);
    const moved = await book(e, '2026-03-10T13:00');
    await give(moved, 'reschedule', e.coach, { startsAt: '2026-03-12T13:00', zone: 'UTC' });

    at('2026-03-15T13:59:00.000Z');
    await becomes(moved, 'awaitingConfirmation');
    await settled();
    expect((await read(moved)).body.state).toBe('awaitingConfirmation');
    at('2026-03-15T14:00:00.000Z');
    await becomes(moved, 'unconfirmed');
    expect((await events(moved)).slice(-2)).toEqual([
      'SessionAwaitingConfirmation 2026-03-12T14:00:00.000Z',
      'SessionUnconfirmed 2026-03-15T14:00:00.000Z',
    ]);
  });

  it('uses up an allotment with its last unit', async () => {
    at('2026-03-02T12:00:00.000Z');
    const e = await plannedEngagement(sessions, { allotment: 1 });
    const sessionId = await book(e, '2026-03-10T09:00');
    at('2026-03-10T12:00:00.000Z');
    await give(sessionId, 'rating', e.coachee, { useful: 3, relationship: 3, progress: 3 });
    at('2026-03-20T12:00:00.000Z');
    await becomes(sessionId, 'completed');
    const { body } = await sessions.call('GET', '/v1/events?limit=1000', { as: { roles: ['integration'] } });
    const used = body.events.filter(
      (event: { dataschema: string; data: { engagementId: string } }) =>
        event.dataschema.endsWith('AllotmentUsed') && event.data.engagementId === e.engagementId,
    );
    expect(used).toMatchObject([
      { time: '2026-03-13T10:00:00.000Z', data: { completed: 1, forfeited: 0, total: 1 } },
    ]);
  });
});

describe('an imported history', () => {
  it('is settled only as far as it is told, and wholly once it is complete', async () => {
    at('2026-09-01T12:00:00.000Z');
    const e = await plannedEngagement(sessions, { history: true });
    const coachee = `coachee:${e.refs.personId}`;
    const first = await book(e, '2026-03-10T09:00', past(coachee, '2026-03-02T12:00:00Z'));
    const second = await book(e, '2026-03-20T09:00', past(coachee, '2026-03-02T12:00:00Z'));
    const third = await book(e, '2026-03-30T09:00', past(coachee, '2026-03-02T12:00:00Z'));
    await settled();
    for (const id of [first, second, third]) expect((await read(id)).body.state).toBe('scheduled');

    // Told late, and by the importer: no timer comes before it.
    const confirm = (who: string, instant: string) =>
      sessions.call('POST', `/v1/sessions/${second}/confirm`, past(who, instant));
    await confirm(`coach:${e.refs.coachId}`, '2026-03-25T09:00:00Z');
    expect((await confirm(coachee, '2026-03-26T09:00:00Z')).body.state).toBe('completed');
    expect(await events(second)).toEqual([
      'SessionScheduled 2026-03-02T12:00:00.000Z',
      'SessionAwaitingConfirmation 2026-03-20T10:00:00.000Z',
      'SessionConfirmed 2026-03-25T09:00:00.000Z',
      'SessionConfirmed 2026-03-26T09:00:00.000Z',
      'SessionCompleted 2026-03-26T09:00:00.000Z',
    ]);

    await sessions.tell(e.enrolment.history('2026-03-12T00:00:00.000Z'));
    await becomes(first, 'awaitingConfirmation');
    await settled();
    expect((await read(first)).body.state).toBe('awaitingConfirmation');
    expect((await read(third)).body.state).toBe('scheduled');
    await sessions.tell(e.enrolment.history('2026-03-13T10:00:00.000Z'));
    await becomes(first, 'unconfirmed');
    await settled();
    expect((await read(third)).body.state).toBe('scheduled');
    await sessions.tell(e.enrolment.history('2026-03-14T00:00:00.000Z', true));
    await becomes(third, 'unconfirmed');
    expect(await events(third)).toEqual([
      'SessionScheduled 2026-03-02T12:00:00.000Z',
      'SessionAwaitingConfirmation 2026-03-30T10:00:00.000Z',
      'SessionUnconfirmed 2026-04-02T10:00:00.000Z',
    ]);
  });
});
