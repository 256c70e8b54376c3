import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Programme } from '../../../test/programme.js';
import { momentOf } from '../as-of/moment.js';
import { METRICS, metricOf } from '../metrics/index.js';
import { periodOf, PROGRAMME } from '../periods.js';
import { ProgramReport, type MetricShown } from '../report.js';
import { readerOf } from '../access.js';

/** Small programmes with few groups: where subtraction has the best chance. */
const programme = fc
  .record({
    minimumGroup: fc.integer({ min: 3, max: 5 }),
    people: fc.array(
      fc.record({
        cohort: fc.constantFrom('A', 'B', 'C'),
        department: fc.constantFrom('Sales', 'Legal', 'Operations'),
        level: fc.constantFrom('manager' as const, 'director' as const),
        location: fc.constantFrom('here', 'there'),
        startedOn: fc.constantFrom('2010-01-01', '2025-06-01'),
        activated: fc.integer({ min: 5, max: 28 }),
        leaves: fc.option(fc.integer({ min: 0, max: 4 })),
        sessions: fc.array(
          fc.record({
            month: fc.integer({ min: 1, max: 5 }),
            day: fc.integer({ min: 1, max: 28 }),
            outcome: fc.constantFrom('completed', 'noShow', 'cancelled', 'disputed'),
          }),
          { maxLength: 6 },
        ),
      }),
      { minLength: 1, maxLength: 30 },
    ),
  })
  .map(({ minimumGroup, people }) => {
    const made = new Programme({ minimumGroup });
    people.forEach(({ cohort, department, level, location, startedOn, activated, leaves, sessions }, i) => {
      const person = `p${i}`;
      made.person(person, { department, level, location, day: startedOn });
      const ends =
        leaves == null
          ? []
          : [[Date.UTC(2026, leaves + 1, 15), { fact: 'discontinued', reason: 'too-busy' }] as const];
      made.active(person, `01-${String(activated).padStart(2, '0')}`, ends, cohort);
      made.matched(person, [
        ['01-28', { fact: 'requested', kind: 'first' }],
        ['01-29', { fact: 'matched', score: 2 ** (i - 30) } as never],
      ]);
      for (const { month, day, outcome } of sessions) {
        const starts = Date.UTC(2026, month, day, 9);
        const text = new Date(starts).toISOString().slice(5, 16).replace('T', ' ');
        const after = starts + 3_700_000;
        made.session(
          person,
          text,
          outcome === 'completed'
            ? [[after, { fact: 'completed', auto: false }]]
            : outcome === 'noShow'
              ? [[after, { fact: 'noShow', by: 'coachee', forfeited: true }]]
              : outcome === 'disputed'
                ? [
                    [after, { fact: 'completed', auto: false }],
                    [after + 86_400_000, { fact: 'disputed', by: 'coachee' }],
                  ]
                : [[starts - 1, { fact: 'cancelled', by: 'coach', late: true, forfeited: false }]],
        );
      }
    });
    return { made, minimum: minimumGroup };
  });

const sponsor = readerOf(
  { tenantId: 't', subject: 's', roles: ['sponsor'], sensitive: false },
  { lineUpwards: new Set(), managersSeeParticipation: false },
);
const labels = { 'org-unit': ['Legal', 'Operations', 'Sales'], location: ['here', 'there'] };
const PERIODS = ['2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-Q1', '2026-Q2'];
const DATES = ['02-01', '03-01', '04-01', '05-01', '06-01'];

/** Everything that the sponsor can ask, at every month's end. */
function* everyAnswer(made: Programme, definitions = METRICS): Generator<MetricShown> {
  const history = made.history;
  for (const date of DATES) {
    const at = Date.parse(`2026-${date}T00:00:00Z`);
    const report = new ProgramReport(history, momentOf(at, 'occurredAt'), sponsor, labels);
    const { zone } = report.view.program;
    for (const definition of definitions)
      for (const dimension of [undefined, ...report.dimensionsOf(definition)])
        for (const period of [PROGRAMME, ...PERIODS.map((name) => periodOf(name, zone, at)!)])
          yield* report.metric(definition, period, dimension);
  }
}

describe('a sponsor who asks everything, month after month', () => {
  it('is told of no fewer people than the minimum, and everything that is withheld looks the same', () => {
    fc.assert(
      fc.property(programme, ({ made, minimum }) => {
        for (const { id, value, numerator, denominator, n, through, withheld } of everyAnswer(made)) {
          if (withheld)
            expect([value, numerator, denominator, n, through]).toEqual([null, null, null, null, null]);
          // Of the delays and of match fit, each person has one share; others can be 0 for somebody.
          else if (denominator !== 0 && id !== 'utilisation' && id !== 'delivered')
            expect(n).toBeGreaterThanOrEqual(minimum);
        }
      }),
      { numRuns: 6 },
    );
  }, 120_000);

  /** Each score is another power of two, so that a sum says whose scores are in it: the attacker knows all sets. */
  it('cannot tell apart fewer people than the minimum by their match scores', () => {
    let several = 0;
    fc.assert(
      fc.property(programme, ({ made, minimum }) => {
        const sets = new Set<number>();
        for (const { numerator, withheld } of everyAnswer(made, [metricOf('match-fit')!]))
          if (!withheld) sets.add(numerator! * 2 ** 30);
        several += sets.size > 1 ? 1 : 0;
        const people = Array.from({ length: 30 }, (_, i) => i).filter((i) =>
          [...sets].some((set) => hasBit(set, i)),
        );
        const classes = Map.groupBy(people, (i) => [...sets].map((set) => (hasBit(set, i) ? 1 : 0)).join(''));
        for (const members of classes.values()) expect(members.length).toBeGreaterThanOrEqual(minimum);
      }),
      { numRuns: 60 },
    );
    expect(several).toBeGreaterThan(5);
  }, 120_000);
});

const hasBit = (set: number, i: number): boolean => Math.floor(set / 2 ** i) % 2 === 1;
