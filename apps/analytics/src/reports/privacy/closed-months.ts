import { lookingAt, type Moment } from '../as-of/moment.js';
import type { ProgramHistory, ProgramView } from '../as-of/view.js';
import { plusDays } from '../as-of/zone.js';
import { DIMENSIONS, namesOf, traitsOf, type Labels, type Traits } from '../dimensions.js';
import {
  ALWAYS,
  divided,
  measure,
  sumOf,
  type Definition,
  type Measure,
  type Share,
} from '../metrics/measure.js';
import { closedMonths, type Period } from '../periods.js';
import { Batches } from './batches.js';
import { timelineOf, WALLS, type Item, type MonthEnd, type Rules, type Shown } from './timeline.js';

/** A metric's answer without what stands beside it and how many people it is of: these may speak of single people. */
export type Figures = Pick<Measure, 'id' | 'value' | 'numerator' | 'denominator' | 'source'>;

/** What a reader of closed months is told of one metric: its total and a breakdown, each null where withheld. */
export interface Disclosure {
  readonly total: Figures | null;
  /** The last month that the value reaches to. */
  readonly through: string | null;
  readonly groups: readonly DisclosedGroup[] | null;
}

export interface DisclosedGroup {
  /** Null for "all other". */
  readonly name: string | null;
  readonly measure: Figures;
}

/** Who reads, and what they may see of single people anyway. */
export type ReaderRules = Pick<Rules, 'minimum' | 'counts'>;

/** What is shown of a metric at a closed month's end; undefined where nothing is. */
type ShownAt = (month: number) => Shown | undefined;

const WITHHELD: Disclosure = { total: null, through: null, groups: null };

/** A programme as those see it who get aggregates only: as it stood at the ends of its closed months. */
export class ClosedMonths {
  readonly months: readonly Period[];
  /** Of each metric, its total alone, and with its groups. */
  private readonly totals = new Map<Definition, ShownAt>();
  private readonly groups = new Map<Definition, ShownAt>();
  /** Of each metric, what every month's end is the sum of. */
  private readonly shares = new Map<Definition, readonly (readonly Share[])[]>();
  private readonly traits: ReadonlyMap<string, Traits>;

  constructor(
    private readonly history: ProgramHistory,
    private readonly moment: Moment,
    private readonly reader: ReaderRules,
    private readonly labels: Labels,
    /** Up to when everything is in. A month that is not over yet is not closed by asking from a day after it. */
    until: number,
    private readonly walls = WALLS,
  ) {
    const now = history(moment)!;
    const { values, zone } = now.program;
    const ends = now.participants.map(({ enrollment }) => enrollment.endsOn ?? values.endsOn);
    const end = [values.endsOn, ...ends].reduce((last, day) => (day > last ? day : last));
    // What is judged late is judged within the month after; later on nothing is added any more.
    const last = Math.min(moment.at, until, zone.startOf(plusDays(end, 62)));
    this.months = closedMonths(values.startsOn, zone, last);
    this.traits = traitsOf(now);
  }

  /**
   * @param period one or more closed months; the programme means all of them
   * @param dimension to break down by; `theme` for theme shares alone
   */
  disclose(definition: Definition, period: Period, dimension?: string): Disclosure {
    const inside = [...this.months.keys()].filter((month) => isInside(this.months[month]!, period));
    const [from, to] = [inside[0], inside.at(-1)];
    if (from === undefined || to === undefined) return WITHHELD;
    const shown = this.shownOf(definition, dimension);
    if (definition.overTime !== 'adds-up' || period.kind === 'programme') {
      const first = definition.overTime === 'fresh' ? from : 0;
      return this.state(definition, shown, first, to, dimension);
    }
    if (from === 0) return this.state(definition, shown, from, to, dimension);
    return this.increase(definition, shown, from, to, dimension);
  }

  /** The value at the last month's end of these at which it is shown; by the dimension, where it ever is. */
  private state(
    definition: Definition,
    shownAt: ShownAt,
    from: number,
    to: number,
    dimension?: string,
  ): Disclosure {
    const month = lastShown(shownAt, from, to, dimension);
    if (month === undefined) return WITHHELD;
    const names = dimension === undefined ? null : shownAt(month)!.groups[dimension]!;
    return this.disclosed(definition, this.sharesAt(definition, month), names, month, dimension);
  }

  /**
   * What was added in these months, up to the last of them at whose end it is shown, where the end of the month before
   * is shown too; by the groups that are shown at both.
   */
  private increase(
    definition: Definition,
    shownAt: ShownAt,
    from: number,
    to: number,
    dimension?: string,
  ): Disclosure {
    const before = shownAt(from - 1);
    const month = lastShown(shownAt, from, to, before?.groups[dimension!] ? dimension : undefined);
    if (!before || month === undefined) return WITHHELD;
    const shares = difference(this.sharesAt(definition, month), this.sharesAt(definition, from - 1));
    const [then, now] = [before, shownAt(month)!].map((shown) =>
      dimension === undefined ? null : shown.groups[dimension],
    );
    const both = then && now ? then.intersection(now) : null;
    if (measure(definition, shares).n < this.reader.minimum) return WITHHELD;
    return this.disclosed(definition, shares, both?.size ? both : null, month, dimension);
  }

