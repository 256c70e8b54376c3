import { describe, expect, it } from '@jest/globals';
import { at, Programme } from '../../../test/programme.js';
import type { ProgramValues } from '../../projections/programs/program-facts.js';
import { metricOf } from './index.js';
import { ALWAYS, measure } from './measure.js';
import { attainmentScore } from './goal-attainment.js';
import { plannedToDate } from './utilisation.js';

const metric = (programme: Programme, id: string, when: string) => {
  const definition = metricOf(id)!;
  const view = programme.asOf(when);
  return measure(definition, definition.shares(view, ALWAYS), view.program);
};
const planned = (
  values: Partial<ProgramValues>,
  when: string,
  ...told: Parameters<Programme['active']>[2] & object[]
) => {
  const view = new Programme({ allotment: 100, ...values }).active('p', '01-05', told).asOf(when);
  return plannedToDate(view.participants[0]!, view);
};

describe('planned to date', () => {
  it.each([
    ['weekly', '01-11 23:00', 0],
    ['weekly', '01-12 00:00', 1],
    ['bi-weekly', '01-19', 1],
    ['bi-weekly', '03-02', 4],
    ['monthly', '02-04', 0],
    ['monthly', '02-05', 1],
    ['monthly', '04-05', 3],
  ] as const)('%s: by %s, %d', (cadence, when, expected) =>
    expect(planned({ cadence }, when)).toBe(expected),
  );

  it('is never more than the allotment', () =>
    expect(planned({ cadence: 'weekly', allotment: 3 }, '06-01')).toBe(3));

  it('is of the allotment of the enrolment, where it has its own', () =>
    expect(planned({ cadence: 'weekly' }, '06-01', ['01-06', { fact: 'allotted', total: 3 }])).toBe(3));

  it('leaves out no pause that begins after asOf or after the end', () => {
    const pause = ['01-15', { fact: 'paused', day: '2026-02-02', reason: 'workload' }] as const;
    expect(planned({ cadence: 'weekly' }, '01-19', pause)).toBe(2);
    const left = ['01-20', { fact: 'discontinued', reason: 'too-busy' }] as const;
    expect(planned({ cadence: 'weekly' }, '03-01', pause, left)).toBe(2);
  });

  it('leaves paused days out, also of a pause that goes on', () => {
    const pause = ['01-08', { fact: 'paused', day: '2026-01-12', reason: 'workload' }] as const;
    expect(planned({ cadence: 'weekly' }, '03-01', pause)).toBe(1);
    expect(
      planned({ cadence: 'weekly' }, '03-01', pause, ['02-01', { fact: 'resumed', day: '2026-02-02' }]),
    ).toBe(4);
    expect(
      planned({ cadence: 'weekly' }, '03-02', pause, ['02-01', { fact: 'resumed', day: '2026-02-02' }]),
    ).toBe(5);
  });

  it('ends with the enrolment', () =>
    expect(
      planned({ cadence: 'weekly' }, '06-01', ['01-20', { fact: 'discontinued', reason: 'too-busy' }]),
    ).toBe(2));
});

it('a pause that is taken back before it begins was none', () => {
  expect(
    planned(
      { cadence: 'weekly' },
      '02-02',
      ['01-08', { fact: 'paused', day: '2026-01-12', reason: 'workload' }],
      ['01-10', { fact: 'resumed', day: '2026-01-11' }],
    ),
  ).toBe(4);
});

