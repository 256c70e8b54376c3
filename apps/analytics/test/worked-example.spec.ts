import { describe, expect, it } from '@jest/globals';
import type { ReceivedContract } from '@cairn/contracts';
import { readFileSync } from 'node:fs';
import { isReceived } from './contract-check.js';
import { factsOf, opinionsOf } from './facts-of.js';
import { LARGER_EXAMPLE } from './larger-example.js';
import { COHORTS, idOf, personId, WORKED_EXAMPLE } from './worked-example.js';
import { coachFact } from '../src/projections/programs/coach-facts.js';
import { coachesShown } from '../src/reports/coaches-page.js';
import { momentOf, type Basis } from '../src/reports/as-of/moment.js';
import { historyOf } from '../src/reports/as-of/view.js';
import { OPINIONS } from '../src/reports/opinions/index.js';
import { OpinionReport, type BesideShown } from '../src/reports/opinions/opinion-report.js';
import { Stretches } from '../src/reports/opinions/stretches.js';
import { periodOf, PROGRAMME } from '../src/reports/periods.js';
import { ClosedMonths, type Figures } from '../src/reports/privacy/closed-months.js';
import { metricOf, METRICS } from '../src/reports/metrics/index.js';
import { ALWAYS, measure, type Definition } from '../src/reports/metrics/measure.js';
import { signalsOf } from '../src/reports/metrics/signals.js';
import { themeShare, themeShares } from '../src/reports/metrics/theme-share.js';

const page = readFileSync(new URL('../../../docs/reference/worked-example.md', import.meta.url), 'utf8');
/** The rows of the page's table that has these columns. */
function table(...columns: string[]): string[][] {
  const lines = page.split('\n');
  const head = lines.indexOf(`| ${columns.join(' | ')} |`);
  const rows = lines.slice(head + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith('|')),
    )
    .map((line) => line.slice(2, -2).split(' | '));
}

const END_OF_JUNE = Date.parse('2026-06-30T22:00:00.000Z');
const END_OF_MARCH = Date.parse('2026-03-31T22:00:00.000Z');
const END_OF_FEBRUARY = Date.parse('2026-02-28T23:00:00.000Z');
const END_OF_JANUARY = Date.parse('2026-01-31T23:00:00.000Z');

const history = historyOf(factsOf(WORKED_EXAMPLE));
const view = (asOf: number, basis: Basis = 'occurredAt') => history(momentOf(asOf, basis))!;
const metric = (
  id: string,
  from = view(END_OF_MARCH),
  of: (s: { enrollmentId: string }) => boolean = () => true,
) => {
  const definition: Definition = metricOf(id)!;
  return measure(definition, definition.shares(from, ALWAYS).filter(of));
};

const fraction = (text: string): number => {
  const [over, under] = text.split('/').map(Number);
  return under === undefined ? over! : over! / under;
};
const says = (found: Figures & { n?: number }, [value, numerator, denominator, n]: string[]): void => {
  expect(found.value).toBeCloseTo(fraction(value!), 6);
  expect(found.numerator).toBeCloseTo(Number(numerator), 6);
  expect(found.denominator).toBe(Number(denominator));
  expect(found.n).toBe(n === undefined ? undefined : Number(n));
};

/** What people of one of the two programmes think, as it is told at that moment; the tenant's baselines are of both. */
function opinionsIn(events: readonly ReceivedContract[], until: number) {
  const facts = factsOf(events);
  const history = historyOf(facts);
  const report = new OpinionReport(
    new Stretches({
      program: facts.program,
      facts: opinionsOf(events),
      baselines: opinionsOf([...WORKED_EXAMPLE, ...LARGER_EXAMPLE])
        .filter((fact) => fact.fact === 'measured')
        .filter(({ moment }) => moment === 'baseline'),
      history,
      labelsAt: () => ({
        'org-unit': ['Operations', 'Production', 'Sales'],
        location: ['Dresden', 'Hamburg'],
      }),
      until,
    }),
    { knows: () => false, led: () => false, orgUnits: undefined },
  );
  const { zone } = history(momentOf(until, 'occurredAt'))!.program;
  return (period: string, dimension?: string) =>
    OPINIONS.filter(
      (opinion) => dimension === undefined || OpinionReport.dimensionsOf(opinion).includes(dimension),
    ).flatMap((opinion) =>
      report.rows(opinion, report.itemsOf(opinion), periodOf(period, zone, until)!, dimension),
    );
}

