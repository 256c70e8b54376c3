import { given } from '@cairn/decider/testing';
import { fold } from '@cairn/decider';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EnrollmentCommand } from './enrollment.commands.js';
import { allotmentInUse } from './enrollment.errors.js';
import { enrollmentDecider } from './enrollment.decider.js';
import type { EnrollmentEvent } from './enrollment.events.js';

const refs = { enrollmentId: 'e', programId: 'p', cohortId: 'c', personId: 'm' };
const day = (n: number, time = '09:00') => `2026-01-${String(n).padStart(2, '0')}T${time}:00.000Z`;
const preferences = {
  themes: ['giving-feedback'],
  styles: ['direct'],
  languages: ['en'],
  zone: 'Europe/Berlin',
  hours: 'mon-fri 09:00-17:00',
};

const other = { ...preferences, languages: ['de'] };

const nominated: EnrollmentEvent = {
  type: 'ParticipantNominated',
  occurredAt: day(1),
  data: { ...refs, by: 'hr', history: false },
};
const historic: EnrollmentEvent = {
  ...nominated,
  data: { ...nominated.data, history: true },
} as EnrollmentEvent;
const waitlisted: EnrollmentEvent = {
  type: 'ParticipantWaitlisted',
  occurredAt: day(2),
  data: { ...refs, place: 3, reason: 'capacity' },
};
const invited: EnrollmentEvent = {
  type: 'InvitationSent',
  occurredAt: day(3),
  data: { ...refs, deadline: day(10), number: 1 },
};
const expired: EnrollmentEvent = {
  type: 'InvitationExpired',
  occurredAt: day(10),
  data: { ...refs, deadline: day(10) },
};
const activated: EnrollmentEvent = {
  type: 'EnrollmentActivated',
  occurredAt: day(4),
  data: { ...refs, privacyNoticeVersion: '1', endsOn: '2026-01-20', endsAt: day(20, '23:00') },
};
const preferred: EnrollmentEvent = {
  type: 'MatchingPreferencesGiven',
  occurredAt: day(4),
  data: { ...refs, ...preferences },
};
const allotted: EnrollmentEvent = {
  type: 'SessionsAllotted',
  occurredAt: day(4),
  data: { ...refs, count: 6, total: 6 },
};
const active = [nominated, invited, activated, preferred, allotted];
const paused: EnrollmentEvent = {
  type: 'EnrollmentPaused',
  occurredAt: day(6),
  data: { ...refs, from: '2026-01-06', reason: 'parental-leave' },
};
const completedAtEnd: EnrollmentEvent = {
  type: 'EnrollmentCompleted',
  occurredAt: day(20, '23:00'),
  data: { ...refs, early: false },
};

const activate = (at: string): EnrollmentCommand => ({
  kind: 'activate',
  at,
  privacyNoticeVersion: '1',
  preferences,
  programThemes: ['giving-feedback', 'navigating-conflict'],
  coachStyles: ['direct'],
  allotment: 6,
  endsOn: '2026-01-20',
  endsAt: day(20, '23:00'),
});
const end = { endsOn: '2026-01-20', endsAt: day(20, '23:00') };
const invite = (at: string, deadline = day(10)): EnrollmentCommand => ({
  kind: 'invite',
  at,
  place: { free: true, deadline },
  ...end,
});
const past = (...events: EnrollmentEvent[]) => given(enrollmentDecider, ...events);

