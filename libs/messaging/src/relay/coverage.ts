import type { Position } from '@cairn/event-store';

/**
 * Up to when a log is published as a whole. Each observation says: what was recorded before this time lies at or below
 * this head. Once the head is published, so is all that.
 */
export class Coverage {
  private observed: { at: Date; head: Position }[] = [];
  private latest: Date | undefined;

  /** @param at up to which everything lies at or below `head` */
  observe(at: Date, head: Position): void {
    const last = this.observed.at(-1);
    // The same head again covers more time at no cost.
    if (last?.head === head) last.at = at;
    else this.observed.push({ at, head });
  }

  /** The time covered when everything up to `published` is published; undefined where nothing is covered yet. */
  coveredBy(published: Position): Date | undefined {
    while (this.observed[0] && this.observed[0].head <= published) this.latest = this.observed.shift()!.at;
    return this.latest;
  }
}
