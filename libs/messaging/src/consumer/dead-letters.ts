import type { ClientBase } from 'pg';
import type { BusRecord } from '../port.js';
import { reasonOf, PermanentFault } from '../faults.js';
import { RefusedError } from '@cairn/decider';
import type { Checkpoint } from './checkpoints.js';

/** A message that is put aside: a poison one with its reason, or one held behind a poison one of its stream. */
export interface PutAside {
  readonly message: BusRecord;
  readonly replay: boolean;
  readonly fault: { readonly reason: string; readonly detail: string } | undefined;
}

/** What a handler's error says of the message. */
export function faultOf(error: unknown): { reason: string; detail: string } {
  if (error instanceof PermanentFault) return { reason: error.reason, detail: error.message.slice(0, 500) };
  if (error instanceof RefusedError)
    return { reason: `refused: ${error.refusal.slug}`, detail: error.refusal.detail };
  return { reason: 'handler-failed', detail: reasonOf(error) };
}

/** Escapes that PostgreSQL keeps in JSON, but cannot read again: of NUL, and of half a character. */
const UNREADABLE = /\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

/** Writes messages to the dead letters, in the transaction that moves the checkpoint past them. */
export async function putAside(
  client: Pick<ClientBase, 'query'>,
  group: string,
  topicId: string,
  letters: readonly PutAside[],
): Promise<void> {
  if (letters.length === 0) return;
  await client.query(
    `INSERT INTO bus_in.dead_letters
       (group_name, topic_id, topic, partition, "offset", kind, stream, reason, detail, headers, value, replay)
     SELECT $1, $2, t, p, o, CASE WHEN r IS NULL THEN 'held' ELSE 'poison' END, k, r, d, h::json, v, again
       FROM unnest($3::text[], $4::int[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bytea[],
                   $11::boolean[]) AS letter (t, p, o, k, r, d, h, v, again)
     ON CONFLICT (group_name, topic_id, partition, "offset") DO UPDATE
       SET kind = excluded.kind, reason = excluded.reason, detail = excluded.detail,
           replay = excluded.replay, at = now(), settled_at = NULL, settled = NULL, settled_because = NULL`,
    [
      group,
      topicId,
      letters.map(({ message }) => message.topic),
      letters.map(({ message }) => message.partition),
      letters.map(({ message }) => message.offset),
      letters.map(({ message }) => message.key),
      letters.map(({ fault }) => fault?.reason ?? null),
      letters.map(({ fault }) => fault?.detail ?? null),
      letters.map(({ message }) => JSON.stringify(message.headers).replaceAll(UNREADABLE, '\\ufffd')),
      letters.map(({ message }) => message.value),
      letters.map(({ replay }) => replay),
    ],
  );
}

/** By offset: what an operator has discarded, and what was put aside before a reset and never handled. */
export type SettledLetters = ReadonlyMap<number, 'discarded' | 'due'>;

/** Those within a run: there are such only where it was handled before. */
export async function settledLetters(
  client: Pick<ClientBase, 'query'>,
  group: string,
  { topicId, partition }: Checkpoint,
  run: { readonly from: number; readonly next: number },
): Promise<SettledLetters> {
  const { rows } = await client.query<{ offset: string; settled: string }>({
    name: 'bus_in.settled',
    text: `SELECT "offset", settled FROM bus_in.dead_letters
      WHERE group_name = $1 AND topic_id = $2 AND partition = $3 AND "offset" >= $4 AND "offset" < $5
        AND (settled = 'discarded' OR settled = 'replayed' AND NOT replay)`,
    values: [group, topicId, partition, run.from, run.next],
  });
  return new Map(
    rows.map(({ offset, settled }) => [Number(offset), settled === 'discarded' ? settled : 'due']),
  );
}

/** What was due is handled now, unless it is put aside anew: were it replayed once more, no reaction would be due. */
export async function noteHandled(
  client: ClientBase,
  group: string,
  { topicId, partition }: Checkpoint,
  letters: SettledLetters,
): Promise<void> {
  const due = [...letters].filter(([, state]) => state === 'due').map(([offset]) => offset);
  if (due.length === 0) return;
  await client.query(
    `UPDATE bus_in.dead_letters SET replay = true
      WHERE group_name = $1 AND topic_id = $2 AND partition = $3 AND "offset" = ANY ($4)`,
    [group, topicId, partition, due],
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
  const { rows } = await client.query<{ stream: string }>({
    name: 'bus_in.open',
    text: `SELECT DISTINCT stream FROM bus_in.dead_letters
      WHERE group_name = $1 AND topic = $2 AND stream = ANY ($3) AND settled_at IS NULL ORDER BY stream`,
    values: [group, topic, [...new Set(streams)]],
  });
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
