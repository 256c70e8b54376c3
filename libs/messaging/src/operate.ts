import type { Pool } from 'pg';
import { inTransaction } from '@cairn/event-store/postgres';
import { sleep } from './waiting.js';
import { freshness, type SourceFreshness } from './watermarks.js';
import type { Redriven } from './consumer/redrive.js';

/** A consumer group as an operator sees it. */
export interface ConsumerSummary {
  readonly group: string;
  /** Why it does not go on by itself; null while it does. */
  readonly stopped: string | null;
  /** When a process of the group last said that it is there; each says so every few seconds. */
  readonly seenAt: Date | null;
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    /** The last offset handled, -1 before the first; null where it is yet to begin. */
    readonly offset: number | null;
    readonly updatedAt: Date;
  }[];
  readonly sources: readonly SourceFreshness[];
  readonly deadLetters: number;
  readonly held: number;
}

/** The groups of a service, from its database. */
export async function listConsumers(pool: Pool): Promise<ConsumerSummary[]> {
  const { rows: groups } = await pool.query<{
    group: string;
    stopped: string | null;
    seenAt: Date | null;
    dead: number;
    held: number;
  }>(
    `SELECT g.name AS "group", g.stopped, g.seen_at AS "seenAt",
            (SELECT count(*)::int FROM bus_in.dead_letters d
              WHERE d.group_name = g.name AND d.settled_at IS NULL AND d.kind = 'poison') AS dead,
            (SELECT count(*)::int FROM bus_in.dead_letters d
              WHERE d.group_name = g.name AND d.settled_at IS NULL AND d.kind = 'held') AS held
       FROM bus_in.groups g ORDER BY g.name`,
  );
  return Promise.all(
    groups.map(async ({ group, stopped, seenAt, dead, held }) => {
      const { rows } = await pool.query<{
        topic: string;
        partition: number;
        offset: string | null;
        at: Date;
      }>(
        `SELECT topic, partition, "offset", updated_at AS at FROM bus_in.checkpoints
          WHERE group_name = $1 ORDER BY topic, partition`,
        [group],
      );
      const partitions = rows.map(({ topic, partition, offset, at }) => ({
        topic,
        partition,
        offset: offset === null ? null : Number(offset),
        updatedAt: at,
      }));
      const sources = await freshness(pool, group, new Date());
      return { group, stopped, seenAt, partitions, sources, deadLetters: dead, held };
    }),
  );
}

/** No group of that name is known to this database. */
export class UnknownGroup extends Error {
  constructor(group: string, known: readonly string[]) {
    super(`no consumer group ${group} here; known: ${known.join(', ') || 'none'}`);
    this.name = 'UnknownGroup';
  }
}

/**
 * Lets a group begin again: at the beginning, where everything that the topics hold is handled anew, but no reaction runs
 * again for what was handled before; or at the end, where what lies in between is never handled. Open dead letters are
 * replayed from the beginning like all else, and so are closed by it. It may run meanwhile: the locks of its
 * checkpoints are waited for, and it begins where it is told within seconds, also where nothing new comes.
 */
