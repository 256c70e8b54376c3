import {
  historyOf,
  OpinionReport,
  OPINIONS,
  periodOf,
  RULES,
  stretchesOf,
  zoneOf,
  type Opinion,
  type Opinions,
  type OpinionFact,
  type OpinionShown,
  type ProgramFacts,
  type Rules,
  type Stretch,
} from '@cairn/analytics/reports';
import { dayAt, DAYS, type Organisation } from './organisation.js';
import type { Weakened } from './weakened.js';

interface Made {
  /** Those that are made in different ways: others are made of other answers, in the same way. */
  readonly items: readonly string[];
  /** The facts that a figure is made of, and whether of the latest alone. */
  readonly of: readonly OpinionFact['fact'][];
  readonly latest: boolean;
}
const MADE: Readonly<Record<string, Made>> = {
  satisfaction: { items: ['useful', 'relationship'], of: ['rated'], latest: true },
  nps: { items: ['recommend'], of: ['recommended'], latest: true },
  'theme-share': { items: ['giving-feedback'], of: ['themed'], latest: false },
  'goal-attainment': { items: ['closing'], of: ['scored'], latest: false },
  'theme-behaviour': { items: ['mean'], of: ['pulsed'], latest: true },
  'fit-signals': { items: ['coachee'], of: ['signalled'], latest: true },
  'rematch-offers': { items: ['offered'], of: ['rated', 'signalled'], latest: false },
  'rematch-reasons': { items: ['fit'], of: ['rematchAsked'], latest: true },
  'behaviour-change': { items: ['giving-feedback'], of: ['measured'], latest: false },
};
/** An object for each, by which answers are told apart: their unknowns are others'. */
const ASKED = OPINIONS.flatMap((opinion) =>
  (MADE[opinion.id]?.items ?? []).map((item) => ({ opinion: { ...opinion }, item })),
);

export interface Reader {
  readonly name: string;
  /** Whose answers they know anyway. */
  readonly known: ReadonlySet<string>;
  /** Whose manager they are: what managers answered of these, they have. */
  readonly led?: ReadonlySet<string>;
  readonly orgUnits?: readonly string[];
}

/** A row that was answered, and of whose answers it is: `people` of what `Stretch`. */
export interface Heard {
  readonly reader: string;
  readonly opinion: Opinion;
  readonly row: OpinionShown;
  /** An unknown for each: one person's figure of some answers. */
  readonly unknowns: readonly string[];
  readonly stretch: Stretch;
  /** The minimum by which it was told. */
  readonly minimum: number;
}

/** HR without a record, HR of each org unit, an HR person and a sponsor who coach, or take part. */
export function readersOf({ people, departments }: Organisation): Reader[] {
  const coached = new Set(people.slice(0, 5));
  return [
    { name: 'hr', known: new Set() },
    { name: 'hr who takes part', known: new Set(people.slice(0, 1)) },
    { name: 'sponsor who coaches', known: coached },
    { name: 'hr who leads', known: new Set(), led: coached },
    ...departments.map((unit) => ({ name: `hr of ${unit}`, known: new Set<string>(), orgUnits: [unit] })),
  ];
}

/** The instants at which somebody asks: the days around each month's end, and some in between. */
function clocks(): number[] {
  const ends = [1, 2, 3, 4, 5, 6].map((month) => Date.UTC(2026, month, 1) + 12 * 3_600_000);
  return [...ends, dayAt(36), dayAt(100), dayAt(DAYS)].sort((a, b) => a - b);
}

const PERIODS = ['programme', 'last-12-months', '2026-Q1', '2026-Q2', ...[1, 2, 3, 4, 5, 6, 7].map((n) => `2026-0${n}`)]; // prettier-ignore

/**
 * Every answer that these readers can get, whenever they ask, of whatever period, dimension and asOf. What is asked of
 * a manager is refused. Each answer comes with whose answers it is made of: the attacker knows the rules, who takes part
 * and even who answered when, and lacks the answers alone.
 */
