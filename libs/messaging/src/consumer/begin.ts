import type { ClientBase, Pool } from 'pg';
import { awake, inTransaction } from '@cairn/event-store/postgres';
import { TransientFault } from '../faults.js';
import type { Bus, TopicState } from '../port.js';

/** Sets the checkpoints of those topics that the group is to begin (again). The rows' lock lets one replica do it. */
export async function beginFresh(
  pool: Pool,
  bus: Pick<Bus, 'describe' | 'offsetsSince'>,
  group: string,
  topics: readonly string[],
): Promise<void> {
  const { rows } = await pool.query<{ topic: string; start: Start | null }>(
    'SELECT topic, start FROM bus_in.subscriptions WHERE group_name = $1 AND topic = ANY ($2)',
    [group, topics],
  );
  const fresh = rows.filter(({ start }) => start !== null).map(({ topic }) => topic);
  if (fresh.length === 0) return;
  const states = await bus.describe(fresh);
  await inTransaction(pool, async (client) => {
    for (const topic of fresh.sort()) await begin(client, bus, group, topic, stateOf(states, topic));
  });
}

type Start = 'beginning' | 'end' | 'time';

/** @throws TransientFault where the topic is not there (yet) */
export const stateOf = (states: ReadonlyMap<string, TopicState>, topic: string): TopicState => {
  const state = states.get(topic);
  if (!state) throw new TransientFault(`topic ${topic} does not exist`);
  return state;
};

async function begin(
  client: ClientBase,
  bus: Pick<Bus, 'offsetsSince'>,
  group: string,
  topic: string,
  state: TopicState,
): Promise<void> {
  const { rows } = await client.query<{ start: Start | null; at: Date | null }>(
    'SELECT start, start_at AS at FROM bus_in.subscriptions WHERE group_name = $1 AND topic = $2 FOR UPDATE',
    [group, topic],
  );
  const { start, at } = rows[0] ?? {};
  if (!start) return;
  const come = await comeTo(client, group, topic, state);
  const first = await firstOf(client, bus, topic, state, start, at, come);
  await client.query(
    `DELETE FROM bus_in.checkpoints WHERE group_name = $1 AND topic = $2 AND partition >= $3`,
    [group, topic, state.partitions.length],
  );
  await client.query(
    `INSERT INTO bus_in.checkpoints (group_name, topic, partition, cluster_id, topic_id, "offset")
     SELECT $1, $2, p, $3, $4, o - 1 FROM unnest($5::int[], $6::bigint[]) AS first (p, o)
     ON CONFLICT (group_name, topic, partition) DO UPDATE
       SET cluster_id = $3, topic_id = $4, "offset" = excluded."offset", updated_at = now(), reset_from = NULL`,
    [group, topic, state.clusterId, state.topicId, state.partitions.map((_, partition) => partition), first],
  );
  if (start !== 'end') {
    await closeReplayed(client, group, topic);
    const ended = state.partitions.flatMap(({ high }, partition) =>
      first[partition] === high && come.get(partition) === high ? [partition] : [],
    );
    await endReplay(client, group, topic, ended);
  }
  await client.query(
    'UPDATE bus_in.subscriptions SET start = NULL, start_at = NULL WHERE group_name = $1 AND topic = $2',
    [group, topic],
  );
}

/** Where each partition begins. Back to a time never skips what the group had not come to yet. */
async function firstOf(
  client: ClientBase,
  bus: Pick<Bus, 'offsetsSince'>,
  topic: string,
  { partitions }: TopicState,
  start: Start,
  at: Date | null | undefined,
  come: ReadonlyMap<number, number>,
): Promise<number[]> {
  if (start !== 'time') return partitions.map(({ low, high }) => (start === 'beginning' ? low : high));
  // A large topic is searched for minutes.
  const since = await awake(client, bus.offsetsSince(topic, at!));
  return partitions.map(({ low }, partition) => Math.min(since[partition]!, come.get(partition) ?? low));
}

/** Up to where the group had come in each partition of this very topic: the next offset. */
async function comeTo(
  client: ClientBase,
  group: string,
  topic: string,
  { topicId }: TopicState,
): Promise<ReadonlyMap<number, number>> {
  const { rows } = await client.query<{ partition: number; next: string }>(
    `SELECT partition, reset_from + 1 AS next FROM bus_in.checkpoints
      WHERE group_name = $1 AND topic = $2 AND topic_id = $3 AND reset_from IS NOT NULL`,
    [group, topic, topicId],
  );
  return new Map(rows.map(({ partition, next }) => [partition, Number(next)]));
}

/** Where the group had come to the end, and begins there, nothing is left to be replayed. */
async function endReplay(
  client: ClientBase,
  group: string,
  topic: string,
  partitions: readonly number[],
): Promise<void> {
  await client.query(
    `UPDATE bus_in.checkpoints
        SET seen_log = replay_log, seen_position = replay_position, seen_index = replay_index, replay_tenant = NULL
      WHERE group_name = $1 AND topic = $2 AND partition = ANY ($3) AND replay_log IS NOT NULL`,
    [group, topic, partitions],
  );
}

/**
 * Open dead letters that lie ahead of the group again are replayed like all else, and so are closed. Those of a topic that
 * was made anew since are not: it does not hold them.
 */
async function closeReplayed(client: ClientBase, group: string, topic: string): Promise<void> {
  await client.query(
    `UPDATE bus_in.dead_letters d SET settled_at = now(), settled = 'replayed'
       FROM bus_in.checkpoints c
      WHERE d.group_name = $1 AND d.topic = $2 AND d.settled_at IS NULL
        AND c.group_name = $1 AND c.topic = $2 AND c.partition = d.partition
        AND d.topic_id = c.topic_id AND d."offset" > c."offset"
        AND (c.replay_tenant IS NULL OR d.headers->>'tenantid' = c.replay_tenant)`,
    [group, topic],
  );
}

/**
 * What `closeReplayed` has closed, and the group has not come to, is open again: whether it comes to it once it begins
 * anew is yet to be seen. An event that was held behind one that has been handled meanwhile now stops its stream itself.
 * The checkpoints are locked.
 */
export async function reopenUnreplayed(client: ClientBase, group: string): Promise<void> {
  await client.query(
    `UPDATE bus_in.dead_letters d
        SET settled_at = NULL, settled = NULL, kind = CASE WHEN first THEN 'poison' ELSE kind END,
            reason = CASE WHEN first THEN coalesce(reason, 'replay-broken-off') ELSE reason END
       FROM (SELECT l.id, row_number() OVER (PARTITION BY l.topic, l.stream ORDER BY l."offset") = 1 AS first
               FROM bus_in.dead_letters l JOIN bus_in.checkpoints c USING (group_name, topic, partition, topic_id)
              WHERE l.group_name = $1 AND l.settled = 'replayed' AND l."offset" > c."offset") AS ahead
      WHERE d.id = ahead.id`,
    [group],
  );
}