describe('activation', () => {
  it('late is not by the deadline', () => {
    const late = new Programme().enrolled('p', [
      ['01-05', { fact: 'invited', deadline: Date.UTC(2026, 0, 19) }],
      ['01-20', { fact: 'activated' }],
    ]);
    expect(metric(late, 'activation-rate', '02-01')).toMatchObject({ numerator: 0, denominator: 1 });
    expect(metric(late, 'activation-rate', '01-10')).toMatchObject({ value: null, denominator: 0, n: 0 });
  });
  it('of somebody enrolled twice is by the latest invitation, whichever enrolment comes first', () => {
    const invitation = (day: string, deadline: string) =>
      [day, { fact: 'invited', deadline: at(deadline) }] as const;
    const unanswered = [invitation('01-05', '01-19')] as const;
    const activated = [invitation('02-02', '02-16'), ['02-03', { fact: 'activated' }]] as const;
    for (const [one, other] of [
      [unanswered, activated],
      [activated, unanswered],
    ]) {
      const twice = new Programme().enrolled('p', one!).enrolled('p', other!, 'B', 'enrollment p again');
      expect(metric(twice, 'activation-rate', '02-01')).toMatchObject({ numerator: 0, denominator: 1, n: 1 });
      expect(metric(twice, 'activation-rate', '03-01')).toMatchObject({ numerator: 1, denominator: 1, n: 1 });
    }
  });
});

it.each([
  ['utilisation', 1],
  ['cost-to-date', 200],
])('a forfeit does not count in %s while it is disputed', (id, forfeited) => {
  const missed = new Programme().active('p').session('p', '01-20 09:00', [
    ['01-20 10:00', { fact: 'noShow', by: 'coachee', forfeited: true }],
    ['01-21', { fact: 'disputed', by: 'coachee' }],
  ]);
  expect(metric(missed, id, '01-20 12:00')).toMatchObject({ numerator: forfeited });
  expect(metric(missed, id, '01-22')).toMatchObject({ numerator: 0 });
});

describe('engaged', () => {
  const engaged = (when: string, values: Partial<ProgramValues> = {}) =>
    metric(new Programme(values).active('p', '01-05').held('p', '01-20 09:00'), 'engaged-rate', when);
  it('looks at the 28 days that end with asOf’s own', () => {
    expect(engaged('02-01')).toMatchObject({ denominator: 0, beside: { tooNew: 1 } });
    expect(engaged('02-02')).toMatchObject({ numerator: 1, denominator: 1 });
    expect(engaged('02-16')).toMatchObject({ numerator: 1, denominator: 1 });
    expect(engaged('02-17')).toMatchObject({ numerator: 0, denominator: 1 });
  });
  it('at the 45 at a monthly cadence', () => {
    expect(engaged('02-18', { cadence: 'monthly' })).toMatchObject({ denominator: 0 });
    expect(engaged('03-05', { cadence: 'monthly' })).toMatchObject({ numerator: 1, denominator: 1 });
    expect(engaged('03-06', { cadence: 'monthly' })).toMatchObject({ numerator: 0, denominator: 1 });
  });
});

describe('the window of the engaged', () => {
  const engaged = (made: Programme, when: string) => metric(made, 'engaged-rate', when);
  it('has its first instant and that of asOf in it, and a session by when it starts', () => {
    const at0 = new Programme().active('p', '01-05').held('p', '01-20 00:00');
    expect(engaged(at0, '02-16')).toMatchObject({ numerator: 1 });
    const across = new Programme().active('p', '01-05').held('p', '01-19 23:30');
    expect(engaged(across, '02-16')).toMatchObject({ numerator: 0, denominator: 1 });
    // Known now to have been held, though it was cancelled first: not before it began.
    const restated = new Programme().active('p', '01-05').session('p', '02-17 09:00', [
      ['02-16 12:00', { fact: 'cancelled', by: 'coachee', late: true, forfeited: false }],
      ['02-18', { fact: 'corrected', outcome: 'completed', forfeited: false }],
    ]);
    expect(engaged(restated, '02-16 13:00')).toMatchObject({ numerator: 0, denominator: 1 });
    expect(engaged(restated, '02-17 09:59')).toMatchObject({ numerator: 0, denominator: 1 });
    expect(engaged(restated, '02-17 10:00')).toMatchObject({ numerator: 1, denominator: 1 });
  });
  it('leaves out whose pause begins at asOf', () => {
    const paused = new Programme()
      .active('p', '01-05', [['02-10', { fact: 'paused', day: '2026-02-16', reason: 'workload' }]])
      .held('p', '02-03 09:00');
    expect(engaged(paused, '02-16')).toMatchObject({ denominator: 0, beside: { paused: 1 } });
  });
});

