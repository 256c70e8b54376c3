import { inTransaction } from '@cairn/event-store/postgres';
import type { ClientBase, Pool } from 'pg';
import { understand } from '../envelope.js';
import { ConsumerStopped } from '../faults.js';
import { isBeyond } from '../mark.js';
import { partitionKey, type Batch, type Bus, type TopicPartition, type TopicState } from '../port.js';
import { WATERMARKS } from '../topics.js';
import { beginFresh, stateOf } from './begin.js';
import { readCheckpoints, type Checkpoint } from './checkpoints.js';

/**
 * Makes a group known and lets it begin at the beginning of these topics: once, in a migration of the service that has
 * it. Topics that it is registered for already are left as they are. A checkpoint that is missing later on is therefore
 * a loss, never a fresh start.
 */
export async function registerGroup(
  pool: Pick<ClientBase, 'query'>,
  group: string,
  topics: readonly string[],
): Promise<void> {
  await pool.query('INSERT INTO bus_in.groups (name) VALUES ($1) ON CONFLICT DO NOTHING', [group]);
  await pool.query(
    `INSERT INTO bus_in.subscriptions (group_name, topic, start)
     SELECT $1, topic, 'beginning' FROM unnest($2::text[]) AS topic ON CONFLICT DO NOTHING`,
    [group, [...topics, WATERMARKS.name]],
  );
}

/**
 * As `registerGroup`, for the group through which a service reads (`<service>.…`): its database is that service's from then
 * on, and no other's.
 * @throws DatabaseOfAnother
 */
