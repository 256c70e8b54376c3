import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { caughtUp, checkpoint, confirmation, eventAnswer, streamNotFound } from './answers.js';
import type { Cluster } from './node.js';
import { notStoodIn } from './refusals.js';
import type { Kept, TransactionFile } from './transaction-file.js';

type ReadReq = InstanceType<typeof streams.ReadReq>;
type ReadResp = InstanceType<typeof streams.ReadResp>;
type Options = NonNullable<ReturnType<ReadReq['getOptions']>>;
export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

/** A checkpoint comes after this many events, times the multiplier that the client asks for. */
const CHECKPOINT_EVENTS = 32;

/** Answers the server's one call for reading: a stream, `$all`, or a subscription to `$all`. */
export async function answerRead(
  call: ReadCall,
  file: TransactionFile,
  counted: Cluster['counted'],
): Promise<void> {
  const options = call.request.getOptions()!;
  const cancelled = new AbortController();
  let drained = () => {};
  const over = () => {
    cancelled.abort();
    drained();
  };
  call.on('cancelled', over).on('close', over);
  call.on('drain', () => drained());
  const send = async (answer: ReadResp) => {
    if (cancelled.signal.aborted) return;
    if (answer.hasEvent()) counted('events sent');
    // Flow control: what the client does not take yet is not sent.
    if (!call.write(answer)) await new Promise<void>((resolve) => (drained = resolve));
  };
  if (options.hasStream()) await readStream(options, file, send);
  else if (options.hasSubscription()) {
    const passing = () => counted('events that a subscription passed');
    await subscribe(options, file, send, passing, cancelled.signal);
  } else await readAll(options, file, send);
  call.end();
}

type Send = (answer: ReadResp) => Promise<void>;

/**
 * From a revision on, itself included, forwards or backwards; at most `count` events; a stream that is not there is
 * answered as such: https://developers.eventstore.com/clients/grpc/reading-events.html
 */
async function readStream(options: Options, file: TransactionFile, send: Send): Promise<void> {
  const from = options.getStream()!;
  const name = Buffer.from(from.getStreamIdentifier()!.getStreamName_asU8()).toString('utf8');
  const held = file.stream(name);
  if (held.length === 0) return send(streamNotFound(name));
  const start = from.hasStart() ? 0 : from.hasEnd() ? Infinity : Number(from.getRevision());
  const backwards = options.getReadDirection() === 1;
  const wanted = backwards
    ? held.filter(({ revision }) => revision <= start).reverse()
    : held.filter(({ revision }) => revision >= start);
  for (const event of wanted.slice(0, Number(options.getCount()))) await send(eventAnswer(event));
}

/** From a position on, the event there included (backwards only from the end); no filter: same page. */
async function readAll(options: Options, file: TransactionFile, send: Send): Promise<void> {
  const from = options.getAll()!;
  const backwards = options.getReadDirection() === 1;
  if (backwards && !from.hasEnd()) throw notStoodIn('reading $all backwards from a position');
  const shown = file.events.slice(0, file.readable);
  const start = from.hasPosition() ? Number(from.getPosition()!.getCommitPosition()) : 0;
  const wanted = backwards ? shown.reverse() : shown.slice(firstAt(shown, start));
  const count = Number(options.getCount());
  for (const [index, event] of wanted.entries()) {
    if (index >= count) break;
    await send(eventAnswer(event));
  }
}

/**
 * After a position, that event left out; what is there, then "caught up", then what comes, without a difference to the
 * reader; filtered by the beginnings of stream names; a checkpoint after every n × 32 events looked at, and when it goes
 * live: https://developers.eventstore.com/clients/grpc/subscriptions.html ("positions … are exclusive", "Server-side
 * filtering", "Checkpointing") and the order of its answers:
 * https://github.com/kurrent-io/KurrentDB/blob/24fb9e390a7db1368c304893dcc1a94ebaa170b1/src/KurrentDB.Core/Services/Transport/Enumerators/Enumerator.AllSubscriptionFiltered.cs
 */
async function subscribe(
  options: Options,
  file: TransactionFile,
  send: Send,
  passing: () => void,
  signal: AbortSignal,
): Promise<void> {
  const from = options.getAll()!;
  const filter = options.getFilter();
  const prefixes = filter?.getStreamIdentifier()?.getPrefixList();
  if (from.hasEnd() || prefixes === undefined || prefixes.length === 0) {
    throw notStoodIn('a subscription but from a position, filtered by beginnings of stream names');
  }
  const every = CHECKPOINT_EVENTS * filter!.getCheckpointintervalmultiplier();
  const after = from.hasPosition() ? Number(from.getPosition()!.getCommitPosition()) : -1;
  await send(confirmation());
  let next = firstAt(file.events, after + 1);
  let passed = after;
  for (let live = false, looked = 0; !signal.aborted;) {
    while (next < file.readable && !signal.aborted) {
      const event = file.events[next++]!;
      passed = event.position;
      passing();
      if (prefixes.some((prefix) => event.stream.startsWith(prefix))) await send(eventAnswer(event));
      if ((looked += 1) % every === 0) await send(checkpoint(passed));
    }
    if (!live) {
      live = true;
      if (passed >= 0) await send(checkpoint(passed));
      await send(caughtUp());
    }
    await file.more(next, signal);
  }
}

/** The index of the first event at or after a position. */
function firstAt(events: readonly Kept[], position: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle]!.position < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
