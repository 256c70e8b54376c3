import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Programme } from '../../../test/programme.js';
import { readerOf, type Reader } from '../access.js';
import { lookingAt, momentOf, type Basis } from '../as-of/moment.js';
import { historyOf, type ProgramHistory, type ProgramView } from '../as-of/view.js';
import { zoneOf } from '../as-of/zone.js';
import { traitsOf } from '../dimensions.js';
import { FUNNEL } from '../funnel.js';
import { METRICS } from '../metrics/index.js';
import { ALWAYS, type Definition, type Share } from '../metrics/measure.js';
import { closedMonths, periodOf, PROGRAMME, type Period } from '../periods.js';
import { ProgramReport, type MetricShown } from '../report.js';
import { ALL_OTHER } from './minimum-group.js';

const two = (n: number) => String(n).padStart(2, '0');
const month = fc.integer({ min: 1, max: 5 });
const day = fc.integer({ min: 1, max: 28 });

const anyPerson = fc.record({
  cohort: fc.constantFrom('A', 'B', 'C'),
  department: fc.constantFrom('Sales', 'Legal', 'Operations'),
  level: fc.constantFrom('manager' as const, 'director' as const),
  location: fc.constantFrom('here', 'there'),
  startedOn: fc.constantFrom('2010-01-01', '2025-06-01'),
  /** Whether they report to the manager who asks, and from which month on to somebody else, or the other way about. */
  reports: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  moves: fc.integer({ min: 1, max: 30 }).map((n) => (n <= 5 ? n : null)),
  activated: fc.option(fc.tuple(month, day), { freq: 8 }),
  matched: fc.option(month, { freq: 8 }),
  rematched: fc.option(fc.integer({ min: 2, max: 5 })),
  leaves: fc.option(fc.integer({ min: 2, max: 5 })),
  sessions: fc.array(
    fc.record({
      month,
      day,
      moved: fc.boolean(),
      outcome: fc.constantFrom('completed', 'completed', 'noShow', 'cancelled', 'disputed'),
    }),
    { maxLength: 6 },
  ),
  goals: fc.array(
    fc.record({
      month,
      theme: fc.constantFrom('giving-feedback', 'navigating-conflict'),
      closed: fc.option(
        fc.record({ month: fc.integer({ min: 2, max: 5 }), outcome: fc.constantFrom('attained', 'dropped') }),
      ),
    }),
    { maxLength: 2 },
  ),
});

/** Small programmes with few groups: where subtraction has the best chance. */
const organisation = fc.record({
  minimum: fc.integer({ min: 3, max: 5 }),
  people: fc.array(anyPerson, { minLength: 8, maxLength: 30, size: 'max' }),
  shown: fc.boolean(),
  /** In which month the minimum is raised, and by how many; asked for is the highest, from whatever day. */
  raised: fc.option(fc.record({ month, by: fc.integer({ min: 1, max: 2 }) })),
});
type Organisation = typeof organisation extends fc.Arbitrary<infer O> ? O : never;

const highest = ({ minimum, raised }: Organisation): number => minimum + (raised?.by ?? 0);

