/** So many distinct raters make a batch: of fewer nothing is shown (domain.md). */
export const ENOUGH = 3;

/** What waits for a release: the marks of who has answered, and the answers, in no common order. */
export interface Batch {
  readonly raters: readonly string[];
  readonly answers: readonly number[];
}

export interface Taken {
  readonly waiting: Batch;
  /** The answers that are released with this one; none before there are enough. */
  readonly released: readonly number[];
}

const EMPTY: Batch = { raters: [], answers: [] };

/**
 * Takes an answer into the batch. A rater counts once: nobody knows which of the answers that wait is theirs, so it cannot
 * be replaced, and the one that they gave first stays. Pure.
 */
export function taken({ raters, answers }: Batch, mark: string, answer: number): Taken {
  if (raters.includes(mark)) return { waiting: { raters, answers }, released: [] };
  const waiting = { raters: [...raters, mark], answers: [...answers, answer] };
  return waiting.raters.length < ENOUGH
    ? { waiting, released: [] }
    : { waiting: EMPTY, released: waiting.answers };
}
