import type { Pool } from 'pg';
import { handleRun, type Handled } from '../consumer/batch.js';
import type { BatchHandler } from '../consumer/received.js';
import { positionsOf } from '../consumer/start.js';
import type { Bus, BusMessage } from '../port.js';

/**
 * Places a group, as a consumer does that joins or has been told of a reset, and lets it handle what comes next in a
 * topic's first partition, up to offset `next`.
 * @param stored all that the partition holds
 */
export async function readByHand(
  { pool, bus, group, topic }: { pool: Pool; bus: Bus; group: string; topic: string },
  stored: readonly BusMessage[],
  next: number,
  handle: BatchHandler,
): Promise<Handled> {
  const from = (await positionsOf(pool, bus, group, [{ topic, partition: 0 }])).get(`${topic}/0`)!;
  const { topicId } = (await bus.describe([topic])).get(topic)!;
  const messages = stored.slice(from, next).map((message, index) => ({ ...message, offset: from + index }));
  return handleRun(pool, group, { topic, topicId, partition: 0, from, next, messages }, handle, true);
}
