import { describe, expect, it } from '@jest/globals';
import { fold } from '@cairn/decider';
import { given } from '@cairn/decider/testing';
import { claimsOf, spendsUnit } from './session.claims.js';
import type { SessionCommand } from './session.commands.js';
import { sessionDecider } from './session.decider.js';
import type { Outcome, Party, SessionEvent, SessionPolicy, SessionRefs } from './session.events.js';
import { wordOf, type KnownSession } from './session.state.js';

const refs: SessionRefs = {
  sessionId: 's',
  engagementId: 'e',
  enrollmentId: 'n',
  programId: 'p',
  cohortId: 'c',
  personId: 'm',
  coachId: 'k',
};
const policy: SessionPolicy = {
  version: 3,
  noticeHours: 24,
  lateCancelForfeits: true,
  noShowForfeits: true,
  silenceHours: 72,
  disputeHours: 72,
};

const BOOKED = '2026-03-01T10:00:00.000Z';
const START = '2026-03-10T09:00:00.000Z';
const END = '2026-03-10T10:00:00.000Z';
const SILENCE = '2026-03-13T10:00:00.000Z';
/** March 2026, UTC. */
const on = (day: number, time = '12:00') => `2026-03-${String(day).padStart(2, '0')}T${time}:00.000Z`;

type Body<K> = K extends SessionCommand ? Omit<K, 'at' | 'settledThrough'> : never;
const at = (when: string, command: Body<SessionCommand>, settledThrough = when) =>
  ({ at: when, settledThrough, ...command }) as SessionCommand;
const event = (type: SessionEvent['type'], occurredAt: string, data: object = {}) =>
  ({ type, occurredAt, data: { ...refs, ...data } }) as SessionEvent;

const booking = { startsAt: START, endsAt: END, zone: 'Europe/Berlin', by: 'coachee' as const };
const scheduled = event('SessionScheduled', BOOKED, { ...booking, policy });
const awaiting = event('SessionAwaitingConfirmation', END);
const confirmed = (by: Party, when: string) => event('SessionConfirmed', when, { by });
const completed = (when: string, auto = false) =>
  event('SessionCompleted', when, { durationMinutes: 60, auto, policyVersion: 3 });
const unconfirmed = event('SessionUnconfirmed', SILENCE, { policyVersion: 3 });
const lenient = event('SessionScheduled', BOOKED, {
  ...booking,
  policy: { ...policy, lateCancelForfeits: false, noShowForfeits: false },
});

const session = (...past: SessionEvent[]) => given(sessionDecider, ...past);
const schedule = at(BOOKED, { kind: 'schedule', refs, ...booking, policy });
const move = (when: string, startsAt: string, endsAt: string, by: Party = 'coach') =>
  at(when, { kind: 'reschedule', by, startsAt, endsAt, zone: 'Europe/Berlin', policy });

describe('booking', () => {
  it('schedules a session under the policy of the day', () => {
    session().when(schedule).then(scheduled);
    session().when(schedule).thenRepeatedYieldsNothing();
  });
  it('keeps the series that it belongs to', () => {
    session()
      .when({ ...schedule, seriesId: 'r' } as SessionCommand)
      .then(event('SessionScheduled', BOOKED, { ...booking, seriesId: 'r', policy }));
  });
  it('is refused in the past', () => {
    session()
      .when(at(START, { kind: 'schedule', refs, ...booking, policy }))
      .thenRefused('starts-in-the-past');
  });
});

