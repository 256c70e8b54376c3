import { resultOf, type Measured, type Result, type Round } from './result.js';

/** A thing measured and its limit, both for about so many seconds. */
export interface Comparison extends Pick<Result, 'row' | 'what' | 'against' | 'goal'> {
  readonly unit?: string;
  ours(seconds: number): Promise<Round['ours']>;
  limit(seconds: number): Promise<Measured>;
}

export interface Pace {
  readonly rounds: number;
  /** Of one side in one round. */
  readonly seconds: number;
  /** Where rounds take long: none is begun, but for the first, after so many seconds of them. */
  readonly within: number;
  /** False where each turn is a process of its own, which has nothing to warm up. */
  readonly warm?: boolean;
}

/**
 * Both sides in turn, the one that goes first changing, after a shorter turn of each that is not counted: what else the
 * machine does meanwhile meets both alike, and the ratio is of two neighbours in time.
 */
export async function compare(
  comparison: Comparison,
  { rounds, seconds, within, warm = true }: Pace,
): Promise<Result> {
  if (warm) {
    await comparison.limit(Math.max(1, seconds / 2));
    await comparison.ours(Math.max(1, seconds / 2));
  }
  const done: Round[] = [];
  const began = performance.now();
  const isEnough = () => done.length > 0 && performance.now() - began >= within * 1000;
  for (let round = 0; round < rounds && !isEnough(); round++) {
    if (round % 2 === 0) {
      const ours = await comparison.ours(seconds);
      done.push({ ours, limit: await comparison.limit(seconds) });
    } else {
      const limit = await comparison.limit(seconds);
      done.push({ limit, ours: await comparison.ours(seconds) });
    }
  }
  return resultOf(comparison, done);
}
