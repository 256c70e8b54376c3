import { RefusedError } from '@cairn/decider';
import type { Pool } from 'pg';
import { PermanentFault } from '../faults.js';
import { partitionKey, type TopicPartition } from '../port.js';
import { isApplied, type Watermark } from '../watermarks.js';
import { readCheckpoints, type Checkpoint } from './checkpoints.js';
import type { BatchHandler } from './received.js';

/** By how much the clocks of two services' logs may differ. */
export const CLOCKS_DIFFER_MS = 60_000;

/** Whether what an event refers to has not been handled yet. */
export const isNotYetKnown = (error: unknown): error is RefusedError =>
  error instanceof RefusedError && error.refusal.kind === 'not-yet-known';

/** A handler that does not wait for what an event refers to: such an event is poison. */
export const withoutWaiting =
  (handle: BatchHandler): BatchHandler =>
  async (batch) => {
    try {
      await handle(batch);
    } catch (error) {
      if (!isNotYetKnown(error)) throw error;
      throw new PermanentFault(
        'reference-missing',
        `all that was recorded before it has come, and what it refers to was not there: ${error.refusal.detail}`,
        { cause: error },
      );
    }
  };

/**
 * Whether what the event at `at` refers to will not come by itself any more: the group has handled, or put aside, all that
 * was recorded before it. A watermark of each source covers that time, and every other partition has been handled up to
 * it, or waits in its turn at an event that was recorded no earlier. Where that one may be earlier all the same, since
 * clocks differ, it is given its own time first.
 * @param at the partition, and the last offset that is handled there
 * @param recorded when the event was recorded, as it says itself; it has been no later than its coming
 * @param sources the services whose topics the group reads
 */
export async function waitsInVain(
  pool: Pool,
  group: string,
  at: TopicPartition & { readonly handled: number },
  recorded: Date,
  sources: readonly string[],
): Promise<boolean> {
  const { rows: waiting } = await pool.query<{ since: Date }>(
    `UPDATE bus_in.checkpoints SET waits_at = coalesce(waits_at, least($5, clock_timestamp()))
      WHERE group_name = $1 AND topic = $2 AND partition = $3 AND "offset" = $4 RETURNING waits_at AS since`,
    [group, at.topic, at.partition, at.handled, recorded],
  );
  const since = waiting[0]?.since;
  if (!since) return false;
  // In this order: what is handled meanwhile can only make less of what there is.
  const checkpoints = await readCheckpoints(pool, group);
  const { rows } = await pool.query<{ source: string; offsets: Watermark['offsets'] }>(
    'SELECT source, offsets FROM bus_in.watermarks WHERE group_name = $1 AND covered >= $2',
    [group, new Date(lastNear(since, checkpoints) + CLOCKS_DIFFER_MS)],
  );
  const needNot = (each: Checkpoint) =>
    partitionKey(each) === partitionKey(at) || (each.waitsAt !== undefined && each.waitsAt >= since);
  return sources.every((source) =>
    rows.some((each) => each.source === source && isApplied(each.offsets, checkpoints, needNot)),
  );
}

/**
 * When the last of those events was recorded that wait, each so soon after the one before that it may have been before it:
 * what is behind it may be what the first of them waits for.
 */
const lastNear = (since: Date, checkpoints: readonly Checkpoint[]): number =>
  checkpoints
    .flatMap(({ waitsAt }) => waitsAt?.getTime() ?? [])
    .filter((at) => at >= since.getTime())
    .sort((a, b) => a - b)
    .reduce((last, at) => (at - last < CLOCKS_DIFFER_MS ? at : last), since.getTime());
