import { WRONGS, type Findings } from './verify/judge.js';

/** As many of each kind are told in words. */
const TOLD = 20;

/** What a run comes to. */
export interface Outcome {
  readonly findings: Findings;
  /** Commands that were refused or never answered, processes that do not end in order, a run that does not become quiet. */
  readonly undone: readonly string[];
  readonly acknowledged: number;
  readonly events: number;
  readonly points: number;
  /** How often each kind of fault has struck. */
  readonly struck: ReadonlyMap<string, number>;
  readonly retries: number;
  readonly startsTriedAgain: number;
  readonly missed: number;
  /** How long commands were sent, in seconds. */
  readonly loadSeconds: number;
}

/** Nothing was wrong. */
export const isWell = ({ findings, undone }: Pick<Outcome, 'findings' | 'undone'>): boolean =>
  undone.length === 0 && Object.values(findings).every((found) => found.length === 0);

/** What is said of a run at its end, the figures in the last line, and the exit code: 0 where none is above 0. Pure. */
export function reportOf(outcome: Outcome, seed: number): { lines: string[]; code: 0 | 1 } {
  const { findings, undone, struck, points, missed, retries, startsTriedAgain, loadSeconds, events } =
    outcome;
  const wrong = WRONGS.flatMap((kind) =>
    [...Map.groupBy(findings[kind], (each) => each)]
      .slice(0, TOLD)
      .map(([what, { length }]) => `  ${kind}: ${what}${length > 1 ? `, ${length} ×` : ''}`),
  );
  const kinds = [...struck].sort(([a], [b]) => (a < b ? -1 : 1));
  const figures = WRONGS.map((kind) => `${findings[kind].length} ${kind}`);
  return {
    lines: [
      ...wrong,
      ...undone.slice(0, TOLD).map((what) => `  undone: ${what}`),
      `  struck: ${kinds.map(([kind, times]) => `${times} × ${kind}`).join(', ')}`,
      `${points} points (${missed} found nothing to strike), ${outcome.acknowledged} commands acknowledged in ${Math.round(loadSeconds)} s ` +
        `with ${retries} sent again, ${events} events, ${startsTriedAgain} starts tried again`,
      [`seed ${seed}`, ...figures, `${undone.length} undone`].join(', '),
    ],
    code: isWell(outcome) ? 0 : 1,
  };
}