it('each party’s no-shows and late cancellations are their own', () => {
  const made = new Programme().active('p').held('p', '02-02 09:00');
  const missed = (by: 'coach' | 'coachee') =>
    made.session('p', '02-10 09:00', [['02-10 10:00', { fact: 'noShow', by, forfeited: false }]]);
  const cancelled = (by: 'coach' | 'coachee') =>
    made.session('p', '02-10 09:00', [
      ['02-09 12:00', { fact: 'cancelled', by, late: true, forfeited: false }],
    ]);
  for (const by of ['coach', 'coachee', 'coachee'] as const) missed(by);
  for (const by of ['coach', 'coach', 'coach', 'coachee'] as const) cancelled(by);
  for (const [id, numerator] of [
    ['coach-no-show-rate', 1],
    ['coachee-no-show-rate', 2],
    ['coach-late-cancel-rate', 3],
    ['coachee-late-cancel-rate', 1],
  ] as const)
    expect(metric(made, id, '03-01')).toMatchObject({ numerator, denominator: 8 });
});

describe('cost to date', () => {
  const held = (values: Partial<ProgramValues> = {}) =>
    new Programme(values).active('p').held('p', '01-10 09:00', '02-10 09:00');
  it('is at the price of the session’s day', () => {
    const dearer = held().changed('02-01', { costPerSession: { amount: 300, currency: 'EUR' } });
    expect(metric(dearer, 'cost-to-date', '03-01')).toMatchObject({
      value: 500,
      numerator: 500,
      denominator: 2,
      beside: { currency: 'EUR' },
    });
  });
  it('of a session across midnight is at the price of the day on which it starts', () => {
    const across = new Programme().active('p').held('p', '01-31 23:30');
    const dearer = across.changed('02-01', { costPerSession: { amount: 300, currency: 'EUR' } });
    expect(metric(dearer, 'cost-to-date', '03-01')).toMatchObject({ value: 200 });
  });
  it('is 0 in the programme’s currency before the first session, with people or without', () => {
    const none = { value: 0, numerator: 0, denominator: 0, n: 0, beside: { currency: 'EUR' } };
    expect(metric(held(), 'cost-to-date', '01-09')).toMatchObject(none);
    expect(metric(new Programme(), 'cost-to-date', '01-09')).toMatchObject(none);
    expect(metric(new Programme({ pricingModel: 'seat' }), 'cost-to-date', '01-09')).toMatchObject({
      value: null,
      beside: { currency: null },
    });
  });
  it('is null for other pricing models, and where the currency changed', () => {
    expect(metric(held({ pricingModel: 'seat' }), 'cost-to-date', '03-01').value).toBeNull();
    const moved = held().changed('02-01', { costPerSession: { amount: 300, currency: 'CHF' } });
    expect(metric(moved, 'cost-to-date', '03-01')).toMatchObject({
      value: null,
      numerator: null,
      denominator: 2,
      beside: { currency: null, byCurrency: { CHF: 300, EUR: 200 } },
    });
  });
});

describe('goal completion', () => {
  const values = { theme: 'giving-feedback', weight: 1, targetDate: '2026-06-01' } as const;
  const completion = (when: string) =>
    metric(
      new Programme()
        .active('p')
        .engagement('p', [
          ['01-10', { fact: 'planned', matchId: 'match', day: '2026-06-30' } as never],
          ['02-10', { fact: 'ended', reason: 'rematch' }],
        ])
        .goal('p', [
          ['01-20', { fact: 'proposed', ...values }],
          ['01-21', { fact: 'agreed', ...values }],
        ]),
      'goal-completion',
      when,
    );
  it('counts a goal from the end of its engagement on, though the enrolment goes on', () => {
    expect(completion('02-09')).toMatchObject({ denominator: 0 });
    expect(completion('02-10')).toMatchObject({ denominator: 1, beside: { unscored: 1 } });
  });
  it('counts no draft, though its target date is over', () => {
    const draft = new Programme().active('p').goal('p', [['01-20', { fact: 'proposed', ...values }]]);
    expect(metric(draft, 'goal-completion', '07-01')).toMatchObject({ denominator: 0 });
  });
});