  private disclosed(
    definition: Definition,
    shares: readonly Share[],
    names: ReadonlySet<string> | null,
    month: number,
    dimension?: string,
  ): Disclosure {
    const total = plain(measure(definition, shares));
    const groupOf = (share: Share) => {
      const name = this.traitsOfShare(share)[dimension!]!;
      return names!.has(name) ? name : null;
    };
    const groups =
      names &&
      [...Map.groupBy(shares.filter(isSomething), groupOf)]
        .map(([name, own]) => ({ name, measure: plain(ofGroup(definition, own, total)) }))
        .sort((a, b) => (a.name === null ? 1 : b.name === null ? -1 : a.name < b.name ? -1 : 1));
    return { total, through: this.months[month]!.name, groups: groups && groups.length > 1 ? groups : null };
  }

  /**
   * What breakdowns show bears on what is shown of the total later only where somebody can go, or change; elsewhere they
   * are decided on only when one is asked for.
   */
  private shownOf(definition: Definition, dimension?: string): ShownAt {
    const { overTime, counts } = definition;
    const withGroups = dimension !== undefined || overTime === 'states' || counts === 'people';
    const decided = withGroups ? this.groups : this.totals;
    let shown = decided.get(definition);
    if (!shown) decided.set(definition, (shown = this.decide(definition, withGroups)));
    return shown;
  }

  private decide(definition: Definition, withGroups: boolean): ShownAt {
    const ofTheme = definition.id === 'theme-share' ? ['theme'] : DIMENSIONS;
    const dimensions = withGroups ? ofTheme : [];
    const end = (month: number): MonthEnd => {
      const { program } = this.viewAt(month);
      return {
        items: this.itemsOf(this.sharesAt(definition, month)),
        names: Object.fromEntries(dimensions.map((each) => [each, namesOf(each, program, this.labels)])),
      };
    };
    const { overTime } = definition;
    const kind = overTime === 'states' || overTime === 'fresh' ? overTime : 'increments';
    const rules = { ...this.reader, dimensions, tellsHowMany: definition.counts === 'people' };
    const shown = timelineOf([...this.months.keys()].map(end), kind, rules, this.walls);
    return (month) => shown[month];
  }

  private sharesAt(definition: Definition, month: number): readonly Share[] {
    let shares = this.shares.get(definition);
    if (!shares) {
      const all = this.months.map((_, each) =>
        definition.shares(this.viewAt(each), ALWAYS).filter(isSomething),
      );
      const batches = new Batches(keyOf, this.reader);
      shares = definition.counts === 'people' ? all.map((each) => batches.at(each)) : all;
      this.shares.set(definition, shares);
    }
    return shares[month]!;
  }

  private itemsOf(shares: readonly Share[]): Item[] {
    const sums = new Map<string, { share: Share; numerator: number; denominator: number; endings: string }>();
    for (const share of shares) {
      if (!isSomething(share)) continue;
      const key = keyOf(share);
      let sum = sums.get(key);
      if (!sum) sums.set(key, (sum = { share, numerator: 0, denominator: 0, endings: '' }));
      sum.numerator += share.numerator;
      sum.denominator += share.denominator;
      // That an open case grows older is nobody's news; how it ended is.
      if ('ending' in share) sum.endings += ` ${String(share.ending)}`;
    }
    return [...sums].map(([key, { share, numerator, denominator, endings }]) => ({
      key,
      personId: share.personId,
      traits: this.traitsOfShare(share),
      sums: `${numerator}/${denominator}`,
      trace: `${numerator}/${denominator}${endings}`,
    }));
  }

  private traitsOfShare(share: Share): Readonly<Record<string, string>> {
    return 'theme' in share ? { theme: String(share.theme) } : this.traits.get(share.enrollmentId)!;
  }

  private viewAt(month: number): ProgramView {
    return this.history(lookingAt(this.moment, this.months[month]!.span.to - 1))!;
  }
}

/** The last of these months at whose end it is shown by the dimension; at all, where it never is by the dimension. */
function lastShown(shownAt: ShownAt, from: number, to: number, dimension?: string): number | undefined {
  let last: number | undefined;
  for (let month = to; month >= from; month--) {
    const shown = shownAt(month);
    if (!shown) continue;
    if (dimension === undefined || shown.groups[dimension] != null) return month;
    last ??= month;
  }
  return last;
}

const isInside = (month: Period, period: Period): boolean =>
  month.span.from >= period.span.from && month.span.to <= period.span.to;

const keyOf = (share: Share): string =>
  'theme' in share ? `${share.enrollmentId} ${String(share.theme)}` : share.enrollmentId;

/** Not one that only stands beside, such as a session that awaits confirmation. */
const isSomething = (share: Share): boolean => share.numerator !== 0 || share.denominator !== 0;

/** What was added since: one share for each item whose sums have changed. */
function difference(now: readonly Share[], before: readonly Share[]): Share[] {
  const negated = before.map((share) => ({
    ...share,
    numerator: -share.numerator,
    denominator: -share.denominator,
  }));
  return [...Map.groupBy([...now, ...negated], keyOf).values()]
    .map((own) => ({
      ...own[0]!,
      numerator: sumOf(own, (share) => share.numerator),
      denominator: sumOf(own, (share) => share.denominator),
    }))
    .filter(isSomething);
}

/** A theme's share is of all goals; any other metric of a group is the group's own. */
function ofGroup(definition: Definition, shares: readonly Share[], total: Figures): Figures {
  const own = measure(definition, shares);
  if (definition.id !== 'theme-share') return own;
  const { denominator } = total;
  return { ...own, denominator, value: divided(own.numerator!, denominator) };
}

const plain = ({ id, value, numerator, denominator, source }: Figures): Figures => ({
  id,
  value,
  numerator,
  denominator,
  source,
});
