import type { Places, Reader } from './access.js';
import { lookingAt, type Moment } from './as-of/moment.js';
import { only, type ProgramHistory, type ProgramView } from './as-of/view.js';
import { cohortSizes, DIMENSIONS, DIMENSIONS_IN_FULL, namesOf, traitsOf, type Labels } from './dimensions.js';
import { measure, type Definition, type Measure, type Share } from './metrics/measure.js';
import { themeShares, type Themed } from './metrics/theme-share.js';
import type { Period } from './periods.js';
import { ClosedMonths, type Disclosure, type Figures } from './privacy/closed-months.js';
import { ALL_OTHER, WITHHELD } from './privacy/minimum-group.js';
import { WALLS } from './privacy/timeline.js';

/** One metric, in total or of one group, as it is answered. All figures are null where it is withheld. */
export interface MetricShown {
  readonly id: string;
  /** Null for the total. */
  readonly group: string | null;
  readonly value: number | null;
  readonly numerator: number | null;
  readonly denominator: number | null;
  /** Distinct people in the denominator. Null for those who see closed months only: two of them could be subtracted. */
  readonly n: number | null;
  readonly source: string;
  readonly period: string;
  /** The last closed month that the value reaches to, for those who see closed months only. */
  readonly through: string | null;
  readonly withheld: typeof WITHHELD | null;
  readonly beside?: Measure['beside'];
}

/** What metrics of goals are computed from is not for every reader to see of single people. */
const OF_GOALS: readonly string[] = ['goal-completion', 'goal-attainment', 'theme-share'];

/** A programme's metrics for one reader, at one moment. */
export class ProgramReport {
  /** The programme and those of its people whom the reader's report includes. */
  readonly view: ProgramView;
  private closed: ClosedMonths | undefined;
  /** The report's own day: who is whose manager, and who works where, is looked at on it. */
  private readonly day: string;
  private readonly open = new Map<string, boolean>();

  constructor(
    private readonly history: ProgramHistory,
    private readonly moment: Moment,
    readonly reader: Reader,
    private readonly labels: Labels,
    /** The present, whatever moment is looked at. */
    private readonly now: Moment,
    /** Up to when everything is in: no later month is closed. */
    private readonly until: number,
    private readonly walls = WALLS,
  ) {
    const view = history(moment)!;
    this.day = view.program.zone.dayOf(moment.at);
    this.view = this.included(view);
  }

  /** The metric over a period, and by a dimension where one is asked for: the total first. */
  metric(definition: Definition, period: Period, dimension?: string): MetricShown[] {
    return this.isInFull(definition)
      ? this.inFull(definition, period, dimension)
      : this.ofClosedMonths(definition, period, dimension);
  }

  /** Whether the reader gets this metric in full. */
  isInFull(definition: Pick<Definition, 'id'>): boolean {
    return this.reader.inFull && (this.reader.goals || !OF_GOALS.includes(definition.id));
  }

  /** What a metric can be broken down by for the reader. */
  dimensionsOf(definition: Pick<Definition, 'id'>): readonly string[] {
    if (definition.id === 'theme-share') return ['theme'];
    return this.isInFull(definition) ? DIMENSIONS_IN_FULL : DIMENSIONS;
  }

  private included(view: ProgramView): ProgramView {
    return only(view, ({ personId }) => this.reader.includes(this.placesOf(personId, view), personId));
  }

  /** Where a person stood on the report's day, and where they stand now. */
  placesOf(personId: string, view = this.view): Places {
    const today = view.program.zone.dayOf(this.now.at);
    return [view.person(personId, this.day), view.person(personId, today, this.now)];
  }

