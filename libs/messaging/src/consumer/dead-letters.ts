import type { ClientBase } from 'pg';
import type { BusRecord } from '../port.js';
import { reasonOf, PermanentFault } from '../faults.js';
import { RefusedError } from '@cairn/decider';

/** A message that is put aside: a poison one with its reason, or one held behind a poison one of its stream. */
export interface PutAside {
  readonly message: BusRecord;
  readonly fault: { readonly reason: string; readonly detail: string } | undefined;
}

/** What a handler's error says of the message. */
export function faultOf(error: unknown): { reason: string; detail: string } {
  if (error instanceof PermanentFault) return { reason: error.reason, detail: error.message.slice(0, 500) };
  if (error instanceof RefusedError)
    return { reason: `refused: ${error.refusal.slug}`, detail: error.refusal.detail };
  return { reason: 'handler-failed', detail: reasonOf(error) };
}

/** Writes messages to the dead letters, in the transaction that moves the checkpoint past them. */
export async function putAside(
  client: ClientBase,
  group: string,
  topicId: string,
  letters: readonly PutAside[],
): Promise<void> {
  if (letters.length === 0) return;
  await client.query(
    `INSERT INTO bus_in.dead_letters
       (group_name, topic_id, topic, partition, "offset", kind, stream, reason, detail, headers, value)
     SELECT $1, $2, t, p, o, CASE WHEN r IS NULL THEN 'held' ELSE 'poison' END, k, r, d, h::json, v
       FROM unnest($3::text[], $4::int[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bytea[])
         AS letter (t, p, o, k, r, d, h, v)
     ON CONFLICT (group_name, topic_id, partition, "offset") DO UPDATE
       SET kind = excluded.kind, reason = excluded.reason, detail = excluded.detail,
           at = now(), settled_at = NULL, settled = NULL`,
    [
      group,
      topicId,
      letters.map(({ message }) => message.topic),
      letters.map(({ message }) => message.partition),
      letters.map(({ message }) => message.offset),
      // PostgreSQL's text holds no NUL; such a key names no stream of ours.
      letters.map(({ message }) => message.key?.replaceAll('\0', '\uFFFD') ?? null),
      letters.map(({ fault }) => fault?.reason ?? null),
      letters.map(({ fault }) => fault?.detail ?? null),
      letters.map(({ message }) => JSON.stringify(message.headers)),
      letters.map(({ message }) => message.value),
    ],
  );
}

/**
 * Those of the streams that have a dead letter open, so that what follows must be held. A redrive of such a stream is
 * waited for: what it drains must not be overtaken, and nothing may be held behind what it has drained.
 */
export async function blockedStreams(
  client: ClientBase,
  group: string,
  topic: string,
  streams: readonly string[],
): Promise<Set<string>> {
  const suspects = await openStreams(client, group, topic, streams);
  if (suspects.length === 0) return new Set();
  for (const stream of suspects) await lockStream(client, group, topic, stream);
  return new Set(await openStreams(client, group, topic, suspects));
}

async function openStreams(
  client: ClientBase,
  group: string,
  topic: string,
  streams: readonly string[],
): Promise<string[]> {
  if (streams.length === 0) return [];
  const { rows } = await client.query<{ stream: string }>(
    `SELECT DISTINCT stream FROM bus_in.dead_letters
      WHERE group_name = $1 AND topic = $2 AND stream = ANY ($3) AND settled_at IS NULL ORDER BY stream`,
    [group, topic, [...new Set(streams)]],
  );
  return rows.map(({ stream }) => stream);
}

/** Keeps a redrive of this stream and its live events apart until the transaction ends. */
export async function lockStream(
  client: ClientBase,
  group: string,
  topic: string,
  stream: string,
): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 720453))', [
    JSON.stringify([group, topic, stream]),
  ]);
}
