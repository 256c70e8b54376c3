import { describe, expect, it } from '@jest/globals';
import { fold } from '@cairn/decider';
import { given } from '@cairn/decider/testing';
import type { EngagementCommand } from './engagement.commands.js';
import { engagementDecider, settledThrough, type KnownEngagement } from './engagement.decider.js';
import type { EngagementEvent } from './engagement.events.js';

const refs = {
  engagementId: 'e',
  enrollmentId: 'n',
  programId: 'p',
  cohortId: 'c',
  personId: 'm',
  coachId: 'k',
};
const policy = {
  version: 1,
  noticeHours: 24,
  lateCancelForfeits: true,
  noShowForfeits: true,
  silenceHours: 72,
  disputeHours: 72,
};
const on = (day: number) => `2026-03-${String(day).padStart(2, '0')}T12:00:00.000Z`;
type Body<K> = K extends EngagementCommand ? Omit<K, 'at'> : never;
const at = (when: string, command: Body<EngagementCommand>) =>
  ({ at: when, ...command }) as EngagementCommand;
const event = (type: EngagementEvent['type'], occurredAt: string, data: object = {}) =>
  ({ type, occurredAt, data: { ...refs, ...data } }) as EngagementEvent;

const terms = {
  matchId: 'x',
  endsOn: '2026-06-30',
  cadence: 'weekly' as const,
  zone: 'Europe/Berlin',
  allotment: 6,
  policy,
};
const planned = event('EngagementPlanned', on(1), terms);
const started = event('EngagementStarted', on(2));
const paused = event('EngagementPaused', on(5), { from: '2026-03-10' });
const resumed = event('EngagementResumed', on(20), { on: '2026-03-22' });
const ended = event('EngagementEnded', on(9), { reason: 'left-the-company' });
const engagement = (...past: EngagementEvent[]) => given(engagementDecider, ...past);
const book = (startsAt: string, when = on(2)) => at(when, { kind: 'book', startsAt });