  private inFull(definition: Definition, period: Period, dimension?: string): MetricShown[] {
    const end = Math.min(this.moment.at, period.span.to - 1);
    const view =
      definition.looksAt === 'moment' && end < this.moment.at
        ? this.included(this.history(lookingAt(this.moment, end))!)
        : this.view;
    const row = (group: string | null, found: Measure): MetricShown => shown(found, group, period, null);
    const total = row(null, totalOf(definition, view, period));
    if (dimension === undefined) return [total];
    const shares = definition.shares(view, period.span);
    if (dimension === 'theme')
      return [
        total,
        ...themeShares(shares as Themed[]).map(({ theme, measure: found }) => row(theme, found)),
      ];
    const groups = Map.groupBy(shares, groupOf(dimension, view));
    return [
      total,
      ...[...groups]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, own]) => row(name, measure(definition, own))),
    ];
  }

  private ofClosedMonths(definition: Definition, period: Period, dimension?: string): MetricShown[] {
    // As it is known now, whatever the basis: two states of one month could be subtracted from each other.
    this.closed ??= new ClosedMonths(
      this.history,
      { at: this.moment.at, knownAt: Infinity },
      { minimum: this.view.program.minimumGroup, counts: (personId) => !this.isOpen(personId) },
      this.labels,
      this.until,
      this.walls,
    );
    const told = this.closed.disclose(definition, period, dimension);
    const total = told.total
      ? shown(told.total, null, period, told.through)
      : withheld(definition, null, period);
    return dimension === undefined
      ? [total]
      : [total, ...this.groupsTold(definition, period, dimension, told)];
  }

  /** The groups that are told, then "all other", then every other name there could be, whether anybody is in it or not. */
  private groupsTold(
    definition: Definition,
    period: Period,
    dimension: string,
    told: Disclosure,
  ): MetricShown[] {
    const groups = told.groups ?? [];
    const names = new Set(groups.map(({ name }) => name));
    return [
      ...groups.map(({ name, measure: found }) => shown(found, name ?? ALL_OTHER, period, told.through)),
      ...namesOf(dimension, this.view.program, this.labels)
        .filter((name) => !names.has(name))
        .map((name) => withheld(definition, name, period)),
    ];
  }

  private isOpen(personId: string): boolean {
    let isOpen = this.open.get(personId);
    if (isOpen === undefined) {
      isOpen = this.reader.isOpenTo(personId, this.view.managersOf(personId));
      this.open.set(personId, isOpen);
    }
    return isOpen;
  }
}

/** Of each view, which never changes, what was asked for before. */
const totals = new WeakMap<ProgramView, Map<Definition, Map<string, Measure>>>();

function totalOf(definition: Definition, view: ProgramView, { span }: Period): Measure {
  return totals
    .getOrInsertComputed(view, () => new Map<Definition, Map<string, Measure>>())
    .getOrInsertComputed(definition, () => new Map<string, Measure>())
    .getOrInsertComputed(`${span.from} ${span.to}`, () =>
      measure(definition, definition.shares(view, span), view.program),
    );
}

function groupOf(dimension: string, view: ProgramView): (share: Share) => string {
  if (dimension === 'cohort-size') {
    const sizes = cohortSizes(view);
    return ({ enrollmentId }) => sizes.get(enrollmentId)!;
  }
  const traits = traitsOf(view);
  return ({ enrollmentId }) => traits.get(enrollmentId)![dimension as (typeof DIMENSIONS)[number]];
}

const shown = (
  { id, value, numerator, denominator, n, source, beside }: Figures & Partial<Pick<Measure, 'n' | 'beside'>>,
  group: string | null,
  period: Period,
  through: string | null,
): MetricShown => ({
  id,
  group,
  value,
  numerator,
  denominator,
  n: n ?? null,
  source,
  period: period.name,
  through,
  withheld: null,
  ...(beside ? { beside } : {}),
});

const withheld = ({ id, source }: Definition, group: string | null, period: Period): MetricShown => ({
  id,
  group,
  value: null,
  numerator: null,
  denominator: null,
  n: null,
  source,
  period: period.name,
  through: null,
  withheld: WITHHELD,
});
