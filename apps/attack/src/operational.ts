import {
  ALL_OTHER,
  closedMonths,
  FUNNEL,
  historyOf,
  lookingAt,
  METRICS,
  momentOf,
  periodOf,
  ProgramReport,
  readerOf,
  traitsOf,
  WALLS,
  zoneOf,
  type Basis,
  type Definition,
  type ProgramFacts,
  type Reader,
} from '@cairn/analytics/reports';
import { CLOCKS, PERIODS } from './days.js';
import { knownBy, labelsOf } from './known.js';
import type { Organisation } from './organisation.js';
import { Sums, type Batch, type Known, type Sum, type Told } from './sums.js';
import { MANAGER } from './teller.js';
import type { WeakenedWall } from './weakened.js';

/** What came of asking everything that is told of operational measures. */
export interface Findings {
  /** Different answers that were heard. */
  readonly heard: number;
  /** What was found out, in words. */
  readonly recovered: readonly string[];
}

/** Who asks of closed months, and whose record they may see anyway: nobody hides behind these. */
interface Asker {
  readonly name: string;
  readonly reader: Reader;
  readonly open: ReadonlySet<string>;
}

function askersOf({ people, facts }: Organisation): Asker[] {
  const subject = { tenantId: '', subject: '', sensitive: false };
  const nobody: ReadonlySet<string> = new Set();
  const circumstances = { lineUpwards: nobody, coached: nobody, managersSeeParticipation: false };
  const [sponsor, manager, admin] = (['sponsor', 'manager', 'program-admin'] as const).map((role) => ({ ...subject, roles: [role] })); // prettier-ignore
  const coached = new Set(people.slice(1, 4));
  const reports = facts.people.flatMap((fact) => ('managerId' in fact && fact.managerId === MANAGER ? [fact.personId] : [])); // prettier-ignore
  return [
    { name: 'sponsor', reader: readerOf(sponsor!, circumstances), open: nobody },
    {
      name: 'sponsor who coaches',
      reader: readerOf(sponsor!, { ...circumstances, coached }),
      open: coached,
    },
    {
      name: 'manager',
      reader: readerOf({ ...manager!, personId: MANAGER }, circumstances),
      open: new Set([MANAGER, ...reports]),
    },
    { name: 'programme admin', reader: readerOf(admin!, circumstances), open: nobody },
  ];
}

/** A measure, and how the reports are asked for it: as it is, unless a rule is weakened. */
interface Measure {
  readonly definition: Definition;
  readonly asked: Definition;
}

/**
 * Asks every operational measure that is told of closed months, of whatever period, dimension and asOf, by each reader of
 * them, and subtracts. The rule holds among answers of one state of knowledge: the last day's.
 */
export function attackMetrics(organisation: Organisation, weakened?: WeakenedWall): Findings {
  const facts = factsOf(organisation, weakened);
  const history = historyOf(facts);
  const now = momentOf(CLOCKS.at(-1)!, 'occurredAt');
  const created = facts.program.find((fact) => fact.fact === 'created')!;
  const zone = zoneOf(created.values.zone);
  const months = closedMonths(created.values.startsOn, zone, now.at);
  const known: Known = {
    months,
    traits: traitsOf(history(now)!),
    views: months.map(({ span }) => history(lookingAt(now, span.to - 1))!),
  };
  const minimum = minimumOf(organisation.facts);
  const measures: Measure[] = [...METRICS, ...Object.values(FUNNEL)].map((definition) => ({
    definition,
    asked: weakened?.asked?.(definition) ?? definition,
  }));
  const labels = labelsOf(facts)(Infinity);
  const walls = { ...WALLS, ...weakened?.walls };
  let heard = 0;
  const recovered: string[] = [];
  for (const { name, reader, open } of askersOf(organisation)) {
    const asking = weakened?.openHides ? { ...reader, isOpenTo: () => false } : reader;
    const bases: Basis[] = reader.inFull ? ['occurredAt', 'recordedAt'] : ['occurredAt'];
    const reports = [...CLOCKS, now.at + 90 * DAY].flatMap((asOf) =>
      bases.map(
        (basis) => new ProgramReport(history, momentOf(asOf, basis), asking, labels, now, now.at, walls),
      ),
    );
    const batch: Batch = {
      minimum: minimumOf(facts),
      counts: (personId) => weakened?.openHides === true || !open.has(personId),
    };
    for (const { definition, asked } of measures) {
      if (!reader.terms && definition.id === 'cost-to-date') continue;
      const told = reports
        .filter((report) => !report.isInFull(definition))
        .flatMap((report) => everyAnswer(report, asked));
      const sums = new Sums(known, definition, asked.counts === 'people' ? batch : undefined);
      const found = subtract(told, sums, (personId) => !open.has(personId), minimum);
      heard += found.heard;
      recovered.push(...found.recovered.map((what) => `${name}, ${definition.id}: ${what}`));
    }
  }
  return { heard, recovered };
}