export function everyAnswer(organisation: Organisation, weakened?: Weakened): Heard[] {
  const rules: Rules = { ...RULES, ...weakened?.rules };
  const heard = new Map<string, Heard>();
  const whole = historyOf(organisation.facts);
  const labelsAt = labelsOf(organisation.facts);
  for (const now of clocks()) {
    const facts = knownBy(organisation.facts, now);
    // What was known at a month's end is the same in all that was learnt since.
    const history = weakened?.early ? historyOf(facts) : whole;
    const created = facts.program.find((fact) => fact.fact === 'created')!;
    const zone = zoneOf(created.values.zone);
    // From that day, from one before, and from one that is still to come.
    for (const asOf of [now, now - 45 * DAY, now + 90 * DAY]) {
      const periods = PERIODS.map((name) => periodOf(name, zone, asOf)!);
      const until = weakened?.early ? asOf : Math.min(asOf, now);
      const told = new Map<string, { unknowns: readonly string[]; stretch: Stretch; minimum: number }>();
      for (const reader of readersOf(organisation)) {
        const own = weakened?.versions && reader.name === 'hr who takes part';
        const opinions: Opinions = {
          program: facts.program,
          facts: organisation.opinions.filter(
            (fact) => fact.recordedAt <= now && !(own && reader.known.has(fact.personId)),
          ),
          baselines: organisation.baselines,
          history,
          labelsAt,
          until,
        };
        const report = new OpinionReport(
          opinions,
          {
            knows: (person) => !weakened?.known && reader.known.has(person),
            led: (person) => !weakened?.known && reader.led?.has(person) === true,
            orgUnits: reader.orgUnits,
          },
          rules,
        );
        const version = own ? 'own' : 'all';
        for (const { opinion, item } of ASKED) {
          const asked = `${version} ${opinion.id} ${opinion.source} ${item}`;
          if (!told.has(asked)) {
            told.set(asked, undefined as never);
            for (const each of composed(opinion, item, opinions, rules))
              told.set(`${asked} ${each.key}`, each);
          }
          for (const dimension of [undefined, ...OpinionReport.dimensionsOf(opinion)]) {
            const rows = periods
              .flatMap((period) => report.rows(opinion, [item], period, dimension))
              .filter(({ withheld }) => withheld === null);
            // Longer periods tell nothing that their months do not.
            for (const row of rows) if (!isMeanOf(row, rows)) throw new Error(`new: ${JSON.stringify(row)}`);
            for (const row of rows) {
              const group = row.group === 'all other' ? null : row.group;
              const key = `${row.through} ${row.group === null ? 'total' : `${dimension} ${group}`}`;
              const of = told.get(`${asked} ${key}`);
              if (row.from === null || !of) throw new Error(`not understood: ${JSON.stringify(row)}`);
              const isOne = row.from === of.stretch.from;
              if (isOne)
                heard.set(`${reader.name} ${asked} ${key} ${row.value} ${of.unknowns.join()}`, {
                  reader: reader.name,
                  opinion,
                  row,
                  ...of,
                });
            }
          }
        }
      }
    }
  }
  return [...heard.values()];
}

/** Of each value that is told: of whose answers it is made. Found by asking for what answers are, in place of figures. */
function* composed(opinion: Opinion, item: string, opinions: Opinions, rules: Rules) {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const sets: (readonly string[])[] = [];
  const minimums: number[] = [];
  const symbolic: Opinion = {
    ...opinion,
    figure(own, of, participant) {
      const figure = opinion.figure(own, of, participant);
      if (figure === undefined) return undefined;
      // The figure is in the name: the same answers may come to another figure when a goal's weight is another.
      const { of: facts, latest } = MADE[opinion.id]!;
      const what = own.filter(({ fact }) => facts.includes(fact)).slice(latest ? -1 : 0);
      const name = `${own[0]!.personId} ${what.map((fact) => `${fact.stream}/${fact.version}`).join()} = ${figure}`;
      if (!numbers.has(name)) numbers.set(name, names.push(name) - 1);
      return numbers.get(name);
    },
  };
  const stretches = stretchesOf(symbolic, item, opinions, {
    ...rules,
    told(figures, _, minimum) {
      minimums.push(minimum);
      return { value: sets.push(figures.map((n) => names[n]!)) - 1, bound: null };
    },
  });
  for (const stretch of stretches) {
    const of = (n: number) => ({ unknowns: sets[n]!, minimum: minimums[n]!, stretch });
    yield { key: `${stretch.through} total`, ...of(stretch.total.value) };
    for (const [dimension, groups] of Object.entries(stretch.groups))
      for (const [group, { value }] of groups ?? [])
        yield { key: `${stretch.through} ${dimension} ${group}`, ...of(value) };
  }
}

/** Is the row the mean of those of single stretches within its months, or one of them? */
function isMeanOf(row: OpinionShown, rows: readonly OpinionShown[]): boolean {
  const parts = new Map(
    rows
      .filter((each) => each.group === row.group && each.from! >= row.from! && each.through! <= row.through!)
      .filter((each) => /^\d{4}-\d{2}$/.test(each.period))
      .map((each) => [each.through, each.value!]),
  );
  const mean = [...parts.values()].reduce((sum, value) => sum + value, 0) / parts.size;
  return Math.abs(mean - row.value!) < 1e-9;
}

const knownBy = (facts: ProgramFacts, now: number): ProgramFacts =>
  Object.fromEntries(
    Object.entries(facts).map(([kind, own]) => [
      kind,
      (own as readonly { recordedAt: number }[]).filter(({ recordedAt }) => recordedAt <= now),
    ]),
  ) as unknown as ProgramFacts;

function labelsOf({ people }: ProgramFacts): Opinions['labelsAt'] {
  const names = (what: 'department' | 'location', at: number) =>
    people.flatMap((fact) => (what in fact && fact.recordedAt < at ? [(fact as never)[what] as string] : []));
  const known = new Map<number, ReturnType<Opinions['labelsAt']>>();
  return (at) => {
    if (!known.has(at))
      known.set(at, {
        'org-unit': [...new Set(names('department', at))].sort(),
        location: [...new Set(names('location', at))].sort(),
      });
    return known.get(at)!;
  };
}

const DAY = 86_400_000;
