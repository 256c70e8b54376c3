import type { Position, StoredEvent } from '@cairn/event-store';
import { counter, inSpan } from '@cairn/telemetry';
import { envelopesOf, messageOf } from '../envelope.js';
import { PartitionMissing } from '../faults.js';
import { partitionKey, type BusMessage, type TopicState } from '../port.js';
import { WATERMARKS } from '../topics.js';
import { backoffMs, sleep } from '../waiting.js';
import type { Watermark } from '../watermarks.js';
import { Coverage } from './coverage.js';
import type { Lease } from './lease.js';
import type { RelayOptions } from './options.js';

const BATCH = 1_000;
const WATERMARK_MS = 2_000;
/** After so many watermarks the topics are looked at: one may have been made anew. */
const LOOK_EVERY = 10;

/** What goes wrong for so long may go well for another replica: the session ends, and with it the lease. */
const GIVES_WAY_MS = 5_000;

/** What can be kept from moving on its own. */
export type RelayPart = 'lease' | 'log' | 'watermarks';

interface SessionOptions extends RelayOptions {
  readonly lease: Lease;
  readonly generation: number;
  /** Nothing beyond it was sent before this session. */
  readonly settledFrom: Position;
  readonly states: ReadonlyMap<string, TopicState>;
  readonly signal: AbortSignal;
  /** Told what is being retried; undefined when it has passed. */
  readonly note: (part: RelayPart, error: unknown) => void;
}

