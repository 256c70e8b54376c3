import { fold } from '@cairn/decider';
import { given } from '@cairn/decider/testing';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { AssessmentCommand, AssessmentIntent, Uncounted } from './assessment.commands.js';
import { assessmentDecider, MOST_RATERS, type AssessmentState } from './assessment.decider.js';
import type { AssessmentEvent, Category, Priority, ThemeResult } from './assessment.events.js';

const refs = { assessmentId: 's', enrollmentId: 'e', programId: 'p', cohortId: 'c', personId: 'a' };
const day = (n: number) => `2026-01-${String(n).padStart(2, '0')}`;
const at = (n: number) => `${day(n)}T09:00:00.000Z`;
/** The end of a day in Berlin. */
const endOf = (n: number) => `${day(n)}T23:00:00.000Z`;

const on = <Type extends AssessmentEvent['type']>(
  instant: string,
  type: Type,
  data: Omit<Extract<AssessmentEvent, { type: Type }>['data'], keyof typeof refs>,
) => ({ type, occurredAt: instant, data: { ...refs, ...data } }) as unknown as AssessmentEvent;

const asked = {
  moment: 'baseline' as const,
  categories: ['self', 'peer', 'directReport'] as readonly Category[],
  questionnaire: 'cairn-management',
  questionnaireVersion: 1,
  themes: ['giving-feedback', 'delegating'],
  opensOn: day(5),
  closesOn: day(19),
  closesAt: endOf(19),
  zone: 'Europe/Berlin',
};
const requested = on(at(5), 'AssessmentRequested', asked);
const nominated = on(at(6), 'RaterNominated', { raterId: 'r', category: 'peer' });
const approved = on(at(7), 'RaterApproved', { raterId: 'r', category: 'peer' });
const closed = on(at(10), 'AssessmentClosed', { by: 'hand' });
const results: ThemeResult[] = [
  { theme: 'giving-feedback', category: 'self', raters: 1, mean: 6, sd: null, itemMeans: [6, 6, 6] },
  { theme: 'giving-feedback', category: 'peer', raters: 3, mean: 4, sd: 1, itemMeans: [4, 4, 4] },
];
const of = { moment: 'baseline' as const, questionnaire: 'cairn-management', questionnaireVersion: 1 };
const released = on(at(11), 'ResultsReleased', { ...of, results });
const withdrawn = on(at(8), 'AssessmentWithdrawn', { reason: 'by-hr' });

const pasts: Record<Exclude<AssessmentState['status'], 'none'>, AssessmentEvent[]> = {
  requested: [requested, nominated],
  collecting: [requested, nominated, approved],
  closed: [requested, nominated, approved, closed],
  released: [requested, nominated, approved, closed, released],
  withdrawn: [requested, nominated, withdrawn],
};
const past = (status: keyof typeof pasts) => given(assessmentDecider, ...pasts[status]);

const command = (intent: AssessmentIntent, instant = at(12), uncounted: Uncounted[] = []) =>
  ({ ...intent, at: instant, settleThrough: instant, uncounted }) as AssessmentCommand;
const request = command({ kind: 'request', refs, ...asked, attributed: [] }, at(5));
const nominate = (category: Category, raterId = 'n', instant = at(12)) =>
  command({ kind: 'nominate', raterId, category }, instant);
const approve = (raterId = 'r') => command({ kind: 'approve', raterId });
const remove = (by: 'coachee' | 'staff' = 'staff', raterId = 'r') => command({ kind: 'remove', raterId, by });
const removed = on(at(12), 'RaterRemoved', { raterId: 'r', category: 'peer' });
const close = command({ kind: 'close' });
const withdraw = (reason = 'by-hr') => command({ kind: 'withdraw', reason });
const release = command({ kind: 'release', results });
const share = (shared: boolean) => command({ kind: 'share', shared });
const prioritise = (...priorities: Priority[]) => command({ kind: 'prioritise', priorities });
const peers: Priority = { theme: 'giving-feedback', sources: ['peer'] };

