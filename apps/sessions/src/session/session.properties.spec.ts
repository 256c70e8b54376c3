import { describe, expect, it } from '@jest/globals';
import { fold } from '@cairn/decider';
import * as fc from 'fast-check';
import { claimsOf, type Unit } from './session.claims.js';
import type { SessionCommand } from './session.commands.js';
import { sessionDecider } from './session.decider.js';
import { OUTCOMES, type Party, type SessionEvent, type SessionPolicy } from './session.events.js';
import { hoursAfter, nextDeadline, type SessionState } from './session.state.js';

const T0 = '2026-03-01T00:00:00.000Z';
const hour = (h: number) => hoursAfter(T0, h);

const policies: fc.Arbitrary<SessionPolicy> = fc.record({
  version: fc.integer({ min: 1, max: 9 }),
  noticeHours: fc.integer({ min: 0, max: 48 }),
  lateCancelForfeits: fc.boolean(),
  noShowForfeits: fc.boolean(),
  silenceHours: fc.integer({ min: 1, max: 96 }),
  disputeHours: fc.integer({ min: 0, max: 96 }),
});
const party = fc.constantFrom<Party>('coach', 'coachee');
const outcome = fc.constantFrom(...OUTCOMES);
const score = fc.integer({ min: 1, max: 5 });
const allowed = ['a', 'b', 'c'];
const times = fc
  .tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 3 }))
  .map(([start, length]) => ({ startsAt: hour(start), endsAt: hour(start + length), zone: 'UTC' }));

/** A command without its time: that is chosen from hours which go back and forth. */
const body = (policy: SessionPolicy) =>
  fc.oneof(
    fc.record({ kind: fc.constant('schedule' as const), by: party, times }).map(({ times: t, ...rest }) => ({
      ...rest,
      ...t,
      policy,
      refs: {
        sessionId: 's',
        engagementId: 'e',
        enrollmentId: 'n',
        programId: 'p',
        cohortId: 'c',
        personId: 'm',
        coachId: 'k',
      },
    })),
    fc
      .record({ kind: fc.constant('reschedule' as const), by: party, times })
      .map(({ times: t, ...rest }) => ({ ...rest, ...t, policy })),
    fc.record({
      kind: fc.constant('cancel' as const),
      by: fc.constantFrom('coach' as const, 'coachee' as const, 'cairn' as const),
    }),
    fc.record({ kind: fc.constant('confirm' as const), by: party }),
    fc.record({ kind: fc.constant('record-no-show' as const), by: party }),
    fc.record({
      kind: fc.constant('rate' as const),
      rating: fc.record({ useful: score, relationship: score, progress: score }),
    }),
    fc.record({
      kind: fc.constant('record-themes' as const),
      themes: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }),
      allowed: fc.constant(allowed),
    }),
    fc.record({ kind: fc.constant('add-note' as const), noteId: fc.constantFrom('1', '2'), by: party }),
    fc.record({ kind: fc.constant('dispute' as const), by: party, reason: fc.constant('r') }),
    fc.record(
      {
        kind: fc.constant('correct' as const),
        to: outcome,
        forfeited: fc.boolean(),
        reason: fc.constant('r'),
      },
      { requiredKeys: ['kind', 'to', 'reason'] },
    ),
    fc.record({ kind: fc.constant('settle' as const) }),
  );

const stories = policies.chain((policy) =>
  fc.array(
    fc
      .tuple(body(policy), fc.integer({ min: 0, max: 300 }), fc.boolean())
      .map(([b, h, told]) => ({ ...b, at: hour(h), settledThrough: told ? hour(h) : T0 }) as SessionCommand),
    { maxLength: 30 },
  ),
);

interface Story {
  readonly events: SessionEvent[];
  readonly states: SessionState[];
}

/** Lives through the commands as a handler would, and checks after each that the command repeated yields no event. */
function live(commands: SessionCommand[]): Story {
  const events: SessionEvent[] = [];
  const states: SessionState[] = [];
  let state: SessionState = sessionDecider.initialState;
  for (const command of commands) {
    const decision = sessionDecider.decide(command, state);
    if (!decision.ok) continue;
    state = fold(sessionDecider, decision.events, state);
    events.push(...decision.events);
    states.push(state);
    const again = sessionDecider.decide(command, state);
    expect(again).toEqual({ ok: true, events: [] });
  }
  return { events, states };
}

describe('whatever happens to a session', () => {
  it('its events are in the order in which they happened, and a repeated command adds none', () => {
    fc.assert(
      fc.property(stories, (commands) => {
        const { events } = live(commands);
        for (const [i, event] of events.slice(1).entries())
          expect(event.occurredAt >= events[i]!.occurredAt).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('it has one outcome at a time: a new one comes only from an open or unconfirmed state, or by correction', () => {
    const decided = new Set(['SessionCancelled', 'SessionUnconfirmed', 'NoShowRecorded', 'SessionCompleted']);
    fc.assert(
      fc.property(stories, (commands) => {
        let standing: string | null = null;
        for (const event of live(commands).events) {
          if (event.type === 'OutcomeCorrected') standing = event.data.to;
          else if (decided.has(event.type)) {
            expect([null, 'unconfirmed', 'SessionUnconfirmed']).toContain(standing);
            standing = event.type;
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('only a coachee’s late cancel or no-show is ever forfeited', () => {
    fc.assert(
      fc.property(stories, (commands) => {
        for (const state of live(commands).states)
          if ((state.status === 'judged' || state.status === 'disputed') && state.judgement.forfeited)
            expect(['coachee-late-cancel', 'coachee-no-show']).toContain(state.judgement.outcome);
      }),
      { numRuns: 1_000 },
    );
  });

  it('time alone brings it to an outcome, and then to rest', () => {
    fc.assert(
      fc.property(stories, (commands) => {
        let state = live(commands).states.at(-1) ?? sessionDecider.initialState;
        for (let due = nextDeadline(state), n = 0; due !== null; due = nextDeadline(state), n++) {
          expect(n).toBeLessThan(2);
          const decision = sessionDecider.decide({ kind: 'settle', at: due, settledThrough: due }, state);
          expect(decision.ok && decision.events.length).toBeGreaterThan(0);
          state = fold(sessionDecider, decision.ok ? decision.events : [], state);
        }
        expect(['none', 'judged', 'disputed']).toContain(state.status);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the units of an allotment', () => {
  /** The ledger as a model: a claim that would overdraw the allotment is refused, as the database's CHECK does. */
  const fits = (units: Map<number, Unit>, allotted: number) => units.size <= allotted;

  it('are never overdrawn and always add up, whatever happens to the sessions that claim them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 }),
        fc.array(stories, { maxLength: 5 }),
        (allotted, sessions) => {
          const units = new Map<number, Unit>();
          const states = sessions.map((): SessionState => sessionDecider.initialState);
          const turns = sessions.flatMap((commands, i) => commands.map((command, n) => ({ i, n, command })));
          for (const { i, command } of turns.sort((a, b) => a.n - b.n)) {
            const decision = sessionDecider.decide(command, states[i]!);
            if (!decision.ok) continue;
            const next = fold(sessionDecider, decision.events, states[i]!);
            const claimed = new Map(units);
            const { unit } = claimsOf(next);
            if (unit === null) claimed.delete(i);
            else claimed.set(i, unit);
            if (!fits(claimed, allotted)) continue;
            states[i] = next;
            units.clear();
            claimed.forEach((u, k) => units.set(k, u));
            expect(units.size).toBeLessThanOrEqual(allotted);
            expect(states.map((s) => claimsOf(s).unit)).toEqual(states.map((_, k) => units.get(k) ?? null));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
