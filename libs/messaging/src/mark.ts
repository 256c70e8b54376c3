/**
 * Where a published event stands in its publisher's log: the log's generation, the position of the stored event, and the
 * index among what was made of it. Whatever is sent again carries the same mark.
 */
export interface Mark {
  readonly log: number;
  readonly position: string;
  readonly index: number;
}

/** Whether `a` lies beyond `b`; everything lies beyond no mark at all. */
export function isBeyond(a: Mark, b: Mark | undefined): boolean {
  if (!b) return true;
  if (a.log !== b.log) return a.log > b.log;
  if (a.position !== b.position) return a.position > b.position;
  return a.index > b.index;
}