describe('time to match', () => {
  const asked = (...told: Parameters<Programme['active']>[2] & object[]) =>
    metric(
      new Programme()
        .active('p', '01-05', told)
        .matched('p', [['01-06', { fact: 'requested', kind: 'first' }]]),
      'time-to-match',
      '03-01',
    ).beside;
  it('goes on from the request where a proposal was declined', () => {
    const declined = new Programme().active('p').matched('p', [
      ['01-06', { fact: 'requested', kind: 'first' }],
      ['01-08', { fact: 'proposed' }],
      ['01-09', { fact: 'declined', by: 'coachee' }],
      ['01-16', { fact: 'matched', score: 0.8 }],
    ]);
    expect(metric(declined, 'time-to-match', '01-15').beside).toMatchObject({ open: 1, withdrawn: 0 });
    expect(metric(declined, 'time-to-match', '01-17')).toMatchObject({ value: 10 });
  });
  it('leaves out the time for which the enrolment was paused', () => {
    const paused = new Programme()
      .active('p', '01-05', [
        ['01-07', { fact: 'paused', day: '2026-01-08', reason: 'workload' }],
        ['01-12', { fact: 'resumed', day: '2026-01-12' }],
      ])
      .matched('p', [
        ['01-06', { fact: 'requested', kind: 'first' }],
        ['01-16', { fact: 'matched', score: 0.8 }],
      ]);
    expect(metric(paused, 'time-to-match', '01-17')).toMatchObject({ value: 6 });
  });
  describe('of a request that was withdrawn', () => {
    const first = { fact: 'requested', kind: 'first' } as const;
    const withdrawn = { fact: 'withdrawn', reason: 'by-hr' } as const;
    const anew = () =>
      new Programme()
        .active('p')
        .matched('p', [
          ['01-06', first],
          ['01-09', withdrawn],
        ])
        .matched('p', [
          ['01-20', first],
          ['01-26', { fact: 'matched', score: 0.8 }],
        ]);
    it('goes on from its beginning once it is opened anew, and the person counts once', () => {
      expect(metric(anew(), 'time-to-match', '01-19').beside).toMatchObject({ open: 0, withdrawn: 1 });
      expect(metric(anew(), 'time-to-match', '01-25')).toMatchObject({
        denominator: 1,
        beside: { open: 1, withdrawn: 0 },
      });
      expect(metric(anew(), 'time-to-match', '02-01')).toMatchObject({
        value: 20,
        numerator: 1,
        denominator: 1,
        beside: { open: 0, withdrawn: 0 },
      });
    });
    it('for another coach does so where nobody coached, and is another wish where the match went on', () => {
      const rematch = { fact: 'requested', kind: 'rematch' } as const;
      const matched = { fact: 'matched', score: 0.8 } as const;
      const leaving = (...told: Parameters<Programme['matched']>[1]) =>
        new Programme()
          .active('p')
          .matched('p', [['01-06', first], ['01-10', matched], ...told])
          .matched('p', [
            ['02-02', rematch],
            ['02-03', withdrawn],
          ])
          .matched('p', [
            ['02-12', rematch],
            ['02-16', matched],
          ]);
      const alone = leaving(['02-01', { fact: 'ended', reason: 'coach-left' }]);
      expect(metric(alone, 'time-to-rematch', '03-01')).toMatchObject({ value: 14, denominator: 1 });
      for (const goesOn of [leaving(), leaving(['02-12', { fact: 'ended', reason: 'coach-left' }])])
        expect(metric(goesOn, 'time-to-rematch', '03-01')).toMatchObject({
          numerator: 1,
          denominator: 2,
          beside: { withdrawn: 1 },
        });
    });
  });
  it('is open while the request waits', () => expect(asked()).toMatchObject({ open: 1, withdrawn: 0 }));
  it('has a competing event where the enrolment ends first', () =>
    expect(asked(['02-01', { fact: 'discontinued', reason: 'too-busy' }])).toMatchObject({
      open: 0,
      withdrawn: 1,
    }));
});

