import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { on, openHouse, origin, STORES, tally, type House } from '../../test/house.js';
import { bookSeries } from '../session/series.handler.js';
import type { SessionOrder } from '../session/session.handler.js';

/* Each client has a connection of its own, and all go at once. */
const CLIENTS = 50;
describe.each(STORES)('with its events in %s', (log) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ connections: CLIENTS, log });
  });
  afterAll(() => house.close());

  const each = <T>(count: number, make: (n: number) => T): T[] =>
    Array.from({ length: count }, (_, n) => make(n));
  const hour = (n: number) => on(10 + Math.floor(n / 20), `${String(n % 20).padStart(2, '0')}:00`);
  const reservedOf = async (column: 'coach_id' | 'person_id', id: string) => {
    const { rows } = await house.pool.query<{ reserved: number }>(
      `SELECT sum(reserved)::int AS reserved FROM engagements WHERE ${column} = $1`,
      [id],
    );
    return rows[0]!.reserved;
  };
  /** Nothing is held in two places: slots, reserved units and sessions that are ahead are the same number. */
  async function expectInStep(engagementId: string): Promise<void> {
    const { rows } = await house.pool.query(
      `SELECT e.reserved, count(*) FILTER (WHERE s.state = 'scheduled')::int AS ahead,
            (SELECT count(*)::int FROM slots JOIN sessions o USING (session_id) WHERE o.engagement_id = $1) AS slots
       FROM engagements e LEFT JOIN sessions s USING (engagement_id) WHERE e.engagement_id = $1 GROUP BY e.reserved`,
      [engagementId],
    );
    const { reserved } = rows[0] as { reserved: number };
    expect(rows[0]).toEqual({ reserved, ahead: reserved, slots: 2 * reserved });
  }

  describe('one slot', () => {
    it('of a coach: of 50 coachees who race for it one has it, 49 are told that it is taken', async () => {
      const coachId = randomUUID();
      const engagements = await Promise.all(each(CLIENTS, () => house.engagement({ coachId })));
      const attempts = engagements.map((id, n) => house.book(id, on(10, n % 2 ? '09:00' : '09:30')));
      expect(await tally(attempts)).toEqual({ done: 1, 'slot-taken': 49 });
      expect(await reservedOf('coach_id', coachId)).toBe(1);
    });

    it('of a coachee: the same', async () => {
      const personId = randomUUID();
      const engagements = await Promise.all(each(CLIENTS, () => house.engagement({ personId })));
      expect(await tally(engagements.map((id) => house.book(id, on(10, '09:00'))))).toEqual({
        done: 1,
        'slot-taken': 49,
      });
      expect(await reservedOf('person_id', personId)).toBe(1);
    });

    it('of a coach, to which 20 sessions are moved at once, takes one', async () => {
      const coachId = randomUUID();
      const engagements = await Promise.all(each(20, () => house.engagement({ coachId })));
      const booked = await Promise.all(engagements.map((id, n) => house.book(id, hour(n))));
      const moves = booked.map(({ session }) =>
        house.sessions.run(origin(on(3)), session.refs.sessionId, () => moveTo(on(20, '09:00'))),
      );
      expect(await tally(moves)).toEqual({ done: 1, 'slot-taken': 19 });
      for (const id of engagements) await expectInStep(id);
    });
  });

  describe('the allotment', () => {
    it('of 3 units serves 3 of 50 bookings', async () => {
      const engagement = await house.engagement({ allotment: 3 });
      expect(await tally(each(CLIENTS, (n) => house.book(engagement, hour(n))))).toEqual({
        done: 3,
        'no-sessions-left': 47,
      });
      expect(await house.sums(engagement)).toEqual({ granted: 3, allotted: 3, reserved: 3, used: 0 });
      await expectInStep(engagement);
    });

    it('taken back while it is booked is overdrawn by nobody', async () => {
      const engagement = await house.engagement({ allotment: 8 });
      const [grant, ...bookings] = [
        house.engagements.run(origin(on(2)), engagement, { kind: 'grant', total: 3 }),
        ...each(20, (n) => house.book(engagement, hour(n))),
      ];
      const counts = await tally(bookings);
      await grant;
      const { done = 0, 'no-sessions-left': left = 0 } = counts;
      expect(done + left).toBe(20);
      expect(done).toBeGreaterThanOrEqual(3);
      expect(await house.sums(engagement)).toEqual({
        granted: 3,
        allotted: Math.max(3, done),
        reserved: done,
        used: 0,
      });
      await expectInStep(engagement);
    });
  });

  const moveTo = (startsAt: string): SessionOrder => ({
    kind: 'reschedule',
    by: 'coach',
    zone: 'Europe/Berlin',
    startsAt,
    endsAt: new Date(Date.parse(startsAt) + 3_600_000).toISOString(),
  });
  const CANCEL: SessionOrder = { kind: 'cancel', by: 'coachee' };

  describe('a move against a cancellation', () => {
    it('ends cancelled, moved before or not, with its unit and both slots free', async () => {
      const engagement = await house.engagement({ allotment: 20 });
      const ids = (await Promise.all(each(20, (n) => house.book(engagement, hour(n))))).map(
        ({ session }) => session.refs.sessionId,
      );
      const counts = await tally(
        ids.flatMap((id, n) => {
          const move = () =>
            house.sessions.run(origin(on(3)), id, () => moveTo(on(20 + (n % 5), hour(n).slice(11, 16))));
          const cancel = () => house.sessions.run(origin(on(3)), id, () => CANCEL);
          return n % 2 ? [move(), cancel()] : [cancel(), move()];
        }),
      );
      const { done = 0, 'session-state': tooLate = 0, 'slot-taken': taken = 0 } = counts;
      expect(done + tooLate + taken).toBe(40);
      expect(done).toBeGreaterThanOrEqual(20);
      expect(await house.states(engagement)).toEqual(['cancelledInTime']);
      expect(await house.sums(engagement)).toMatchObject({ reserved: 0, used: 0 });
      await expectInStep(engagement);
      for (const id of ids)
        expect((await house.types(`session-${id}`)).filter((type) => type !== 'SessionRescheduled')).toEqual([
          'SessionScheduled',
          'SessionCancelled',
        ]);
    });

    it('of two who have seen the same version, one is done and the other told of it', async () => {
      const engagement = await house.engagement({ allotment: 20 });
      const ids = (await Promise.all(each(20, (n) => house.book(engagement, hour(n))))).map(
        ({ session }) => session.refs.sessionId,
      );
      const seen = { ifMatch: '1', needsIfMatch: true };
      const counts = await tally(
        ids.flatMap((id, n) => [
          house.sessions.run(
            origin(on(3)),
            id,
            () => moveTo(on(20 + Math.floor(n / 10), `${10 + (n % 10)}:00`)),
            seen,
          ),
          house.sessions.run(origin(on(3)), id, () => CANCEL, seen),
        ]),
      );
      expect(counts).toEqual({ done: 20, 'stale-version': 20 });
      await expectInStep(engagement);
    });
  });

  describe('two series at once', () => {
    const series = (engagementId: string, count: number, by: 'coachee' | 'coach' = 'coachee') =>
      bookSeries(house.sessions, origin(on(2)), engagementId, {
        first: { instant: on(10, '09:00'), zone: 'Europe/Berlin' },
        cadence: 'weekly',
        count,
        durationMinutes: 60,
        by: () => by,
      });
    const bookedIn = ({ sessions }: Awaited<ReturnType<typeof bookSeries>>) =>
      sessions.filter(({ booked }) => booked).map(({ n }) => n);

    it('with one coach share the weeks: each has one session, nobody two', async () => {
      const coachId = randomUUID();
      const engagements = [await house.engagement({ coachId }), await house.engagement({ coachId })];
      const reports = await Promise.all(engagements.map((id) => series(id, 6)));
      expect(reports.flatMap(bookedIn).sort()).toEqual([1, 2, 3, 4, 5, 6]);
      for (const { sessions } of reports)
        for (const entry of sessions) if (!entry.booked) expect(entry.problem.type).toMatch(/slot-taken$/);
      expect(await reservedOf('coach_id', coachId)).toBe(6);
      for (const id of engagements) await expectInStep(id);
    });

    it('of one engagement, by both of its two, take each week once and no unit too many', async () => {
      const engagement = await house.engagement({ allotment: 4 });
      const reports = await Promise.all([series(engagement, 6, 'coachee'), series(engagement, 6, 'coach')]);
      expect(new Set(reports.flatMap(bookedIn)).size).toBe(4);
      expect(reports.flatMap(bookedIn)).toHaveLength(4);
      expect(await house.sums(engagement)).toMatchObject({ reserved: 4 });
      await expectInStep(engagement);
    });
  });

  describe('bookings that meet a pause or an end', () => {
    it.each([
      ['a pause', { kind: 'pause', from: '2026-03-02' }, 'engagement-paused'],
      ['an end', { kind: 'end', reason: 'left-the-company' }, 'engagement-state'],
    ] as const)('%s: each is made before it and cancelled, or refused', async (_, order, refused) => {
      const engagement = await house.engagement({ allotment: 30 });
      await house.book(engagement, on(9, '09:00'));
      const bookings = each(20, (n) => house.book(engagement, hour(n)));
      const ordered = house.engagements.run(origin(on(2)), engagement, order);
      const { done = 0, [refused]: told = 0 } = await tally(bookings);
      await ordered;
      expect(done + told).toBe(20);
      expect(await house.states(engagement)).toEqual(['cancelledInTime']);
      expect(await house.sums(engagement)).toMatchObject({ reserved: 0, used: 0 });
      await expectInStep(engagement);
      expect(await tally([house.book(engagement, on(25, '09:00'))])).toEqual({ [refused]: 1 });
    });
  });
});