export async function registerInbox(pool: Pool, group: string, topics: readonly string[]): Promise<void> {
  await inTransaction(pool, async (client) => {
    // Of two services that begin on one new database, the second waits, and then sees the first.
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('bus_in.groups'))`);
    const { rows } = await client.query<{ name: string }>(
      `SELECT name FROM bus_in.groups WHERE split_part(name, '.', 1) <> split_part($1, '.', 1) ORDER BY name LIMIT 1`,
      [group],
    );
    if (rows[0]) throw new DatabaseOfAnother(rows[0].name, group);
    await registerGroup(client, group, topics);
  });
}

const serviceOf = (group: string): string => group.split('.')[0]!;

/** Two services were given one database. */
export class DatabaseOfAnother extends Error {
  constructor(theirs: string, own: string) {
    super(`DATABASE_URL is the database of ${serviceOf(theirs)}: ${serviceOf(own)} needs one of its own.`);
    this.name = 'DatabaseOfAnother';
  }
}

/** Lets an operator see and reset a group that was never registered: known, but with nothing to begin from. */
export async function announceGroup(
  pool: Pick<ClientBase, 'query'>,
  group: string,
  topics: readonly string[],
): Promise<void> {
  await pool.query('INSERT INTO bus_in.groups (name) VALUES ($1) ON CONFLICT DO NOTHING', [group]);
  await pool.query(
    `INSERT INTO bus_in.subscriptions (group_name, topic) SELECT $1, topic FROM unnest($2::text[]) AS topic
     ON CONFLICT DO NOTHING`,
    [group, topics],
  );
}

/** What an operator asks of a group. */
interface Asked {
  /** How often it was reset. */
  readonly resets: number;
  /** Whether a request waits. */
  readonly requests: boolean;
}

export async function askedOf(pool: Pool, group: string): Promise<Asked> {
  const { rows } = await pool.query<Asked>({
    name: 'bus_in.asked',
    text: `SELECT resets, EXISTS (SELECT FROM bus_in.requests WHERE group_name = name AND finished_at IS NULL) AS requests
      FROM bus_in.groups WHERE name = $1`,
    values: [group],
  });
  return rows[0] ?? { resets: 0, requests: false };
}

/** From where a partition is wanted: one beyond its checkpoint. */
interface Place {
  readonly next: number;
  /** The checkpoint, where the partition still has a message at its offset, and it knows what it has seen. */
  readonly after: Checkpoint | undefined;
}

/** As `placesOf`, the offsets alone. */
export async function positionsOf(...asked: Parameters<typeof placesOf>): Promise<Map<string, number>> {
  return new Map([...(await placesOf(...asked))].map(([key, { next }]) => [key, next]));
}

/**
 * From where each partition is wanted, once its checkpoint has been found to belong to this very topic and to lie within
 * it. Whether the partition still holds what was handled is left to `refuseReplaced`.
 * @throws ConsumerStopped where it does not; TransientFault where a topic is not there (yet)
 */
export async function placesOf(
  pool: Pool,
  bus: Pick<Bus, 'describe' | 'offsetsSince'>,
  group: string,
  assigned: readonly TopicPartition[],
): Promise<Map<string, Place>> {
  const topics = [...new Set(assigned.map(({ topic }) => topic))];
  await beginFresh(pool, bus, group, topics);
  // In this order: an end that is read before the checkpoint may already lie behind it.
  const checkpoints = new Map((await readCheckpoints(pool, group)).map((each) => [partitionKey(each), each]));
  const states = await bus.describe(topics);
  const places = new Map<string, Place>();
  for (const each of assigned) {
    const checkpoint = checkpoints.get(partitionKey(each));
    const state = stateOf(states, each.topic);
    if (each.topic === WATERMARKS.name) {
      const next = await placeAmongWatermarks(pool, group, each, state);
      places.set(partitionKey(each), { next, after: undefined });
    } else if (checkpoint) {
      const next = verified(group, checkpoint, state);
      const isThere = next > state.partitions[each.partition]!.low && checkpoint.seen !== undefined;
      places.set(partitionKey(each), { next, after: isThere ? checkpoint : undefined });
    } else throw missing(group, each, knownOf(checkpoints.values(), each.topic));
  }
  return places;
}

/**
 * A partition that was cut short, and has grown again beyond the checkpoint, holds another message at its offset: a later
 * one. Whatever was handled up to there lies at or below what the checkpoint has seen.
 * @throws ConsumerStopped
 */
export function refuseReplaced(
  group: string,
  { topic, partition, topicId, offset, seen }: Checkpoint,
  batch: Batch,
): void {
  const message = batch.messages.find((each) => each.offset === offset);
  if (message === undefined || batch.topicId !== topicId) return;
  const { mark } = understand(message);
  if (mark && isBeyond(mark, seen))
    throw new ConsumerStopped(
      'messages-replaced',
      group,
      `its checkpoint on ${topic}/${partition} is ${offset}, but the message there is a later one than it has handled: the ` +
        'partition was cut short and has grown again, and messages before that one were not handled',
    );
}

/** @param known how many partitions of the topic the group has checkpoints of */
const missing = (group: string, { topic, partition }: TopicPartition, known: number) =>
  new ConsumerStopped(
    'checkpoint-missing',
    group,
    `it has no checkpoint for ${topic}/${partition}` +
      (known === partition && known > 0
        ? `: partitions were added to the ${known} that there were, and streams have moved among them`
        : ''),
  );

/**
 * Of the watermarks only the newest matter, so their topic may forget, and be made anew: the group then goes on with what
 * there is. For every other topic that would be a loss.
 */
async function placeAmongWatermarks(
  pool: Pool,
  group: string,
  at: TopicPartition,
  state: TopicState,
): Promise<number> {
  const { low, high } = state.partitions[at.partition]!;
  const { rows } = await pool.query<{ offset: string }>(
    `INSERT INTO bus_in.checkpoints AS c (group_name, topic, partition, cluster_id, topic_id, "offset")
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (group_name, topic, partition) DO UPDATE
       SET cluster_id = $4, topic_id = $5, "offset" = CASE
             WHEN c.cluster_id = $4 AND c.topic_id = $5 AND c."offset" BETWEEN $6 AND $7 THEN c."offset" ELSE $6 END
     RETURNING "offset"`,
    [group, at.topic, at.partition, state.clusterId, state.topicId, low - 1, high],
  );
  return Number(rows[0]!.offset) + 1;
}

/**
 * The next offset wanted after `checkpoint`, where the topic is the one that it was made for and still holds it.
 * @throws ConsumerStopped
 */
export function verified(group: string, checkpoint: Checkpoint, state: TopicState): number {
  const { topic, partition } = checkpoint;
  const where = `${topic}/${partition}`;
  if (checkpoint.clusterId !== state.clusterId)
    throw new ConsumerStopped(
      'cluster-changed',
      group,
      `its checkpoint on ${where} was made on cluster ${checkpoint.clusterId}, this is ${state.clusterId}`,
    );
  if (checkpoint.topicId !== state.topicId)
    throw new ConsumerStopped(
      'topic-changed',
      group,
      `topic ${topic} was deleted and made again since its checkpoint (${checkpoint.topicId}, now ${state.topicId})`,
    );
  const ends = state.partitions[partition];
  if (!ends || checkpoint.offset === undefined) throw missing(group, checkpoint, 0);
  const next = checkpoint.offset + 1;
  if (next > ends.high)
    throw new ConsumerStopped(
      'checkpoint-past-end',
      group,
      `its checkpoint on ${where} is ${checkpoint.offset}, but the partition ends before ${ends.high}: messages were lost`,
    );
  if (next < ends.low)
    throw new ConsumerStopped(
      'messages-gone',
      group,
      `its checkpoint on ${where} is ${checkpoint.offset}, but the partition begins at ${ends.low}: messages were deleted unread`,
    );
  return next;
}

/**
 * Checks all of a group's checkpoints at once, whoever owns the partitions. They must have been read before `states`.
 * @throws ConsumerStopped
 */
export function verifyAll(
  group: string,
  checkpoints: readonly Checkpoint[],
  states: ReadonlyMap<string, TopicState>,
): void {
  for (const checkpoint of checkpoints) {
    if (checkpoint.topic === WATERMARKS.name) continue;
    const state = states.get(checkpoint.topic);
    // Not there: perhaps only for now. A reset that has not begun yet: nothing to check.
    if (state && checkpoint.offset !== undefined) verified(group, checkpoint, state);
  }
  for (const [topic, state] of states) {
    const known = knownOf(checkpoints, topic);
    if (known > 0 && known < state.partitions.length)
      throw missing(group, { topic, partition: known }, known);
  }
}

const knownOf = (checkpoints: Iterable<Checkpoint>, topic: string): number =>
  [...checkpoints].filter((each) => each.topic === topic).length;
