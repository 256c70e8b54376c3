import type { ClientBase, Pool } from 'pg';
import { inTransaction } from '@cairn/event-store/postgres';
import { reopenUnreplayed } from '../consumer/begin.js';
import { freshness, type SourceFreshness } from '../watermarks.js';

/** A consumer group as an operator sees it. */
export interface ConsumerSummary {
  readonly group: string;
  /** Why it does not go on by itself; null while it does. */
  readonly stopped: string | null;
  /** Why it cannot read for now; null while it can. */
  readonly trouble: string | null;
  /** When a process of the group last said that it is there; each says so every few seconds. */
  readonly seenAt: Date | null;
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    /** The last offset handled, -1 before the first; null where it is yet to begin. */
    readonly offset: number | null;
    readonly updatedAt: Date;
    /** What keeps it from handling what comes next, though it tries again and again; null while it goes on. */
    readonly fault: { readonly reason: string; readonly since: Date } | null;
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
    trouble: string | null;
    seenAt: Date | null;
    dead: number;
    held: number;
  }>(
    `SELECT g.name AS "group", g.stopped, g.trouble, g.seen_at AS "seenAt",
            (SELECT count(*)::int FROM bus_in.dead_letters d
              WHERE d.group_name = g.name AND d.settled_at IS NULL AND d.kind = 'poison') AS dead,
            (SELECT count(*)::int FROM bus_in.dead_letters d
              WHERE d.group_name = g.name AND d.settled_at IS NULL AND d.kind = 'held') AS held
       FROM bus_in.groups g ORDER BY g.name`,
  );
  return Promise.all(
    groups.map(async ({ group, stopped, trouble, seenAt, dead, held }) => {
      const { rows } = await pool.query<{
        topic: string;
        partition: number;
        offset: string | null;
        at: Date;
        fault: string | null;
        since: Date;
      }>(
        `SELECT topic, partition, "offset", updated_at AS at,
                CASE WHEN fault_after = "offset" THEN fault END AS fault, fault_since AS since
           FROM bus_in.checkpoints
          WHERE group_name = $1 ORDER BY topic, partition`,
        [group],
      );
      const partitions = rows.map(({ topic, partition, offset, at, fault, since }) => ({
        topic,
        partition,
        offset: offset === null ? null : Number(offset),
        updatedAt: at,
        fault: fault === null ? null : { reason: fault, since },
      }));
      const sources = await freshness(pool, group, new Date());
      return { group, stopped, trouble, seenAt, partitions, sources, deadLetters: dead, held };
    }),
  );
}

/** No group of that name is known to this database. */
export class UnknownGroup extends Error {
  constructor(group: string, known: readonly string[]) {
    super(
      `no consumer group ${group} here; known: ${known.join(', ') || 'none'}; see npm run ops -- consumers list`,
    );
    this.name = 'UnknownGroup';
  }
}

/** @throws UnknownGroup */
export async function refuseUnknown(client: Pick<ClientBase, 'query'>, group: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT name FROM bus_in.groups ORDER BY name');
  const known = rows.map(({ name }) => name);
  if (!known.includes(group)) throw new UnknownGroup(group, known);
}

/**
 * Lets a group begin again: at the beginning, where everything that the topics hold is handled anew, but no reaction runs
 * again for what was handled before; or at the end, where what lies in between is never handled. Open dead letters that
 * the topics still hold are replayed from the beginning like all else, and so are closed by it; all others stay open, and
 * those are open again that a replay which it breaks off had closed and not come to. It may run meanwhile: the locks of its
 * checkpoints are waited for, and it begins where it is told within seconds, also where nothing new comes.
 */
export const resetConsumer = (pool: Pool, group: string, to: 'beginning' | 'end'): Promise<void> =>
  beginAgain(pool, group, { start: to });

/**
 * Lets a group handle anew what came to the bus at `to` or later (from the beginning without it), or of that only what
 * belongs to one tenant. As after a reset, no reaction runs again for what was handled before, and live events follow
 * when the replay has come to them: order within a stream is kept. Nothing is skipped, also where `to` lies ahead.
 * @throws ReplayUnderWay where the group is still replaying another tenant's events, which would then be left undone
 */
export const rewindConsumer = (
  pool: Pool,
  group: string,
  { to, tenantId }: { readonly to?: Date; readonly tenantId?: string },
): Promise<void> => beginAgain(pool, group, { start: to ? 'time' : 'beginning', at: to, tenantId });

/** One tenant's events are being replayed, which another rewind would break off. */
export class ReplayUnderWay extends Error {
  constructor(group: string, tenantId: string) {
    super(`${group} is still replaying the events of tenant ${tenantId}; rewind it when that is done`);
    this.name = 'ReplayUnderWay';
  }
}

interface Again {
  readonly start: 'beginning' | 'end' | 'time';
  readonly at?: Date | undefined;
  readonly tenantId?: string | undefined;
}

async function beginAgain(pool: Pool, group: string, { start, at, tenantId }: Again): Promise<void> {
  await inTransaction(pool, async (client) => {
    await refuseUnknown(client, group);
    await client.query('UPDATE bus_in.groups SET resets = resets + 1 WHERE name = $1', [group]);
    await client.query('UPDATE bus_in.subscriptions SET start = $2, start_at = $3 WHERE group_name = $1', [
      group,
      start,
      at ?? null,
    ]);
    const { rows: replaying } = await client.query<{ tenant: string | null }>(
      `SELECT CASE WHEN replay_log IS NOT NULL AND (seen_log IS NULL
                     OR (seen_log, seen_position, seen_index) < (replay_log, replay_position, replay_index))
                   THEN replay_tenant END AS tenant
         FROM bus_in.checkpoints WHERE group_name = $1 ORDER BY topic, partition FOR UPDATE`,
      [group],
    );
    const other = replaying.find(({ tenant }) => tenant !== null && tenant !== tenantId)?.tenant;
    if (other && tenantId !== undefined) throw new ReplayUnderWay(group, other);
    await reopenUnreplayed(client, group);
    await client.query(
      `UPDATE bus_in.checkpoints
          SET reset_from = coalesce("offset", reset_from), "offset" = NULL, updated_at = now(), replay_tenant = $2,
              replay_log = highest.log, replay_position = highest.position, replay_index = highest.index,
              seen_log = NULL, seen_position = NULL, seen_index = NULL, waits_at = NULL, fault_after = NULL
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
      [group, tenantId ?? null],
    );
  });
}