describe('moving', () => {
  const [newStart, newEnd] = [on(11, '09:00'), on(11, '10:30')];
  const moved = event('SessionRescheduled', on(9, '09:30'), {
    by: 'coach',
    noticeHours: 23.5,
    from: { startsAt: START, endsAt: END },
    to: { startsAt: newStart, endsAt: newEnd },
    zone: 'Europe/Berlin',
    policy,
  });
  it('says how much notice was given', () => {
    session(scheduled)
      .when(move(on(9, '09:30'), newStart, newEnd))
      .then(moved);
    session(scheduled)
      .when(move(on(9, '09:30'), newStart, newEnd))
      .thenRepeatedYieldsNothing();
  });
  it('puts off the end, so nothing is settled at the old one', () => {
    session(scheduled, moved)
      .when(at(on(11, '09:30'), { kind: 'confirm', by: 'coach' }))
      .thenRefused('not-ended-yet');
    session(scheduled, moved)
      .when(at(newEnd, { kind: 'settle' }))
      .then(event('SessionAwaitingConfirmation', newEnd));
  });
  it('to the same time in another zone is a move too', () => {
    const to = { startsAt: START, endsAt: END };
    session(scheduled)
      .when(at(on(9), { kind: 'reschedule', by: 'coach', ...to, zone: 'Asia/Kolkata', policy }))
      .then(
        event('SessionRescheduled', on(9), {
          by: 'coach',
          noticeHours: 21,
          from: to,
          to,
          zone: 'Asia/Kolkata',
          policy,
        }),
      );
  });
  it('puts the session under the policy of the day of the move', () => {
    const stricter = { ...policy, version: 4, noticeHours: 48 };
    session(scheduled, event('SessionRescheduled', on(8), { ...moved.data, policy: stricter }))
      .when(at(on(9, '21:00'), { kind: 'cancel', by: 'coach' }))
      .then(
        event('SessionCancelled', on(9, '21:00'), {
          by: 'coach',
          noticeHours: 36,
          late: true,
          policyVersion: 4,
          forfeited: false,
        }),
      );
  });
  it('is refused from the start on, into the past, and once it was judged', () => {
    session(scheduled)
      .when(move(START, newStart, newEnd))
      .thenRefused('already-begun');
    session(scheduled)
      .when(move(on(9), on(8), on(9)))
      .thenRefused('starts-in-the-past');
    session(scheduled)
      .when(move(on(10, '11:00'), newStart, newEnd))
      .thenRefused('session-state');
  });
});

describe('cancelling', () => {
  const cancelled = (when: string, by: string, noticeHours: number, late: boolean, forfeited: boolean) =>
    event('SessionCancelled', when, { by, noticeHours, late, policyVersion: 3, forfeited });
  const cancel = (when: string, by: Party | 'cairn') => at(when, { kind: 'cancel', by });

  it('is in time with just the notice that the policy asks for', () => {
    session(scheduled)
      .when(cancel(on(9, '09:00'), 'coachee'))
      .then(cancelled(on(9, '09:00'), 'coachee', 24, false, false));
    session(scheduled)
      .when(cancel(on(9, '09:00'), 'coachee'))
      .thenRepeatedYieldsNothing();
  });
  it('is late and forfeits the session, when the coachee does it after that', () => {
    const late = '2026-03-09T09:00:00.001Z';
    session(scheduled)
      .when(cancel(late, 'coachee'))
      .then(
        cancelled(late, 'coachee', 24, true, true),
        event('SessionForfeited', late, { cause: 'late-cancel', policyVersion: 3 }),
      );
  });
  it('never forfeits when the coach is late, or where the policy says so', () => {
    session(scheduled)
      .when(cancel(on(10, '08:00'), 'coach'))
      .then(cancelled(on(10, '08:00'), 'coach', 1, true, false));
    session(lenient)
      .when(cancel(on(10, '08:00'), 'coachee'))
      .then(cancelled(on(10, '08:00'), 'coachee', 1, true, false));
  });
  it('is in time, whenever a pause or an end does it', () => {
    session(scheduled)
      .when(cancel(on(10, '08:00'), 'cairn'))
      .then(cancelled(on(10, '08:00'), 'cairn', 1, false, false));
  });
  it('finds nothing to do, when a pause meets a session under way, over or cancelled', () => {
    session(scheduled).when(cancel(START, 'cairn')).thenNothing();
    session(scheduled, cancelled(on(2), 'coach', 189, false, false))
      .when(cancel(on(3), 'cairn'))
      .thenNothing();
  });
  it.each([
    ['coachee', 'coach', 'The coachee has cancelled'],
    ['coach', 'coachee', 'The coach has cancelled'],
    ['cairn', 'coachee', 'paused or ended'],
  ] as const)('by the %s says so to the %s who cancels after that', (first, second, detail) => {
    const state = fold(sessionDecider, [scheduled, cancelled(on(2), first, 189, false, false)]);
    const refused = { state: 'cancelledInTime', by: first };
    expect(sessionDecider.decide(cancel(on(3), second), state)).toMatchObject({
      ok: false,
      refusal: { kind: 'conflict', detail: expect.stringContaining(detail), extra: refused },
    });
  });
  it('is refused once the session has begun, and once it is over', () => {
    session(scheduled).when(cancel(START, 'coachee')).thenRefused('already-begun');
    session(scheduled).when(cancel(END, 'coachee')).thenRefused('session-state');
  });
});