describe('an engagement', () => {
  it('is planned by a match', () => {
    const plan = at(on(1), { kind: 'plan', refs, ...terms });
    engagement().when(plan).then(planned);
    engagement().when(plan).thenRepeatedYieldsNothing();
  });

  it('starts with the first booking', () => {
    engagement(planned)
      .when(book(on(9)))
      .then(started);
    engagement(planned)
      .when(book(on(9)))
      .thenRepeatedYieldsNothing();
    engagement(planned, started)
      .when(book(on(9)))
      .thenNothing();
  });

  it('takes no booking after its last day, in its own zone', () => {
    engagement(planned).when(book('2026-06-30T21:59:00.000Z')).then(started);
    engagement(planned).when(book('2026-06-30T22:00:00.000Z')).thenRefused('after-the-end');
    engagement(planned, event('EngagementExtended', on(3), { endsOn: '2026-07-31' }))
      .when(book('2026-07-01T09:00:00.000Z', on(4)))
      .then({ ...started, occurredAt: on(4) });
  });

  it('takes no booking into a pause, but before and after it', () => {
    engagement(planned, started, paused)
      .when(book(on(9), on(6)))
      .thenNothing();
    engagement(planned, started, paused)
      .when(book(on(10), on(6)))
      .thenRefused('engagement-paused');
    engagement(planned, started, paused, resumed)
      .when(book(on(21), on(20)))
      .thenRefused('engagement-paused');
    engagement(planned, started, paused, resumed)
      .when(book(on(22), on(20)))
      .thenNothing();
  });

  it('takes no booking once it is over', () => {
    engagement(planned, ended)
      .when(book(on(22), on(20)))
      .thenRefused('engagement-state');
    engagement()
      .when(book(on(22)))
      .thenRefused('not-found');
  });

  it('takes bookings of the time before its end and its pauses also where those were told first', () => {
    const begun = event('EngagementStarted', on(2));
    engagement(planned, paused, resumed)
      .when(book(on(4)))
      .then(begun);
    engagement(planned, ended)
      .when(book(on(8)))
      .then(begun);
    engagement(planned, ended)
      .when(book(on(9)))
      .thenRefused('after-the-end');
    engagement(planned, ended)
      .when(book(on(22), on(9)))
      .thenRefused('engagement-state');
    const after = fold(engagementDecider, [planned, ended, begun]) as KnownEngagement;
    expect([after.status, after.lastAt]).toEqual(['ended', on(9)]);
  });

  it('is paused and resumed with enrolment, and goes on as it was', () => {
    const pause = at(on(5), { kind: 'pause', from: '2026-03-10' });
    const resume = at(on(20), { kind: 'resume', on: '2026-03-22' });
    engagement(planned, started).when(pause).then(paused);
    engagement(planned, started).when(pause).thenRepeatedYieldsNothing();
    engagement(planned, started, paused).when(resume).then(resumed);
    engagement(planned, started, paused).when(resume).thenRepeatedYieldsNothing();
    expect(fold(engagementDecider, [planned, started, paused, resumed]).status).toBe('running');
    expect(fold(engagementDecider, [planned, paused, resumed]).status).toBe('planned');
  });

  it('is extended, completed and ended with enrolment', () => {
    const steps: [EngagementCommand, EngagementEvent][] = [
      [
        at(on(3), { kind: 'extend', endsOn: '2026-07-31' }),
        event('EngagementExtended', on(3), { endsOn: '2026-07-31' }),
      ],
      [at(on(3), { kind: 'complete' }), event('EngagementCompleted', on(3))],
      [at(on(9), { kind: 'end', reason: 'left-the-company' }), ended],
    ];
    for (const [command, expected] of steps) {
      engagement(planned, started).when(command).then(expected);
      engagement(planned, started).when(command).thenRepeatedYieldsNothing();
    }
  });

  it('is not reopened by anything that comes after its end', () => {
    const later: EngagementCommand[] = [
      at(on(10), { kind: 'pause', from: '2026-03-10' }),
      at(on(10), { kind: 'resume', on: '2026-03-10' }),
      at(on(10), { kind: 'extend', endsOn: '2026-12-31' }),
      at(on(10), { kind: 'grant', total: 9 }),
      at(on(10), { kind: 'complete' }),
      at(on(10), { kind: 'end', reason: 'on-leave' }),
      at(on(10), { kind: 'use-up', completed: 6, forfeited: 0 }),
    ];
    for (const command of later) engagement(planned, ended).when(command).thenNothing();
  });

  it('keeps what enrolment granted', () => {
    const grant = at(on(3), { kind: 'grant', total: 8 });
    engagement(planned)
      .when(grant)
      .then(event('AllotmentGranted', on(3), { total: 8 }));
    engagement(planned).when(grant).thenRepeatedYieldsNothing();
  });

  it('says once that the allotment is used, and again after more was granted', () => {
    const useUp = at(on(8), { kind: 'use-up', completed: 5, forfeited: 1 });
    const used = event('AllotmentUsed', on(8), { completed: 5, forfeited: 1, total: 6 });
    engagement(planned, started).when(useUp).then(used);
    engagement(planned, started).when(useUp).thenRepeatedYieldsNothing();
    engagement(planned, started, used, event('AllotmentGranted', on(9), { total: 7 }))
      .when(at(on(12), { kind: 'use-up', completed: 6, forfeited: 1 }))
      .then(event('AllotmentUsed', on(12), { completed: 6, forfeited: 1, total: 7 }));
    engagement(planned, started, used, event('AllotmentGranted', on(9), { total: 5 }))
      .when(at(on(12), { kind: 'use-up', completed: 5, forfeited: 1 }))
      .thenNothing();
  });

  it('returns what is left, once, when it is over', () => {
    const giveBack = at(on(9), { kind: 'return', count: 4 });
    engagement(planned, ended)
      .when(giveBack)
      .then(event('SessionsReturned', on(9), { count: 4 }));
    engagement(planned, ended).when(giveBack).thenRepeatedYieldsNothing();
    engagement(planned, ended)
      .when(at(on(9), { kind: 'return', count: 0 }))
      .thenNothing();
    engagement(planned, started).when(giveBack).thenNothing();
  });

  it('with an open history knows how far it is told, and is no later for it', () => {
    const imported = event('EngagementPlanned', on(1), { ...terms, history: { through: null } });
    const declare = (through: string, complete = false) =>
      at('2026-09-01T12:00:00.000Z', { kind: 'declare-history', through, complete });
    const declared = (through: string, complete = false) =>
      event('HistoryDeclared', '2026-09-01T12:00:00.000Z', { through, complete });
    engagement(imported)
      .when(declare(on(5)))
      .then(declared(on(5)));
    engagement(imported)
      .when(declare(on(5)))
      .thenRepeatedYieldsNothing();
    engagement(imported, ended)
      .when(declare(on(5), true))
      .then(declared(on(5), true));
    engagement(imported)
      .when(declare(on(5), true))
      .thenRepeatedYieldsNothing();
    engagement(planned)
      .when(declare(on(5)))
      .thenNothing();
    engagement(imported, declared(on(5)))
      .when(book(on(9), on(2)))
      .then(started);

    const through = (...past: EngagementEvent[]) =>
      settledThrough(fold(engagementDecider, past) as KnownEngagement, on(20));
    expect(through(planned)).toBe(on(20));
    expect(through(imported)).toBe('');
    expect(through(imported, declared(on(5)))).toBe(on(5));
    expect(through(imported, declared(on(25)))).toBe(on(20));
    expect(through(imported, declared(on(5), true))).toBe(on(20));
  });

  it('follows in the order of its own facts, when enrolment’s word arrives late', () => {
    engagement(planned, started)
      .when(at(on(1), { kind: 'pause', from: '2026-03-10' }))
      .then(event('EngagementPaused', on(2), { from: '2026-03-10' }));
  });
});