describe('a request', () => {
  it('opens an assessment, once', () => {
    given(assessmentDecider).when(request).then(requested);
    given(assessmentDecider).when(request).thenRepeatedYieldsNothing();
  });
  it('brings along those who come by themselves, approved', () => {
    const attributed = [{ raterId: 'me', category: 'self' as const }];
    given(assessmentDecider)
      .when({ ...request, attributed } as AssessmentCommand)
      .then(
        requested,
        on(at(5), 'RaterNominated', attributed[0]!),
        on(at(5), 'RaterApproved', attributed[0]!),
      );
  });
  it.each([nominate('peer'), approve(), close, withdraw(), release, share(true), prioritise(peers)])(
    'comes before everything else ($kind)',
    (each) => given(assessmentDecider).when(each).thenRefused('not-found'),
  );
});

describe('a rater', () => {
  it('is nominated in an anonymous category that is asked', () => {
    past('requested')
      .when(nominate('directReport'))
      .then(on(at(12), 'RaterNominated', { raterId: 'n', category: 'directReport' }));
    past('requested').when(nominate('peer')).thenRepeatedYieldsNothing();
  });
  it.each(['self', 'manager', 'other'] as const)('is not nominated as %s where that is not asked', (one) =>
    past('requested').when(nominate(one)).thenRefused('category-not-asked'),
  );
  it('is one of so many at most', () => {
    const many = Array.from({ length: MOST_RATERS }, (_, n) =>
      on(at(6), 'RaterNominated', { raterId: `r${n}`, category: 'peer' }),
    );
    given(assessmentDecider, requested, ...many)
      .when(nominate('peer'))
      .thenRefused('too-many-raters');
  });
  it('is approved, once; with the first one answering begins', () => {
    past('requested')
      .when(approve())
      .then(on(at(12), 'RaterApproved', { raterId: 'r', category: 'peer' }));
    past('requested').when(approve()).thenRepeatedYieldsNothing();
    past('requested').when(approve('nobody')).thenRefused('not-found');
    expect(fold(assessmentDecider, pasts.collecting).status).toBe('collecting');
  });
  it('is removed, once, and may be nominated anew', () => {
    for (const status of ['requested', 'collecting'] as const) {
      past(status).when(remove()).then(removed);
      past(status).when(remove()).thenRepeatedYieldsNothing();
    }
    past('requested').when(remove('coachee')).then(removed);
    past('requested').when(remove('staff', 'nobody')).thenRefused('not-found');
    given(assessmentDecider, ...pasts.collecting, removed)
      .when(nominate('peer'))
      .then(on(at(12), 'RaterNominated', { raterId: 'n', category: 'peer' }));
    const state = fold(assessmentDecider, [...pasts.collecting, removed, closed]);
    expect(state).toMatchObject({ raters: [], removed: ['r'] });
  });
  it('is not removed by the coachee once approved, who would learn that they have not answered', () =>
    past('collecting').when(remove('coachee')).thenRefused('rater-approved'));
  it('may be added while others answer', () =>
    past('collecting')
      .when(nominate('peer'))
      .then(on(at(12), 'RaterNominated', { raterId: 'n', category: 'peer' })));
});

describe('answers', () => {
  const counted = (instant: string, n: number, answers: number) =>
    on(instant, 'AnswersCounted', { on: day(n), answers });
  const days = [
    { on: day(8), answers: 2 },
    { on: day(9), answers: 1 },
  ];
  it('are told when their day is over in the programme’s zone, as a number', () => {
    past('collecting')
      .when(command({ kind: 'settle' }, endOf(8), days))
      .then(counted(endOf(8), 8, 2));
    past('collecting')
      .when(command({ kind: 'settle' }, at(8), days))
      .thenNothing();
  });
  it('of days that are over come before what happens after them', () =>
    past('collecting')
      .when(command({ kind: 'nominate', raterId: 'n', category: 'peer' }, at(10), days))
      .then(
        counted(endOf(8), 8, 2),
        counted(endOf(9), 9, 1),
        on(at(10), 'RaterNominated', { raterId: 'n', category: 'peer' }),
      ));
  it('are told later, where something else has happened since', () =>
    given(
      assessmentDecider,
      ...pasts.collecting,
      on(at(9), 'RaterNominated', { raterId: 'n', category: 'peer' }),
    )
      .when(command({ kind: 'settle' }, endOf(8), days))
      .then(counted(at(9), 8, 2)));
  it('are told to the last when answering ends', () =>
    past('collecting')
      .when(command({ kind: 'close' }, at(9), days))
      .then(counted(endOf(8), 8, 2), counted(at(9), 9, 1), on(at(9), 'AssessmentClosed', { by: 'hand' })));
  it('that come in today, of a history that is told, are counted on its last day', () => {
    const today = [{ on: '2027-05-05', answers: 3 }];
    past('collecting')
      .when({ ...command({ kind: 'close' }, at(9), today), settleThrough: '' })
      .then(counted(at(9), 9, 3), on(at(9), 'AssessmentClosed', { by: 'hand' }));
  });
});