describe('confirming', () => {
  const confirm = (when: string, by: Party) => at(when, { kind: 'confirm', by });

  it('by one side is evidence, by both completes the session', () => {
    session(scheduled)
      .when(confirm(on(10), 'coach'))
      .then(awaiting, confirmed('coach', on(10)));
    session(scheduled)
      .when(confirm(on(10), 'coach'))
      .thenRepeatedYieldsNothing();
    session(scheduled, awaiting, confirmed('coach', on(10)))
      .when(confirm(on(11), 'coachee'))
      .then(confirmed('coachee', on(11)), completed(on(11)));
  });
  it('twice by the same side says nothing new', () => {
    session(scheduled, awaiting, confirmed('coach', on(10)))
      .when(confirm(on(11), 'coach'))
      .thenNothing();
    session(scheduled, awaiting, confirmed('coach', on(10)), confirmed('coachee', on(11)), completed(on(11)))
      .when(confirm(on(12), 'coachee'))
      .thenNothing();
  });
  it('after silence was judged completes it at once; the deadline comes first, at its own time', () => {
    session(scheduled)
      .when(confirm(on(14), 'coach'))
      .then(awaiting, unconfirmed, confirmed('coach', on(14)), completed(on(14)));
    session(scheduled)
      .when(confirm(on(14), 'coach'))
      .thenRepeatedYieldsNothing();
  });
  it('is refused before the end, and against an outcome', () => {
    session(scheduled)
      .when(confirm(on(10, '09:59'), 'coach'))
      .thenRefused('not-ended-yet');
    session(scheduled, awaiting, event('NoShowRecorded', on(10), { party: 'coachee', forfeited: true }))
      .when(confirm(on(11), 'coachee'))
      .thenRefused('session-state');
  });
});

describe('silence', () => {
  const settle = (when: string) => at(when, { kind: 'settle' });

  it('begins at the end and is not judged before its time', () => {
    session(scheduled)
      .when(settle(on(10, '09:59')))
      .thenNothing();
    session(scheduled).when(settle(END)).then(awaiting);
    session(scheduled, awaiting)
      .when(settle(on(13, '09:59')))
      .thenNothing();
    session(scheduled, awaiting).when(settle(SILENCE)).thenRepeatedYieldsNothing();
  });
  it('without evidence leaves the session unconfirmed', () => {
    session(scheduled, awaiting).when(settle(SILENCE)).then(unconfirmed);
  });
  it('with evidence confirms it, and names the evidence', () => {
    const evidence = [
      confirmed('coach', on(10)),
      event('SessionRated', on(10), { useful: 4, relationship: 5, progress: 4 }),
      event('SessionThemesRecorded', on(10), { themes: ['giving-feedback'] }),
      event('SessionNoteAdded', on(10), { noteId: 'n1', by: 'coachee' }),
    ];
    const names = ['confirmation', 'rating', 'themes', 'note'];
    evidence.forEach((one, i) =>
      session(scheduled, awaiting, one)
        .when(settle(SILENCE))
        .then(event('SessionAutoConfirmed', SILENCE, { evidence: [names[i]] }), completed(SILENCE, true)),
    );
    session(scheduled, awaiting, ...evidence)
      .when(settle(SILENCE))
      .then(event('SessionAutoConfirmed', SILENCE, { evidence: names }), completed(SILENCE, true));
  });
  it('does not take a note from before the session for evidence that it was held', () => {
    session(scheduled, event('SessionNoteAdded', on(5), { noteId: 'n1', by: 'coach' }), awaiting)
      .when(settle(SILENCE))
      .then(unconfirmed);
  });
  it('in an open history waits for what the importer has declared, and then keeps the order of the stream', () => {
    session(scheduled)
      .when(at(on(20), { kind: 'confirm', by: 'coach' }, ''))
      .then(awaiting, confirmed('coach', on(20)));
    session(scheduled, awaiting, confirmed('coach', on(20)))
      .when(settle(SILENCE))
      .then(event('SessionAutoConfirmed', on(20), { evidence: ['confirmation'] }), completed(on(20), true));
  });
});

