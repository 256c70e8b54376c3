import type { Envelope } from '@cairn/contracts';
import type { Pool } from 'pg';
import { counter, inSpan, loggerOf, type FlowStatus } from '@cairn/telemetry';
import { understand } from '../envelope.js';
import { ConsumerStopped, isTransient, reasonOf } from '../faults.js';
import {
  partitionKey,
  type Batch,
  type Bus,
  type BusMessage,
  type Consumption,
  type Outcome,
  type TopicPartition,
} from '../port.js';
import { sourcesOf, WATERMARKS } from '../topics.js';
import { backoffMs, sleep } from '../waiting.js';
import { handleRun, type Handled, type Run } from './batch.js';
import { noteFault, type Checkpoint } from './checkpoints.js';
import { handleWatermarks } from './handle-watermarks.js';
import { Lag } from './lag.js';
import type { BatchHandler } from './received.js';
import { runRequests } from './redrive.js';
import { isNotYetKnown, waitsInVain, withoutWaiting } from './references.js';
import { announceGroup, askedOf, placesOf, positionsOf, refuseReplaced } from './start.js';

export interface BatchConsumerOptions {
  readonly bus: Bus;
  /** The service's own database: checkpoints, dead letters and whatever the handler writes. */
  readonly pool: Pool;
  readonly group: string;
  /** The topics it reads; the relays' watermarks come on top. */
  readonly topics: readonly string[];
  readonly handle: BatchHandler;
  /** How often it says that it runs, and looks how far behind it is, in milliseconds; five seconds. */
  readonly lookEveryMs?: number;
}

const MAX_EVENTS = 500;
/** A transaction that takes longer than this is too large; far less, and it may grow again. */
const SLOW_MS = 5_000;
const FAST_MS = 1_000;
const RECHECK_MS = 2_000;
/** At most so long between two looks whether what an event refers to has come. */
const WAITS_MS = 1_000;
/** After so many looks in a row that is worth a word. */
const USUAL_WAITS = 10;
const REQUESTS_MS = 1_000;
const LOOK_MS = 5_000;

/** What is known of a partition beside its checkpoint. */
interface PartitionState {
  size: number;
  failures: number;
}

/**
 * Reads a group's topics and hands over batches, each exactly once in effect: see `handleRun`. It starts whether or not
 * the bus is there, retries for as long as it takes, and stops by itself only with a `ConsumerStopped`, whose cause it
 * looks at again every two seconds.
 */
export class BatchConsumer {
  private readonly stopping = new AbortController();
  private readonly partitions = new Map<string, PartitionState>();
  private readonly lag: Lag;
  private readonly logger;
  private readonly allTopics: readonly string[];
  /** Of the partitions that it has, where reading went on, so that the message there is looked at once more. */
  private readonly after = new Map<string, Checkpoint>();
  private stopped: ConsumerStopped | undefined;
  /** Found by reading, which only a reset ends; and how often the group had been reset then. */
  private replaced: { readonly error: ConsumerStopped; readonly resets: number | undefined } | undefined;
  private trouble: string | undefined;
  /** Why the bus could not be looked at, which is known before reading itself notices that it does not answer. */
  private unseen: string | undefined;
  private readonly faults = new Map<string, string>();
  private consumption: Consumption | undefined;
  /** How often the group had been reset when this member began to read. */
  private resets: number | undefined;
  private running: Promise<unknown> | undefined;

  constructor(private readonly options: BatchConsumerOptions) {
    this.allTopics = [...options.topics, WATERMARKS.name];
    this.lag = new Lag(options.bus, options.pool, options.group, this.allTopics, new Date());
    this.logger = loggerOf(options.group, 'consumer');
  }

  /** Begins to read; returns at once. */
  start(): void {
    this.running ??= Promise.all([this.consume(), this.sayThatItRuns(), this.watch(), this.serveRequests()]);
  }

