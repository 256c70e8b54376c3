/** No progress for so long while work waits, or a watermark older than this: unhealthy (architecture, Health). */
export const STUCK_MS = 30_000;

/**
 * Since when each part with work waiting has stood where it stands. Times are milliseconds since 1970, and are given: it
 * reads no clock.
 */
export class Standstill {
  private standing = new Map<string, { readonly place: string | number; readonly since: number }>();

  /** What was seen at `now`: where each part that has work waiting stands. A part that is not named waits for nothing. */
  look(now: number, waiting: ReadonlyMap<string, string | number>): void {
    this.standing = new Map(
      [...waiting].map(([part, place]) => {
        const before = this.standing.get(part);
        return [part, before?.place === place ? before : { place, since: now }];
      }),
    );
  }

  /** How long the slowest part has stood still with work waiting, in milliseconds; 0 where nothing waits. */
  lasts(now: number): number {
    return Math.max(0, ...[...this.standing.values()].map(({ since }) => now - since));
  }
}
