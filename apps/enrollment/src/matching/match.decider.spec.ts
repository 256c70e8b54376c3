import { fold } from '@cairn/decider';
import { given } from '@cairn/decider/testing';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DECLINE_CODES, type MatchCommand } from './match.commands.js';
import { holdsPlaceOf, isNextUnasked, matchDecider, OPEN, type MatchState } from './match.decider.js';
import type { FittingCoach, MatchEvent, Risk } from './match.events.js';

const refs = { matchId: 'm', enrollmentId: 'e', programId: 'p', cohortId: 'c', personId: 'a' };
const day = (n: number) => `2026-01-${String(n).padStart(2, '0')}T09:00:00.000Z`;
const coach = (coachId: string, score = 0.5): FittingCoach => ({
  coachId,
  score,
  parts: [{ name: 'language', weight: 1, value: score, reason: 'Both speak English' }],
});
const three = [coach('x', 0.9), coach('y', 0.8), coach('z', 0.7)];
const full = { constraint: 'capacity' as const, removed: [{ constraint: 'capacity' as const, coaches: 4 }] };

const on = <Type extends MatchEvent['type']>(
  n: number,
  type: Type,
  data: Omit<Extract<MatchEvent, { type: Type }>['data'], keyof typeof refs>,
) => ({ type, occurredAt: day(n), data: { ...refs, ...data } }) as unknown as MatchEvent;

const requested = on(1, 'MatchRequested', { kind: 'first' });
const shortlisted = on(2, 'CoachesShortlisted', { coaches: three });
const proposed = on(3, 'MatchProposed', { coachId: 'y', by: 'coachee' });
const matched = on(4, 'CoachMatched', { ...three[1]!, assigned: 'chosen' });
const ended = on(5, 'MatchEnded', { coachId: 'y', reason: 'completed' });
const marked = on(4, 'MatchMarkedAtRisk', { coachId: 'y', reasons: ['no-show'] });
const withdrawn = on(2, 'MatchRequestWithdrawn', { reason: 'left-the-company' });

const pasts: Record<Exclude<MatchState['status'], 'none'>, MatchEvent[]> = {
  requested: [requested],
  shortlisted: [requested, shortlisted],
  proposed: [requested, shortlisted, proposed],
  active: [requested, shortlisted, proposed, matched],
  atRisk: [requested, shortlisted, proposed, matched, marked],
  ended: [requested, shortlisted, proposed, matched, ended],
  withdrawn: [requested, withdrawn],
};

const request: MatchCommand = { kind: 'request', at: day(1), refs };
const shortlist = (coaches: FittingCoach[], at = day(9)): MatchCommand => ({
  kind: 'shortlist',
  at,
  outcome: { found: true, coaches },
});
const nobody: MatchCommand = { kind: 'shortlist', at: day(9), outcome: { found: false, ...full } };
const choose = (coachId: string): MatchCommand => ({ kind: 'choose', at: day(9), coachId });
const acceptBy = (by: 'coachee' | 'coach'): MatchCommand => ({ kind: 'accept', at: day(9), by });
const declineBy = (by: 'coachee' | 'coach'): MatchCommand => ({
  kind: 'decline',
  at: day(9),
  by,
  code: 'style',
});
const assign = (one = three[0]!): MatchCommand => ({ kind: 'assign', at: day(9), coach: one });
const close: MatchCommand = { kind: 'close', at: day(9), reason: 'left-the-company' };

const past = (status: keyof typeof pasts) => given(matchDecider, ...pasts[status]);

describe('a request for a match', () => {
  it('opens it, once', () => {
    given(matchDecider).when(request).then(requested);
    given(matchDecider).when(request).thenRepeatedYieldsNothing();
  });
  it.each([nobody, choose('x'), acceptBy('coach'), declineBy('coach'), assign(), close])(
    'comes before everything else ($kind)',
    (command) => given(matchDecider).when(command).thenRefused('not-found'),
  );
});

