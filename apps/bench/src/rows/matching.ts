import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { GOALS } from '../goals.js';
import type { Matched } from '../matching/cohort.js';
import type { MatchingDone, MatchingRun } from '../matching/process.js';
import { percentile } from '../measure/result.js';
import { compare } from '../measure/rounds.js';
import type { Row } from '../row.js';

/** Coachees, the coaches to choose from, whose these are, and how many such cohorts. */
const SIZES = [
  [10, 3, 'own', 200],
  [10, 100, 'shared', 200],
  [100, 10, 'own', 40],
  [100, 100, 'shared', 40],
  [1_000, 100, 'own', 4],
  [10_000, 1_000, 'own', 1],
] as const;

/** The bulk run, from people to matches with their reasons, beside HiGHS, from the same people to the same optimum. */
export const matching: Row = {
  name: 'matching',
  async *results({ pace }) {
    for (const [coachees, coaches, of, cohorts] of SIZES) {
      const large = coachees > 1_000;
      if (large && pace.rounds === 1) continue;
      const sized = { coachees, coaches, of, cohorts: pace.rounds === 1 ? Math.min(cohorts, 5) : cohorts };
      let ours: readonly Matched[] = [];
      let beside: MatchingDone | undefined;
      const result = await compare(
        {
          row: 'matching',
          what: `${coachees.toLocaleString('en')} coachees, ${coaches.toLocaleString('en')} coaches`,
          against: 'HiGHS, from the scores of the same people to the same optimum',
          unit: ' coachees/s',
          goal: GOALS.matching[0],
          ours: async () => {
            const done = await run({ side: 'bulk-run', ...sized });
            ours = done.found;
            return { ...measured(sized.coachees * sized.cohorts, done), megabytes: done.megabytes };
          },
          limit: async () => {
            beside = await run({ side: 'highs', ...sized });
            return measured(sized.coachees * sized.cohorts, beside);
          },
        },
        { ...pace, warm: false },
      );
      const { found, greedy, ceiling, megabytes } = beside!;
      const people = sized.coachees * sized.cohorts;
      // Another optimum than that of HiGHS is no optimum.
      const missed = found.filter(
        ({ matched, total }, n) => matched !== ours[n]!.matched || total !== ours[n]!.total,
      );
      yield {
        ...result,
        errors: result.errors + missed.length,
        reached: result.reached && missed.length === 0,
        quality: {
          ...qualityOf(sum(ours), people),
          greedy: qualityOf(greedy!, people),
          ceiling: qualityOf(ceiling!, people),
          limitMegabytes: megabytes,
        },
      };
    }
  },
};

const sum = (all: readonly Matched[]): Matched => ({
  matched: all.reduce((total, each) => total + each.matched, 0),
  total: all.reduce((total, each) => total + each.total, 0),
});

const qualityOf = ({ matched, total }: Matched, people: number) => ({
  fit: total / 1_000_000 / matched,
  matched: matched / people,
});

const measured = (coachees: number, { milliseconds }: MatchingDone) => ({
  perSecond: (coachees * 1000) / milliseconds.reduce((total, each) => total + each, 0),
  p50: percentile(milliseconds, 0.5)!,
  p99: percentile(milliseconds, 0.99)!,
  errors: 0,
});

async function run(asked: MatchingRun): Promise<MatchingDone> {
  const child = fork(fileURLToPath(new URL('../matching/process.js', import.meta.url)), [
    JSON.stringify(asked),
  ]);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the process that matches ended with code ${code}`);
  });
  ended.catch(() => undefined);
  const [done] = (await Promise.race([once(child, 'message'), ended])) as [MatchingDone];
  return done;
}
