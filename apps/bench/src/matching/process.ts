/** Matches made-up cohorts in a process of its own, in one of two ways, and tells its parent what came of it. */
import { assign } from '@cairn/enrollment/matching';
import { ceiling, cohortOf, greedy, ON, scoresOf, type Matched } from './cohort.js';
import { exact, loadHighs } from './exact.js';

export interface MatchingRun {
  readonly side: 'bulk-run' | 'highs';
  readonly coachees: number;
  readonly coaches: number;
  readonly of: 'own' | 'shared';
  /** How many cohorts, one after the other. */
  readonly cohorts: number;
}

export interface MatchingDone {
  /** Of the process's own time, from people to matches, cohort by cohort: what else the machine does is not counted. */
  readonly milliseconds: readonly number[];
  /** The most memory that the process ever held. */
  readonly megabytes: number;
  readonly found: readonly Matched[];
  /** Of all cohorts together. */
  readonly greedy?: Matched;
  readonly ceiling?: Matched;
}

process.on('disconnect', () => process.exit(process.exitCode ?? 1));

const { side, coachees, coaches, of, cohorts } = JSON.parse(process.argv[2]!) as MatchingRun;
const highs = side === 'highs' ? await loadHighs() : null;
const milliseconds: number[] = [];
const found: Matched[] = [];
const beside = { greedy: { matched: 0, total: 0 }, ceiling: { matched: 0, total: 0 } };
for (let draw = 0; draw < cohorts; draw++) {
  const cohort = cohortOf(coachees, coaches, draw, of);
  const began = process.cpuUsage();
  const scores = highs && scoresOf(cohort);
  if (scores === null) {
    const { assigned, totalFit } = assign(cohort.coachees, cohort.coaches, ON);
    found.push({ matched: assigned.length, total: Math.round(totalFit * 1_000_000) });
  } else found.push(exact(highs!, scores));
  const { user, system } = process.cpuUsage(began);
  milliseconds.push((user + system) / 1000);
  if (scores === null) continue;
  beside.greedy = plus(beside.greedy, greedy(scores));
  beside.ceiling = plus(beside.ceiling, ceiling(scores));
}
process.exitCode = 0;
const megabytes = process.resourceUsage().maxRSS / 1024;
const done: MatchingDone = { milliseconds, megabytes, found, ...(highs && beside) };
process.send!(done, () => process.disconnect?.());

function plus(one: Matched, other: Matched): Matched {
  return { matched: one.matched + other.matched, total: one.total + other.total };
}