/** What is known on the last day; some of the goals was learnt late. */
function factsOf({ facts }: Organisation, weakened: WeakenedWall | undefined): ProgramFacts {
  const goals = facts.goals.map((fact, i) => ({ ...fact, recordedAt: fact.recordedAt + (i % 3) * 30 * DAY }));
  const known = knownBy({ ...facts, goals }, CLOCKS.at(-1)!);
  return weakened?.program ? { ...known, program: known.program.map(weakened.program) } : known;
}

/** The highest that was ever set. */
const minimumOf = ({ program }: ProgramFacts): number =>
  Math.max(...program.flatMap((fact) => ('values' in fact ? (fact.values.minimumGroup ?? []) : [])));

/** Whatever the report tells of the measure. */
function everyAnswer(report: ProgramReport, asked: Definition): Told[] {
  const { program, moment } = report.view;
  const periods = PERIODS.map((name) => periodOf(name, program.zone, moment.at)!);
  return [undefined, ...report.dimensionsOf(asked)].flatMap((dimension) =>
    periods.flatMap((period) => {
      const rows = report.metric(asked, period, dimension);
      const names = new Set(rows.flatMap(({ group, withheld }) => (withheld ? [] : (group ?? []))));
      return rows.map((row) => ({ ...row, asked: { dimension, period }, names }));
    }),
  );
}

/** Compares the answers of one reader to one measure, and subtracts them from each other. */
function subtract(
  rows: readonly Told[],
  sums: Sums,
  hides: (personId: string) => boolean,
  minimum: number,
): Findings {
  const recovered = new Set<string>();
  const different = new Map<string, Sum>();
  for (const row of rows) {
    const { value, numerator, denominator, n, through, withheld, group, beside, asked, names } = row;
    // How many people it is of could be subtracted, and what stands beside it may speak of single ones.
    if (n !== null || beside) recovered.add(`told beside it: ${JSON.stringify(row)}`);
    if (withheld) {
      if ([value, numerator, denominator, through].some((figure) => figure !== null))
        recovered.add(`withheld, and yet told: ${JSON.stringify(row)}`);
      if (group !== null && names.size > 0 && !names.has(ALL_OTHER))
        recovered.add(`${asked.dimension} ${group} is 0: the others are the total`);
      continue;
    }
    const sum = sums.of(row);
    // It is what it is taken to be: the attacker reads the answers rightly. A theme's share is of all goals.
    const ofAll = row.id === 'theme-share' && group !== null;
    if (!isNear(numerator!, sum.numerator) || (!ofAll && !isNear(denominator!, sum.denominator)))
      throw new Error(`not the sum that it seems to be: ${JSON.stringify(row)}`);
    // Two answers that are equal throughout: what one is about and the other is not, is exactly 0.
    const other = different.get(sum.key) ?? sum;
    if (other.question !== sum.question)
      recovered.add(`0 lies between ${other.question} and ${sum.question}`);
    different.set(sum.key, sum);
  }
  for (const few of fewIn([...different.values()], hides, minimum)) recovered.add(few);
  return { heard: different.size, recovered: [...recovered] };
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9;

/**
 * Whatever can be computed from sums is made of what all of them hold together, or leave out together: which of these are
 * of fewer people than the minimum.
 */
function fewIn(sums: readonly Sum[], hides: (personId: string) => boolean, minimum: number): string[] {
  const within = new Map<string, { personId: string; sums: number[] }>();
  sums.forEach(({ unknowns, present }, n) => {
    for (const each of [unknowns, present])
      for (const [unknown, { personId }] of each)
        within.getOrInsertComputed(unknown, () => ({ personId, sums: [] as number[] })).sums.push(n);
  });
  const classes = Map.groupBy(within, ([, each]) => each.sums.join());
  return [...classes.values()].flatMap((members) => {
    const hidden = new Set(members.map(([, { personId }]) => personId).filter(hides));
    if (hidden.size >= minimum) return [];
    return [`${[...hidden].join()} found by ${members.map(([unknown]) => unknown).join('; ')}`];
  });
}

const DAY = 86_400_000;