describe('a shortlist', () => {
  it('is kept with its scores and their parts', () => {
    past('requested')
      .when(shortlist(three))
      .then(on(9, 'CoachesShortlisted', { coaches: three }));
    past('requested').when(shortlist(three)).thenRepeatedYieldsNothing();
  });
  it('is chosen from or declined before there is another', () => {
    past('shortlisted')
      .when(shortlist(three.slice(1)))
      .thenRefused('match-state');
  });
  it('may be shorter than three but neither empty nor longer', () => {
    past('requested')
      .when(shortlist([three[0]!]))
      .then(on(9, 'CoachesShortlisted', { coaches: [three[0]!] }));
    expect(() => past('requested').when(shortlist([]))).toThrow('one to 3');
    expect(() => past('requested').when(shortlist([...three, coach('v')]))).toThrow('one to 3');
  });
  it('that finds nobody names the constraint, once, and the request stays open', () => {
    past('requested')
      .when(nobody)
      .then(on(9, 'NoCoachAvailable', full));
    past('requested').when(nobody).thenRepeatedYieldsNothing();
    const none = on(2, 'NoCoachAvailable', full);
    given(matchDecider, requested, none)
      .when(shortlist(three))
      .then(on(9, 'CoachesShortlisted', { coaches: three }));
    past('shortlisted').when(nobody).thenRefused('match-state');
  });
  it('declined by the coachee leaves its coaches out of the next', () => {
    const declined = on(9, 'MatchDeclined', { by: 'coachee', code: 'style', coachIds: ['x', 'y', 'z'] });
    past('shortlisted').when(declineBy('coachee')).then(declined);
    past('shortlisted').when(declineBy('coachee')).thenRepeatedYieldsNothing();
    const again = given(matchDecider, ...pasts.shortlisted, declined);
    again.when(shortlist([coach('w'), coach('y')])).thenRefused('coach-declined-before');
    again.when(shortlist([coach('w')])).then(on(9, 'CoachesShortlisted', { coaches: [coach('w')] }));
    again.when(assign(coach('z'))).thenRefused('coach-declined-before');
  });
  it('leaves out whoever was declined before, also before the last time', () => {
    const declined = (n: number, coachIds: string[]) =>
      on(n, 'MatchDeclined', { by: 'coachee', code: 'style', coachIds });
    const listed = on(6, 'CoachesShortlisted', { coaches: [coach('w')] });
    const twice = given(
      matchDecider,
      ...pasts.shortlisted,
      declined(5, ['x', 'y', 'z']),
      listed,
      declined(7, ['w']),
    );
    for (const coachId of ['y', 'w'])
      twice.when(shortlist([coach('v'), coach(coachId)])).thenRefused('coach-declined-before');
  });
  it('is not for the coach to decline, who was not asked yet', () => {
    past('shortlisted').when(declineBy('coach')).thenRefused('match-state');
  });
});

describe('a choice', () => {
  it('proposes the coach', () => {
    past('shortlisted')
      .when(choose('z'))
      .then(on(9, 'MatchProposed', { coachId: 'z', by: 'coachee' }));
    past('shortlisted').when(choose('z')).thenRepeatedYieldsNothing();
  });
  it('is made from the shortlist', () =>
    past('shortlisted').when(choose('w')).thenRefused('not-on-shortlist'));
  it('is made once', () => past('proposed').when(choose('x')).thenRefused('match-state'));
});

