/** A stretch of time, from its first instant up to, not including, its last; Infinity where it is still open. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Milliseconds of `span` that lie in any of `others`, which do not overlap each other. */
export const overlap = (span: Span, others: readonly Span[]): number =>
  others.reduce(
    (sum, each) => sum + Math.max(0, Math.min(span.to, each.to) - Math.max(span.from, each.from)),
    0,
  );

/** Milliseconds from one instant to another, paused time left out. */
export const unpaused = (from: number, to: number, pauses: readonly Span[]): number =>
  to <= from ? 0 : to - from - overlap({ from, to }, pauses);

/** The instant at which so much unpaused time has passed since `from`. */
export function afterUnpaused(from: number, duration: number, pauses: readonly Span[]): number {
  let end = from + duration;
  for (const pause of pauses) {
    if (pause.to <= from) continue;
    const begins = Math.max(pause.from, from);
    if (begins >= end) break;
    end += pause.to - begins;
  }
  return end;
}