  /** Lets the batches in hand finish, and leaves the group. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.consumption?.close();
    await this.running;
  }

  /** For `/health/flow`: stuck, stopped, or a source whose watermark is older than 30 s. */
  async status(): Promise<FlowStatus> {
    const reasons = [
      ...(this.stopped ? [this.stopped.message] : []),
      ...this.troubles(),
      ...this.faults.values(),
    ];
    return this.lag.status(new Date(), this.stopped !== undefined, reasons);
  }

  /** Why it cannot read for now, in words. */
  private troubles(): string[] {
    return [...new Set([this.unseen, this.trouble])].filter((each) => each !== undefined);
  }

  private async consume(): Promise<void> {
    const { bus, group } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.prepare();
        this.stopped = undefined;
        this.trouble = undefined;
        if (signal.aborted) return;
        this.consumption = bus.consume({
          group,
          topics: this.allTopics,
          position: (assigned) => this.position(assigned),
          handle: (batch, isOwner) => this.handle(batch, isOwner),
          trouble: (error) => (this.trouble = error && reasonOf(error)),
        });
        await this.consumption.ended;
        // Closed for a reset, it begins again at once.
        if (!this.stopped) continue;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ConsumerStopped) this.noteStop(error);
        else this.noteTrouble(error);
      }
      await sleep(RECHECK_MS, signal);
    }
  }

  /** Checks every checkpoint before joining, so that a group which has stopped does not disturb the others on the bus. */
  private async prepare(): Promise<void> {
    const { bus, pool, group, topics } = this.options;
    await announceGroup(pool, group, this.allTopics);
    this.resets = (await askedOf(pool, group)).resets;
    if (this.replaced?.resets === this.resets) throw this.replaced!.error;
    await bus.ensureTopics([...topics.map((name) => ({ name })), WATERMARKS]);
    const states = await bus.describe(this.allTopics);
    const all = [...states].flatMap(([topic, { partitions }]) =>
      partitions.map((_, partition) => ({ topic, partition })),
    );
    await positionsOf(pool, bus, group, all);
    await this.tellOperator(null);
  }

  private noteStop(error: ConsumerStopped): void {
    if (this.stopped?.message !== error.message) this.logger.error({ reason: error.reason }, error.message);
    this.stopped = error;
    void this.tellOperator(error.message);
  }

  /** Why the group has stopped, for whoever lists the consumers; null when it goes on. */
  private async tellOperator(stopped: string | null): Promise<void> {
    const { pool, group } = this.options;
    await this.noted(
      pool.query({
        name: 'bus_in.seen',
        text: 'UPDATE bus_in.groups SET stopped = $2, trouble = $3, seen_at = now() WHERE name = $1',
        values: [group, stopped, this.troubles().join('; ') || null],
      }),
    );
  }

  private async noted(noting: Promise<unknown>): Promise<void> {
    try {
      await noting;
    } catch (err) {
      this.logger.debug({ err }, 'the state of the group could not be noted');
    }
  }

  private noteTrouble(error: unknown): void {
    const said = reasonOf(error);
    if (this.trouble !== said) this.logger.warn({ err: error }, 'not reading for now');
    this.trouble = said;
  }

  private async position(assigned: readonly TopicPartition[]): Promise<ReadonlyMap<string, number>> {
    const { bus, pool, group } = this.options;
    for (let failures = 1; ; failures++) {
      try {
        const places = await placesOf(pool, bus, group, assigned);
        this.trouble = undefined;
        return new Map([...places].map(([key, { next, after }]) => [key, this.from(key, next, after)]));
      } catch (error) {
        if (error instanceof ConsumerStopped || this.stopping.signal.aborted) throw error;
        this.noteTrouble(error);
        await sleep(backoffMs(failures), this.stopping.signal);
      }
    }
  }

  /** One message back, where the one before has to be looked at. */
  private from(partition: string, next: number, after: Checkpoint | undefined): number {
    if (after === undefined) {
      this.after.delete(partition);
      return next;
    }
    this.after.set(partition, after);
    return next - 1;
  }

  /** Where handling begins in a batch: behind the message that was handled already, if that is the first. */
  private begins(batch: Batch): number {
    const after = this.after.get(partitionKey(batch));
    if (after?.offset !== batch.from) return batch.from;
    try {
      refuseReplaced(this.options.group, after, batch);
    } catch (error) {
      this.replaced = { error: error as ConsumerStopped, resets: this.resets };
      throw error;
    }
    return batch.from + 1;
  }

  private async handle(batch: Batch, isOwner: () => boolean): Promise<Outcome> {
    const state = this.partitions.get(partitionKey(batch)) ?? { size: MAX_EVENTS, failures: 0 };
    this.partitions.set(partitionKey(batch), state);
    let next = this.begins(batch);
    for (let at = 0; next < batch.next && isOwner();) {
      while (at < batch.messages.length && batch.messages[at]!.offset < next) at++;
      const messages = batch.messages.slice(at, at + state.size);
      const run = {
        topic: batch.topic,
        partition: batch.partition,
        topicId: batch.topicId,
        from: next,
        next: at + messages.length < batch.messages.length ? messages.at(-1)!.offset + 1 : batch.next,
        messages,
      };
      let handled: Handled;
      try {
        handled = await this.once(run, state);
      } catch (error) {
        return { next, pauseMs: await this.failed(run, state, error) };
      }
      if (handled.kind === 'reset') return { next, pauseMs: 0 };
      if (handled.kind === 'elsewhere') return { next: handled.next };
      next = handled.next;
    }
    return { next };
  }

  private async once(run: Run, state: PartitionState): Promise<Handled> {
    const { pool, group, handle } = this.options;
    if (run.topic === WATERMARKS.name) {
      const handled = await handleWatermarks(pool, group, run);
      this.passed(run, state);
      return this.counted(run, handled);
    }
    const began = Date.now();
    const { topic, partition } = run;
    let handled: Handled;
    try {
      handled = await inSpan(
        `consume ${group}`,
        undefined,
        { topic, partition, messages: run.messages.length },
        () => handleRun(pool, group, run, handle, false),
        () => run.messages.map(traceparentOf),
      );
    } catch (error) {
      if (isTransient(error) && !isNotYetKnown(error)) throw error;
      if (!isNotYetKnown(error))
        this.logger.warn({ err: error, topic, partition }, 'looking for the poison message');
      handled = await this.oneByOne(run);
    }
    const took = Date.now() - began;
    if (took > SLOW_MS) state.size = Math.max(1, state.size >> 1);
    else if (took < FAST_MS) state.size = Math.min(MAX_EVENTS, state.size * 2);
    this.passed(run, state);
    return this.counted(run, handled);
  }

  private passed(run: TopicPartition, state: PartitionState): void {
    state.failures = 0;
    this.faults.delete(partitionKey(run));
  }

  /** All up to the event that waits for another; if that is the first one and waits in vain, it alone, without waiting. */
  private async oneByOne(run: Run): Promise<Handled> {
    const { pool, group, handle } = this.options;
    try {
      return await handleRun(pool, group, run, handle, true);
    } catch (error) {
      if (!isNotYetKnown(error) || !(await this.waitsInVain(run))) throw error;
      const [first, second] = run.messages;
      const alone = { ...run, next: second?.offset ?? run.next, messages: [first!] };
      return handleRun(pool, group, alone, withoutWaiting(handle), true);
    }
  }

  /** Whether what the first event of a run waits for will not come by itself. */
  private async waitsInVain({ topic, partition, from, messages }: Run): Promise<boolean> {
    const understood = understand(messages[0]!);
    if (!understood.ok) return false;
    const { pool, group, topics } = this.options;
    const recorded = new Date(understood.event.envelope.recordedtime);
    return waitsInVain(pool, group, { topic, partition, handled: from - 1 }, recorded, sourcesOf(topics));
  }

  /**
   * Milliseconds until a failed run is tried again: smaller, so that less is done in vain. What waits for another
   * partition waits less long: it is not the fault of anything, and all behind it waits, too.
   */
  private async failed(run: Run, state: PartitionState, error: unknown): Promise<number> {
    state.failures++;
    const waits = isNotYetKnown(error);
    if (!waits) state.size = Math.max(1, Math.min(state.size, run.messages.length) >> 1);
    const { pool, group } = this.options;
    const reason = reasonOf(error);
    this.faults.set(partitionKey(run), `${partitionKey(run)}: ${reason}`);
    const fields = { err: error, topic: run.topic, partition: run.partition, failures: state.failures };
    // That it comes a moment later is the way of things, with partitions that are read side by side.
    if (waits && state.failures < USUAL_WAITS)
      this.logger.debug(fields, 'a batch waits for another partition');
    else {
      this.logger.warn(fields, 'a batch will be tried again');
      await this.noted(noteFault(pool, group, { ...run, handled: run.from - 1 }, reason));
    }
    counter('cairn_consumer_retries_total', 'Batches to be tried again after a transient fault', [
      'group',
    ]).inc({ group });
    return waits ? Math.min(backoffMs(state.failures), WAITS_MS) : backoffMs(state.failures);
  }

  private counted({ topic, partition }: Run, handled: Handled): Handled {
    if (handled.kind !== 'handled') return handled;
    const { group } = this.options;
    const { dead, held, repeated } = handled;
    const events = counter('cairn_consumer_events_total', 'Events received, by what became of them', [
      'group',
      'outcome',
    ]);
    events.inc({ group, outcome: 'handled' }, handled.events);
    events.inc({ group, outcome: 'repeated' }, repeated);
    events.inc({ group, outcome: 'dead' }, dead);
    events.inc({ group, outcome: 'held' }, held);
    if (dead > 0)
      this.logger.error(
        { topic, partition, dead },
        'put aside; to see why: npm run ops -- dead-letters list',
      );
    return handled;
  }

  /** Every few seconds, apart from all else: the bus may be away, or not answer, and the process is there all the same. */
  private async sayThatItRuns(): Promise<void> {
    const { signal } = this.stopping;
    const { lookEveryMs = LOOK_MS } = this.options;
    for (await sleep(lookEveryMs, signal); !signal.aborted; await sleep(lookEveryMs, signal))
      await this.tellOperator(this.stopped?.message ?? null);
  }

  /** Every few seconds: how far behind, and whether the topics are still the ones that the checkpoints were made for. */
  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    const { lookEveryMs = LOOK_MS } = this.options;
    for (await sleep(lookEveryMs, signal); !signal.aborted; await sleep(lookEveryMs, signal)) {
      try {
        await this.lag.look(new Date());
        this.unseen = undefined;
      } catch (error) {
        if (!(error instanceof ConsumerStopped)) {
          this.unseen = reasonOf(error);
          continue;
        }
        this.unseen = undefined;
        this.noteStop(error);
        await this.consumption?.close();
      }
    }
  }

  /** Carries out what an operator asks for; a reset would be seen with the next batch too, where one came. */
  private async serveRequests(): Promise<void> {
    const { pool, group, handle } = this.options;
    const { signal } = this.stopping;
    for (; !signal.aborted; await sleep(REQUESTS_MS, signal))
      try {
        const { resets, requests } = await askedOf(pool, group);
        if (requests) await runRequests(pool, group, handle, signal);
        if (this.resets !== undefined && resets !== this.resets) await this.consumption?.close();
      } catch (err) {
        if (!signal.aborted)
          this.logger.debug({ err }, 'a request is not carried out yet and is tried again');
      }
  }
}

/** Read off the message a second time, and only where traces are recorded; what is no envelope is found out later. */
function traceparentOf({ value }: BusMessage): string | undefined {
  try {
    return (JSON.parse(value!.toString()) as Partial<Envelope>).traceparent;
  } catch {
    return undefined;
  }
}