function programmeOf({ people, minimum, raised }: Organisation): Programme {
  const made = new Programme({ minimumGroup: minimum }).opened('A', 'B', 'C');
  if (raised) made.changed(`${two(raised.month)}-15`, { minimumGroup: minimum + raised.by });
  people.forEach((each, i) => {
    const person = `p${i}`;
    const manager = (reports: boolean) => ({ managerId: reports ? 'p0' : 'somebody else' });
    made.person(
      person,
      {
        department: each.department,
        level: each.level,
        location: each.location,
        day: each.startedOn,
        ...manager(each.reports),
      },
      each.moves === null
        ? []
        : [
            [
              `${two(each.moves)}-15`,
              {
                fact: 'changed',
                kind: 'managerChanged',
                day: `2026-${two(each.moves)}-15`,
                ...manager(!each.reports),
              },
            ],
          ],
    );
    const ends =
      each.leaves === null
        ? []
        : [[`${two(each.leaves)}-20`, { fact: 'discontinued', reason: 'too-busy' }] as const];
    if (each.activated === null)
      made.enrolled(person, [['01-06', { fact: 'invited', deadline: Date.UTC(2026, 1, 3) }]], each.cohort);
    else made.active(person, each.activated.map(two).join('-'), ends, each.cohort);
    if (each.matched !== null)
      made.matched(person, [
        ['01-28', { fact: 'requested', kind: 'first' }],
        [
          `${two(each.matched)}-29`.replace('02-29', '02-28'),
          { fact: 'matched', score: (i + 1) / 64 } as never,
        ],
      ]);
    if (each.matched !== null && each.rematched !== null && each.rematched > each.matched)
      made.matched(person, [[`${two(each.rematched)}-20`, { fact: 'requested', kind: 'rematch' }]]);
    for (const session of each.sessions) {
      const starts = `${two(session.month)}-${two(session.day)} 09:00`;
      const after = Date.parse(`2026-${starts.replace(' ', 'T')}Z`) + 3_700_000;
      const startsAt = after - 3_700_000;
      made.session(person, starts, [
        ...(session.moved
          ? ([
              [
                startsAt - 86_400_000,
                { fact: 'moved', by: 'coachee', startsAt, endsAt: startsAt + 3_600_000 },
              ],
            ] as const)
          : []),
        ...(session.outcome === 'completed'
          ? ([[after, { fact: 'completed', auto: false }]] as const)
          : session.outcome === 'noShow'
            ? ([[after, { fact: 'noShow', by: 'coachee', forfeited: true }]] as const)
            : session.outcome === 'disputed'
              ? ([
                  [after, { fact: 'completed', auto: false }],
                  [after + 86_400_000, { fact: 'disputed', by: 'coachee' }],
                ] as const)
              : ([
                  [startsAt - 1, { fact: 'cancelled', by: 'coach', late: true, forfeited: false }],
                ] as const)),
      ]);
    }
    for (const goal of each.goals) {
      const values = { theme: goal.theme, weight: 1, targetDate: '2026-05-01' } as const;
      made.goal(person, [
        [`${two(goal.month)}-10`, { fact: 'proposed', ...values }],
        [`${two(goal.month)}-11`, { fact: 'agreed', ...values }],
        [`${two(goal.month)}-11`, { fact: 'scaled', level: -1 }],
        ...(goal.closed && goal.closed.month > goal.month
          ? ([
              [`${two(goal.closed.month)}-12`, { fact: 'scored', level: 1, moment: 'closing' }],
              [`${two(goal.closed.month)}-12`, { fact: 'closed', outcome: goal.closed.outcome }],
            ] as never)
          : []),
      ]);
    }
  });
  return made;
}

const ZONE = zoneOf('UTC');
const DATES = ['03-01', '04-01', '06-01'].map((date) => Date.parse(`2026-${date}T00:00:00Z`));
const NOW = momentOf(DATES.at(-1)!, 'occurredAt');
const PERIODS = ['programme', '2026-01', '2026-02', '2026-04', '2026-05', '2026-Q1', 'last-12-months'];
const MONTHS = closedMonths('2026-01-05', ZONE, NOW.at);
const DEFINITIONS = [...METRICS, ...Object.values(FUNNEL)];
const labels = { 'org-unit': ['Legal', 'Operations', 'Sales'], location: ['here', 'there'] };

interface Told extends MetricShown {
  readonly asked: { definition: Definition; dimension: string | undefined; period: Period };
  /** The groups that were told by name in the same answer. */
  readonly names: ReadonlySet<string>;
}

