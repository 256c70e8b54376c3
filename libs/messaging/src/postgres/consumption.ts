import { Socket } from 'node:net';
import { Client } from 'pg';
import { partitionKey, type ConsumeOptions, type Consumption, type TopicPartition } from '../port.js';
import { backoffMs, Bell, sleep } from '../waiting.js';
import { Membership } from './membership.js';
import type { BusTables } from './tables.js';

const BEAT_MS = 2_000;
/** LISTEN wakes the reader; polling, so often, is the safety net. */
export const POLLS = { everyMs: 2_000 };
/** How long it rests at most, where nothing wakes it. */
const RESTS_MS = 1_000;
/** How often short-lived topics are rid of what is too old. */
const SWEEP_MS = 60_000;
const READ_LIMIT = 500;
/** Partitions handled at once, so that one's commit does not keep the others waiting. */
const CONCURRENCY = 4;

interface Owned extends TopicPartition {
  /** Undefined until `position` has answered. */
  wanted: number | undefined;
  busy: boolean;
  /** False once the partition belongs to somebody else. */
  mine: boolean;
}

/** One member of a group over the PostgreSQL bus. */
export class PostgresConsumption implements Consumption {
  readonly ended: Promise<void>;
  private readonly owned = new Map<string, Owned>();
  private readonly running = new Set<Promise<void>>();
  private readonly bell = new Bell();
  private readonly closed = new AbortController();
  /** How far the partitions reach. */
  private highs = new Map<string, number>();
  /** When they were last looked at, on a clock that nobody sets. */
  private lookedAt = -Infinity;
  private looking = false;
  /** Sessions in a row that broke before they had a share. */
  private failures = 0;
  private failure: { error: unknown } | undefined;
  private membershipChanged = false;

  constructor(
    private readonly bus: BusTables,
    private readonly options: ConsumeOptions,
  ) {
    this.ended = this.run();
  }

  async close(): Promise<void> {
    this.closed.abort();
    this.bell.ring();
    await this.ended.catch(() => undefined);
  }

  private async run(): Promise<void> {
    while (!this.over) {
      try {
        await this.bus.ready();
        await this.session();
      } catch (error) {
        this.failures++;
        if (!this.over) this.options.trouble(error instanceof Error ? error : new Error('the bus failed'));
      }
      if (!this.over) await sleep(backoffMs(this.failures), this.closed.signal);
    }
    await Promise.all(this.running);
    if (this.failure) throw this.failure.error;
  }

  private get over(): boolean {
    return this.closed.signal.aborted || this.failure !== undefined;
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    this.bell.ring();
  }

  /** One connection's life: joined, then beating and reading until it is closed or breaks. */
  private async session(): Promise<void> {
    const socket = new Socket();
    const session = new Client({ ...this.bus.connection, stream: () => socket });
    let broken: Error | undefined;
    session.on('error', (error) => {
      broken = error;
      this.bell.ring();
    });
    session.on('notification', ({ payload = '' }) => {
      this.heard(payload);
      this.bell.ring();
    });
    try {
      await session.connect();
      await session.query('LISTEN cairn_bus');
      // What was told before is not heard of.
      this.lookedAt = -Infinity;
      let membership = await Membership.join(session, this.options.group);
      for (let lastBeat = -Infinity, lastSwept = -Infinity; !this.over;) {
        if (performance.now() - this.lookedAt >= POLLS.everyMs) await this.look();
        if (performance.now() - lastSwept >= SWEEP_MS) {
          lastSwept = performance.now();
          await this.bus.expire();
        }
        if (this.membershipChanged || performance.now() - lastBeat >= BEAT_MS) {
          this.membershipChanged = false;
          lastBeat = performance.now();
          const owned = await membership.beat(
            this.all(),
            (p) => this.owned.get(partitionKey(p))?.busy === true,
          );
          if (!owned) {
            this.disown();
            membership = await Membership.join(session, this.options.group);
            lastBeat = -Infinity;
            continue;
          }
          this.own(owned);
          this.failures = 0;
        }
        this.options.trouble(undefined);
        this.pump();
        await this.bell.heard(RESTS_MS);
        if (broken) throw broken;
      }
      this.disown();
      await Promise.all(this.running);
      await membership.leave();
    } catch (error) {
      // A farewell would wait for a server that may not be heard of any more.
      socket.destroy();
      throw error;
    } finally {
      this.disown();
      await session.end().catch(() => undefined);
    }
  }

