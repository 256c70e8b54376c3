import { setTimeout as sleep } from 'node:timers/promises';
import type { Position, SubscribeOptions } from '../port.js';
import { isTransient } from './pool.js';
import type { Wakeups } from './wakeups.js';

/** How long a reader waits for a notice before it looks by itself, in milliseconds. */
const POLL_MS = 1000;

/**
 * Reads `page` after page from `after` on, then waits for more; while one full page is being handled, the next is read.
 * Since position order is commit order, an event that was not there when a page was read can only come after it: none is
 * skipped, none comes twice.
 */
export async function* follow<Event extends { readonly position: Position }>(
  page: (after: Position, limit: number) => Promise<Event[]>,
  wakeups: Wakeups,
  after: Position,
  { batchSize, signal }: SubscribeOptions,
): AsyncGenerator<Event[]> {
  let seen = 0;
  const read = (position: Position): Promise<Event[] | undefined> => {
    seen = wakeups.seen();
    const reading = patiently(() => page(position, batchSize), signal);
    reading.catch(() => undefined); // told to whoever awaits it, if anybody still does
    return reading;
  };
  for (let position = after, next = read(position); !signal.aborted;) {
    const events = await next;
    if (signal.aborted || events === undefined) return;
    position = events.at(-1)?.position ?? position;
    const full = events.length === batchSize;
    if (full) next = read(position);
    if (events.length > 0) yield events;
    if (full) continue;
    await wakeups.wait(seen, POLL_MS, signal);
    if (!signal.aborted) next = read(position);
  }
}

/** Reading again does no harm, so a database that is away is waited for; any other fault is the reader's. */
async function patiently<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  for (let delay = 50; ; delay = Math.min(delay * 2, 2000)) {
    try {
      return await read();
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!isTransient(error)) throw error;
      await sleep(delay, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return undefined;
    }
  }
}