/** Every report, measure, dimension and period that the reader can ask for, at every month's end, of closed months. */
function everyAnswer(history: ProgramHistory, reader: Reader): Told[] {
  const bases: Basis[] = reader.inFull ? ['occurredAt', 'recordedAt'] : ['occurredAt'];
  return DATES.flatMap((at) => bases.map((basis) => momentOf(at, basis))).flatMap((moment) => {
    const { at } = moment;
    const report = new ProgramReport(history, moment, reader, labels, NOW, NOW.at);
    return DEFINITIONS.filter((definition) => !report.isInFull(definition)).flatMap((definition) =>
      [undefined, ...report.dimensionsOf(definition)].flatMap((dimension) =>
        PERIODS.flatMap((name) => {
          const period = periodOf(name, ZONE, at) ?? PROGRAMME;
          const rows = report.metric(definition, period, dimension);
          const names = new Set(rows.flatMap(({ group, withheld }) => (withheld ? [] : (group ?? []))));
          return rows.map((row) => ({ ...row, asked: { definition, dimension, period }, names }));
        }),
      ),
    );
  });
}

interface Unknown {
  readonly personId: string;
  readonly numerator: number;
  readonly denominator: number;
}

/**
 * What the attacker takes a metric to be made of, knowing who is in which group and when anybody changed: what each item
 * added in each month; or, where it can be known that something is the same again, each state that it was in.
 */
class Attack {
  private readonly states: ReadonlyMap<string, Share>[];

  constructor(
    private readonly traits: ReturnType<typeof traitsOf>,
    views: readonly ProgramView[],
    private readonly definition: Definition,
    minimum: number,
    isOpen: (personId: string) => boolean,
  ) {
    const states = views.map((view) => {
      const shares = definition.shares(view, ALWAYS);
      const sums = new Map<string, Share>();
      for (const share of shares) {
        const key = 'theme' in share ? `${share.enrollmentId} ${String(share.theme)}` : share.enrollmentId;
        const sum = sums.get(key) ?? { ...share, numerator: 0, denominator: 0 };
        sums.set(key, {
          ...sum,
          numerator: sum.numerator + share.numerator,
          denominator: sum.denominator + share.denominator,
        });
      }
      for (const [key, { numerator, denominator }] of sums)
        if (numerator === 0 && denominator === 0) sums.delete(key);
      return sums;
    });
    this.states = definition.counts === 'people' ? inBatches(states, minimum, isOpen) : states;
  }

  /** Who an answer tells that there are, where it tells how many. */
  presentIn(told: Told): Map<string, Unknown> {
    if (this.definition.counts !== 'people') return new Map();
    const isIn = this.isInGroupOf(told);
    const last = MONTHS.findIndex(({ name }) => name === told.through);
    return new Map(
      [...this.states[last]!].flatMap(([key, share]) =>
        isIn(share) ? [[`${key} is in`, { personId: share.personId, numerator: 0, denominator: 1 }]] : [],
      ),
    );
  }

  /** Which months and whom an answer is about, whatever it says. */
  questionOf({ asked: { period, dimension }, group, names, through }: Told): string {
    const isSum = this.definition.overTime === 'adds-up' && period.kind !== 'programme';
    const first = isSum ? Math.max(0, this.firstOf(period)) : 0;
    const whom = group === ALL_OTHER ? `all but ${[...names].sort().join()}` : (group ?? 'all');
    return `${MONTHS[first]!.name} to ${through}, ${group === null ? '' : dimension} ${whom}`;
  }

  private firstOf(period: Period): number {
    return MONTHS.findIndex(({ span }) => span.from >= period.span.from);
  }

