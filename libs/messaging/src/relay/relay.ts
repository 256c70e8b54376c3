import { loggerOf, type FlowStatus } from '@cairn/telemetry';
import { reasonOf, TransientFault } from '../faults.js';
import { AnotherLog, lastPublished, refuseOutrun, refuseTaken } from '../operate/log.js';
import { topicSpecsOf } from '../topics.js';
import { backoffMs, sleep } from '../waiting.js';
import { Lease } from './lease.js';
import type { RelayOptions } from './options.js';
import { Progress } from './progress.js';
import { RelaySession, type RelayPart } from './session.js';

export interface Relay {
  /** For `/health/flow`: unhealthy when nothing moves on for 30 s while events wait, or its watermark is older. */
  status(): Promise<FlowStatus>;
  stop(): Promise<void>;
}

/**
 * Publishes a service's log on the bus: in log order within each partition, each batch acknowledged before the checkpoint
 * moves, at least once. Returns at once; it waits for the lease, and retries for as long as it takes.
 */
export function startRelay(options: RelayOptions): Relay {
  const stopping = new AbortController();
  const relay = new RelayLoop(options, stopping.signal);
  const running = relay.run();
  return {
    status: () => relay.status(),
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** After a failure: another replica, which looks once a second, may reach what this one does not. */
const LETS_OTHERS_MS = 1_500;

class RelayLoop {
  private readonly logger;
  private readonly progress: Progress;
  /** What is being retried, by the part that it keeps from moving. */
  private readonly faults = new Map<RelayPart, string>();
  /** In a row, none of which came as far as to begin publishing. */
  private failures = 0;

  constructor(
    private readonly options: RelayOptions,
    private readonly signal: AbortSignal,
  ) {
    this.logger = loggerOf(options.service, 'relay');
    this.progress = new Progress(options.pool, options.store, options.service, new Date());
  }

  async run(): Promise<void> {
    const watching = this.progress.watch(this.signal);
    const { pool, service } = this.options;
    while (!this.signal.aborted) {
      try {
        // Who waits for the lease of another has no fault of its own.
        const lease = await Lease.acquire(pool, service, this.signal, () => this.faults.clear());
        if (lease) await this.relay(lease).finally(() => lease.release());
      } catch (error) {
        this.failures++;
        // What gives way has been noted as the log's, or the watermarks'.
        if (!this.isNoted(error)) this.note('lease', error);
        await sleep(Math.max(backoffMs(this.failures), LETS_OTHERS_MS), this.signal);
      }
    }
    await watching;
  }

  async status(): Promise<FlowStatus> {
    return this.progress.status(new Date(), [...this.faults.values()]);
  }

  private isNoted(error: unknown): boolean {
    return this.faults.values().some((said) => said === reasonOf(error));
  }

  private note(part: RelayPart, error: unknown): void {
    if (error === undefined) {
      this.faults.delete(part);
      return;
    }
    const said = reasonOf(error);
    if (this.faults.get(part) !== said) this.logger.warn({ err: error, of: part }, 'not publishing for now');
    this.faults.set(part, said);
  }

  private async relay(lease: Lease): Promise<void> {
    const { bus, service, store } = this.options;
    const generation = await store.generation();
    const { log, position, settled } = lease.checkpoint;
    if (log !== undefined && log !== generation) throw new AnotherLog(service, generation, log);
    const specs = topicSpecsOf(service);
    await bus.ensureTopics(specs);
    const states = await bus.describe(specs.map(({ name }) => name));
    // One that was just made is not to be seen everywhere at once.
    const unseen = specs.find(({ name }) => !states.has(name));
    if (unseen) throw new TransientFault(`topic ${unseen.name} does not exist`);
    if (log === undefined) {
      refuseTaken(service, states);
      await lease.claim(generation); // a topic that holds our own events is no other's
    } else refuseOutrun(service, await lastPublished(service, bus), generation, await store.goesOnBeyond());
    this.note('lease', undefined);
    this.failures = 0;
    const ended = new AbortController();
    const session = new RelaySession({
      ...this.options,
      lease,
      generation,
      settledFrom: settled ? position : await store.head(),
      states,
      signal: AbortSignal.any([this.signal, lease.signal, ended.signal]),
      note: (part, error) => this.note(part, error),
    });
    await Promise.all(
      [session.publishLog(), session.sendWatermarks()].map((each) => each.finally(() => ended.abort())),
    );
    if (lease.failure !== undefined) throw lease.failure;
    const settledAt = session.settledAt();
    if (settledAt !== undefined) await lease.settle({ log: generation, position: settledAt });
  }
}