describe('a no-show', () => {
  const missed = (when: string, by: Party) => at(when, { kind: 'record-no-show', by });
  const noShow = (when: string, party: Party, forfeited: boolean) =>
    event('NoShowRecorded', when, { party, policyVersion: 3, forfeited });
  const forfeited = (when: string) => event('SessionForfeited', when, { cause: 'no-show', policyVersion: 3 });

  it('is recorded by the other side; the coachee forfeits, the coach never does', () => {
    session(scheduled)
      .when(missed(on(10), 'coach'))
      .then(awaiting, noShow(on(10), 'coachee', true), forfeited(on(10)));
    session(scheduled)
      .when(missed(on(10), 'coach'))
      .thenRepeatedYieldsNothing();
    session(scheduled)
      .when(missed(on(10), 'coachee'))
      .then(awaiting, noShow(on(10), 'coach', false));
    session(lenient)
      .when(missed(on(10), 'coach'))
      .then(awaiting, noShow(on(10), 'coachee', false));
  });
  it('may be what the coach answers when asked about an unconfirmed session', () => {
    session(scheduled, awaiting, unconfirmed)
      .when(missed(on(20), 'coach'))
      .then(noShow(on(20), 'coachee', true), forfeited(on(20)));
  });
  it('is refused before the end, after one’s own confirmation, and against an outcome', () => {
    session(scheduled)
      .when(missed(on(10, '09:30'), 'coach'))
      .thenRefused('not-ended-yet');
    session(scheduled, awaiting, confirmed('coach', on(10)))
      .when(missed(on(11), 'coach'))
      .thenRefused('already-confirmed');
    session(scheduled, awaiting, noShow(on(10), 'coachee', true))
      .when(missed(on(11), 'coachee'))
      .thenRefused('session-state');
  });
});

describe('rating, themes and notes', () => {
  const rating = { useful: 4, relationship: 5, progress: 3 };
  const rate = (when: string) => at(when, { kind: 'rate', rating });
  const allowed = ['giving-feedback', 'navigating-conflict'];
  const themes = (...names: string[]) => at(on(10), { kind: 'record-themes', themes: names, allowed });

  it('are kept once each, and may be changed', () => {
    const rated = event('SessionRated', on(10), rating);
    session(scheduled)
      .when(rate(on(10)))
      .then(awaiting, rated);
    session(scheduled)
      .when(rate(on(10)))
      .thenRepeatedYieldsNothing();
    session(scheduled, awaiting, rated)
      .when(at(on(11), { kind: 'rate', rating: { ...rating, useful: 5 } }))
      .then(event('SessionRated', on(11), { ...rating, useful: 5 }));
  });
  it('of themes only the programme’s count, in its order', () => {
    session(scheduled, awaiting)
      .when(themes('navigating-conflict', 'giving-feedback'))
      .then(event('SessionThemesRecorded', on(10), { themes: allowed }));
    session(scheduled, awaiting).when(themes('giving-feedback')).thenRepeatedYieldsNothing();
    session(scheduled, awaiting).when(themes('salary')).thenRefused('unknown-theme');
  });
  it('notes may be added at any time, each once', () => {
    const note = (when: string) => at(when, { kind: 'add-note', noteId: 'n1', by: 'coachee' });
    session(scheduled)
      .when(note(on(5)))
      .then(event('SessionNoteAdded', on(5), { noteId: 'n1', by: 'coachee' }));
    session(scheduled)
      .when(note(on(5)))
      .thenRepeatedYieldsNothing();
  });
  it('may be told of a session that silence has left unconfirmed', () => {
    session(scheduled, awaiting, unconfirmed)
      .when(rate(on(14)))
      .then(event('SessionRated', on(14), rating));
  });
  it('rating and themes are refused before the end, and for a session that was not held', () => {
    const cancelled = event('SessionCancelled', on(2), { by: 'coach', late: false, forfeited: false });
    session(scheduled)
      .when(rate(on(9)))
      .thenRefused('not-ended-yet');
    session(scheduled, cancelled)
      .when(rate(on(10)))
      .thenRefused('session-state');
    session(scheduled, cancelled).when(themes('giving-feedback')).thenRefused('session-state');
  });
});

