import { describe, expect, it } from '@jest/globals';
import { BEGINNING, bookedUntil, follow, risksOf, type CourseEvent } from './course.js';
import { isLow } from './fit-signals.js';

const day = (n: number) => `2026-01-${String(n).padStart(2, '0')}T09:00:00.000Z`;
let version = 0;
const said = (at: number, name: CourseEvent['name'], sessionId: string, data: object = {}) =>
  ({
    name,
    data: { sessionId, ...data },
    envelope: { streamversion: ++version, time: day(at) },
  }) as unknown as CourseEvent;
const booked = (at: number, id: string, starts: number) =>
  said(at, 'SessionScheduled', id, { startsAt: day(starts) });
const moved = (at: number, id: string, to: number, by = 'coach') =>
  said(at, 'SessionRescheduled', id, { by, to: { startsAt: day(to) } });
const cancelled = (at: number, id: string, by = 'coachee') => said(at, 'SessionCancelled', id, { by });
const held = (at: number, id: string) => said(at, 'SessionCompleted', id);
const missed = (at: number, id: string) => said(at, 'NoShowRecorded', id, { party: 'coachee' });
const disputed = (at: number, id: string) => said(at, 'SessionDisputed', id, { by: 'coachee' });
const corrected = (at: number, id: string, to: string) => said(at, 'OutcomeCorrected', id, { to });
const after = (...events: CourseEvent[]) => events.reduce(follow, BEGINNING);

describe('the course of an engagement', () => {
  it('is at risk after two moves or cancellations, until a session is held', () => {
    const events = [booked(1, 'a', 5), booked(1, 'b', 12), moved(2, 'a', 6)];
    expect(risksOf(after(...events))).toEqual([]);
    events.push(cancelled(3, 'a'));
    expect(risksOf(after(...events))).toEqual(['moves-in-a-row']);
    expect(risksOf(after(...events, held(12, 'b')))).toEqual([]);
  });
  it('is not by what a pause cancels', () =>
    expect(
      risksOf(
        after(booked(1, 'a', 5), booked(1, 'b', 12), cancelled(2, 'a', 'cairn'), cancelled(2, 'b', 'cairn')),
      ),
    ).toEqual([]));
  it('is at risk after a no-show, until it is corrected or a later session is held', () => {
    const noShow = [booked(1, 'a', 5), booked(1, 'b', 12), missed(5, 'a')];
    expect(risksOf(after(...noShow))).toEqual(['no-show']);
    expect(risksOf(after(...noShow, corrected(6, 'a', 'completed')))).toEqual([]);
    expect(risksOf(after(...noShow, corrected(6, 'a', 'coach-no-show')))).toEqual(['no-show']);
    expect(risksOf(after(...noShow, held(12, 'b')))).toEqual([]);
  });
  it('takes no outcome that is disputed for one, until it is corrected', () => {
    const noShow = [booked(1, 'a', 5), missed(5, 'a'), disputed(6, 'a')];
    expect(risksOf(after(...noShow))).toEqual([]);
    expect(risksOf(after(...noShow, corrected(7, 'a', 'coachee-no-show')))).toEqual(['no-show']);
    const heldSince = [missed(5, 'a'), held(12, 'b'), disputed(13, 'b')];
    const course = [booked(1, 'a', 5), booked(1, 'b', 12), ...heldSince];
    expect(risksOf(after(...course))).toEqual(['no-show']);
    expect(risksOf(after(...course, corrected(14, 'b', 'completed')))).toEqual([]);
  });
  it('does not count a cancellation that a correction replaced, and counts it again where that is corrected too', () => {
    const events = [booked(1, 'a', 5), booked(1, 'b', 12), moved(2, 'b', 20), cancelled(5, 'a')];
    expect(risksOf(after(...events, disputed(6, 'a')))).toEqual(['moves-in-a-row']);
    expect(risksOf(after(...events, corrected(6, 'a', 'coach-late-cancel')))).toEqual(['moves-in-a-row']);
    events.push(corrected(7, 'a', 'coach-no-show'));
    expect(risksOf(after(...events))).toEqual(['no-show']);
    events.push(corrected(8, 'a', 'cancelled-in-time'));
    expect(risksOf(after(...events))).toEqual(['moves-in-a-row']);
  });
  it('takes a no-show that is corrected to a cancellation for no step: nobody knows when', () => {
    const course = after(booked(1, 'a', 5), booked(1, 'b', 12), moved(2, 'b', 20), missed(5, 'a'));
    const late = corrected(6, 'a', 'coachee-late-cancel');
    expect(risksOf(follow(course, late))).toEqual([]);
    expect(bookedUntil(after(booked(1, 'a', 5), missed(5, 'a'), late))).toBe(day(5));
  });
  it('counts what was heard before cancellations stood with their sessions', () => {
    const of = { a: { version: 2, startsAt: day(5), cancelledAt: day(3) } };
    const course = { sessions: of, steps: [day(2), day(3)] };
    expect([risksOf(course), bookedUntil(course)]).toEqual([['moves-in-a-row'], day(3)]);
  });
  it('tells until when something was booked', () => {
    const course = after(booked(1, 'a', 5), booked(1, 'b', 12));
    expect(bookedUntil(course)).toBe(day(12));
    const without = follow(course, cancelled(8, 'b'));
    expect(bookedUntil(without)).toBe(day(8));
    // Held all the same: it was in the calendar until then.
    expect(bookedUntil(follow(without, corrected(13, 'b', 'completed')))).toBe(day(12));
    expect(bookedUntil(BEGINNING)).toBeNull();
  });
  it('takes each word once, whatever comes again', () => {
    const move = moved(2, 'a', 6);
    const course = after(booked(1, 'a', 5), move);
    expect(follow(course, { ...move, replay: true })).toBe(course);
  });
  it('takes the word of sessions that were restored from a backup, and no lost one again', () => {
    const [first, lost, restored] = [booked(1, 'a', 5), cancelled(3, 'a'), held(5, 'a')];
    const version = lost.envelope.streamversion;
    const again = { ...restored, envelope: { ...restored.envelope, streamversion: version - 1 } };
    const course = after(first, lost, again as CourseEvent);
    expect(course.sessions['a']).toMatchObject({ outcome: 'held', version });
    expect(follow(course, { ...lost, replay: true })).toBe(course);
  });
});

describe('a rating', () => {
  it.each([
    [{ useful: 2, relationship: 5, progress: 5 }, true],
    [{ useful: 5, relationship: 2, progress: 5 }, true],
    [{ useful: 3, relationship: 3, progress: 1 }, false],
  ])('%j is low: %s', (rating, low) => expect(isLow(rating)).toBe(low));
});