describe('a proposal', () => {
  it('becomes a match when the coach accepts, with the score and parts of the shortlist', () => {
    past('proposed')
      .when(acceptBy('coach'))
      .then(on(9, 'CoachMatched', { ...three[1]!, assigned: 'chosen' }));
    past('proposed').when(acceptBy('coach')).thenRepeatedYieldsNothing();
  });
  it('is not accepted by the coachee, who made it', () => {
    past('proposed').when(acceptBy('coachee')).thenRefused('coach-accepts');
  });
  it.each(['coachee', 'coach'] as const)('declined by the %s leaves out that coach alone', (by) => {
    const declined = on(9, 'MatchDeclined', { by, code: 'style', coachIds: ['y'] });
    past('proposed').when(declineBy(by)).then(declined);
    past('proposed').when(declineBy(by)).thenRepeatedYieldsNothing();
    given(matchDecider, ...pasts.proposed, declined)
      .when(shortlist([three[0]!, three[2]!]))
      .then(on(9, 'CoachesShortlisted', { coaches: [three[0]!, three[2]!] }));
  });
});

describe('a bulk run', () => {
  it('goes all the way at once', () => {
    past('requested')
      .when(assign())
      .then(
        on(9, 'CoachesShortlisted', { coaches: [three[0]!] }),
        on(9, 'MatchProposed', { coachId: 'x', by: 'program' }),
        on(9, 'CoachMatched', { ...three[0]!, assigned: 'bulk' }),
      );
    past('requested').when(assign()).thenRepeatedYieldsNothing();
  });
  it('leaves alone who is choosing already', () =>
    past('shortlisted').when(assign()).thenRefused('match-state'));
});

describe('closing', () => {
  const closed = on(9, 'MatchRequestWithdrawn', { reason: 'left-the-company' });
  const back = on(9, 'MatchDeclined', { by: 'program', code: 'request-closed', coachIds: [] });
  it('withdraws a request', () => past('requested').when(close).then(closed));
  it.each(['shortlisted', 'proposed'] as const)('leads a %s match back first', (status) =>
    past(status).when(close).then(back, closed),
  );
  it('ends a match', () =>
    past('active')
      .when(close)
      .then(on(9, 'MatchEnded', { coachId: 'y', reason: 'left-the-company' })));
  it.each(['withdrawn', 'ended'] as const)('has nothing to do where it is %s', (status) =>
    past(status).when(close).thenNothing(),
  );
  it.each(OPEN as (keyof typeof pasts)[])('is done once (%s)', (status) =>
    past(status).when(close).thenRepeatedYieldsNothing(),
  );
});

describe('a withdrawal by the programme', () => {
  const withdraw = (reason: string): MatchCommand => ({ kind: 'withdraw', at: day(9), reason });
  it('closes the request, and is done once', () => {
    past('requested')
      .when(withdraw('by-hr'))
      .then(on(9, 'MatchRequestWithdrawn', { reason: 'by-hr' }));
    past('proposed').when(withdraw('by-hr')).thenRepeatedYieldsNothing();
  });
  it('is not told again with another reason', () =>
    past('withdrawn').when(withdraw('by-hr')).thenRefused('match-state'));
  it.each(['active', 'ended'] as const)('does not reach a match that is %s', (status) =>
    past(status).when(withdraw('by-hr')).thenRefused('match-state'),
  );
});

const judge = (reasons: Risk[], silentAt = day(9)): MatchCommand => ({
  kind: 'judge',
  at: day(9),
  reasons,
  silentAt,
});
const silence: MatchCommand = { kind: 'fall-silent', at: day(9) };
const rematchBy = (by: 'coachee' | 'coach' | 'program', underWay: boolean): MatchCommand => ({
  kind: 'request-rematch',
  at: day(9),
  by,
  reason: 'fit',
  underWay,
});

