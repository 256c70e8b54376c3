import type { ClientBase } from 'pg';
import type { Mark } from '../mark.js';
import type { TopicPartition } from '../port.js';

/** How far a group has come in one partition. */
export interface Checkpoint extends TopicPartition {
  readonly clusterId: string;
  readonly topicId: string;
  /** The last offset handled, -1 before the first; undefined after a reset. */
  readonly offset: number | undefined;
  readonly seen: Mark | undefined;
  readonly replay: Mark | undefined;
  /** Up to `replay`, only this tenant's events are handled again; all tenants' where undefined. */
  readonly replayTenant: string | undefined;
  /** When the event was recorded that waits here for what it refers to. */
  readonly waitsAt: Date | undefined;
}

interface Row extends TopicPartition {
  cluster_id: string;
  topic_id: string;
  offset: string | null;
  seen_log: number | null;
  seen_position: string | null;
  seen_index: number | null;
  replay_log: number | null;
  replay_position: string | null;
  replay_index: number | null;
  replay_tenant: string | null;
  waits_at: Date | null;
}

/** By name: a statement that is prepared outlives a column that the next release adds. */
const COLUMNS = `topic, partition, cluster_id, topic_id, "offset", seen_log, seen_position, seen_index,
  replay_log, replay_position, replay_index, replay_tenant, waits_at`;

const markOf = (log: number | null, position: string | null, index: number | null): Mark | undefined =>
  log === null ? undefined : { log, position: position!, index: index! };

const checkpointOf = (row: Row): Checkpoint => ({
  topic: row.topic,
  partition: row.partition,
  clusterId: row.cluster_id,
  topicId: row.topic_id,
  offset: row.offset === null ? undefined : Number(row.offset),
  seen: markOf(row.seen_log, row.seen_position, row.seen_index),
  replay: markOf(row.replay_log, row.replay_position, row.replay_index),
  replayTenant: row.replay_tenant ?? undefined,
  waitsAt: row.waits_at ?? undefined,
});

/** Keeps what holds a partition behind the last offset that is handled there, for whoever lists the consumers. */
export async function noteFault(
  pool: Pick<ClientBase, 'query'>,
  group: string,
  { topic, partition, handled }: TopicPartition & { readonly handled: number },
  fault: string,
): Promise<void> {
  await pool.query(
    `UPDATE bus_in.checkpoints
        SET fault = $5, fault_since = CASE WHEN fault_after = $4 THEN fault_since ELSE now() END, fault_after = $4
      WHERE group_name = $1 AND topic = $2 AND partition = $3 AND "offset" = $4`,
    [group, topic, partition, handled, fault],
  );
}

/** The group's checkpoints, as they stand committed. */
export async function readCheckpoints(
  client: Pick<ClientBase, 'query'>,
  group: string,
): Promise<Checkpoint[]> {
  const { rows } = await client.query<Row>({
    name: 'bus_in.checkpoints',
    text: `SELECT ${COLUMNS} FROM bus_in.checkpoints WHERE group_name = $1`,
    values: [group],
  });
  return rows.map(checkpointOf);
}

/** Locks one partition's checkpoint until the transaction ends: whoever handles a batch holds it. */
export async function lockCheckpoint(
  client: ClientBase,
  group: string,
  { topic, partition }: TopicPartition,
): Promise<Checkpoint | undefined> {
  const { rows } = await client.query<Row>({
    name: 'bus_in.lock',
    text: `SELECT ${COLUMNS} FROM bus_in.checkpoints
      WHERE group_name = $1 AND topic = $2 AND partition = $3 FOR UPDATE`,
    values: [group, topic, partition],
  });
  return rows[0] && checkpointOf(rows[0]);
}

/**
 * Moves a checkpoint on from exactly where it stood. "Not below" would not do: batches of a paused owner overlap, and each
 * would then count what the other has counted.
 */
export async function moveCheckpoint(
  client: Pick<ClientBase, 'query'>,
  group: string,
  from: Checkpoint,
  offset: number,
  seen: Mark | undefined,
): Promise<void> {
  const { rowCount } = await client.query({
    name: 'bus_in.move',
    text: `UPDATE bus_in.checkpoints
        SET "offset" = $5, seen_log = $6, seen_position = $7, seen_index = $8, waits_at = NULL, updated_at = now()
      WHERE group_name = $1 AND topic = $2 AND partition = $3 AND "offset" = $4`,
    values: [group, from.topic, from.partition, from.offset, offset, seen?.log, seen?.position, seen?.index],
  });
  if (rowCount !== 1)
    throw new Error(`somebody else has moved the checkpoint of ${group} on ${from.topic}/${from.partition}`);
}
