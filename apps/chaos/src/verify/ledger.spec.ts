import { describe, expect, it } from '@jest/globals';
import { judgeLedger, type Ledger, type Slot } from './ledger.js';
import type { Stored } from './seen.js';

const at = (day: string, hour: string) => `2026-01-${day}T${hour}:00:00.000Z`;
const refs = { engagementId: 'e', personId: 'coachee', coachId: 'coach' };
const versions = new Map<string, number>();
/** The next event of a stream. */
function next(stream: string, type: string, data: object = {}): Stored {
  const version = (versions.get(stream) ?? 0) + 1;
  versions.set(stream, version);
  const told = { ...refs, ...data };
  return { id: `${stream} ${version}`, stream, version, type, data: told, recordedAt: '', occurredAt: '' };
}

/** An engagement of three with a coach who is an employee: one session held, one moved, one cancelled in time. */
const booked = (session: string, day: string) =>
  next(session, 'SessionScheduled', { startsAt: at(day, '09'), endsAt: at(day, '10') });
const LOG: readonly Stored[] = [
  next('engagement-e', 'EngagementPlanned', {
    coachPersonId: 'employee',
    endsOn: '2026-06-30',
    allotment: 3,
  }),
  booked('session-held', '05'),
  next('engagement-e', 'EngagementStarted'),
  booked('session-moved', '12'),
  booked('session-cancelled', '19'),
  next('session-held', 'SessionAwaitingConfirmation'),
  next('session-held', 'SessionCompleted'),
  next('session-moved', 'SessionRescheduled', { to: { startsAt: at('13', '09'), endsAt: at('13', '10') } }),
  next('session-cancelled', 'SessionCancelled', { late: false, forfeited: false }),
];
const slot = (sessionId: string, day: string, holderId: string): Slot => ({
  sessionId,
  holderId,
  startsAt: new Date(at(day, '09')),
  endsAt: new Date(at(day, '10')),
});
const row = (key: string, day: string, state: string, unit: string | null) => ({
  key,
  engagementId: 'e',
  startsAt: new Date(at(day, '09')),
  endsAt: new Date(at(day, '10')),
  state,
  unit,
});
const ENGAGEMENT = {
  key: 'e',
  version: 2,
  status: 'running',
  endsOn: '2026-06-30',
  granted: 3,
  allotted: 3,
  reserved: 1,
  used: 1,
};
const SESSIONS = [
  row('held', '05', 'completed', 'completed'),
  row('moved', '13', 'scheduled', 'reserved'),
  row('cancelled', '19', 'cancelledInTime', null),
];
const SLOTS = ['employee', 'coachee'].flatMap((who) => [slot('held', '05', who), slot('moved', '13', who)]);
const WELL: Ledger = { engagements: [ENGAGEMENT], sessions: SESSIONS, slots: SLOTS };

const wrongs = (change: Partial<Ledger>, log = LOG) => {
  const { unlike, overbooked } = judgeLedger(log, { ...WELL, ...change });
  return [unlike.length, overbooked.length];
};

describe('the judge of the ledger', () => {
  it('finds nothing where it is what the events say', () => {
    expect(judgeLedger(LOG, WELL)).toEqual({ unlike: [], overbooked: [] });
  });

  it.each<[string, Partial<Ledger>, [unlike: number, overbooked: number]]>([
    ['an engagement that is not there', { engagements: [] }, [1, 0]],
    ['one that has not followed its stream', { engagements: [{ ...ENGAGEMENT, version: 1 }] }, [1, 0]],
    ['one that goes on', { engagements: [{ ...ENGAGEMENT, status: 'paused' }] }, [1, 0]],
    ['a unit that is held and was not booked', { engagements: [{ ...ENGAGEMENT, reserved: 2 }] }, [1, 0]],
    ['a unit that was used and is not counted', { engagements: [{ ...ENGAGEMENT, used: 0 }] }, [1, 0]],
    ['a session that is not there', { sessions: SESSIONS.slice(1) }, [1, 0]],
    [
      'a cancelled session that is booked still',
      { sessions: [...SESSIONS.slice(0, 2), row('cancelled', '19', 'scheduled', 'reserved')] },
      [1, 0],
    ],
    ['a slot that nobody holds', { slots: SLOTS.slice(1) }, [1, 0]],
    [
      'a slot that was given back and is held',
      { slots: [...SLOTS, slot('cancelled', '19', 'coachee')] },
      [1, 0],
    ],
    ['a slot that is given twice', { slots: [...SLOTS, slot('other', '05', 'coachee')] }, [1, 1]],
  ])('finds %s', (_, change, expected) => {
    expect(wrongs(change)).toEqual(expected);
  });

  it('finds a session that was booked beyond the allotment, also where it is cancelled again', () => {
    const [planned, ...rest] = LOG;
    const log = [{ ...planned!, data: { ...planned!.data, allotment: 2 } }, ...rest];
    expect(wrongs({ engagements: [{ ...ENGAGEMENT, granted: 2, allotted: 2 }] }, log)).toEqual([0, 1]);
  });

  it('follows what is granted later, pauses, and the end', () => {
    const after = (...events: Stored[]) => [
      ...LOG,
      ...events.map((event, n) => ({ ...event, version: 3 + n })),
    ];
    const e = (type: string, data: object = {}) => next('engagement-e', type, data);
    const paused = after(e('EngagementPaused'), e('EngagementExtended', { endsOn: '2026-07-31' }));
    const is = (change: object) => ({ engagements: [{ ...ENGAGEMENT, ...change }] });
    expect(wrongs(is({ version: 4, status: 'paused', endsOn: '2026-07-31' }), paused)).toEqual([0, 0]);
    const ended = after(e('EngagementPaused'), e('EngagementResumed'), e('EngagementEnded'));
    expect(wrongs(is({ version: 5, status: 'ended' }), ended)).toEqual([0, 0]);
    // What is taken back below what is booked, is allotted until it comes free.
    const less = after(e('AllotmentGranted', { total: 1 }));
    expect(wrongs(is({ version: 3, granted: 1, allotted: 2 }), less)).toEqual([0, 0]);
  });
});