describe('the early warning', () => {
  const atRisk = (...reasons: Risk[]) => on(9, 'MatchMarkedAtRisk', { coachId: 'y', reasons });
  const recovered = on(9, 'MatchRecovered', { coachId: 'y' });

  it('is told once for each set of reasons, and taken back', () => {
    past('active')
      .when(judge(['no-show']))
      .then(atRisk('no-show'));
    past('active')
      .when(judge(['no-show']))
      .thenRepeatedYieldsNothing();
    past('active').when(judge([])).thenNothing();
    past('atRisk')
      .when(judge(['no-show', 'moves-in-a-row']))
      .then(atRisk('moves-in-a-row', 'no-show'));
    past('atRisk').when(judge([])).then(recovered);
    past('atRisk').when(judge([])).thenRepeatedYieldsNothing();
  });
  it('of silence stays until something is, or was, in the calendar, and silence is awaited anew', () => {
    past('active').when(silence).then(atRisk('nothing-booked'));
    past('active').when(silence).thenRepeatedYieldsNothing();
    past('atRisk').when(silence).then(atRisk('no-show', 'nothing-booked'));
    const silent = given(matchDecider, ...pasts.atRisk, {
      ...marked,
      data: { ...refs, coachId: 'y', reasons: ['no-show', 'nothing-booked'] },
    } as MatchEvent);
    silent.when(judge([])).then(atRisk('nothing-booked'));
    silent.when(judge([], day(30))).then(recovered, on(9, 'SilenceAwaited', { until: day(30) }));
    silent
      .when(judge(['no-show'], day(30)))
      .then(atRisk('no-show'), on(9, 'SilenceAwaited', { until: day(30) }));
  });
  it('looks for silence sooner where less is in the calendar, at once where it has begun', () => {
    const awaiting = given(matchDecider, ...pasts.active, on(8, 'SilenceAwaited', { until: day(30) }));
    awaiting.when(judge([], day(20))).then(on(9, 'SilenceAwaited', { until: day(20) }));
    awaiting.when(judge([], day(20))).thenRepeatedYieldsNothing();
    awaiting.when(judge([], day(5))).then(on(9, 'SilenceAwaited', { until: day(9) }));
    awaiting.when(judge([], day(5))).thenRepeatedYieldsNothing();
    awaiting.when(judge([], day(31))).thenNothing();
  });
  it('awaits each silence once', () => {
    const awaitSilence: MatchCommand = { kind: 'await-silence', at: day(9), until: day(30) };
    past('active')
      .when(awaitSilence)
      .then(on(9, 'SilenceAwaited', { until: day(30) }));
    past('active').when(awaitSilence).thenRepeatedYieldsNothing();
  });
  it.each(['requested', 'proposed', 'ended', 'withdrawn'] as const)(
    'is nothing to a match that is %s',
    (status) => {
      for (const command of [judge(['no-show']), silence]) past(status).when(command).thenNothing();
    },
  );
});

