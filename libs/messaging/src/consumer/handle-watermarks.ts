import type { ClientBase, Pool } from 'pg';
import { inTransaction } from '@cairn/event-store/postgres';
import { partitionKey } from '../port.js';
import { remember, watermarkOf } from '../watermarks.js';
import type { Handled, Run } from './batch.js';
import { moveCheckpoint, readCheckpoints } from './checkpoints.js';
import { putAside, settledLetters } from './dead-letters.js';

/**
 * Takes in a run of the relays' watermarks: only the newest of each service matters. Without a transaction: what is taken in
 * twice, or late, says nothing that is not so.
 */
export async function handleWatermarks(pool: Pool, group: string, run: Run): Promise<Handled> {
  const checkpoints = await readCheckpoints(pool, group);
  const checkpoint = checkpoints.find((each) => partitionKey(each) === partitionKey(run));
  if (checkpoint?.offset === undefined) return { kind: 'reset' };
  const handled = checkpoint.offset;
  if (run.from > handled + 1 || run.next <= handled + 1) return { kind: 'elsewhere', next: handled + 1 };
  const read = run.messages
    .filter(({ offset }) => offset > handled)
    .map((message) => ({ message, watermark: watermarkOf(message.value) }));
  const newest = new Map(
    read.flatMap(({ watermark }) => (watermark ? [[watermark.service, watermark]] : [])),
  );
  const others = read.filter(({ watermark }) => !watermark);
  // What an operator has discarded stays so when it is read again.
  const settled = others.length > 0 ? await settledLetters(pool, group, checkpoint, run) : undefined;
  const dead = others
    .filter(({ message }) => settled?.get(message.offset) !== 'discarded')
    .map(({ message }) => ({
      // No stream to hold: the next watermark says all that this one could have said.
      message: { ...message, key: null },
      replay: false,
      fault: { reason: 'not-a-watermark', detail: 'the message is not a watermark' },
    }));
  for (const watermark of newest.values()) await remember(pool, group, watermark, checkpoints);
  const move = async (client: Pick<ClientBase, 'query'>): Promise<void> => {
    await moveCheckpoint(client, group, checkpoint, run.next - 1, undefined);
    await putAside(client, group, checkpoint.topicId, dead);
  };
  await (dead.length > 0 ? inTransaction(pool, move) : move(pool));
  return { kind: 'handled', next: run.next, events: newest.size, repeated: 0, dead: dead.length, held: 0 };
}
