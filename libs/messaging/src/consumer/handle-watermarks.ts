import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '@cairn/event-store/postgres';
import { remember, watermarkOf } from '../watermarks.js';
import type { Handled, Run } from './batch.js';
import { lockCheckpoint, moveCheckpoint } from './checkpoints.js';
import { putAside } from './dead-letters.js';

/** Takes in a run of the relays' watermarks: only the newest of each service matters. */
export function handleWatermarks(pool: Pool, group: string, run: Run): Promise<Handled> {
  const handleIn = async (client: PoolClient): Promise<Handled> => {
    const checkpoint = await lockCheckpoint(client, group, run);
    if (checkpoint?.offset === undefined) return { kind: 'reset' };
    const handled = checkpoint.offset;
    if (run.from > handled + 1 || run.next <= handled + 1) return { kind: 'elsewhere', next: handled + 1 };
    const read = run.messages
      .filter(({ offset }) => offset > handled)
      .map((message) => ({ message, watermark: watermarkOf(message.value) }));
    const newest = new Map(
      read.flatMap(({ watermark }) => (watermark ? [[watermark.service, watermark]] : [])),
    );
    for (const watermark of newest.values()) await remember(client, group, watermark);
    const dead = read
      .filter(({ watermark }) => !watermark)
      .map(({ message }) => ({
        // No stream to hold: the next watermark says all that this one could have said.
        message: { ...message, key: null },
        replay: false,
        fault: { reason: 'not-a-watermark', detail: 'the message is not a watermark' },
      }));
    await putAside(client, group, checkpoint.topicId, dead);
    await moveCheckpoint(client, group, checkpoint, run.next - 1, undefined);
    return { kind: 'handled', next: run.next, events: newest.size, repeated: 0, dead: dead.length, held: 0 };
  };
  return inTransaction(pool, handleIn);
}
