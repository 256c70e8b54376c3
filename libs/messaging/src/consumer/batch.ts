import { LONGEST } from '@cairn/contracts';
import type { Pool, PoolClient } from 'pg';
import { understand, type Understood } from '../envelope.js';
import { isTransient } from '../faults.js';
import { isBeyond, type Mark } from '../mark.js';
import type { Batch, BusRecord } from '../port.js';
import { inTransaction } from '@cairn/event-store/postgres';
import { lockCheckpoint, moveCheckpoint, type Checkpoint } from './checkpoints.js';
import {
  blockedStreams,
  faultOf,
  noteHandled,
  putAside,
  settledLetters,
  type PutAside,
  type SettledLetters,
} from './dead-letters.js';
import type { BatchHandler, ReceivedEvent } from './received.js';
import { isNotYetKnown } from './references.js';

/** A run of a partition that is handled in one transaction: all there is from offset `from` up to, not including, `next`. */
export type Run = Batch;

export type Handled =
  /** The checkpoint now stands before `next`. */
  | {
      readonly kind: 'handled';
      readonly next: number;
      readonly events: number;
      readonly repeated: number;
      readonly dead: number;
      readonly held: number;
    }
  /** The run is not what comes next: nothing was handled, `next` is. */
  | { readonly kind: 'elsewhere'; readonly next: number }
  /** The group was reset, or the topic is another: it has to be looked at anew where the group stands. */
  | { readonly kind: 'reset' };

interface Entry {
  readonly message: BusRecord;
  readonly understood: Understood;
}

interface Fresh extends Entry {
  /** The group handled it before a reset, so that no reaction to it is due. */
  readonly replay: boolean;
}

/**
 * Handles a run once: under the lock of its checkpoint, what lies at or below it is dropped, the rest is handled, what
 * cannot be handled is put aside, and the checkpoint is moved, all in one transaction.
 * @param oneByOne handle each event under a savepoint of its own, so that a poison one is found and put aside alone, and
 *   the run ends before one that refers to what has not come, unless it is the first; without it an error of the handler
 *   rejects
 */
export async function handleRun(
  pool: Pool,
  group: string,
  run: Run,
  handle: BatchHandler,
  oneByOne: boolean,
): Promise<Handled> {
  const entries = run.messages
    .map(keyed)
    .map((message): Entry => ({ message, understood: understand(message) }));
  const handleIn = async (client: PoolClient): Promise<Handled> => {
    const checkpoint = await lockCheckpoint(client, group, run);
    if (checkpoint?.offset === undefined || checkpoint.topicId !== run.topicId) return { kind: 'reset' };
    const handled = checkpoint.offset;
    if (run.from > handled + 1 || run.next <= handled + 1) return { kind: 'elsewhere', next: handled + 1 };
    const letters = await settledLetters(client, group, checkpoint, run);
    const { fresh } = sift(entries, checkpoint, letters);
    const keys = fresh.flatMap(({ message }) => message.key ?? []);
    const blocked = await blockedStreams(client, group, run.topic, keys);
    const work = { client, group, blocked, aside: [] as PutAside[] };
    const { events, waiting } = await (oneByOne ? eachAlone : allAtOnce)(work, fresh, handle);
    if (waiting && waiting.at === run.messages[0]!.offset) throw waiting.error;
    const next = waiting?.at ?? run.next;
    const done = entries.filter(({ message }) => message.offset < next);
    const { repeated, seen } = sift(done, checkpoint, letters);
    await noteHandled(client, group, checkpoint, new Map([...letters].filter(([offset]) => offset < next)));
    await putAside(client, group, checkpoint.topicId, work.aside);
    await moveCheckpoint(client, group, checkpoint, next - 1, seen);
    const dead = work.aside.filter(({ fault }) => fault).length;
    return { kind: 'handled', next, events, repeated, dead, held: work.aside.length - dead };
  };
  return inTransaction(pool, handleIn);
}

/** A key that names no stream of ours is none: with NUL, or too long, it could not be kept. */
const keyed = (message: BusRecord): BusRecord =>
  message.key !== null && (message.key.includes('\0') || message.key.length > LONGEST)
    ? { ...message, key: null }
    : message;