export async function resetConsumer(pool: Pool, group: string, to: 'beginning' | 'end'): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ name: string }>('SELECT name FROM bus_in.groups ORDER BY name');
    if (!rows.some(({ name }) => name === group))
      throw new UnknownGroup(
        group,
        rows.map(({ name }) => name),
      );
    await client.query('UPDATE bus_in.groups SET resets = resets + 1 WHERE name = $1', [group]);
    await client.query('UPDATE bus_in.subscriptions SET start = $2 WHERE group_name = $1', [group, to]);
    await client.query(
      'SELECT FROM bus_in.checkpoints WHERE group_name = $1 ORDER BY topic, partition FOR UPDATE',
      [group],
    );
    await client.query(
      `UPDATE bus_in.checkpoints
          SET "offset" = NULL, updated_at = now(),
              replay_log = highest.log, replay_position = highest.position, replay_index = highest.index,
              seen_log = NULL, seen_position = NULL, seen_index = NULL
         FROM (SELECT topic, partition, m.*
                 FROM bus_in.checkpoints c
                CROSS JOIN LATERAL (
                  SELECT log, position, index
                    FROM (VALUES (c.seen_log, c.seen_position, c.seen_index),
                                 (c.replay_log, c.replay_position, c.replay_index)) AS mark (log, position, index)
                   ORDER BY log DESC NULLS LAST, position DESC, index DESC LIMIT 1) AS m
                WHERE c.group_name = $1) AS highest
        WHERE group_name = $1
          AND checkpoints.topic = highest.topic AND checkpoints.partition = highest.partition`,
      [group],
    );
    if (to === 'beginning')
      await client.query(
        `UPDATE bus_in.dead_letters SET settled_at = now(), settled = 'replayed'
          WHERE group_name = $1 AND settled_at IS NULL`,
        [group],
      );
  });
}

/** A message that could not be handled. */
export interface DeadLetter {
  readonly id: string;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly stream: string | null;
  readonly reason: string;
  readonly detail: string | null;
  readonly attempts: number;
  readonly at: Date;
  /** Later messages of its stream that wait for it. */
  readonly heldBehind: number;
}

const LETTER_COLUMNS = `
         d.id, d.group_name AS "group", d.topic, d.partition, d."offset"::float8 AS "offset", d.stream, d.reason,
         d.detail, d.attempts, d.at,
         (SELECT count(*)::int FROM bus_in.dead_letters h
           WHERE h.group_name = d.group_name AND h.topic = d.topic AND h.stream = d.stream
             AND h.kind = 'held' AND h.settled_at IS NULL) AS "heldBehind"`;
const OPEN_LETTERS = `FROM bus_in.dead_letters d WHERE d.kind = 'poison' AND d.settled_at IS NULL`;

/** The open dead letters, oldest first, of one group or of all in this database; without those merely held. */
export async function listDeadLetters(pool: Pool, group?: string, limit = 100): Promise<DeadLetter[]> {
  const { rows } = await pool.query<DeadLetter>(
    `SELECT ${LETTER_COLUMNS} ${OPEN_LETTERS} AND ($1::text IS NULL OR d.group_name = $1) ORDER BY d.id LIMIT $2`,
    [group ?? null, limit],
  );
  return rows;
}

/** One dead letter with its message, as text where it is that. */
export async function showDeadLetter(
  pool: Pool,
  id: string,
): Promise<(DeadLetter & { readonly message: string }) | undefined> {
  const { rows } = await pool.query<DeadLetter & { value: Buffer }>(
    `SELECT ${LETTER_COLUMNS}, d.value ${OPEN_LETTERS} AND d.id = $1`,
    [id],
  );
  const row = rows[0];
  if (!row) return undefined;
  const { value, ...letter } = row;
  return { ...letter, message: value.toString('utf8') };
}

/**
 * Asks the running consumer of `group` to handle dead letters again (all, or those given), and waits for what came of it.
 * Undefined where it has not answered in time; the request then stays, and is carried out when the consumer runs.
 */
export async function redriveDeadLetters(
  pool: Pool,
  group: string,
  ids?: readonly string[],
  withinMs = 30_000,
): Promise<Redriven | undefined> {
  const { rows } = await pool.query<{ id: string }>(
    'INSERT INTO bus_in.requests (group_name, dead_letters) VALUES ($1, $2) RETURNING id',
    [group, ids ?? null],
  );
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(250)) {
    const { rows: answers } = await pool.query<{ result: Redriven | null }>(
      'SELECT result FROM bus_in.requests WHERE id = $1 AND finished_at IS NOT NULL',
      [rows[0]!.id],
    );
    if (answers[0]?.result) return answers[0].result;
  }
  return undefined;
}
