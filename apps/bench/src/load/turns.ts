import { setTimeout as delay } from 'node:timers/promises';

/** When the requests of one connection are due, in ms as performance.now() has them. */
export interface Schedule {
  readonly first: number;
  readonly every: number;
}

/** What time it is, and how it is waited for. */
export interface Time {
  now(): number;
  delay(ms: number): Promise<unknown>;
}
const REAL: Time = { now: () => performance.now(), delay };

/**
 * The moments from which one connection waits for its answers, until `end`: with a schedule, as it says, and without, once
 * at least, and again as soon as the answer before is there. Where that answer came too late the request waits from when it
 * was due, so that a service that stands still is seen to stand still.
 */
export async function* turns(
  end: number,
  schedule?: Schedule,
  { now, delay: wait } = REAL,
): AsyncGenerator<number> {
  if (!schedule) {
    let moment = now();
    do {
      yield moment;
      moment = now();
    } while (moment < end);
    return;
  }
  for (let due = schedule.first; due < end; due += schedule.every) {
    const early = due - now();
    if (early > 0) await wait(early);
    const moment = now();
    if (moment >= end) return;
    // A timer that is late is not the service's doing.
    yield early > 0 ? moment : due;
  }
}
