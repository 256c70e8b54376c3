import { testService, type TestService } from '@cairn/service/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { definition } from '../src/app.module.js';
import { plannedEngagement, type Engaged } from './told.js';

let sessions: TestService;
const BEGIN = new Date('2026-03-02T12:00:00.000Z');
let now = BEGIN;
beforeAll(async () => {
  sessions = await testService(definition, { clock: { now: () => now } });
});
afterAll(() => sessions.stop());

const calendar = (as: object, query = '', headers = {}) =>
  sessions.call('GET', `/v1/calendar${query}`, { as, headers });
const book = async (e: Engaged, startsAt: string): Promise<string> => {
  const body = { startsAt, zone: 'Europe/Berlin', durationMinutes: 60 };
  const { body: session } = await sessions.call('POST', `/v1/engagements/${e.engagementId}/sessions`, {
    as: e.coachee,
    body,
  });
  return session.sessionId;
};
const give = (sessionId: string, action: string, as: object, body?: object) =>
  sessions.call('POST', `/v1/sessions/${sessionId}/${action}`, { as, body, headers: { 'if-match': '*' } });

/** Per event of the calendar, what it says under these names. */
const events = (text: string, ...names: string[]) =>
  text
    .split('BEGIN:VEVENT')
    .slice(1)
    .map((event) => names.map((name) => new RegExp(`^${name}:(.*)\r$`, 'm').exec(event)?.[1]));

describe('the calendar', () => {
  it('has one’s own sessions as they stand; what is moved or cancelled has a higher revision', async () => {
    const e = await plannedEngagement(sessions);
    const other = await plannedEngagement(sessions);
    const [moved, cancelled, left] = [
      await book(e, '2026-03-10T09:00'),
      await book(e, '2026-03-11T09:00'),
      await book(e, '2026-04-01T09:00'),
    ];
    await book(other, '2026-03-10T09:00');
    const before = await calendar(e.coachee);
    expect(before.status).toBe(200);
    expect(before.headers['content-type']).toBe('text/calendar; charset=utf-8');
    expect(events(before.body, 'UID', 'DTSTART', 'SEQUENCE', 'STATUS')).toEqual([
      [moved, '20260310T080000Z', '0', 'CONFIRMED'],
      [cancelled, '20260311T080000Z', '0', 'CONFIRMED'],
      // Clocks have changed meanwhile.
      [left, '20260401T070000Z', '0', 'CONFIRMED'],
    ]);
    const { etag } = before.headers;
    expect(etag).toMatch(/^W\/"/);
    expect((await calendar(e.coach)).body).toBe(before.body);
    expect((await calendar(e.coachee, '', { 'if-none-match': etag })).status).toBe(304);

    await give(moved, 'reschedule', e.coach, { startsAt: '2026-03-12T09:00', zone: 'Europe/Berlin' });
    await give(cancelled, 'cancel', e.coachee);
    await give(cancelled, 'dispute', e.coach, { reason: 'other' });
    const after = await calendar(e.coachee, '', { 'if-none-match': etag });
    expect(events(after.body, 'UID', 'DTSTART', 'SEQUENCE', 'STATUS')).toEqual([
      [cancelled, '20260311T080000Z', '2', 'CANCELLED'],
      [moved, '20260312T080000Z', '1', 'CONFIRMED'],
      [left, '20260401T070000Z', '0', 'CONFIRMED'],
    ]);
  });

  it('is of whoever is coachee here and coach there both; HR’s other role adds nobody’s', async () => {
    const own = await plannedEngagement(sessions);
    const coached = await plannedEngagement(sessions);
    await book(own, '2026-03-17T09:00');
    await book(coached, '2026-03-18T09:00');
    const { personId } = own.coachee;
    const { coachId } = coached.coach;
    const both = { roles: ['coachee', 'coach', 'hr'], personId, coachId };
    const engagements = events((await calendar(both)).body, 'DESCRIPTION');
    expect(engagements).toEqual([[`Engagement ${own.engagementId}`], [`Engagement ${coached.engagementId}`]]);
  });

  it('reaches from a month ago a year on, or as asked; not further than a year', async () => {
    const e = await plannedEngagement(sessions);
    await book(e, '2026-03-10T09:00');
    const count = async (query: string) => events((await calendar(e.coachee, query)).body, 'UID').length;
    expect(await count('')).toBe(1);
    expect(await count('?from=2026-03-10T08:00:00Z&to=2026-03-10T08:00:01Z')).toBe(1);
    expect(await count('?to=2026-03-10T08:00:00Z')).toBe(0);
    now = new Date('2026-04-10T08:00:00.000Z');
    expect(await count('')).toBe(1);
    now = new Date('2026-04-10T08:00:00.001Z');
    expect(await count('')).toBe(0);
    expect(await count('?to=2026-03-10T08:00:01Z')).toBe(1);
    now = BEGIN;
    expect(await count('?from=2026-03-10T08:00:01Z')).toBe(0);
    expect(await count('?from=2025-03-09T00:00:00Z')).toBe(0);
    const tooLong = await calendar(e.coachee, '?from=2025-03-09T00:00:00Z&to=2026-03-11T00:00:00Z');
    expect([tooLong.status, tooLong.body.type]).toEqual([400, 'urn:cairn:problem:window-too-long']);
  });
});