describe('the last day', () => {
  const over = on(endOf(19), 'AssessmentClosed', { by: 'deadline' });
  it('ends answering', () => {
    const settle = command({ kind: 'settle' }, endOf(19), [{ on: day(19), answers: 1 }]);
    const counted = on(endOf(19), 'AnswersCounted', { on: day(19), answers: 1 });
    past('collecting').when(settle).then(counted, over);
    past('collecting')
      .when({ ...settle, uncounted: [] })
      .thenRepeatedYieldsNothing();
  });
  it('withdraws what nobody could answer', () =>
    past('requested')
      .when(command({ kind: 'settle' }, endOf(19)))
      .then(on(endOf(19), 'AssessmentWithdrawn', { reason: 'not-enough-raters' })));
  it('is settled before what comes after it', () => {
    past('collecting')
      .when(command({ kind: 'release', results }, at(25)))
      .then(over, on(at(25), 'ResultsReleased', { ...of, results }));
    past('collecting')
      .when(nominate('peer', 'n', at(25)))
      .thenRefused('assessment-state');
  });
  it('of a history that is told comes no further than it was declared', () =>
    past('collecting')
      .when({ ...nominate('peer', 'n', at(25)), settleThrough: at(12) })
      .then(on(at(25), 'RaterNominated', { raterId: 'n', category: 'peer' })));
});

describe('an end', () => {
  it('by hand comes once', () => {
    past('collecting')
      .when(close)
      .then(on(at(12), 'AssessmentClosed', { by: 'hand' }));
    past('collecting').when(close).thenRepeatedYieldsNothing();
  });
  it('without results comes once, for one reason, and never after release', () => {
    for (const status of ['requested', 'collecting', 'closed'] as const)
      past(status)
        .when(withdraw())
        .then(on(at(12), 'AssessmentWithdrawn', { reason: 'by-hr' }));
    past('closed').when(withdraw()).thenRepeatedYieldsNothing();
    past('withdrawn').when(withdraw('other')).thenRefused('assessment-state');
    past('released').when(withdraw()).thenRefused('assessment-state');
  });
});

describe('results', () => {
  it('are released after answering, once', () => {
    past('closed')
      .when(release)
      .then(on(at(12), 'ResultsReleased', { ...of, results }));
    // The answers are gone by then.
    given(assessmentDecider, ...pasts.released)
      .when(command({ kind: 'release', results: [] }))
      .thenNothing();
  });
  it('are shared and taken back', () => {
    const shared = on(at(12), 'ResultsShared', { shared: true });
    past('released').when(share(true)).then(shared);
    past('released').when(share(true)).thenRepeatedYieldsNothing();
    past('released').when(share(false)).thenNothing();
    given(assessmentDecider, ...pasts.released, shared)
      .when(share(false))
      .then(on(at(12), 'ResultsShared', { shared: false }));
  });
});

describe('priorities', () => {
  it('come from what the results show, and may change', () => {
    const told = on(at(12), 'PrioritiesIdentified', { priorities: [peers] });
    past('released').when(prioritise(peers)).then(told);
    past('released').when(prioritise(peers)).thenRepeatedYieldsNothing();
    const other: Priority = { theme: 'giving-feedback', sources: ['self', 'peer'] };
    given(assessmentDecider, ...pasts.released, told)
      .when(prioritise(other))
      .then(on(at(12), 'PrioritiesIdentified', { priorities: [other] }));
  });
  it('are themes with results, each once', () => {
    past('released').when(prioritise(peers, peers)).thenRefused('unknown-theme');
    past('released')
      .when(prioritise({ theme: 'delegating', sources: ['peer'] }))
      .thenRefused('unknown-theme');
  });
  it('have no source that is withheld', () =>
    past('released')
      .when(prioritise({ theme: 'giving-feedback', sources: ['peer', 'directReport'] }))
      .thenRefused('unknown-source'));
});

