import type { ClientBase, Pool, PoolClient } from 'pg';
import { understand } from '../envelope.js';
import { inTransaction } from '@cairn/event-store/postgres';
import { attempt, receivedOf } from './batch.js';
import { faultOf, lockStream } from './dead-letters.js';
import type { BatchHandler } from './received.js';
import { withoutWaiting } from './references.js';

export interface Redriven {
  /** Dead letters handled now, with those that were held behind them. */
  readonly redriven: number;
  /** Streams that a message of theirs still stops. */
  readonly stillBlocked: number;
}

interface Letter {
  id: string;
  topic: string;
  partition: number;
  offset: string;
  stream: string | null;
  headers: Record<string, string>;
  value: Buffer;
  replay: boolean;
}

/** A chain of dead letters that must be handled in order: those of one stream, or a single one without a stream. */
interface Chain {
  topic: string;
  stream: string | null;
  id: string | null;
}

/** How many letters of a chain one transaction takes, so that no lock is held for long. */
const CHUNK = 500;

/**
 * Handles dead letters again, and what was held behind them, in order. A stream is drained until it is empty or stopped
 * by a message that still cannot be handled, which then bears its new reason. What is settled already is left alone, so
 * a second redrive changes nothing. What an event refers to is not waited for. A transient fault rejects; what was drained
 * before it stays so.
 * @param ids which dead letters, or undefined for all of the group
 * @param goesOn asked before each transaction @returns undefined where it was to go on no more
 */
export async function redrive(
  pool: Pool,
  group: string,
  ids: readonly string[] | undefined,
  handle: BatchHandler,
  goesOn: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<Redriven | undefined> {
  const { rows: chains } = await pool.query<Chain>(
    `SELECT topic, stream, CASE WHEN stream IS NULL THEN id END AS id, min(id) AS first
       FROM bus_in.dead_letters
      WHERE group_name = $1 AND settled_at IS NULL AND ($2::bigint[] IS NULL OR id = ANY ($2))
      GROUP BY 1, 2, 3 ORDER BY first`,
    [group, ids ?? null],
  );
  let redriven = 0;
  let stillBlocked = 0;
  for (const chain of chains) {
    for (;;) {
      if (!(await goesOn())) return undefined;
      const { settled, more } = await inTransaction(pool, (client) =>
        drain(client, group, chain, withoutWaiting(handle)),
      );
      redriven += settled;
      if (more === 'blocked') stillBlocked++;
      if (more !== 'yes') break;
    }
  }
  return { redriven, stillBlocked };
}

async function drain(
  client: PoolClient,
  group: string,
  chain: Chain,
  handle: BatchHandler,
): Promise<{ settled: number; more: 'yes' | 'no' | 'blocked' }> {
  await lockStream(client, group, chain.topic, chain.stream ?? `#${chain.id}`);
  // A topic that was made again counts its offsets anew: what was put aside before comes first.
  const { rows } = await client.query<Letter>(
    `SELECT id, topic, partition, "offset", stream, headers, value, replay,
            min(id) OVER (PARTITION BY topic_id) AS era
       FROM bus_in.dead_letters
      WHERE group_name = $1 AND settled_at IS NULL AND topic = $2
        AND CASE WHEN $3::text IS NULL THEN id = $4 ELSE stream = $3 END
      ORDER BY era, "offset" LIMIT $5`,
    [group, chain.topic, chain.stream, chain.id, CHUNK],
  );
  const settled: string[] = [];
  for (const letter of rows) {
    const message = { ...letter, key: letter.stream, offset: Number(letter.offset) };
    const understood = understand(message);
    const failed = understood.ok
      ? await attempt(client, () =>
          handle({
            group,
            events: [receivedOf(message, understood, letter.replay)],
            client,
          }),
        )
      : { cause: understood.fault };
    if (failed) {
      const fault = faultOf(failed.cause);
      await client.query(
        `UPDATE bus_in.dead_letters
            SET kind = 'poison', reason = $2, detail = $3, attempts = attempts + 1 WHERE id = $1`,
        [letter.id, fault.reason, fault.detail],
      );
      await settle(client, settled);
      return { settled: settled.length, more: 'blocked' };
    }
    settled.push(letter.id);
  }
  await settle(client, settled);
  return { settled: settled.length, more: rows.length === CHUNK ? 'yes' : 'no' };
}

async function settle(client: ClientBase, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await client.query(
    `UPDATE bus_in.dead_letters
        SET settled_at = now(), settled = 'redriven', attempts = attempts + 1 WHERE id = ANY ($1)`,
    [ids],
  );
}

/** So long a request is one replica's without a word of it, in milliseconds. */
const TAKEN_MS = 15_000;

/**
 * Runs the redrives that an operator has asked for. A request is taken by one replica; should that one die, by another
 * after a while, and at once where it stops: what was drained stays so, and what is left is drained there.
 */
export async function runRequests(
  pool: Pool,
  group: string,
  handle: BatchHandler,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const { rows } = await pool.query<{ id: string; dead_letters: string[] | null }>({
      name: 'bus_in.take',
      text: `UPDATE bus_in.requests SET taken_until = now() + $2 * interval '1 ms'
        WHERE id = (SELECT id FROM bus_in.requests
                     WHERE group_name = $1 AND finished_at IS NULL AND (taken_until IS NULL OR taken_until < now())
                     ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, dead_letters`,
      values: [group, TAKEN_MS],
    });
    const request = rows[0];
    if (!request) return;
    let said = performance.now();
    const takenFor = (ms: number) =>
      pool.query(`UPDATE bus_in.requests SET taken_until = now() + $2 * interval '1 ms' WHERE id = $1`, [
        request.id,
        ms,
      ]);
    const result = await redrive(pool, group, request.dead_letters ?? undefined, handle, async () => {
      if (signal.aborted) return false;
      if (performance.now() - said > TAKEN_MS / 3) {
        await takenFor(TAKEN_MS);
        said = performance.now();
      }
      return true;
    });
    if (result === undefined) return void (await takenFor(0));
    await pool.query('UPDATE bus_in.requests SET finished_at = now(), result = $2 WHERE id = $1', [
      request.id,
      JSON.stringify(result),
    ]);
  }
}
