/** What one run of one side gave. */
export interface Measured {
  /** Finished and right, per second of the run. */
  readonly perSecond: number;
  /** Milliseconds from call to answer, where each call was timed. */
  readonly p50?: number;
  readonly p99?: number;
  /** Calls that failed: with any, a row is not reached, however fast the others were. */
  readonly errors: number;
}

/** What a row has to reach: at least so much of the limit, and so much by itself. */
export interface Goal {
  readonly atLeast?: number;
  readonly perSecond?: number;
  /** At most so many ms. */
  readonly p99?: number;
  /** Largest resident memory of the process that works, in MB. */
  readonly megabytes?: number;
}

/** One line of the table. */
export interface Result {
  readonly row: string;
  readonly what: string;
  /** The limit that it is measured beside. */
  readonly against: string;
  readonly unit: string;
  /** Medians of all rounds. */
  readonly ours: number;
  readonly limit: number;
  /** The median of the rounds' own ratios, and the lowest and highest of them. */
  readonly ratio: number;
  readonly ratios: readonly [lowest: number, highest: number];
  readonly p50?: number;
  readonly p99?: number;
  readonly megabytes?: number;
  /** p99 of the commands of the load on each side, and what ours adds, in ms: medians of all rounds. */
  readonly commandsP99?: { readonly ours: number; readonly limit: number; readonly added: number };
  readonly errors: number;
  readonly goal: Goal;
  readonly reached: boolean;
  readonly quality?: Quality;
}

/** How good matches are. */
export interface Quality extends Matching {
  /** One coachee after the other taking the best coach left, and everybody having the best of all. */
  readonly greedy: Matching;
  readonly ceiling: Matching;
  /** Largest resident memory of the limit's process, in MB. */
  readonly limitMegabytes: number;
}

interface Matching {
  /** Mean score of those who are matched, 0 to 1. */
  readonly fit: number;
  /** The share of coachees who are. */
  readonly matched: number;
}

/** @throws RangeError for no values */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values, no median');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The smallest value that a share of all (0 to 1) does not exceed: the nearest-rank definition. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

export interface Round {
  /** `commandsP99`: of the commands of the load, where p50 and p99 are of what follows from them; the limit has that alone. */
  readonly ours: Measured & { readonly megabytes?: number; readonly commandsP99?: number };
  readonly limit: Measured;
}

/** The line that rounds add up to. @throws RangeError for no rounds */
export function resultOf(
  line: Pick<Result, 'row' | 'what' | 'against' | 'goal'> & { readonly unit?: string },
  rounds: readonly Round[],
): Result {
  const { unit = '/s', ...rest } = line;
  const ratios = rounds.map(({ ours, limit }) => ours.perSecond / limit.perSecond);
  const of = (read: (round: Round) => number | undefined) => {
    const values = rounds.map(read).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : median(values);
  };
  const commands = rounds.flatMap(({ ours: { commandsP99: ours }, limit: { p99: limit } }) =>
    ours === undefined || limit === undefined ? [] : [{ ours, limit, added: ours - limit }],
  );
  const ofCommands = (side: 'ours' | 'limit' | 'added') => median(commands.map((each) => each[side]));
  const peaks = rounds.flatMap(({ ours }) => ours.megabytes ?? []);
  const measured = {
    ours: of(({ ours }) => ours.perSecond)!,
    limit: of(({ limit }) => limit.perSecond)!,
    ratio: median(ratios),
    ratios: [Math.min(...ratios), Math.max(...ratios)] as const,
    p50: of(({ ours }) => ours.p50),
    p99: of(({ ours }) => ours.p99),
    megabytes: peaks.length === 0 ? undefined : Math.max(...peaks),
    commandsP99:
      commands.length === 0
        ? undefined
        : { ours: ofCommands('ours'), limit: ofCommands('limit'), added: ofCommands('added') },
    errors: rounds.reduce((sum, { ours, limit }) => sum + ours.errors + limit.errors, 0),
  };
  return { ...rest, unit, ...measured, reached: isReached(line.goal, measured) };
}

function isReached(
  goal: Goal,
  {
    ours,
    ratio,
    p99 = Infinity,
    megabytes = 0,
    errors,
  }: Pick<Result, 'ours' | 'ratio' | 'p99' | 'megabytes' | 'errors'>,
): boolean {
  return (
    errors === 0 &&
    ratio >= (goal.atLeast ?? 0) &&
    ours >= (goal.perSecond ?? 0) &&
    p99 <= (goal.p99 ?? Infinity) &&
    megabytes <= (goal.megabytes ?? Infinity)
  );
}