/** What a relay does while it holds the lease. */
export class RelaySession {
  private published: Position;
  /** The last offset of each partition that this log is published to. */
  private offsets: Map<string, number>;
  /** Something was sent of which it is not known whether it has arrived. */
  private inDoubt = false;
  /** When the first of the attempts began that have failed since the part last went well; on a clock that nobody sets. */
  private readonly failingSince = new Map<RelayPart, number>();
  private publishedAt = performance.now();
  /** The checkpoint that is being written. */
  private checkpointed: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: SessionOptions) {
    this.published = options.lease.checkpoint.position;
    this.offsets = endsOf(options.states);
  }

  /**
   * Batch after batch, the next one read while this one is on its way; never two on their way at once. The checkpoint of
   * one is written while the next is sent: one that is lost costs sending again.
   */
  async publishLog(): Promise<void> {
    const { store, signal } = this.options;
    const batches = store.subscribe(this.published, { batchSize: BATCH, signal })[Symbol.asyncIterator]();
    try {
      for (let next = batches.next(); ;) {
        const { done, value } = await next;
        if (done || signal.aborted) return;
        next = batches.next();
        next.catch(() => undefined);
        await this.send(value);
      }
    } finally {
      // Where it has read ahead, it would keep what it reads from open.
      void batches.return?.(undefined)?.catch(() => undefined);
    }
  }

  /**
   * What is published when `publishLog` has ended; undefined where more may have been sent: a relay before this one may
   * have sent what the log held when this one began.
   */
  settledAt(): Position | undefined {
    const { settledFrom } = this.options;
    return !this.inDoubt && this.published >= settledFrom ? this.published : undefined;
  }

  private async send(batch: readonly StoredEvent[]): Promise<void> {
    const { lease, generation, service, signal } = this.options;
    for (let failures = 1; !signal.aborted; failures++) {
      const began = performance.now();
      try {
        this.inDoubt = true;
        // Mapped inside the loop: an event that breaks its contract stops the relay, visibly, until a release mends it.
        const messages = batch.flatMap((stored) => this.messagesOf(stored));
        const acknowledged = await inSpan(
          `relay ${service}`,
          undefined,
          { events: messages.length },
          () => this.options.bus.publish(messages),
          () => batch.map(({ metadata }) => metadata.traceparent),
        );
        await this.noteOffsets(acknowledged);
        this.published = batch.at(-1)!.position;
        this.inDoubt = false;
        this.goesWell('log');
        counter('cairn_relay_published_total', 'Events published', ['service']).inc(
          { service },
          messages.length,
        );
        await this.checkpointed;
        this.checkpointed = lease.moveTo({ log: generation, position: this.published });
        // Told when the next one is to be written; without its checkpoint the lease is over.
        this.checkpointed.catch(() => undefined);
        return;
      } catch (error) {
        if (signal.aborted) return;
        // The next session counts the partitions anew.
        if (error instanceof PartitionMissing) throw error;
        this.fails('log', began, error);
        await sleep(backoffMs(failures), signal);
      }
    }
  }

  private goesWell(part: RelayPart): void {
    if (part === 'log') this.publishedAt = performance.now();
    this.failingSince.delete(part);
    this.options.note(part, undefined);
  }

  /**
   * @param began when what has failed was begun: it may have waited for an answer since
   * @throws `error`, once the log has not gone well for long, whatever watermarks do; or they have not, and no event has
   *   been published meanwhile: they keep no event back
   */
  private fails(part: RelayPart, began: number, error: unknown): void {
    this.options.note(part, error);
    const since = this.failingSince.get(part) ?? began;
    this.failingSince.set(part, since);
    const from = part === 'log' ? since : Math.max(since, this.publishedAt);
    if (performance.now() - from >= GIVES_WAY_MS) throw error;
  }

  private async noteOffsets(acknowledged: ReadonlyMap<string, number>): Promise<void> {
    // Offsets only grow, unless the topic was made anew: then what is known of the other partitions is void too.
    if (isLess(acknowledged, this.offsets)) this.offsets = await this.ends();
    for (const [key, offset] of acknowledged) this.offsets.set(key, offset);
  }

  /**
   * A topic that was made anew while nothing was published has smaller offsets, too, or fewer partitions; no consumer ever
   * has the old ones.
   */
  private async lookAtTopics(): Promise<void> {
    const known = this.offsets;
    const before = new Map(known);
    const ends = await this.ends();
    // What was published meanwhile lies beyond these ends.
    const isAsBefore = this.offsets === known && !isLess(before, known);
    const isGone = [...known.keys()].some((key) => !ends.has(key));
    if (isAsBefore && (isGone || isLess(ends, known))) this.offsets = ends;
  }

  private async ends(): Promise<Map<string, number>> {
    const topics = [...this.options.states.keys()];
    const found = await this.options.bus.describe(topics);
    // The next session makes it again, or says why it cannot.
    const gone = topics.find((topic) => !found.has(topic));
    if (gone !== undefined) throw new PartitionMissing(partitionKey({ topic: gone, partition: 0 }));
    return endsOf(found);
  }

  private messagesOf(stored: StoredEvent): BusMessage[] {
    return envelopesOf(this.options, stored).map((addressed) =>
      messageOf(addressed, this.options.states.get(addressed.topic)!.partitions.length),
    );
  }

  /** Again and again: how far the log is published. Freshness everywhere is read off these. */
  async sendWatermarks(): Promise<void> {
    const { bus, lease, service, signal, store, generation } = this.options;
    const { watermarkEveryMs = WATERMARK_MS } = this.options;
    const coverage = new Coverage();
    for (let round = 1; !signal.aborted; round++, await sleep(watermarkEveryMs, signal)) {
      const began = performance.now();
      try {
        if (round % LOOK_EVERY === 0) await this.lookAtTopics();
        const { at, head } = await store.reach();
        coverage.observe(at, head);
        const covered = coverage.coveredBy(this.published);
        if (!covered) continue;
        const watermark: Watermark = {
          service,
          log: String(generation),
          head,
          published: this.published,
          covered: covered.toISOString(),
          offsets: Object.fromEntries(this.offsets),
          at: at.toISOString(),
        };
        await bus.publish([
          {
            topic: WATERMARKS.name,
            partition: 0,
            key: service,
            value: Buffer.from(JSON.stringify(watermark)),
            headers: { 'content-type': 'application/json' },
          },
        ]);
        await lease.stampWatermark();
        this.goesWell('watermarks');
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof PartitionMissing) throw error;
        this.fails('watermarks', began, error);
      }
    }
  }
}

/** Whether any of these offsets lies before what is known of its partition. */
const isLess = (offsets: ReadonlyMap<string, number>, known: ReadonlyMap<string, number>): boolean =>
  [...offsets].some(([key, offset]) => offset < (known.get(key) ?? -1));

const endsOf = (states: ReadonlyMap<string, TopicState>): Map<string, number> =>
  new Map(
    [...states]
      .filter(([topic]) => topic !== WATERMARKS.name)
      .flatMap(([topic, { partitions }]) =>
        partitions.map(({ high }, partition) => [partitionKey({ topic, partition }), high - 1] as const),
      ),
  );