  /** The unknowns that an answer is the sum of. */
  unknownsOf(told: Told): Map<string, Unknown> {
    const { period } = told.asked;
    const { through } = told;
    const isIn = this.isInGroupOf(told);
    const last = MONTHS.findIndex(({ name }) => name === through);
    const addsUp = this.definition.overTime === 'adds-up' && period.kind !== 'programme';
    const first = addsUp ? this.firstOf(period) : 0;
    const found = new Map<string, Unknown>();
    const add = (unknown: string, { personId }: Share, numerator: number, denominator: number) => {
      if (numerator !== 0 || denominator !== 0) found.set(unknown, { personId, numerator, denominator });
    };
    if (this.definition.overTime === 'states' || this.definition.overTime === 'fresh') {
      const when = this.definition.overTime === 'fresh' ? `in ${last}` : '';
      for (const [key, share] of this.states[last]!)
        if (isIn(share)) {
          const { numerator, denominator } = share;
          add(`${key} ${numerator}/${denominator} ${when}`, share, numerator, denominator);
        }
      return found;
    }
    for (let n = first; n <= last; n++)
      for (const key of new Set([...this.states[n]!.keys(), ...(this.states[n - 1]?.keys() ?? [])])) {
        const [now, before] = [this.states[n]!.get(key), this.states[n - 1]?.get(key)];
        const share = (now ?? before)!;
        if (isIn(share))
          add(
            `${key} in ${n}`,
            share,
            (now?.numerator ?? 0) - (before?.numerator ?? 0),
            (now?.denominator ?? 0) - (before?.denominator ?? 0),
          );
      }
    return found;
  }

  private isInGroupOf({ asked: { dimension }, group, names }: Told): (share: Share) => boolean {
    return (share) => {
      if (group === null) return true;
      const trait =
        'theme' in share ? String(share.theme) : this.traits.get(share.enrollmentId)![dimension as 'cohort'];
      return group === ALL_OTHER ? !names.has(trait) : trait === group;
    };
  }
}

/** Whoever a denominator counts comes and goes with enough others; until then what they were last stays. */
function inBatches(
  months: readonly ReadonlyMap<string, Share>[],
  minimum: number,
  isOpen: (personId: string) => boolean,
): ReadonlyMap<string, Share>[] {
  const areEnough = (shares: readonly Share[]) =>
    new Set(shares.flatMap(({ personId }) => (isOpen(personId) ? [] : [personId]))).size >= minimum;
  let told: ReadonlyMap<string, Share> = new Map();
  return months.map((month) => {
    const [come, gone] = [
      [...month].filter(([key]) => !told.has(key)),
      [...told].filter(([key]) => !month.has(key)),
    ];
    const [haveCome, haveGone] = [come, gone].map((each) => areEnough(each.map(([, share]) => share)));
    told = new Map([
      ...[...told].flatMap(([key, last]) =>
        month.has(key) || !haveGone ? [[key, month.get(key) ?? last] as const] : [],
      ),
      ...(haveCome ? come : []),
    ]);
    return told;
  });
}

const sum = (unknowns: Iterable<Unknown>, of: 'numerator' | 'denominator') =>
  [...unknowns].reduce((total, each) => total + each[of], 0);

