import {
  ALL_OTHER,
  ALWAYS,
  type Definition,
  type MetricShown,
  type Period,
  type ProgramView,
  type Share,
  type traitsOf,
} from '@cairn/analytics/reports';

/** A row of closed months, and what was asked. */
export interface Told extends MetricShown {
  readonly asked: { readonly dimension: string | undefined; readonly period: Period };
  /** The groups that were told by name in the same answer. */
  readonly names: ReadonlySet<string>;
}

/** What one person added. */
export interface Unknown {
  readonly personId: string;
  readonly numerator: number;
  readonly denominator: number;
}

/** What an answer is the sum of. */
export interface Sum {
  readonly unknowns: ReadonlyMap<string, Unknown>;
  /** The same for two answers that are equal throughout. */
  readonly key: string;
  /** Who there is, where the denominator tells how many there are. */
  readonly present: ReadonlyMap<string, Unknown>;
  /** Which months and whom the answer is about, whatever it says. */
  readonly question: string;
  readonly numerator: number;
  readonly denominator: number;
}

/** What the attacker knows of a programme anyway: who is in which group, and how it stood at each month's end. */
export interface Known {
  readonly traits: ReturnType<typeof traitsOf>;
  readonly months: readonly Period[];
  readonly views: readonly ProgramView[];
}

/** Who makes a batch: so many of those who count. */
export interface Batch {
  readonly minimum: number;
  readonly counts: (personId: string) => boolean;
}

/**
 * What the attacker takes a metric to be made of, knowing when anybody changed: what each item added in each month; or,
 * where it can be known that something is the same again, each state that it was in.
 */
export class Sums {
  private readonly states: readonly ReadonlyMap<string, Share>[];
  private readonly found = new Map<string, Sum>();

  /** @param batch undefined where everybody is told of as they come */
  constructor(
    private readonly known: Known,
    private readonly definition: Definition,
    batch: Batch | undefined,
  ) {
    const states = known.views.map((view) => statesIn(definition.shares(view, ALWAYS)));
    this.states = batch ? inBatches(states, batch) : states;
  }

  of({ asked: { period, dimension }, group, names, through }: Told): Sum {
    const { months } = this.known;
    const addsUp = this.definition.overTime === 'adds-up' && period.kind !== 'programme';
    const first = addsUp ? months.findIndex(({ span }) => span.from >= period.span.from) : 0;
    const last = months.findIndex(({ name }) => name === through);
    if (last < 0) throw new Error(`told of ${through}, which is not over`);
    const whom = group === ALL_OTHER ? `all but ${[...names].sort().join()}` : (group ?? 'all');
    const question = `${months[first]!.name} to ${through}, ${group === null ? '' : dimension} ${whom}`;
    let sum = this.found.get(question);
    if (!sum) {
      const isIn = (share: Share): boolean => {
        if (group === null) return true;
        const trait = 'theme' in share ? String(share.theme) : this.traitOf(share, dimension!);
        return group === ALL_OTHER ? !names.has(trait) : trait === group;
      };
      const unknowns = this.unknownsIn(first, last, isIn);
      sum = {
        unknowns,
        key: [...unknowns.keys()].sort().join(),
        present: this.presentIn(last, isIn),
        question,
        numerator: totalOf(unknowns, 'numerator'),
        denominator: totalOf(unknowns, 'denominator'),
      };
      this.found.set(question, sum);
    }
    return sum;
  }

  private traitOf({ enrollmentId }: Share, dimension: string): string {
    return this.known.traits.get(enrollmentId)![dimension as 'cohort'];
  }

  private presentIn(last: number, isIn: (share: Share) => boolean): Map<string, Unknown> {
    if (this.definition.counts !== 'people') return new Map();
    return new Map(
      [...this.states[last]!].flatMap(([key, share]) =>
        isIn(share) ? [[`${key} is in`, { personId: share.personId, numerator: 0, denominator: 1 }]] : [],
      ),
    );
  }

  private unknownsIn(first: number, last: number, isIn: (share: Share) => boolean): Map<string, Unknown> {
    const found = new Map<string, Unknown>();
    const add = (unknown: string, { personId }: Share, numerator: number, denominator: number) => {
      if (numerator !== 0 || denominator !== 0) found.set(unknown, { personId, numerator, denominator });
    };
    const { overTime } = this.definition;
    if (overTime === 'states' || overTime === 'fresh') {
      const when = overTime === 'fresh' ? `in ${last}` : '';
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
}

const totalOf = (unknowns: ReadonlyMap<string, Unknown>, of: 'numerator' | 'denominator'): number =>
  [...unknowns.values()].reduce((total, each) => total + each[of], 0);

/** Each item's sums at a month's end, those without any left out. */
function statesIn(shares: readonly Share[]): Map<string, Share> {
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
}

/** Whoever a denominator counts comes and goes with enough others; until then what they were last stays. */
function inBatches(
  months: readonly ReadonlyMap<string, Share>[],
  { minimum, counts }: Batch,
): ReadonlyMap<string, Share>[] {
  const areEnough = (items: readonly (readonly [string, Share])[]) =>
    new Set(items.map(([, { personId }]) => personId).filter(counts)).size >= minimum;
  let told: ReadonlyMap<string, Share> = new Map();
  return months.map((month) => {
    const come = [...month].filter(([key]) => !told.has(key));
    const gone = new Set([...told].filter(([key]) => !month.has(key)).map(([key]) => key));
    const haveGone = areEnough([...told].filter(([key]) => gone.has(key)));
    told = new Map([
      ...[...told].flatMap(([key, last]) =>
        gone.has(key) && haveGone ? [] : [[key, month.get(key) ?? last] as const],
      ),
      ...(areEnough(come) ? come : []),
    ]);
    return told;
  });
}
