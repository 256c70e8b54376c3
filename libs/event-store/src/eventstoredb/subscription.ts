import { setTimeout as sleep } from 'node:timers/promises';
import { LogUnavailable, type Position, type StoredEvent, type SubscribeOptions } from '../port.js';
import { type AllStreamResolvedEvent, type LOG_START, type LogPosition, streamNameFilter } from './client.js';
import { outageIn } from './faults.js';
import type { Positions } from './position.js';
import type { Place } from './reading.js';
import { toStored } from './recorded.js';

/** How long a batch gathers while the subscription still catches up, in milliseconds. */
const GATHER_MS = 20;

/**
 * The log from `after` on, then live, by a subscription to `$all` from which the server leaves out others' streams. It
 * sends only as much as is taken. A subscription that breaks is opened again where the last one was.
 */
export async function* follow(
  place: Place,
  after: Position,
  { batchSize, signal }: SubscribeOptions,
): AsyncGenerator<StoredEvent[]> {
  let from: LogPosition | typeof LOG_START | undefined;
  for (let delay = 50; !signal.aborted; delay = Math.min(delay * 2, 2000)) {
    let feed: Feed | undefined;
    try {
      const positions = await place.positions();
      from ??= positions.onServer(after);
      feed = new Feed(place, positions, from, batchSize, signal);
      for (let batch = await feed.next(); batch !== undefined; batch = await feed.next()) {
        delay = 50;
        yield batch;
        if (signal.aborted) return;
      }
    } catch (error) {
      const outage = outageIn(error);
      if (!signal.aborted && outage !== 'passing')
        throw outage === 'standing' ? new LogUnavailable(error as Error) : error;
    } finally {
      await feed?.end();
    }
    from = feed?.passed ?? from;
    if (!signal.aborted) await sleep(delay, undefined, { signal }).catch(() => undefined);
  }
}

/** One subscription, taken from in batches. */
class Feed {
  /** Everything up to here was taken, or is not of this log. */
  passed: LogPosition | typeof LOG_START;
  private checkpoint: LogPosition | undefined;
  private failure: unknown;
  /** The server says that it has sent everything so far (from version 23.10 on). */
  private live = false;
  private ended = false;
  private wake = () => {};
  private readonly subscription;

  constructor(
    private readonly place: Place,
    private readonly positions: Positions,
    from: LogPosition | typeof LOG_START,
    private readonly batchSize: number,
    private readonly signal: AbortSignal,
  ) {
    this.passed = from;
    const filter = streamNameFilter({
      prefixes: [place.prefix],
      checkpointReached: (_, position) => {
        this.checkpoint = position;
      },
    });
    this.subscription = place.client.subscribeToAll(
      { fromPosition: from, filter, requiresLeader: true },
      { highWaterMark: batchSize },
    );
    this.subscription.on('readable', this.onWake);
    this.subscription.on('caughtUp', () => (this.live = true));
    this.subscription.on('fellBehind', () => (this.live = false));
    this.subscription.on('end', () => {
      this.ended = true;
      this.wake();
    });
    this.subscription.on('error', (error: Error) => {
      this.failure ??= error;
      this.wake();
    });
    signal.addEventListener('abort', this.onWake);
  }

  /** The next events: full batches while it catches up, later at once what has come. Undefined: the subscription ended. */
  async next(): Promise<StoredEvent[] | undefined> {
    const batch: StoredEvent[] = [];
    for (let gatherUntil = Infinity; ;) {
      if (this.signal.aborted) return undefined;
      this.takeInto(batch);
      const over = this.ended || this.failure !== undefined;
      if (batch.length === this.batchSize || (batch.length > 0 && (over || this.live))) return batch;
      if (this.failure !== undefined) throw this.failure;
      if (this.ended) return undefined;
      if (batch.length > 0) gatherUntil = Math.min(gatherUntil, performance.now() + GATHER_MS);
      const wait = gatherUntil - performance.now();
      if (wait <= 0) return batch;
      await this.woken(wait);
    }
  }

  async end(): Promise<void> {
    this.signal.removeEventListener('abort', this.onWake);
    await this.subscription.unsubscribe().catch(() => undefined);
  }

  private readonly onWake = () => this.wake();

  private async woken(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      if (ms < Infinity) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }

  private takeInto(batch: StoredEvent[]): void {
    while (batch.length < this.batchSize) {
      const resolved = this.subscription.read() as AllStreamResolvedEvent | null;
      if (resolved === null) {
        // All before the checkpoint was taken: a new subscription need not search that part of the log again.
        this.passed = this.checkpoint ?? this.passed;
        return;
      }
      if (resolved.event === undefined) continue;
      batch.push(toStored(resolved.event, this.place.prefix, this.positions));
      this.passed = resolved.event.position;
      this.checkpoint = undefined;
    }
  }
}