describe('an enrolment', () => {
  it('begins with a nomination', () => {
    past()
      .when({ kind: 'nominate', at: day(1), refs, by: 'hr', history: false })
      .then(nominated);
  });
  it('is invited where a place is free', () => {
    past(nominated)
      .when(invite(day(3)))
      .then(invited);
  });
  it('is invited for no longer than the programme goes on', () => {
    past(nominated)
      .when(invite(day(3), day(25)))
      .then({ ...invited, data: { ...invited.data, deadline: end.endsAt } } as EnrollmentEvent);
  });
  it('waits where none is', () => {
    past(nominated)
      .when({ kind: 'invite', at: day(2), place: { free: false, queue: 3 }, ...end })
      .then(waitlisted);
  });
  it('is invited from the waitlist, and again after an invitation that lapsed', () => {
    past(nominated, waitlisted)
      .when(invite(day(3)))
      .then(invited);
    past(nominated, invited, expired)
      .when(invite(day(12), day(19)))
      .then({ type: 'InvitationSent', occurredAt: day(12), data: { ...refs, deadline: day(19), number: 2 } });
  });
  it('is activated with the notice accepted and preferences given, and is granted its sessions', () => {
    past(nominated, invited)
      .when(activate(day(4)))
      .then(activated, preferred, allotted);
  });
  it('is asked for feedback after the third session held, and after its end, once for each', () => {
    const said = (n: number, moment: 'third-session' | 'end', recommend = 9, held = 3) =>
      ({ kind: 'give-feedback', at: day(n), moment, recommend, held }) as const;
    const told = (n: number, moment: 'third-session' | 'end'): EnrollmentEvent => ({
      type: 'ProgramFeedbackGiven',
      occurredAt: day(n),
      data: { ...refs, moment, recommend: 9 },
    });
    past(...active)
      .when(said(8, 'third-session', 9, 2))
      .thenRefused('feedback-not-asked');
    past(...active)
      .when(said(8, 'end'))
      .thenRefused('feedback-not-asked');
    past(...active)
      .when(said(8, 'third-session'))
      .then(told(8, 'third-session'));
    past(...active, told(8, 'third-session'))
      .when(said(9, 'third-session'))
      .thenRefused('feedback-given');
    past(...active, told(8, 'third-session'))
      .when(said(9, 'third-session', 2))
      .thenRefused('feedback-given');
    past(...active, told(8, 'third-session'))
      .when(said(21, 'end'))
      .then(
        { type: 'EnrollmentCompleted', occurredAt: day(20, '23:00'), data: { ...refs, early: false } },
        told(21, 'end'),
      );
    past(...active)
      .when(said(21, 'third-session'))
      .thenRefused('feedback-not-asked');
    past(...active)
      .when(said(21, 'end', 9, 0))
      .thenRefused('feedback-not-asked');
  });
  it('takes preferences for themes of the programme alone, and names them', () => {
    const themes = ['navigating-conflict', 'Astrology'];
    const programThemes = ['giving-feedback', 'navigating-conflict'];
    const coachStyles = ['direct'];
    const wrong = { preferences: { ...preferences, themes }, programThemes, coachStyles };
    const refusalOf = (command: EnrollmentCommand, ...events: EnrollmentEvent[]) =>
      enrollmentDecider.decide(command, fold(enrollmentDecider, events));
    expect(refusalOf({ ...activate(day(4)), ...wrong } as never, nominated, invited)).toMatchObject({
      refusal: {
        slug: 'unknown-theme',
        errors: [{ pointer: '/preferences/themes' }],
        extra: { allowed: programThemes },
      },
    });
    expect(refusalOf({ kind: 'prefer', at: day(5), ...wrong }, ...active)).toMatchObject({
      refusal: {
        slug: 'unknown-theme',
        detail:
          'Not a theme of this programme: 1 of those given. Its themes are: giving-feedback, navigating-conflict.',
        errors: [{ pointer: '/themes' }],
      },
    });
    const rightly = { ...preferences, themes: ['navigating-conflict'] };
    past(...active)
      .when({ kind: 'prefer', at: day(5), preferences: rightly, programThemes, coachStyles })
      .then({ ...preferred, occurredAt: day(5), data: { ...refs, ...rightly } });
    // What was given stays given, whatever has become of the programme's themes.
    past(...active)
      .when({ kind: 'prefer', at: day(5), preferences, programThemes: [], coachStyles: [] })
      .thenNothing();
  });
  it('cannot be activated at its deadline or later, swept or not', () => {
    past(nominated, invited)
      .when(activate(day(10)))
      .thenRefused('enrollment-state');
    past(nominated, invited, expired)
      .when(activate(day(11)))
      .thenRefused('enrollment-state');
  });
  it('expires at its deadline when the sweeper comes, and only then', () => {
    past(nominated, invited)
      .when({ kind: 'expire', at: day(10) })
      .then(expired);
    past(nominated, invited)
      .when({ kind: 'expire', at: day(9) })
      .thenNothing();
  });
  it('settles a lapsed invitation before it is invited again', () => {
    past(nominated, invited)
      .when(invite(day(12), day(19)))
      .then(expired, {
        type: 'InvitationSent',
        occurredAt: day(12),
        data: { ...refs, deadline: day(19), number: 2 },
      });
  });
  it('can be declined and withdrawn before it is active, not afterwards', () => {
    past(nominated, invited)
      .when({ kind: 'decline', at: day(4), reason: 'no-time' })
      .then({ type: 'InvitationDeclined', occurredAt: day(4), data: { ...refs, reason: 'no-time' } });
    past(nominated)
      .when({ kind: 'withdraw', at: day(4), reason: 'by-hr' })
      .then({ type: 'ParticipantWithdrawn', occurredAt: day(4), data: { ...refs, reason: 'by-hr' } });
    past(...active)
      .when({ kind: 'decline', at: day(5), reason: 'no-time' })
      .thenRefused('enrollment-state');
    past(...active)
      .when({ kind: 'withdraw', at: day(5), reason: 'by-hr' })
      .thenRefused('enrollment-state');
  });
  it('pauses and resumes', () => {
    past(...active)
      .when({ kind: 'pause', at: day(6), from: '2026-01-06', reason: 'parental-leave' })
      .then(paused);
    past(...active, paused)
      .when({ kind: 'resume', at: day(8), on: '2026-01-08' })
      .then({ type: 'EnrollmentResumed', occurredAt: day(8), data: { ...refs, on: '2026-01-08' } });
  });
  it('completes at its end date, or early when the allotment is used', () => {
    past(...active)
      .when({ kind: 'complete', at: day(9), early: true })
      .then({ type: 'EnrollmentCompleted', occurredAt: day(9), data: { ...refs, early: true } });
    past(...active)
      .when({ kind: 'expire', at: day(20, '23:00') })
      .then(completedAtEnd);
    past(...active, completedAtEnd)
      .when({ kind: 'pause', at: day(21), from: '2026-01-21', reason: 'x' })
      .thenRefused('enrollment-state');
  });
  it('moves its end when extended, and never back', () => {
    past(...active)
      .when({ kind: 'extend', at: day(9), endsOn: '2026-01-30', endsAt: day(30, '23:00') })
      .then({
        type: 'EnrollmentExtended',
        occurredAt: day(9),
        data: { ...refs, endsOn: '2026-01-30', endsAt: day(30, '23:00') },
      });
    past(...active)
      .when({ kind: 'extend', at: day(9), endsOn: '2026-01-10', endsAt: day(10) })
      .thenRefused('ends-too-early');
    past(...active)
      .when({ kind: 'extend', at: day(9), endsOn: '2031-01-10', endsAt: '2031-01-10T23:00:00.000Z' })
      .thenRefused('ends-too-late');
  });
  it('is discontinued or cancelled with its reason', () => {
    past(...active)
      .when({ kind: 'discontinue', at: day(9), reason: 'too-busy' })
      .then({ type: 'EnrollmentDiscontinued', occurredAt: day(9), data: { ...refs, reason: 'too-busy' } });
    past(...active, paused)
      .when({ kind: 'cancel', at: day(9), reason: 'unresponsive' })
      .then({ type: 'EnrollmentCancelled', occurredAt: day(9), data: { ...refs, reason: 'unresponsive' } });
  });
  it('takes its facts in the order in which they happened', () => {
    past(...active)
      .when({ kind: 'pause', at: day(3), from: '2026-01-03', reason: 'x' })
      .thenRefused('out-of-order');
  });
  it('does not take back more sessions than it was allotted', () => {
    past(...active)
      .when({ kind: 'allot', at: day(5), count: -7, inUse: { used: 0, booked: 0, ahead: [] } })
      .thenRefused('allotment-below-zero');
    past(...active)
      .when({ kind: 'allot', at: day(5), count: 2, inUse: { used: 3, booked: 4, ahead: [] } })
      .then({ type: 'SessionsAllotted', occurredAt: day(5), data: { ...refs, count: 2, total: 8 } });
  });
  it('is not allotted a change by nothing', () => {
    past(...active)
      .when({ kind: 'allot', at: day(5), count: 0, inUse: { used: 0, booked: 0, ahead: [] } })
      .thenRefused('nothing-allotted');
  });
  it('takes back what is neither used nor booked, and no more', () => {
    const inUse = { used: 2, booked: 3, ahead: ['c', 'b'] };
    past(...active)
      .when({ kind: 'allot', at: day(5), count: -1, inUse })
      .then({ type: 'SessionsAllotted', occurredAt: day(5), data: { ...refs, count: -1, total: 5 } });
    past(...active)
      .when({ kind: 'allot', at: day(5), count: -2, inUse })
      .thenRefused('allotment-in-use');
  });
  it.each([
    [1, ['c'], 'Cancel 1 of them first'],
    [2, ['c', 'b'], 'Cancel 2 of them first'],
    [4, ['c', 'b'], 'take back at least 2 fewer'],
  ])('of %i too many, names as many to cancel as there are ahead', (tooMany, cancelFirst, fix) => {
    const refusal = allotmentInUse(tooMany, { used: 2, booked: 3, ahead: ['c', 'b'] });
    expect(refusal.extra).toMatchObject({ cancelFirst });
    expect(refusal.detail).toContain(fix);
  });
  it('does not exist before its nomination', () => {
    past()
      .when({ kind: 'pause', at: day(3), from: '2026-01-03', reason: 'x' })
      .thenRefused('not-found');
  });

  describe('with imported history', () => {
    const declared = (through: string): EnrollmentEvent => ({
      type: 'HistoryDeclared',
      occurredAt: day(28),
      data: { ...refs, through, complete: false },
    });
    it('lets no deadline fire before the importer has come that far', () => {
      past(historic, invited)
        .when({ kind: 'expire', at: day(20) })
        .thenNothing();
      past(historic, invited)
        .when(activate(day(12)))
        .then(
          { ...activated, occurredAt: day(12) },
          { ...preferred, occurredAt: day(12) },
          { ...allotted, occurredAt: day(12) },
        );
    });
    it('settles deadlines up to the declared date', () => {
      past(historic, invited, declared(day(15)))
        .when({ kind: 'expire', at: day(20) })
        .then(expired);
      past(historic, invited, declared(day(9)))
        .when({ kind: 'expire', at: day(20) })
        .thenNothing();
    });
    it('completes no sooner than the last fact told, where that is later than the end', () => {
      const late: EnrollmentEvent = { ...paused, occurredAt: day(22) };
      past(historic, invited, activated, preferred, allotted, late, declared(day(25)))
        .when({ kind: 'expire', at: day(28) })
        .then({ ...completedAtEnd, occurredAt: day(22) });
    });
    it('is moved on, never back, until it is complete', () => {
      past(historic, declared(day(9)))
        .when({ kind: 'declare-history', at: day(28), through: day(8), complete: false })
        .thenRefused('history-goes-back');
      past(historic)
        .when({ kind: 'declare-history', at: day(28), through: day(29), complete: false })
        .thenRefused('history-in-the-future');
      past(nominated)
        .when({ kind: 'declare-history', at: day(28), through: day(8), complete: false })
        .thenRefused('no-history');
      past(historic)
        .when({ kind: 'declare-history', at: day(28), through: day(9), complete: true })
        .then({
          type: 'HistoryDeclared',
          occurredAt: day(28),
          data: { ...refs, through: day(9), complete: true },
        });
    });
  });

  it('gives no event when a command is repeated', () => {
    const commands: [EnrollmentEvent[], EnrollmentCommand][] = [
      [[nominated], invite(day(3))],
      [[nominated, invited], activate(day(4))],
      [[nominated, invited], { kind: 'decline', at: day(4), reason: 'x' }],
      [active, { kind: 'pause', at: day(6), from: '2026-01-06', reason: 'x' }],
      [[...active, paused], { kind: 'resume', at: day(8), on: '2026-01-08' }],
      [active, { kind: 'extend', at: day(9), endsOn: '2026-01-30', endsAt: day(30) }],
      [active, { kind: 'complete', at: day(9), early: true }],
      [active, { kind: 'discontinue', at: day(9), reason: 'too-busy' }],
      [active, { kind: 'cancel', at: day(9), reason: 'unresponsive' }],
      [[nominated], { kind: 'withdraw', at: day(9), reason: 'by-hr' }],
      [[nominated, invited], { kind: 'expire', at: day(20) }],
    ];
    for (const [events, command] of commands)
      past(...events)
        .when(command)
        .thenRepeatedYieldsNothing();
  });

  it('refuses to be told otherwise what is so already, and says the way', () => {
    const told: [EnrollmentEvent[], EnrollmentCommand, EnrollmentCommand][] = [
      [
        [nominated],
        { kind: 'withdraw', at: day(4), reason: 'by-hr' },
        { kind: 'withdraw', at: day(5), reason: 'no-longer-eligible' },
      ],
      [
        [nominated, invited],
        { kind: 'decline', at: day(4), reason: 'no-time' },
        { kind: 'decline', at: day(5), reason: 'no-need' },
      ],
      [
        active,
        { kind: 'pause', at: day(6), from: '2026-01-06', reason: 'x' },
        { kind: 'pause', at: day(7), from: '2026-01-07', reason: 'y' },
      ],
      [
        active,
        { kind: 'discontinue', at: day(9), reason: 'too-busy' },
        { kind: 'discontinue', at: day(9), reason: 'on-leave' },
      ],
      [
        active,
        { kind: 'cancel', at: day(9), reason: 'unresponsive' },
        { kind: 'cancel', at: day(9), reason: 'no-interest' },
      ],
      [[nominated, invited], activate(day(4)), { ...activate(day(5)), privacyNoticeVersion: '2' } as never],
      [[nominated, invited], activate(day(4)), { ...activate(day(5)), preferences: other } as never],
    ];
    for (const [events, first, second] of told) {
      const done = enrollmentDecider.decide(first, fold(enrollmentDecider, events));
      const after = [...events, ...(done.ok ? done.events : [])];
      past(...after)
        .when(second)
        .thenRefused('enrollment-state');
      past(...after)
        .when({ ...first, at: second.at })
        .thenNothing();
    }
    past(...active)
      .when(invite(day(5)))
      .thenRefused('enrollment-state');
    past(nominated, invited)
      .when({ kind: 'invite', at: day(4), place: { free: false, queue: 1 }, ...end })
      .thenNothing();
    const decision = enrollmentDecider.decide(
      { ...activate(day(5)), preferences: other } as never,
      fold(enrollmentDecider, active),
    );
    expect(!decision.ok && decision.refusal.detail).toContain('/enrollments/e/preferences');
  });

  it('keeps its facts in order and ends once, whatever is asked of it', () => {
    const at = fc.integer({ min: 1, max: 28 }).map((n) => day(n));
    const command: fc.Arbitrary<EnrollmentCommand> = fc.oneof(
      at.map((t) => invite(t, day(10))),
      at.map(activate),
      at.map((t): EnrollmentCommand => ({ kind: 'expire', at: t })),
      at.map((t): EnrollmentCommand => ({ kind: 'pause', at: t, from: t.slice(0, 10), reason: 'x' })),
      at.map((t): EnrollmentCommand => ({ kind: 'resume', at: t, on: t.slice(0, 10) })),
      at.map((t): EnrollmentCommand => ({ kind: 'complete', at: t, early: true })),
      at.map((t): EnrollmentCommand => ({ kind: 'discontinue', at: t, reason: 'too-busy' })),
      at.map((t): EnrollmentCommand => ({ kind: 'withdraw', at: t, reason: 'by-hr' })),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
        let events: EnrollmentEvent[] = [nominated];
        for (const c of commands) {
          const decision = enrollmentDecider.decide(c, fold(enrollmentDecider, events));
          if (decision.ok) events = [...events, ...decision.events];
        }
        const times = events.map((e) => e.occurredAt);
        expect(times).toEqual([...times].sort());
        const ends = events.filter((e) =>
          ['EnrollmentCompleted', 'EnrollmentDiscontinued', 'ParticipantWithdrawn'].includes(e.type),
        );
        expect(ends.length).toBeLessThanOrEqual(1);
        if (ends.length === 1) expect(events.at(-1)).toBe(ends[0]);
      }),
    );
  });
});
