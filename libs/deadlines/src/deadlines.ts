import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { START, type EventStore, type Position } from '@cairn/event-store';
import { loggerOf, type FlowStatus } from '@cairn/telemetry';
import type { DeadlineHandler, DeadlinePlan } from './deadline.js';
import { Subscriber } from './subscriber.js';
import { sweep, untilNext, type SweeperOptions } from './sweeper.js';
import { Wake } from './wake.js';

export interface DeadlinesOptions {
  readonly service: string;
  /** The service's own log. */
  readonly store: EventStore;
  /** The service's own database; it must have had `migrate`. */
  readonly pool: Pool;
  readonly clock: { now(): Date };
  readonly plan: DeadlinePlan;
  readonly handle: DeadlineHandler;
  /** How often to look though nothing says that there is something due, in milliseconds; a second. */
  readonly lookEveryMs?: number;
}

export interface Deadlines {
  /** For `/health/flow`. */
  status(): Promise<FlowStatus>;
  /** Lets what is being handled finish. */
  stop(): Promise<void>;
}

const AFTER_FAILURE_MS = 1000;
const WATCH_EVERY_MS = 5000;
const STUCK_MS = 30_000;

/** Follows the log and handles each deadline when it comes, in any number of replicas. */
export function startDeadlines(options: DeadlinesOptions): Deadlines {
  const { service, store, pool, plan, lookEveryMs = 1000 } = options;
  const log = loggerOf(service, 'deadlines');
  const sweeping: SweeperOptions = { ...options, log };
  const stopping = new AbortController();
  const { signal } = stopping;
  const applied = new Wake();
  const subscriber = new Subscriber(store, pool, plan, () => applied.call());
  const progress = new Progress();

  /** Runs `work` again and again, with a pause after a failure, until all stops. */
  const persist = async (what: string, work: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ err: error }, `${what} failed; it goes on in a second`);
        await sleep(AFTER_FAILURE_MS, undefined, { signal }).catch(() => {});
      }
    }
  };

  // After a long stop the log knows what has been settled since: the table learns that before anything is handled.
  let learnt = false;
  const learn = async (): Promise<void> => {
    const head = await store.head();
    while (!signal.aborted && subscriber.at < head) await applied.nap(lookEveryMs, signal);
    learnt = true;
  };

  const sweepOn = async (): Promise<void> => {
    if (!learnt) await learn();
    while (!signal.aborted) {
      const next = (await untilNext(sweeping)) ?? lookEveryMs;
      const claimed = next > 0 ? 0 : await sweep(sweeping);
      progress.swept();
      if (claimed > 0) continue;
      // What is due and cannot be claimed is in other hands.
      await applied.nap(next > 0 ? Math.min(next, lookEveryMs) : lookEveryMs, signal);
    }
  };

  const watch = async (): Promise<void> => {
    while (!signal.aborted) {
      progress.followed(subscriber.at, await store.head());
      await sleep(WATCH_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  };

  const running = Promise.all([
    persist('following the log', () => subscriber.run(signal)),
    persist('handling deadlines', sweepOn),
    persist('watching the log', watch),
  ]);

  return {
    async status() {
      const { rows } = await pool.query<Counts>(COUNTS, [options.clock.now()]);
      const { waiting, failing, stuck, errors } = rows[0]!;
      const behind = progress.followed(subscriber.at, await store.head());
      const sweeperStands = learnt && waiting > 0 && progress.sweptAgo() > STUCK_MS;
      const healthy = !stuck && !sweeperStands && !(behind && progress.followedAgo() > STUCK_MS);
      return {
        name: 'deadlines',
        healthy,
        detail: { waiting, failing, behind, ...(errors ? { errors } : {}) },
      };
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** When something last went on, on a clock that nobody sets. */
class Progress {
  private at: Position = START;
  private followedAt = performance.now();
  private sweptAt = performance.now();

  swept(): void {
    this.sweptAt = performance.now();
  }

  /** Notes how far the table is; true while the log is ahead of it. */
  followed(at: Position, head: Position): boolean {
    const behind = at < head;
    if (!behind || at !== this.at) this.followedAt = performance.now();
    this.at = at;
    return behind;
  }

  sweptAgo = (): number => performance.now() - this.sweptAt;
  followedAgo = (): number => performance.now() - this.followedAt;
}

interface Counts {
  waiting: number;
  failing: number;
  stuck: boolean;
  errors: string[] | null;
}

const COUNTS = `
  select (count(*) filter (where sweep_at <= $1))::int as waiting,
         (count(*) filter (where failing_since is not null))::int as failing,
         coalesce(bool_or(failing_since < now() - interval '30 seconds'), false) as stuck,
         (array_agg(distinct kind || ': ' || last_error) filter (where failing_since is not null))[1:5] as errors
    from deadlines.due`;