describe('disputes and corrections', () => {
  const noShow = event('NoShowRecorded', on(10), { party: 'coachee', policyVersion: 3, forfeited: true });
  const dispute = (when: string, by: Party = 'coachee') =>
    at(when, { kind: 'dispute', by, reason: 'was-there' });
  const disputed = event('SessionDisputed', on(12), { by: 'coachee', reason: 'was-there' });
  const correct = (to: Outcome, forfeited?: boolean) =>
    at(on(14), {
      kind: 'correct',
      to,
      reason: 'both-were-there',
      ...(forfeited !== undefined && { forfeited }),
    });
  const corrected = (from: Outcome, to: Outcome, forfeited: boolean) =>
    event('OutcomeCorrected', on(14), {
      from,
      to,
      forfeited,
      by: 'program-admin',
      reason: 'both-were-there',
    });

  it('an outcome can be disputed within the policy’s hours of it', () => {
    session(scheduled, awaiting, noShow)
      .when(dispute(on(12)))
      .then(disputed);
    session(scheduled, awaiting, noShow)
      .when(dispute(on(12)))
      .thenRepeatedYieldsNothing();
    session(scheduled, awaiting, noShow)
      .when(dispute(on(13)))
      .then({ ...disputed, occurredAt: on(13) });
    session(scheduled, awaiting, noShow)
      .when(dispute(on(13, '12:01')))
      .thenRefused('dispute-window-closed');
    session(scheduled)
      .when(dispute(on(9)))
      .thenRefused('session-state');
    session(scheduled, awaiting, noShow, disputed)
      .when(dispute(on(12, '13:00'), 'coach'))
      .thenRefused('session-state');
  });
  it('a second dispute is told the one that stands', () => {
    const state = fold(sessionDecider, [scheduled, awaiting, noShow, disputed]);
    expect(sessionDecider.decide(dispute(on(12, '13:00'), 'coach'), state)).toMatchObject({
      refusal: {
        detail: expect.stringContaining(
          'The coachee has disputed this outcome already, with the reason was-there',
        ),
        extra: { state: 'disputed', dispute: { by: 'coachee', reason: 'was-there' } },
      },
    });
  });
  it('another word about it is not lost: the same outcome or dispute with another reason is refused', () => {
    session(scheduled, awaiting, noShow, disputed)
      .when(at(on(12, '13:00'), { kind: 'dispute', by: 'coachee', reason: 'coach-was-late' }))
      .thenRefused('session-state');
    session(scheduled, awaiting, noShow).when(correct('coachee-no-show')).thenRefused('session-state');
    const same = corrected('coachee-no-show', 'completed', false);
    session(scheduled, awaiting, noShow, same).when(correct('completed')).thenNothing();
    session(scheduled, awaiting, noShow, same)
      .when(at(on(14), { kind: 'correct', to: 'completed', reason: 'another-reason' }))
      .thenRefused('session-state');
  });
  it('a correction gives it any other outcome, by policy or with the forfeit waived', () => {
    const past = [scheduled, awaiting, noShow, disputed];
    session(...past)
      .when(correct('completed'))
      .then(corrected('coachee-no-show', 'completed', false));
    session(...past)
      .when(correct('coachee-late-cancel'))
      .then(corrected('coachee-no-show', 'coachee-late-cancel', true));
    session(...past)
      .when(correct('coachee-no-show', false))
      .then(corrected('coachee-no-show', 'coachee-no-show', false));
    session(...past)
      .when(correct('completed'))
      .thenRepeatedYieldsNothing();
    session(...past)
      .when(correct('completed', true))
      .thenRefused('cannot-forfeit');
  });
  it('a correction says of nothing that lies ahead that it was held or missed, only who cancelled it', () => {
    const cancelled = event('SessionCancelled', on(5), {
      by: 'coachee',
      noticeHours: 100,
      late: false,
      policyVersion: 3,
      forfeited: false,
    });
    const early = (to: Outcome) => at(on(6), { kind: 'correct', to, reason: 'other' });
    for (const to of ['completed', 'unconfirmed', 'coachee-no-show', 'coach-no-show'] as const)
      session(scheduled, cancelled).when(early(to)).thenRefused('not-ended-yet');
    session(scheduled, cancelled)
      .when(early('coach-late-cancel'))
      .then(
        event('OutcomeCorrected', on(6), {
          from: 'cancelled-in-time',
          to: 'coach-late-cancel',
          forfeited: false,
          by: 'program-admin',
          reason: 'other',
        }),
      );
    session(scheduled, cancelled)
      .when(correct('completed'))
      .then(corrected('cancelled-in-time', 'completed', false));
  });
  it('a correction forfeits nothing by itself where the policy forfeits nothing', () => {
    for (const to of ['coachee-no-show', 'coachee-late-cancel'] as const)
      session(lenient, awaiting, completed(on(11)))
        .when(correct(to))
        .then(corrected('completed', to, false));
  });
  it('the forfeit alone may be waived, without a dispute', () => {
    session(scheduled, awaiting, noShow)
      .when(correct('coachee-no-show', false))
      .then(corrected('coachee-no-show', 'coachee-no-show', false));
  });
  it('nobody has cancelled what a correction made cancelled', () => {
    const past = [scheduled, awaiting, noShow, corrected('coachee-no-show', 'cancelled-in-time', false)];
    expect(wordOf(fold(sessionDecider, past) as KnownSession)).toEqual({ state: 'cancelledInTime' });
  });
  it('a unit is spent once: by the outcome, not again by the dispute about it', () => {
    const states = [[scheduled], [awaiting], [noShow], [disputed]].map(
      (_, i, all) => fold(sessionDecider, all.slice(0, i + 1).flat()) as KnownSession,
    );
    expect(states.slice(1).map((to, i) => spendsUnit(states[i]!, to))).toEqual([false, true, false]);
  });
  it('a correction may uphold a disputed outcome, come without a dispute, and be corrected again', () => {
    session(scheduled, awaiting, noShow, disputed)
      .when(correct('coachee-no-show'))
      .then(corrected('coachee-no-show', 'coachee-no-show', true));
    session(scheduled, awaiting, noShow, {
      ...corrected('coachee-no-show', 'completed', false),
      occurredAt: on(13),
    })
      .when(correct('coach-no-show'))
      .then(corrected('completed', 'coach-no-show', false));
  });
  it('what was not judged cannot be corrected', () => {
    session(scheduled)
      .when(at(on(9), { kind: 'correct', to: 'completed', reason: 'x' }))
      .thenRefused('session-state');
  });
  it('a corrected outcome can be disputed anew', () => {
    session(scheduled, awaiting, noShow, disputed, corrected('coachee-no-show', 'completed', false))
      .when(dispute(on(15), 'coach'))
      .then(event('SessionDisputed', on(15), { by: 'coach', reason: 'was-there' }));
  });
});