  /** A notice names the group whose members have changed, or says how far partitions reach; or neither, to have it looked at. */
  private heard(notice: string): void {
    if (notice === this.options.group) this.membershipChanged = true;
    const told = highsIn(notice);
    // What a look that is under way has seen may be older than the notice.
    if (!told || this.looking) this.lookedAt = -Infinity;
    for (const [partition, high] of Object.entries(told ?? {}))
      if (this.highs.has(partition)) this.highs.set(partition, high);
  }

  private async look(): Promise<void> {
    this.lookedAt = performance.now();
    this.looking = true;
    const states = await this.bus.describe(this.options.topics).finally(() => (this.looking = false));
    this.highs = new Map(
      [...states].flatMap(([topic, state]) =>
        state.partitions.map(({ high }, partition) => [partitionKey({ topic, partition }), high] as const),
      ),
    );
  }

  private all(): TopicPartition[] {
    return [...this.highs.keys()].sort().map((key) => {
      const slash = key.lastIndexOf('/');
      return { topic: key.slice(0, slash), partition: Number(key.slice(slash + 1)) };
    });
  }

  private own(now: readonly TopicPartition[]): void {
    const keys = new Set(now.map(partitionKey));
    for (const [key, each] of this.owned) {
      if (keys.has(key)) continue;
      each.mine = false;
      if (!each.busy) this.owned.delete(key);
    }
    const added = now
      .filter((each) => !this.owned.has(partitionKey(each)))
      .map((each): Owned => ({ ...each, wanted: undefined, busy: false, mine: true }));
    for (const each of added) this.owned.set(partitionKey(each), each);
    if (added.length > 0) void this.locate(added);
  }

  private disown(): void {
    for (const each of this.owned.values()) each.mine = false;
    this.owned.clear();
  }

  /** Asks from where these partitions are wanted, after a pause if any; until then nothing of them is read. */
  private async locate(owned: readonly Owned[], afterMs = 0): Promise<void> {
    await sleep(afterMs, this.closed.signal);
    if (this.over) return;
    try {
      const positions = await this.options.position(owned);
      for (const each of owned) each.wanted = positions.get(partitionKey(each));
      this.bell.ring();
    } catch (error) {
      this.fail(error);
    }
  }

  private pump(): void {
    for (const each of this.owned.values()) {
      if (this.running.size >= CONCURRENCY || this.over) return;
      const high = this.highs.get(partitionKey(each)) ?? 0;
      if (each.busy || !each.mine || each.wanted === undefined || each.wanted >= high) continue;
      each.busy = true;
      const work = this.readOn(each, each.wanted).finally(() => {
        this.running.delete(work);
        each.busy = false;
        // Behind the others, so that a partition with much to read does not starve them.
        if (this.owned.get(partitionKey(each)) === each) {
          this.owned.delete(partitionKey(each));
          if (each.mine) this.owned.set(partitionKey(each), each);
        }
        this.bell.ring();
      });
      this.running.add(work);
    }
  }

  private async readOn(each: Owned, from: number): Promise<void> {
    const { topic, partition } = each;
    const messages = await this.bus.read(topic, partition, from, READ_LIMIT).catch((error: Error) => {
      this.options.trouble(error);
      return [];
    });
    if (!each.mine) return;
    const last = messages.at(-1);
    if (!last) {
      // Not to be read now, dropped for its age, or made anew: where to go on is for the consumer to say.
      each.wanted = undefined;
      return void this.locate([each], RESTS_MS);
    }
    try {
      const batch = { topic, partition, topicId: last.topicId, from, next: last.offset + 1, messages };
      const outcome = await this.options.handle(batch, () => each.mine && !this.over);
      each.wanted = outcome.pauseMs === undefined ? outcome.next : undefined;
      if (outcome.pauseMs !== undefined) void this.locate([each], outcome.pauseMs);
    } catch (error) {
      this.fail(error);
    }
  }
}

function highsIn(notice: string): Record<string, number> | undefined {
  try {
    return notice.startsWith('{') ? (JSON.parse(notice) as Record<string, number>) : undefined;
  } catch {
    return undefined;
  }
}