describe('a rematch', () => {
  const from = { matchId: 'before', coachId: 'x' };
  const again = on(1, 'MatchRequested', { kind: 'rematch', from });
  const others = on(2, 'CoachesShortlisted', { coaches: [coach('y'), coach('z')] });
  const consented = on(3, 'MatchProposed', { coachId: 'y', by: 'coachee', handover: true });

  it.each(['active', 'atRisk'] as const)('is asked for while the match is %s, which goes on', (status) => {
    past(status)
      .when(rematchBy('coachee', false))
      .then(on(9, 'RematchRequested', { coachId: 'y', by: 'coachee', reason: 'fit' }));
    const state = fold(matchDecider, [
      ...pasts[status],
      on(5, 'RematchRequested', { coachId: 'y', by: 'coachee', reason: 'fit' }),
    ]);
    expect(state.status).toBe(status);
  });
  it('is asked for once, and again when it came to nothing', () => {
    const asked = given(
      matchDecider,
      ...pasts.active,
      on(5, 'RematchRequested', { coachId: 'y', by: 'coachee', reason: 'fit' }),
    );
    // Whoever asks in the name of another is told nothing by a repeat: not who asked, nor for what.
    for (const by of ['coachee', 'program'] as const)
      asked.when(rematchBy(by, true)).thenRefused('rematch-under-way');
    asked
      .when(rematchBy('coachee', false))
      .then(on(9, 'RematchRequested', { coachId: 'y', by: 'coachee', reason: 'fit' }));
  });
  it('keeps what the coach says beside it, who may not hear that another one is looked for', () => {
    const asked = (by: 'coachee' | 'coach' | 'program') =>
      on(5, 'RematchRequested', { coachId: 'y', by, reason: 'fit' });
    given(matchDecider, ...pasts.active, asked('coachee'))
      .when(rematchBy('coach', true))
      .then(on(9, 'RematchRequested', { coachId: 'y', by: 'coach', reason: 'fit' }));
    const both = given(matchDecider, ...pasts.active, asked('coachee'), asked('coach'));
    // Nor does the coachee hear of the coach's word.
    both.when(rematchBy('coach', true)).thenNothing();
    both.when(rematchBy('coachee', true)).thenRefused('rematch-under-way');
    both
      .when({ ...rematchBy('coachee', true), reason: 'other' } as MatchCommand)
      .thenRefused('rematch-under-way');
  });
  it.each(['requested', 'shortlisted', 'proposed', 'ended', 'withdrawn'] as const)(
    'is not of a match that is %s',
    (status) => past(status).when(rematchBy('program', false)).thenRefused('match-state'),
  );
  it('leaves out the former coach', () => {
    given(matchDecider)
      .when({ ...request, from } as MatchCommand)
      .then(again);
    given(matchDecider, again)
      .when(shortlist([coach('x')]))
      .thenRefused('coach-declined-before');
  });
  it('is unasked about what the former coach knew, but where the coachee has consented: in a bulk run, too', () => {
    const decided = (command: MatchCommand, ...events: MatchEvent[]) => {
      const before = fold(matchDecider, events);
      const decision = matchDecider.decide(command, before);
      return decision.ok && isNextUnasked(before, decision.events);
    };
    const chosen = on(3, 'MatchProposed', { coachId: 'y', by: 'coachee' });
    expect(decided(acceptBy('coach'), again, others, chosen)).toBe(true);
    expect(decided(acceptBy('coach'), again, others, consented)).toBe(false);
    expect(decided(assign(coach('y')), again)).toBe(true);
    expect(decided(choose('y'), again, others)).toBe(false);
    expect(decided(assign(coach('y')), requested)).toBe(false);
  });
  it('hands over what the former coach knew where the coachee consents, with the match alone', () => {
    given(matchDecider, again, others)
      .when({ ...choose('y'), handover: true } as MatchCommand)
      .then(on(9, 'MatchProposed', { coachId: 'y', by: 'coachee', handover: true }));
    const accepted = on(9, 'CoachMatched', { ...coach('y'), assigned: 'chosen' });
    given(matchDecider, again, others, consented)
      .when(acceptBy('coach'))
      .then(on(9, 'HandoverConsented', { coachId: 'y', fromCoachId: 'x' }), accepted);
    given(matchDecider, again, others, on(3, 'MatchProposed', { coachId: 'y', by: 'coachee' }))
      .when(acceptBy('coach'))
      .then(accepted);
    for (const status of ['shortlisted', 'proposed'] as const)
      past(status)
        .when({ ...choose('y'), handover: true } as MatchCommand)
        .thenRefused('no-handover');
  });
  it('hands over what the coachee said last, until the coach has accepted', () => {
    const accepted = on(9, 'CoachMatched', { ...coach('y'), assigned: 'chosen' });
    const takenBack = on(4, 'HandoverChosen', { handover: false });
    given(matchDecider, again, others, consented)
      .when(choose('y'))
      .then(on(9, 'HandoverChosen', { handover: false }));
    given(matchDecider, again, others, consented).when(choose('y')).thenRepeatedYieldsNothing();
    given(matchDecider, again, others, consented, takenBack).when(acceptBy('coach')).then(accepted);
    given(matchDecider, again, others, consented, takenBack)
      .when({ ...choose('y'), handover: true } as MatchCommand)
      .then(on(9, 'HandoverChosen', { handover: true }));
    given(matchDecider, again, others, consented)
      .when({ ...choose('y'), handover: true } as MatchCommand)
      .thenNothing();
  });
});