describe('any session', () => {
  it('takes its facts in the order in which they happened', () => {
    session(scheduled, awaiting, confirmed('coach', on(11)))
      .when(at(on(10, '11:00'), { kind: 'confirm', by: 'coachee' }))
      .thenRefused('out-of-order');
  });
  it('must exist', () => {
    session()
      .when(at(on(9), { kind: 'cancel', by: 'coach' }))
      .thenRefused('not-found');
  });

  const outcomes: [SessionEvent[], string, unknown, unknown][] = [
    [[scheduled], 'scheduled', 'slot', 'reserved'],
    [[scheduled, awaiting], 'awaitingConfirmation', 'slot', 'reserved'],
    [[scheduled, awaiting, unconfirmed], 'unconfirmed', 'slot', null],
    [[scheduled, awaiting, completed(on(11))], 'completed', 'slot', 'completed'],
    [
      [scheduled, event('SessionCancelled', on(2), { by: 'cairn', late: false })],
      'cancelledInTime by cairn',
      null,
      null,
    ],
    [
      [scheduled, event('SessionCancelled', on(10, '08:00'), { by: 'coachee', late: true, forfeited: true })],
      'lateCancelled by coachee',
      null,
      'forfeited',
    ],
    [
      [scheduled, event('SessionCancelled', on(10, '08:00'), { by: 'coach', late: true, forfeited: false })],
      'lateCancelled by coach',
      null,
      null,
    ],
    [
      [scheduled, awaiting, event('NoShowRecorded', on(11), { party: 'coachee', forfeited: true })],
      'noShow by coachee',
      'slot',
      'forfeited',
    ],
    [
      [scheduled, awaiting, event('NoShowRecorded', on(11), { party: 'coach', forfeited: false })],
      'noShow by coach',
      'slot',
      null,
    ],
    [
      [scheduled, awaiting, completed(on(11)), event('SessionDisputed', on(12))],
      'disputed',
      'slot',
      'completed',
    ],
  ];
  it.each(outcomes)('%# has its word, and holds what belongs to it: %j', (past, word, slot, unit) => {
    const state = fold(sessionDecider, past) as KnownSession;
    const { state: name, by } = wordOf(state);
    expect(by ? `${name} by ${by}` : name).toBe(word);
    const claims = claimsOf(state);
    expect([claims.slot && 'slot', claims.unit]).toEqual([slot, unit]);
  });
});