describe('another coach', () => {
  const first = [
    ['01-06', { fact: 'requested', kind: 'first' }],
    ['01-10', { fact: 'matched', score: 0.8 }],
  ] as const;
  const ended = (when: string, reason: string) => [when, { fact: 'ended', reason }] as const;
  const again = [
    ['02-02', { fact: 'requested', kind: 'rematch' }],
    ['02-05', { fact: 'matched', score: 0.9, coachId: 'next' } as never],
  ] as const;
  const pause = [
    ['02-09', { fact: 'paused', day: '2026-02-10', reason: 'workload' }],
    ['02-19', { fact: 'resumed', day: '2026-02-20' }],
  ] as const;

  it('is looked for in a time of its own', () => {
    const made = new Programme().active('p').matched('p', first).matched('p', again);
    expect(metric(made, 'time-to-match', '03-01')).toMatchObject({ value: 4, numerator: 1, denominator: 1 });
    expect(metric(made, 'time-to-rematch', '03-01')).toMatchObject({ value: 3, denominator: 1 });
    expect(metric(made, 'time-to-rematch', '02-04')).toMatchObject({ value: null, beside: { open: 1 } });
  });
  it('counts once people have been matched for sixty days, however early it was asked for', () => {
    const made = new Programme().active('p').matched('p', first).matched('p', again);
    made.active('q').matched('q', first);
    expect(metric(made, 'rematch-rate', '03-10 23:59')).toMatchObject({ value: null, denominator: 0 });
    expect(metric(made, 'rematch-rate', '03-11')).toMatchObject({ numerator: 1, denominator: 2, n: 2 });
  });
  it('leaves paused time out', () => {
    const made = new Programme().active('p', '01-05', pause).matched('p', first);
    expect(metric(made, 'rematch-rate', '03-20 23:59')).toMatchObject({ denominator: 0 });
    expect(metric(made, 'rematch-rate', '03-21')).toMatchObject({ numerator: 0, denominator: 1 });
    const ended = [pause[0], ['02-20', { fact: 'discontinued', reason: 'too-busy' }]] as const;
    const gone = new Programme().active('p', '01-05', ended).matched('p', first);
    expect(metric(gone, 'rematch-rate', '03-20 23:59')).toMatchObject({ denominator: 0 });
    expect(metric(gone, 'rematch-rate', '03-21')).toMatchObject({ denominator: 1 });
  });
  it('does not count where the coach could not go on', () => {
    const left = new Programme()
      .active('p')
      .matched('p', [...first, ended('02-02', 'coach-left')])
      .matched('p', again);
    expect(metric(left, 'rematch-rate', '04-01')).toMatchObject({ numerator: 0, denominator: 1 });
    const of = (...told: Parameters<Programme['coach']>[1]) =>
      metric(
        new Programme()
          .active('p')
          .matched('p', [
            first[0],
            ['01-10', { fact: 'matched', score: 0.8, coachId: 'former' } as never],
            ended('02-05', 'rematch'),
          ])
          .matched('p', again)
          .coach('former', [['01-02', { fact: 'approved', capacity: 4 }], ...told]),
        'rematch-rate',
        '04-01',
      ).numerator;
    expect(of()).toBe(1);
    expect(of(['02-01', { fact: 'suspended', reason: 'leave' }])).toBe(0);
    expect(of(['02-01', { fact: 'retired', reason: 'other' }])).toBe(0);
    expect(of(['02-03', { fact: 'retired', reason: 'other' }])).toBe(1);
  });
});

