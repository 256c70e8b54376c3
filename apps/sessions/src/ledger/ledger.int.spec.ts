import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { on, openHouse, origin, STORES, tally, type House } from '../../test/house.js';
import type { SessionOrder } from '../session/session.handler.js';

describe.each(STORES)('with its events in %s', (log) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ log });
  });
  afterAll(() => house.close());

  const refusal = async (attempt: Promise<unknown>) => Object.keys(await tally([attempt]))[0];

  describe('one slot', () => {
    it('of an internal coach is one, as coach and as coachee', async () => {
      const person = randomUUID();
      const asCoach = await house.engagement({ coachPersonId: person });
      const asCoachee = await house.engagement({ personId: person });
      await house.book(asCoach, on(10, '09:00'));
      expect(await refusal(house.book(asCoachee, on(10, '09:30')))).toBe('slot-taken');
    });

    it('ends where the next begins', async () => {
      const engagement = await house.engagement();
      await house.book(engagement, on(10, '09:00'));
      await house.book(engagement, on(10, '10:00'));
      await house.book(engagement, on(10, '08:00'));
      expect((await house.sums(engagement)).reserved).toBe(3);
    });

    it('is free again after a cancellation and a move, and the move takes the new one', async () => {
      const coachId = randomUUID();
      const [one, other] = [await house.engagement({ coachId }), await house.engagement({ coachId })];
      const { session } = await house.book(one, on(10, '09:00'));
      const move = (startsAt: string, endsAt: string): SessionOrder => ({
        kind: 'reschedule',
        by: 'coach',
        zone: 'Europe/Berlin',
        startsAt,
        endsAt,
      });
      await house.sessions.run(origin(on(3)), session.refs.sessionId, () =>
        move(on(11, '09:00'), on(11, '10:00')),
      );
      const there = await house.book(other, on(10, '09:00'));
      expect(await refusal(house.book(other, on(11, '09:00')))).toBe('slot-taken');
      const back = house.sessions.run(origin(on(4)), session.refs.sessionId, () =>
        move(on(10, '09:00'), on(10, '10:00')),
      );
      expect(await refusal(back)).toBe('slot-taken');
      await house.sessions.run(origin(on(4)), there.session.refs.sessionId, () => ({
        kind: 'cancel',
        by: 'coachee',
      }));
      await house.sessions.run(origin(on(5)), session.refs.sessionId, () =>
        move(on(10, '09:00'), on(10, '10:00')),
      );
      expect(await house.types(`session-${session.refs.sessionId}`)).toEqual([
        'SessionScheduled',
        'SessionRescheduled',
        'SessionRescheduled',
      ]);
    });
  });

  describe('the allotment', () => {
    it('is followed by the sessions’ outcomes, and by corrections', async () => {
      const engagement = await house.engagement({ allotment: 2 });
      const { session } = await house.book(engagement, on(10, '09:00'));
      const { sessionId } = session.refs;
      const give = (day: number, order: SessionOrder) =>
        house.sessions.run(origin(on(day)), sessionId, () => order);
      expect(await house.sums(engagement)).toMatchObject({ reserved: 1, used: 0 });

      await give(10, { kind: 'record-no-show', by: 'coach' });
      expect(await house.sums(engagement)).toMatchObject({ reserved: 0, used: 1 });
      await give(11, { kind: 'dispute', by: 'coachee', reason: 'was-there' });
      await give(12, { kind: 'correct', to: 'coach-no-show', reason: 'coach-was-ill' });
      expect(await house.sums(engagement)).toMatchObject({ reserved: 0, used: 0 });

      await house.book(engagement, on(15, '09:00'));
      await house.book(engagement, on(16, '09:00'));
      expect(await refusal(give(13, { kind: 'correct', to: 'completed', reason: 'it-was-held' }))).toBe(
        'no-sessions-left',
      );
      expect(await house.sums(engagement)).toMatchObject({ reserved: 2, used: 0 });
    });

    it('gets a timely cancellation back, but not a late one of the coachee', async () => {
      const engagement = await house.engagement();
      const first = await house.book(engagement, on(10, '09:00'));
      const second = await house.book(engagement, on(11, '09:00'));
      const cancel = (at: string, id: string) =>
        house.sessions.run(origin(at), id, () => ({ kind: 'cancel', by: 'coachee' }));
      await cancel(on(3), first.session.refs.sessionId);
      expect(await house.sums(engagement)).toMatchObject({ reserved: 1, used: 0 });
      await cancel(on(11, '08:00'), second.session.refs.sessionId);
      expect(await house.sums(engagement)).toMatchObject({ reserved: 0, used: 1 });
    });

    it('is said to be used with its last unit, once', async () => {
      const engagement = await house.engagement({ allotment: 2 });
      const booked = [
        await house.book(engagement, on(10, '09:00')),
        await house.book(engagement, on(11, '09:00')),
      ];
      for (const { session } of booked)
        await house.sessions.run(origin(on(12)), session.refs.sessionId, () => ({
          kind: 'record-no-show',
          by: 'coach',
        }));
      expect(await house.types(`engagement-${engagement}`)).toEqual([
        'EngagementPlanned',
        'EngagementStarted',
        'AllotmentUsed',
      ]);
      await house.sessions.run(origin(on(13)), booked[0]!.session.refs.sessionId, () => ({
        kind: 'correct',
        to: 'completed',
        reason: 'it-was-held',
      }));
      expect((await house.types(`engagement-${engagement}`)).at(-1)).toBe('AllotmentUsed');
    });

    it('taken back below what is booked follows as units come free, and books nothing more', async () => {
      const engagement = await house.engagement({ allotment: 3 });
      const booked = [];
      for (const day of [10, 11, 12]) booked.push(await house.book(engagement, on(day, '09:00')));
      await house.engagements.run(origin(on(3)), engagement, { kind: 'grant', total: 1 });
      expect(await house.sums(engagement)).toEqual({ granted: 1, allotted: 3, reserved: 3, used: 0 });
      await house.sessions.run(origin(on(3)), booked[0]!.session.refs.sessionId, () => ({
        kind: 'cancel',
        by: 'coachee',
      }));
      expect(await house.sums(engagement)).toEqual({ granted: 1, allotted: 2, reserved: 2, used: 0 });
      expect(await refusal(house.book(engagement, on(13, '09:00')))).toBe('no-sessions-left');
      await house.engagements.run(origin(on(4)), engagement, { kind: 'grant', total: 4 });
      await house.book(engagement, on(13, '09:00'));
      expect(await house.sums(engagement)).toEqual({ granted: 4, allotted: 4, reserved: 3, used: 0 });
    });

    it('the database itself refuses to overdraw it', async () => {
      const engagement = await house.engagement({ allotment: 1 });
      const overdraw = house.pool.query('UPDATE engagements SET reserved = 2 WHERE engagement_id = $1', [
        engagement,
      ]);
      await expect(overdraw).rejects.toThrow('allotment_not_overdrawn');
    });
  });

  describe('a booking', () => {
    it('sent again makes nothing new, not even beside itself', async () => {
      const engagement = await house.engagement();
      const command = origin(on(2));
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => house.book(engagement, on(10, '09:00'), {}, command)),
      );
      expect(new Set(answers.map(({ session }) => session.refs.sessionId)).size).toBe(1);
      expect((await house.sums(engagement)).reserved).toBe(1);
      expect(await house.types(`session-${answers[0]!.session.refs.sessionId}`)).toEqual([
        'SessionScheduled',
      ]);
    });
  });

  describe('an engagement’s end', () => {
    it('cancels what lies ahead without forfeit and returns what is left, once', async () => {
      const engagement = await house.engagement({ allotment: 4 });
      const held = await house.book(engagement, on(4, '09:00'));
      const ahead = await house.book(engagement, on(10, '09:00'));
      await house.sessions.run(origin(on(4)), held.session.refs.sessionId, () => ({
        kind: 'record-no-show',
        by: 'coach',
      }));
      const end = origin(on(9, '20:00'));
      for (const _ of [1, 2])
        await house.engagements.run(end, engagement, { kind: 'end', reason: 'left-the-company' });
      expect(await house.types(`engagement-${engagement}`)).toEqual([
        'EngagementPlanned',
        'EngagementStarted',
        'EngagementEnded',
        'SessionsReturned',
      ]);
      expect(await house.types(`session-${ahead.session.refs.sessionId}`)).toEqual([
        'SessionScheduled',
        'SessionCancelled',
      ]);
      expect(await house.sums(engagement)).toMatchObject({ reserved: 0, used: 1 });
      expect(await refusal(house.book(engagement, on(12, '09:00'), {}, origin(on(10))))).toBe(
        'engagement-state',
      );
    });
  });
});
