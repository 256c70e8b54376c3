import { lookingAt, type Moment } from '../as-of/moment.js';
import type { ProgramHistory, ProgramView } from '../as-of/view.js';
import { DIMENSIONS, traitsOf, type Traits } from '../dimensions.js';
import { ALWAYS, measure, sumOf, type Definition, type Measure, type Share } from '../metrics/measure.js';
import { closedMonths, type Period } from '../periods.js';
import { blocksOf, covering, shownTogether, type Block, type Contribution } from './blocks.js';

/** What a reader of closed months is told of one metric: its total and a breakdown, each null where withheld. */
export interface Disclosure {
  readonly total: Measure | null;
  /** The last month that the value reaches to. */
  readonly through: string | null;
  readonly groups: readonly DisclosedGroup[] | null;
}

export interface DisclosedGroup {
  /** Null for "all other". */
  readonly name: string | null;
  readonly measure: Measure;
}

/** Who reads, and what they may see of single people anyway. */
export interface Reader {
  readonly minimum: number;
  /** Does the person count towards the minimum? Not one whose record is open to the reader. */
  readonly counts: (personId: string) => boolean;
}

const WITHHELD: Disclosure = { total: null, through: null, groups: null };

/** A programme as those see it who get aggregates only: its closed months, cut into blocks for each metric. */
export class ClosedMonths {
  readonly months: readonly Period[];
  private readonly views = new Map<number, ProgramView>();
  private readonly traits: ReadonlyMap<string, Traits>;

  constructor(
    private readonly history: ProgramHistory,
    private readonly moment: Moment,
    private readonly reader: Reader,
  ) {
    const now = history(moment)!;
    this.months = closedMonths(now.program.values.startsOn, now.program.zone, moment.at);
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
    if (definition.overTime === 'fresh') return this.fresh(definition, from, to, dimension);
    const blocks = this.blocksOf(definition);
    if (period.kind === 'programme' || definition.overTime === 'to-date') {
      const reached = blocks.filter((block) => block.to <= to);
      return this.told(definition, reached, 0, dimension);
    }
    return this.told(definition, covering(blocks, from, to) ?? [], from, dimension);
  }

  /** The state at the end of the last month of these in which enough people are judged. */
  private fresh(definition: Definition, from: number, to: number, dimension?: string): Disclosure {
    for (let month = to; month >= from; month--) {
      const shares = this.sharesAt(definition, month).filter(isSomething);
      const judged = shares.map((share) => this.contribution(share, 0));
      const [block] = blocksOf(
        judged,
        1,
        this.reader.minimum,
        this.reader.counts,
        this.dimensionsOf(definition),
      );
      if (block) return this.shown(definition, shares, [block], month, dimension);
    }
    return WITHHELD;
  }

  private told(
    definition: Definition,
    blocks: readonly Block[],
    from: number,
    dimension?: string,
  ): Disclosure {
    const to = blocks.at(-1)?.to;
    if (to === undefined) return WITHHELD;
    const before = from === 0 ? [] : this.sharesAt(definition, from - 1);
    const shares =
      from === 0 ? this.sharesAt(definition, to) : difference(this.sharesAt(definition, to), before);
    return this.shown(definition, shares, blocks, to, dimension);
  }

  private shown(
    definition: Definition,
    shares: readonly Share[],
    blocks: readonly Block[],
    month: number,
    dimension?: string,
  ): Disclosure {
    const total = plain(measure(definition, shares));
    const names = dimension === undefined ? null : shownTogether(blocks, dimension);
    const groupOf = (share: Share) => {
      const name = this.traitsOfShare(share)[dimension!]!;
      return names!.has(name) ? name : null;
    };
    const groups =
      names &&
      [...Map.groupBy(shares, groupOf)]
        .map(([name, own]) => ({ name, measure: plain(ofGroup(definition, own, total)) }))
        .sort((a, b) => (a.name === null ? 1 : b.name === null ? -1 : a.name < b.name ? -1 : 1));
    return { total, through: this.months[month]!.name, groups };
  }

  /** Somebody contributes in a month when what they add to the metric to date has changed in it. */
  private blocksOf(definition: Definition): Block[] {
    const contributions: Contribution[] = [];
    let before = new Map<string, Share[]>();
    for (const month of this.months.keys()) {
      const now = Map.groupBy(this.sharesAt(definition, month).filter(isSomething), keyOf);
      for (const key of new Set([...before.keys(), ...now.keys()])) {
        const [then, since] = [before.get(key) ?? [], now.get(key) ?? []];
        if (traceOf(then) !== traceOf(since))
          contributions.push(this.contribution((since[0] ?? then[0])!, month));
      }
      before = now;
    }
    const { minimum, counts } = this.reader;
    return blocksOf(contributions, this.months.length, minimum, counts, this.dimensionsOf(definition));
  }

  private contribution(share: Share, month: number): Contribution {
    return { personId: share.personId, month, traits: this.traitsOfShare(share) };
  }

  private traitsOfShare(share: Share): Readonly<Record<string, string>> {
    return 'theme' in share ? { theme: String(share.theme) } : this.traits.get(share.enrollmentId)!;
  }

  private dimensionsOf(definition: Definition): readonly string[] {
    return definition.id === 'theme-share' ? ['theme'] : DIMENSIONS;
  }

  /** What the metric adds up to at the end of a month, from the programme's beginning on. */
  private sharesAt(definition: Definition, month: number): Share[] {
    return definition.shares(this.viewAt(month), ALWAYS);
  }

  private viewAt(month: number): ProgramView {
    const seen = this.views.get(month);
    if (seen) return seen;
    const view = this.history(lookingAt(this.moment, this.months[month]!.span.to - 1))!;
    this.views.set(month, view);
    return view;
  }
}

const isInside = (month: Period, period: Period): boolean =>
  month.span.from >= period.span.from && month.span.to <= period.span.to;

const keyOf = (share: Share): string =>
  'theme' in share ? `${share.enrollmentId} ${String(share.theme)}` : share.enrollmentId;

/** Not one that only stands beside, such as a session that awaits confirmation. */
const isSomething = (share: Share): boolean => share.numerator !== 0 || share.denominator !== 0;

/** What would make a difference to the metric; that an open case grows older is nobody's news. */
const traceOf = (shares: readonly Share[]): string =>
  JSON.stringify([
    sumOf(shares, (share) => share.numerator),
    sumOf(shares, (share) => share.denominator),
    ...shares.flatMap((share) => ('ending' in share ? [share.ending] : [])),
  ]);

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
function ofGroup(definition: Definition, shares: readonly Share[], total: Measure): Measure {
  const own = measure(definition, shares);
  if (definition.id !== 'theme-share') return own;
  const { denominator } = total;
  return { ...own, denominator, value: denominator === 0 ? null : own.numerator / denominator };
}

/** Without what stands beside: it may speak of single people. */
const plain = ({ id, value, numerator, denominator, n, source }: Measure): Measure => ({
  id,
  value,
  numerator,
  denominator,
  n,
  source,
});