describe('what the state does not allow', () => {
  it.each<[keyof typeof pasts, MatchCommand]>([
    ['requested', choose('x')],
    ['requested', acceptBy('coach')],
    ['requested', declineBy('coachee')],
    ['shortlisted', acceptBy('coach')],
    ['proposed', shortlist(three)],
    ['proposed', assign()],
    ['active', shortlist(three)],
    ['active', choose('x')],
    ['active', declineBy('coach')],
    ['active', assign()],
    ...(['ended', 'withdrawn'] as const).flatMap((status) =>
      [shortlist(three), nobody, choose('x'), acceptBy('coach'), declineBy('coachee'), assign()].map(
        (command): [keyof typeof pasts, MatchCommand] => [status, command],
      ),
    ),
  ])('%s: $kind', (status, command) => {
    past(status).when(command).thenRefused('match-state');
    const decision = matchDecider.decide(command, fold(matchDecider, pasts[status]));
    expect(!decision.ok && decision.refusal.extra).toEqual({ state: status });
  });
});

it('takes the facts of one match in the order in which they happened', () => {
  past('proposed')
    .when({ kind: 'accept', at: day(2), by: 'coach' })
    .thenRefused('out-of-order');
});

it('holds a place of the coach from proposal to end', () => {
  const held = Object.fromEntries(
    Object.entries(pasts).map(([status, events]) => [status, holdsPlaceOf(fold(matchDecider, events))]),
  );
  expect(held).toEqual({
    requested: null,
    shortlisted: null,
    proposed: 'y',
    active: 'y',
    atRisk: 'y',
    ended: null,
    withdrawn: null,
  });
});

it('walks only the ways of the state machine, whatever is commanded', () => {
  const ways: Record<string, string[]> = {
    none: ['requested'],
    requested: ['requested', 'shortlisted', 'withdrawn'],
    shortlisted: ['proposed', 'requested'],
    proposed: ['active', 'requested'],
    active: ['ended', 'active', 'atRisk'],
    atRisk: ['ended', 'active', 'atRisk'],
  };
  const party = fc.constantFrom('coachee' as const, 'coach' as const);
  const one = fc.constantFrom(...three, coach('w'));
  const kinds: fc.Arbitrary<MatchCommand>[] = [
    fc.constant({ ...request, at: day(9) }),
    fc.constant(nobody),
    fc
      .uniqueArray(one, { minLength: 1, maxLength: 3, selector: ({ coachId }) => coachId })
      .map((found) => shortlist(found)),
    one.map(({ coachId }) => choose(coachId)),
    party.map(acceptBy),
    fc
      .tuple(party, fc.constantFrom(...DECLINE_CODES))
      .map(([by, code]) => ({ kind: 'decline', at: day(9), by, code })),
    one.map(assign),
    fc.constant(close),
    fc.subarray(['moves-in-a-row', 'no-show'] as const).map((reasons) => judge([...reasons], day(30))),
    fc.constant(silence),
    party.map((by) => rematchBy(by, false)),
  ];
  const walked = new Set<string>();
  fc.assert(
    fc.property(fc.array(fc.oneof(...kinds), { maxLength: 40, size: 'max' }), (commands) => {
      let state: MatchState = matchDecider.initialState;
      const named = new Set<string>();
      for (const command of commands) {
        const decision = matchDecider.decide(command, state);
        for (const event of decision.ok ? decision.events : []) {
          const next = matchDecider.evolve(state, event);
          expect(ways[state.status]).toContain(next.status);
          walked.add(`${state.status} → ${next.status}`);
          if (event.type === 'CoachesShortlisted')
            for (const { coachId } of event.data.coaches) expect(named.has(coachId)).toBe(false);
          if (event.type === 'MatchDeclined') for (const coachId of event.data.coachIds) named.add(coachId);
          state = next;
        }
      }
    }),
    { numRuns: 2_000 },
  );
  expect(walked.size).toBe(14);
});
