import { inTransaction } from '@cairn/event-store/postgres';
import type { ClientBase, Pool } from 'pg';
import { lockStream } from '../consumer/dead-letters.js';
import type { Redriven } from '../consumer/redrive.js';
import { sleep } from '../waiting.js';
import { refuseUnknown } from './consumers.js';

/** A message that could not be handled. */
export interface DeadLetter {
  readonly id: string;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly stream: string | null;
  /** Null where it is merely held. */
  readonly reason: string | null;
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

/** A list for the eye has at most so many of one database. */
export const LETTERS_LISTED = 1_000;

/** The open dead letters, oldest first, of one group or of all in this database; without those merely held. @throws UnknownGroup */
export async function listDeadLetters(
  pool: Pool,
  group?: string,
  limit = LETTERS_LISTED,
): Promise<DeadLetter[]> {
  if (group !== undefined) await refuseUnknown(pool, group);
  const { rows } = await pool.query<DeadLetter>(
    `SELECT ${LETTER_COLUMNS} ${OPEN_LETTERS} AND ($1::text IS NULL OR d.group_name = $1) ORDER BY d.id LIMIT $2`,
    [group ?? null, limit],
  );
  return rows;
}

/** So many open letters are not looked through. */
const LOOKED_THROUGH = 10_000;

/**
 * Whether a group has messages of a tenant put aside, poison or held; true as well where it has so many that it would take
 * long to tell. A message that names no tenant is no event of any service.
 */
export async function hasPutAside(
  client: Pick<ClientBase, 'query'>,
  group: string,
  tenantId: string,
): Promise<boolean> {
  const { rows } = await client.query<{ aside: boolean }>({
    name: 'messaging.put-aside',
    // As text: of headers that hold a NUL, PostgreSQL gives no field.
    text: `SELECT count(*) = ${LOOKED_THROUGH}
               OR coalesce(bool_or(position('"tenantid":' || to_json($2::text) IN headers) > 0), false) AS aside
             FROM (SELECT headers::text FROM bus_in.dead_letters
                    WHERE group_name = $1 AND settled_at IS NULL LIMIT ${LOOKED_THROUGH}) AS open`,
    values: [group, tenantId],
  });
  return rows[0]!.aside;
}

const PAGE = 500;

/** All open dead letters of one source's topics with their messages, oldest first, also those merely held. @throws UnknownGroup */
export async function* lettersOf(
  pool: Pool,
  source: string,
  group?: string,
): AsyncGenerator<DeadLetter & { readonly value: Buffer }> {
  if (group !== undefined) await refuseUnknown(pool, group);
  for (let last = '0'; ;) {
    const { rows } = await pool.query<DeadLetter & { value: Buffer }>(
      `SELECT ${LETTER_COLUMNS}, d.value FROM bus_in.dead_letters d
        WHERE d.settled_at IS NULL AND split_part(d.topic, '.', 2) = $1
          AND ($2::text IS NULL OR d.group_name = $2) AND d.id > $3 ORDER BY d.id LIMIT ${PAGE}`,
      [source, group ?? null, last],
    );
    yield* rows;
    if (rows.length < PAGE) return;
    last = rows.at(-1)!.id;
  }
}

/** One open dead letter of a group with its message, as text where it is that. @throws UnknownGroup */
export async function showDeadLetter(
  pool: Pool,
  group: string,
  id: string,
): Promise<(DeadLetter & { readonly message: string }) | undefined> {
  await refuseUnknown(pool, group);
  const { rows } = await pool.query<DeadLetter & { value: Buffer }>(
    `SELECT ${LETTER_COLUMNS}, d.value FROM bus_in.dead_letters d
      WHERE d.settled_at IS NULL AND d.group_name = $1 AND d.id = $2`,
    [group, id],
  );
  const row = rows[0];
  if (!row) return undefined;
  const { value, ...letter } = row;
  return { ...letter, message: value.toString('utf8') };
}

/**
 * Asks the running consumer of `group` to handle dead letters again (all, or those given), and waits for what came of it.
 * Undefined where it has not answered in time; the request then stays, and is carried out when the consumer runs.
 * @throws UnknownGroup, for which nobody would ever carry it out; NoSuchDeadLetter where one of them is not open
 */
export async function redriveDeadLetters(
  pool: Pool,
  group: string,
  ids?: readonly string[],
  withinMs = 30_000,
): Promise<Redriven | undefined> {
  await refuseUnknown(pool, group);
  const { rows: missing } = await pool.query<{ id: string }>(
    `SELECT id FROM unnest($2::bigint[]) AS asked (id) WHERE NOT EXISTS (
       SELECT FROM bus_in.dead_letters d WHERE d.group_name = $1 AND d.id = asked.id AND d.settled_at IS NULL)`,
    [group, ids ?? []],
  );
  if (missing.length > 0)
    throw new NoSuchDeadLetter(
      group,
      missing.map(({ id }) => id),
    );
  return answerTo(pool, await ask(pool, group, ids), withinMs);
}

/**
 * Gives dead letters up for good: their events are never handled by this group, not in a replay either, and what was held
 * behind them is handled as by a redrive, whose outcome this is. They may be held themselves.
 * @param because kept beside each; for whoever asks later
 * @throws NoSuchDeadLetter where one of them is not open, and then none is given up
 */
export async function discardDeadLetters(
  pool: Pool,
  group: string,
  ids: readonly string[],
  because: string,
  withinMs = 30_000,
): Promise<Redriven | undefined> {
  const request = await inTransaction(pool, async (client) => {
    const { rows: letters } = await client.query<{ id: string; topic: string; stream: string | null }>(
      `SELECT d.id, d.topic, d.stream FROM bus_in.dead_letters d
        WHERE d.settled_at IS NULL AND d.group_name = $1 AND d.id = ANY ($2) ORDER BY d.topic, d.stream`,
      [group, ids],
    );
    for (const { id, topic, stream } of letters) await lockStream(client, group, topic, stream ?? `#${id}`);
    const { rows: discarded } = await client.query<{ id: string }>(
      `UPDATE bus_in.dead_letters d SET settled_at = now(), settled = 'discarded', settled_because = $3
        WHERE d.group_name = $1 AND d.id = ANY ($2) AND d.settled_at IS NULL RETURNING d.id`,
      [group, ids, because],
    );
    const missing = ids.filter((id) => !discarded.some((each) => each.id === id));
    if (missing.length > 0) throw new NoSuchDeadLetter(group, missing);
    const { rows: held } = await client.query<{ id: string }>(
      `SELECT id FROM bus_in.dead_letters
        WHERE group_name = $1 AND settled_at IS NULL
          AND (topic, stream) IN (SELECT * FROM unnest($2::text[], $3::text[]))`,
      [group, letters.map(({ topic }) => topic), letters.map(({ stream }) => stream)],
    );
    return ask(
      client,
      group,
      held.map(({ id }) => id),
    );
  });
  return answerTo(pool, request, withinMs);
}

export class NoSuchDeadLetter extends Error {
  constructor(group: string, ids: readonly string[]) {
    super(
      `${group} has no open dead letter ${ids.join(', ')}; npm run ops -- dead-letters list shows those it has`,
    );
    this.name = 'NoSuchDeadLetter';
  }
}

async function ask(
  client: Pick<ClientBase, 'query'>,
  group: string,
  ids: readonly string[] | undefined,
): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    'INSERT INTO bus_in.requests (group_name, dead_letters) VALUES ($1, $2) RETURNING id',
    [group, ids ?? null],
  );
  return rows[0]!.id;
}

async function answerTo(pool: Pool, request: string, withinMs: number): Promise<Redriven | undefined> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(250)) {
    const { rows } = await pool.query<{ result: Redriven | null }>(
      'SELECT result FROM bus_in.requests WHERE id = $1 AND finished_at IS NOT NULL',
      [request],
    );
    if (rows[0]?.result) return rows[0].result;
  }
  return undefined;
}