/** Asks everything, subtracts and compares. @returns how many answers told different things */
function attack(
  history: ProgramHistory,
  minimum: number,
  reader: Reader,
  isOpen: (personId: string) => boolean,
): number {
  const traits = traitsOf(history(NOW)!);
  const views = MONTHS.map(({ span }) => history(lookingAt(NOW, span.to - 1))!);
  const answers = Map.groupBy(everyAnswer(history, reader), ({ asked }) => asked.definition);
  let different = 0;
  for (const [definition, rows] of answers) {
    const attacker = new Attack(traits, views, definition, minimum, isOpen);
    const sets = new Map<string, Map<string, Unknown>>();
    const questions = new Map<string, string>();
    for (const row of rows) {
      const { id, value, numerator, denominator, n, through, withheld, group } = row;
      // Two of them could be subtracted.
      if (n !== null) throw new Error(`how many people it is of is told: ${JSON.stringify(row)}`);
      if (withheld) {
        if ([value, numerator, denominator, through].some((figure) => figure !== null))
          throw new Error(`withheld, and yet told: ${JSON.stringify(row)}`);
        continue;
      }
      const unknowns = attacker.unknownsOf(row);
      // It is what it is taken to be: the attacker reads the answers rightly. A theme's share is of all goals.
      const ofAll = id === 'theme-share' && group !== null;
      if (
        Math.abs(numerator! - sum(unknowns.values(), 'numerator')) > 1e-9 ||
        (!ofAll && Math.abs(denominator! - sum(unknowns.values(), 'denominator')) > 1e-9)
      )
        throw new Error(`not the sum that it seems to be: ${JSON.stringify(row)}`);
      const key = [...unknowns.keys()].sort().join();
      sets.set(key, new Map([...unknowns, ...attacker.presentIn(row)]));
      // Two answers that are equal throughout: what one is about and the other is not, is exactly 0.
      const question = attacker.questionOf(row);
      const other = questions.get(key) ?? question;
      if (other !== question) throw new Error(`${id}: 0 lies between ${other} and ${question}`);
      questions.set(key, question);
    }
    for (const { asked, names, withheld, group, id } of rows)
      if (withheld && group !== null && names.size > 0 && !names.has(ALL_OTHER))
        throw new Error(`${id}: ${asked.dimension} ${group} is 0: the others are the total`);
    different += sets.size;
    // Whatever can be computed from sums is made of what all of them hold together, or leave out together.
    const told = [...sets.values()];
    const people = new Map(
      told.flatMap((set) => [...set].map(([unknown, { personId }]) => [unknown, personId])),
    );
    const classes = Map.groupBy(people.keys(), (unknown) => told.map((set) => +set.has(unknown)).join(''));
    for (const members of classes.values()) {
      const hidden = new Set(members.map((unknown) => people.get(unknown)!).filter((each) => !isOpen(each)));
      if (hidden.size < minimum)
        throw new Error(`${definition.id}: ${[...hidden].join()} found by ${members.join('; ')}`);
    }
  }
  return different;
}

const subject = { tenantId: 't', subject: 's', sensitive: false };

describe('who asks every report, measure, dimension and period, month after month, and subtracts', () => {
  it('as sponsor finds nothing of fewer people than the minimum', () => {
    let different = 0;
    fc.assert(
      fc.property(organisation, (tried) => {
        const reader = readerOf(
          { ...subject, roles: ['sponsor'] },
          { lineUpwards: new Set(), coached: new Set(), managersSeeParticipation: false },
        );
        different += attack(programmeOf(tried).history, highest(tried), reader, () => false);
      }),
      { numRuns: 20, endOnFailure: true },
    );
    // The property would hold of telling nothing at all.
    expect(different).toBeGreaterThan(300);
  }, 120_000);

  it('as manager neither, beside those who report to them, or ever did', () => {
    let different = 0;
    fc.assert(
      fc.property(organisation, (tried) => {
        const { people, shown } = tried;
        const reader = readerOf(
          { ...subject, roles: ['manager'], personId: 'p0' },
          { lineUpwards: new Set(), coached: new Set(), managersSeeParticipation: shown },
        );
        const isOpen = (personId: string) => {
          const { reports, moves } = people[Number(personId.slice(1))]!;
          return personId === 'p0' || reports || moves !== null;
        };
        different += attack(programmeOf(tried).history, highest(tried), reader, isOpen);
      }),
      { numRuns: 20, endOnFailure: true },
    );
    expect(different).toBeGreaterThan(100);
  }, 120_000);

  it('as programme admin nothing of goals, by either basis, though some was learnt late', () => {
    let different = 0;
    fc.assert(
      fc.property(organisation, (tried) => {
        const reader = readerOf(
          { ...subject, roles: ['program-admin'] },
          { lineUpwards: new Set(), coached: new Set(), managersSeeParticipation: false },
        );
        const { facts } = programmeOf(tried);
        const goals = facts.goals.map((fact, i) => ({
          ...fact,
          recordedAt: fact.recordedAt + (i % 3) * 30 * 86_400_000,
        }));
        different += attack(historyOf({ ...facts, goals }), highest(tried), reader, () => false);
      }),
      { numRuns: 20, endOnFailure: true },
    );
    expect(different).toBeGreaterThan(20);
  }, 120_000);
});