/**
 * Drops what was handled before: by offset, and by mark what a relay has sent again. In a replay also what an operator has
 * discarded, and where it is of one tenant, what others have had already.
 */
function sift(
  entries: readonly Entry[],
  { offset, seen: before, replay: replayed, replayTenant }: Checkpoint,
  letters: SettledLetters,
) {
  let seen: Mark | undefined = before;
  let repeated = 0;
  const fresh: Fresh[] = [];
  for (const entry of entries) {
    const { mark } = entry.understood;
    if (entry.message.offset <= offset!) continue;
    if (mark && !isBeyond(mark, seen)) {
      repeated++;
      continue;
    }
    seen = mark ?? seen;
    const letter = letters.get(entry.message.offset);
    if (letter === 'discarded') continue;
    const again = replayed !== undefined && mark !== undefined && !isBeyond(mark, replayed);
    if (again && replayTenant !== undefined && entry.message.headers['tenantid'] !== replayTenant) continue;
    fresh.push({ ...entry, replay: again && letter === undefined });
  }
  return { fresh, repeated, seen };
}

interface Work {
  readonly client: PoolClient;
  readonly group: string;
  /** Streams whose events are held from here on. */
  readonly blocked: Set<string>;
  readonly aside: PutAside[];
}

/** The event of an entry, or undefined where the message had to be put aside. */
function admit({ blocked, aside }: Work, { message, understood, replay }: Fresh): ReceivedEvent | undefined {
  if (message.key !== null && blocked.has(message.key)) {
    aside.push({ message, replay, fault: undefined });
    return undefined;
  }
  if (!understood.ok) {
    aside.push({ message, replay, fault: faultOf(understood.fault) });
    if (message.key !== null) blocked.add(message.key);
    return undefined;
  }
  return receivedOf(message, understood, replay);
}

export function receivedOf(
  message: BusRecord,
  understood: Understood & { ok: true },
  replay: boolean,
): ReceivedEvent {
  const { topic, partition, offset } = message;
  const { event, mark } = understood;
  return { ...event, topic, partition, offset, mark, replay, raw: message };
}

interface Worked {
  /** How many events were handled. */
  readonly events: number;
  /** The event before which the work has ended, by its offset, and why. */
  readonly waiting?: { readonly at: number; readonly error: unknown };
}

async function allAtOnce(work: Work, entries: readonly Fresh[], handle: BatchHandler): Promise<Worked> {
  const events = entries.flatMap((entry) => admit(work, entry) ?? []);
  if (events.length > 0) await handle({ group: work.group, events, client: work.client });
  return { events: events.length };
}

async function eachAlone(work: Work, entries: readonly Fresh[], handle: BatchHandler): Promise<Worked> {
  let events = 0;
  for (const entry of entries) {
    const event = admit(work, entry);
    if (!event) continue;
    const failed = await attempt(work.client, () =>
      handle({ group: work.group, events: [event], client: work.client }),
    );
    if (failed === undefined) {
      events++;
      continue;
    }
    if (isNotYetKnown(failed.cause))
      return { events, waiting: { at: entry.message.offset, error: failed.cause } };
    work.aside.push({ message: entry.message, replay: entry.replay, fault: faultOf(failed.cause) });
    work.blocked.add(event.envelope.subject);
  }
  return { events };
}

/**
 * Runs `work` under a savepoint: what it has written is undone and the fault returned where that lies with the event, or
 * with what it refers to; any other rejects, and with it the whole transaction.
 */
export async function attempt(
  client: PoolClient,
  work: () => Promise<void>,
): Promise<{ cause: unknown } | undefined> {
  await client.query('SAVEPOINT one');
  try {
    await work();
  } catch (error) {
    if (isTransient(error) && !isNotYetKnown(error)) throw error;
    await client.query('ROLLBACK TO SAVEPOINT one');
    return { cause: error };
  }
  await client.query('RELEASE SAVEPOINT one');
  return undefined;
}