describe('what the state does not allow', () => {
  it.each<[keyof typeof pasts, AssessmentCommand]>([
    ['requested', close],
    ['requested', release],
    ['collecting', release],
    ['collecting', share(true)],
    ['closed', nominate('peer')],
    ['closed', remove()],
    ['closed', share(true)],
    ['closed', prioritise(peers)],
    ['released', close],
    ['released', nominate('peer')],
    ['released', remove()],
    ...[nominate('peer'), approve(), close, release, share(true), prioritise(peers)].map(
      (each): [keyof typeof pasts, AssessmentCommand] => ['withdrawn', each],
    ),
  ])('%s: $kind', (status, each) => past(status).when(each).thenRefused('assessment-state'));
  it('takes the facts in the order in which they happened', () =>
    past('closed')
      .when(command({ kind: 'release', results }, at(9)))
      .thenRefused('out-of-order'));
});

it('walks only the ways of the state machine, tells every answer once, and goes forward in time, whatever is commanded', () => {
  const ways: Record<string, string[]> = {
    none: ['requested'],
    requested: ['requested', 'collecting', 'withdrawn'],
    collecting: ['collecting', 'closed', 'withdrawn'],
    closed: ['released', 'withdrawn'],
    released: ['released'],
  };
  const opening: AssessmentIntent = { kind: 'request', refs, ...asked, attributed: [] };
  const intents: fc.Arbitrary<AssessmentIntent>[] = [
    fc.constant(opening),
    fc
      .tuple(fc.constantFrom('x', 'y'), fc.constantFrom('peer' as const, 'other' as const))
      .map(([raterId, category]) => ({ kind: 'nominate', raterId, category })),
    fc.constantFrom('x', 'y').map((raterId) => ({ kind: 'approve', raterId })),
    fc
      .tuple(fc.constantFrom('x', 'y'), fc.constantFrom('coachee' as const, 'staff' as const))
      .map(([raterId, by]) => ({ kind: 'remove', raterId, by })),
    fc.constant({ kind: 'settle' }),
    fc.constant({ kind: 'close' }),
    fc.constant({ kind: 'withdraw', reason: 'by-hr' }),
    fc.constant({ kind: 'release', results }),
    fc.boolean().map((shared) => ({ kind: 'share', shared })),
    fc.constant({ kind: 'prioritise', priorities: [peers] }),
  ];
  const steps = fc.array(fc.tuple(fc.oneof(...intents), fc.integer({ min: 0, max: 30 }), fc.nat(2)), {
    maxLength: 40,
  });
  const walked = new Set<string>();
  fc.assert(
    fc.property(steps, (given) => {
      let state: AssessmentState = assessmentDecider.initialState;
      let uncounted: Uncounted[] = [];
      let answers = 0;
      let told = 0;
      let hours = 5 * 24;
      const begun: typeof given = [opening, nominate('peer', 'x'), approve('x')].map((each) => [each, 1, 0]);
      for (const [intent, later, more] of [...begun.slice(0, given.length % 4), ...given]) {
        hours += later;
        const instant = new Date(Date.UTC(2026, 0, 1, hours)).toISOString();
        if (state.status === 'collecting' && more > 0 && instant < state.closesAt) {
          const today = instant.slice(0, 10);
          const before = uncounted.find((one) => one.on === today)?.answers ?? 0;
          uncounted = [...uncounted.filter((one) => one.on !== today), { on: today, answers: before + more }];
          answers += more;
        }
        const decision = assessmentDecider.decide(command(intent, instant, uncounted), state);
        for (const event of decision.ok ? decision.events : []) {
          const next = assessmentDecider.evolve(state, event);
          expect(ways[state.status]).toContain(next.status);
          walked.add(`${state.status} → ${next.status}`);
          if (state.status !== 'none') expect(event.occurredAt >= state.lastOccurredAt).toBe(true);
          if (event.type === 'AnswersCounted') {
            told += event.data.answers;
            uncounted = uncounted.filter((one) => one.on !== event.data.on);
          }
          if (event.type === 'AssessmentClosed') expect(told).toBe(answers);
          state = next;
        }
      }
    }),
    { numRuns: 3_000 },
  );
  expect([...walked].sort()).toHaveLength(10);
});