describe('the worked example', () => {
  it('is told in events that keep to their contracts', () => {
    for (const event of [...WORKED_EXAMPLE, ...LARGER_EXAMPLE]) expect(isReceived(event)).toBe(true);
    expect(
      new Set(
        WORKED_EXAMPLE.map((event) => event.data).flatMap((d) => ('enrollmentId' in d ? [d.personId] : [])),
      ).size,
    ).toBe(12);
  });

  const rows = table('metric', 'value', 'numerator', 'denominator', 'n');
  it('gives every metric', () => {
    expect(rows.map(([id]) => id)).toEqual(METRICS.map((definition) => definition.id));
  });
  it.each(rows)('%s at the end of March is %s', (id, ...expected) => says(metric(id!), expected));

  it('says what stands beside', () => {
    expect(metric('activation-rate').beside).toEqual({
      activatedSoFar: { value: 11 / 12, numerator: 11, denominator: 12, provisional: true },
    });
    expect(metric('time-to-match').beside).toEqual({
      unit: 'days',
      median: 6,
      p90: null,
      notReachedByDay: 60,
      open: 2,
      withdrawn: 1,
    });
    expect(metric('time-to-rematch').beside).toMatchObject({ p90: null, notReachedByDay: 11, open: 1 });
    expect(metric('time-to-first-session').beside).toMatchObject({
      median: 13,
      p90: null,
      notReachedByDay: 60,
    });
    expect(metric('engaged-rate').beside).toEqual({ tooNew: 1, paused: 1, ended: 3 });
    expect(metric('utilisation').beside).toEqual({ completed: 27, forfeited: 2 });
    expect(metric('completion-rate').beside).toEqual({ autoConfirmed: 1, awaiting: 1, disputed: 1 });
    expect(metric('reschedule-rate').beside).toEqual({
      byCoachee: { value: 2 / 34, numerator: 2, denominator: 34 },
      byCoach: { value: 2 / 34, numerator: 2, denominator: 34 },
    });
    expect(metric('goal-completion').beside).toEqual({
      partlyAttained: 1,
      notAttained: 1,
      dropped: 1,
      unscored: 1,
    });
    const { baseline, closing } = metric('goal-attainment').beside!;
    expect(baseline).toBeCloseTo(35.983903, 6);
    expect(closing).toBeCloseTo(52.677398, 6);
    expect(metric('cost-to-date').beside).toEqual({ currency: 'EUR' });
  });

  it('shares out the themes', () => {
    const found = themeShares(themeShare.shares(view(END_OF_MARCH), ALWAYS));
    const expected = table('theme', 'value', 'numerator', 'denominator', 'n');
    expect(found.map(({ theme }) => theme)).toEqual(expected.map(([theme]) => theme));
    expected.forEach(([, ...cells], i) => says(found[i]!.measure, cells));
  });

  const signals = (asOf: number) => {
    const at = view(asOf);
    return at.participants.flatMap((participant) =>
      signalsOf(participant, at).map(({ signal, since, evidence }) => ({
        personId: participant.personId,
        row: [
          signal,
          new Date(since).toISOString(),
          Object.entries(evidence)
            .map(([name, count]) => `${name} ${count}`)
            .join(', '),
        ],
      })),
    );
  };
  it('finds who is off track, why and since when', () => {
    const expected = table('person', 'signal', 'since', 'evidence');
    const found = signals(END_OF_MARCH);
    expect(found).toHaveLength(expected.length);
    for (const [person, ...row] of expected) {
      expect(found).toContainEqual({ personId: personId(person!), row });
    }
  });
  it('a signal clears itself', () => {
    const ofP10 = (asOf: number) => signals(asOf).filter((each) => each.personId === personId('P10'));
    expect(ofP10(END_OF_FEBRUARY).map(({ row }) => row.slice(0, 2))).toEqual([
      ['invitation-unanswered', '2026-01-19T10:00:00.000Z'],
    ]);
    expect(ofP10(END_OF_MARCH)).toEqual([]);
  });

  it.each(table('basis', 'metric', 'value', 'numerator', 'denominator', 'n'))(
    'January by %s: %s is %s',
    (basis, id, ...expected) => says(metric(id!, view(END_OF_JANUARY, basis as Basis)), expected),
  );

  it.each(table('cohort', 'metric', 'value', 'numerator', 'denominator', 'n'))(
    'cohort %s: %s is %s',
    (cohort, id, ...expected) => {
      const members = view(END_OF_MARCH)
        .participants.filter(({ enrollment }) => enrollment.cohortId === COHORTS[cohort as 'A' | 'B'])
        .map(({ enrollment }) => enrollment.enrollmentId);
      says(
        metric(id!, view(END_OF_MARCH), (share) => members.includes(share.enrollmentId)),
        expected,
      );
    },
  );

  const coaches = coachesShown(view(END_OF_MARCH), {
    facts: WORKED_EXAMPLE.map(coachFact).filter((fact) => fact !== undefined),
    thirdCompletedAt: new Map(),
  });
  const rates = ['completion', 'coach no-show', 'coach late cancel', 'moved by coach'].concat([
    'coachee no-show',
    'coachee late cancel',
    'moved by coachee',
    'rematch',
  ]);
  it.each(table('coach', ...rates))('coach %s: completion %s', (name, ...expected) => {
    const { rates: found, rematch } = coaches.find(({ coachId }) => coachId === idOf(`coach ${name}`))!;
    const parts = [...Object.values(found), rematch!];
    expect(parts.map(({ numerator, denominator }) => `${numerator}/${denominator}`)).toEqual(expected);
  });

  const sponsor = new ClosedMonths(
    history,
    momentOf(END_OF_MARCH, 'occurredAt'),
    {
      minimum: 5,
      counts: () => true,
    },
    { 'org-unit': [], location: [] },
    END_OF_MARCH,
  );
  it.each(table('month', 'metric', 'value', 'numerator', 'denominator'))(
    'to the sponsor, %s: %s is %s',
    (month, id, ...expected) => {
      const { zone } = view(END_OF_MARCH).program;
      const told = sponsor.disclose(metricOf(id!)!, periodOf(month!, zone, END_OF_MARCH)!);
      expect(told.through).toBe(month);
      says(told.total!, expected);
    },
  );
  it('to the sponsor, a breakdown that would show one person is withheld, and the total stays', () => {
    const told = sponsor.disclose(metricOf('completion-rate')!, PROGRAMME, 'cohort');
    expect(told).toMatchObject({
      total: { numerator: 27, denominator: 32 },
      through: '2026-03',
      groups: null,
    });
  });

  const told = opinionsIn(WORKED_EXAMPLE, END_OF_MARCH);
  const expected = table('opinion', 'item', 'source', 'value', 'bound', 'from', 'through');
  it.each(['2026-03', '2026-Q1', 'programme'])('tells what people think, of %s', (period) => {
    const found = told(period).filter(({ withheld }) => withheld === null);
    expect(
      found.map(({ id, item, source, value, bound, from, through }) => [
        id,
        item,
        source,
        String(Number(value!.toFixed(10))),
        bound ?? '–',
        from,
        through,
      ]),
    ).toEqual(expected);
  });
  it('withholds what too few said, and all of January', () => {
    const withheld = (period: string) => told(period).flatMap((row) => (row.withheld ? [row] : []));
    const ids = (period: string) => withheld(period).map(({ id }) => id);
    expect(withheld('2026-03')[0]).toEqual({
      id: 'rematch-reasons',
      item: 'fit',
      group: null,
      value: null,
      bound: null,
      source: 'self-reported',
      period: '2026-03',
      from: null,
      through: null,
      withheld: 'too-few-people',
    });
    const changes = (count: number) => Array.from({ length: count }, () => 'behaviour-change');
    // Two themes were not asked about, by themselves or others.
    expect(ids('2026-03')).toEqual(['rematch-reasons', ...changes(4)]);
    expect(ids('2026-01')).toHaveLength(25);
    const pulses = ['theme-behaviour', 'one-to-ones-held', 'development-conversations'];
    pulses.push('manager-effectiveness');
    expect(ids('2026-02')).toEqual(
      ['nps', 'goal-attainment', ...pulses].concat('fit-signals', 'rematch-reasons', ...changes(8)),
    );
    expect(withheld('2026-02').find(({ id }) => id === 'fit-signals')!.item).toBe('coach');
    expect(told('2026-03').flatMap(({ beside }) => beside ?? [])).toEqual(
      Array.from({ length: 4 }, () => ({
        effectSize: { value: null, bound: null, withheld: 'too-few-people' },
        reliablyBetter: { value: null, bound: null, withheld: 'reliability-unknown' },
      })),
    );
    // All but one of who answered are of one cohort.
    expect(
      told('2026-03', 'cohort')
        .filter(({ group }) => group !== null)
        .every((row) => row.withheld),
    ).toBe(true);
  });
});

