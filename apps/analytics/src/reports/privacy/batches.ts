import type { Share } from '../metrics/measure.js';
import type { Rules } from './timeline.js';

/**
 * Whose shares are told where the denominator counts people. Were each of them counted as they come, the denominators of
 * two months would tell that one came. So they come in batches of at least the minimum group, and go so too: until then
 * what they were last stays.
 */
export class Batches {
  private readonly told = new Map<string, readonly Share[]>();

  constructor(
    private readonly keyOf: (share: Share) => string,
    private readonly rules: Pick<Rules, 'minimum' | 'counts'>,
  ) {}

  /** What is told of the next month, of all its shares. */
  at(shares: readonly Share[]): Share[] {
    const now = Map.groupBy(shares, this.keyOf);
    const come = [...now].filter(([key]) => !this.told.has(key));
    const gone = [...this.told].filter(([key]) => !now.has(key));
    for (const [key, own] of now) if (this.told.has(key)) this.told.set(key, own);
    if (this.isBatch(come)) for (const [key, own] of come) this.told.set(key, own);
    if (this.isBatch(gone)) for (const [key] of gone) this.told.delete(key);
    return [...this.told.values()].flat();
  }

  private isBatch(items: readonly (readonly [string, readonly Share[]])[]): boolean {
    const { minimum, counts } = this.rules;
    return new Set(items.map(([, [share]]) => share!.personId).filter(counts)).size >= minimum;
  }
}