describe('match fit', () => {
  const fit = (...told: Parameters<Programme['active']>[2] & object[]) =>
    metric(
      new Programme().active('p', '01-05', told).matched('p', [
        ['01-05', { fact: 'requested', kind: 'first' }],
        ['01-07', { fact: 'matched', score: 0.8 }],
      ]),
      'match-fit',
      '03-01',
    );
  it('counts who is active or paused', () => {
    expect(fit()).toMatchObject({ value: 0.8, n: 1 });
    expect(fit(['02-01', { fact: 'paused', day: '2026-02-02', reason: 'workload' }])).toMatchObject({ n: 1 });
  });
  it('not whose enrolment has ended, though nobody ended the match', () => {
    expect(fit(['02-01', { fact: 'discontinued', reason: 'too-busy' }])).toMatchObject({ value: null, n: 0 });
    expect(fit(['02-01', { fact: 'completed', early: true }])).toMatchObject({ value: null, n: 0 });
  });
});

describe('goal attainment', () => {
  const proposed = {
    fact: 'proposed',
    theme: 'giving-feedback',
    weight: 1,
    targetDate: '2026-06-01',
  } as const;
  const closing = ['03-01', { fact: 'scored', level: 1, moment: 'closing' }] as const;
  const scaled = (day: string, level: number) => [day, { fact: 'scaled', level }] as const;
  const attainment = (...told: Parameters<Programme['goal']>[1]) =>
    metric(new Programme().active('p').goal('p', [['01-10', proposed], ...told]), 'goal-attainment', '03-02');
  const baseline = (...told: Parameters<Programme['goal']>[1]) =>
    attainment(...told, closing).beside!['baseline'];
  // One goal: T = 50 + 10·level.
  it('begins at the latest scale', () =>
    expect(baseline(scaled('01-11', -2), scaled('01-12', -1))).toBeCloseTo(40));
  it('or at a score given at the baseline, also when the scale is drawn again after it', () => {
    const scored = ['01-13', { fact: 'scored', level: 0, moment: 'baseline' }] as const;
    expect(baseline(scaled('01-11', -2), scored)).toBeCloseTo(50);
    expect(baseline(scaled('01-11', -2), scored, scaled('01-14', -1))).toBeCloseTo(50);
  });
  it('is of goals that have both', () => expect(attainment(closing)).toMatchObject({ value: null, n: 0 }));
  it('counts in the period in which it was closed', () => {
    const programme = new Programme()
      .active('p')
      .goal('p', [['01-10', proposed], scaled('01-11', -2), closing]);
    const view = programme.asOf('06-01');
    const shares = (from: string, to: string) =>
      metricOf('goal-attainment')!.shares(view, { from: at(from), to: at(to) }).length;
    expect([shares('02-01', '03-01'), shares('03-01', '04-01'), shares('04-01', '05-01')]).toEqual([0, 1, 0]);
  });
  it('ends at the closing score: without one, an interim score does not stand for it', () => {
    const interim = ['02-01', { fact: 'scored', level: 2, moment: 'interim' }] as const;
    expect(attainment(scaled('01-11', -2), interim)).toMatchObject({ value: null, n: 0 });
  });
});

// Kiresuk, Smith & Cardillo (1994), table of T for equally weighted goals: three goals at +1 give 63.69, one at −2 30.
it.each([
  [[1, 1, 1], 63.69],
  [[0, 0, 0], 50],
  [[-2], 30],
  [[2, 2], 74.81],
])('T of equally weighted goals at %j is %d', (levels, expected) =>
  expect(attainmentScore(levels.map((level) => ({ weight: 1, level })))).toBeCloseTo(expected, 2),
);