describe('the larger programme beside it', () => {
  const told = opinionsIn(LARGER_EXAMPLE, END_OF_JUNE);
  const columns = ['opinion of 24', 'item', 'source', 'value', 'from', 'through'];
  const text = (value: number) => String(Number(value.toFixed(10)));
  const besideText = (shown: BesideShown | undefined) =>
    shown ? (shown.withheld ?? text(shown.value!)) : '–';

  it.each(['2026-06', '2026-Q2', 'programme'])(
    'tells what needs more people than twelve, of %s',
    (period) => {
      const found = told(period).filter(({ withheld }) => withheld === null);
      expect(found.every(({ bound }) => bound === null)).toBe(true);
      expect(
        found.map(({ id, item, source, value, from, through, beside }) =>
          [id, item, source, text(value!), from, through].concat(
            besideText(beside?.effectSize),
            besideText(beside?.reliablyBetter),
          ),
        ),
      ).toEqual(table(...columns, 'effect size', 'reliably better'));
    },
  );
  it('withholds what nobody was asked, and all of April and May', () => {
    expect(told('2026-05').every(({ withheld }) => withheld === 'too-few-people')).toBe(true);
    const behind = told('2026-06').filter(({ withheld }) => withheld !== null);
    expect(behind).toHaveLength(told('2026-06').length - 3);
    expect(
      behind.filter(({ id }) => id === 'behaviour-change').map(({ item, source }) => [item, source]),
    ).toEqual([
      ['navigating-conflict', 'self-reported'],
      ['navigating-conflict', 'observed'],
    ]);
  });
  it('tells by cohort where that tells of nobody', () => {
    const groups = told('2026-06', 'cohort').filter(({ group }) => group !== null);
    expect(
      groups
        .filter(({ withheld }) => withheld === null)
        .map(({ id, item, source, group, value }) => [id, item, source, group, text(value!)]),
    ).toEqual(
      table('told by cohort', 'item', 'source', 'cohort', 'value').map((row) =>
        row.with(3, idOf(`cohort ${row[3]!}`)),
      ),
    );
    const withheld = groups.filter((row) => row.withheld).map(({ id, source }) => `${id} ${source}`);
    for (const measure of ['rematch-reasons self-reported', 'behaviour-change self-reported'])
      expect(withheld).toContain(measure);
  });
});
