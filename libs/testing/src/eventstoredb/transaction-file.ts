/** One event as the stand-in keeps it. */
export interface Kept {
  readonly stream: string;
  readonly revision: number;
  /** Commit and prepare position: an offset in bytes, the same for both. */
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  readonly created: number;
}

export type Proposed = Pick<Kept, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;

/** Last revision and position of what was appended (now or before), or the stream's revision (-1: none) when refused. */
export type Written = { readonly revision: number; readonly position: number } | { readonly current: number };

const EPOCH = '$epoch-information';

const sizeOf = ({ stream, data, metadata }: Kept): number =>
  120 + stream.length + data.length + metadata.length;

/**
 * What the nodes of a stand-in hold together: one transaction file, and an index by stream.
 *
 * - An event's position is its offset in bytes, so positions grow but are no counts; the commit and the prepare position
 *   of what was not written in an old TCP transaction are the same, and either makes a checkpoint:
 *   https://developers.eventstore.com/clients/grpc/reading-events.html and
 *   https://developers.eventstore.com/clients/grpc/subscriptions.html ("Checkpointing").
 * - `$all` also holds system events, whose streams and types begin with `$`: same pages. Here one is written whenever
 *   leadership begins, as the server does.
 * - A write is checked against everything accepted before it, and shown to readers only once it is committed and indexed:
 *   https://github.com/EventStore/EventStore/blob/0ac6e3fc2ab90787f46cc3e54863e11b510c20cc/src/EventStore.Core/Services/Storage/ReaderIndex/IndexWriter.cs
 *   (`IdempotentNotReady`).
 */
export class TransactionFile {
  /** Milliseconds from the acceptance of a write to its being shown. */
  commitDelayMs = 0;
  /**
   * Milliseconds by which the leader's clock is off: an event's time is when it was written, and
   * the leader's writer alone writes (`WritePrepares`, an `ILeaderWriteMessage`), in
   * https://github.com/kurrent-io/KurrentDB/blob/dbe1bbcbadf0cb302ae0b531395fa2dd136e9d32/src/KurrentDB.Core/Services/Storage/StorageWriterService.cs
   */
  clockOffMs = 0;
  /** In the order of the file; the first `readable` of them are shown. */
  readonly events: Kept[] = [];
  readable = 0;
  private readonly streams = new Map<string, Kept[]>();
  private readonly waiting = new Set<() => void>();
  private end = 0;
  private committed: Promise<void> = Promise.resolve();

  /** The events of a stream that readers are shown. */
  stream(name: string): Kept[] {
    const bound = this.events[this.readable]?.position ?? Infinity;
    return (this.streams.get(name) ?? []).filter(({ position }) => position < bound);
  }

  /**
   * The check of the expected revision, and idempotence: an append whose events stand already where they are to go is
   * answered as if it had been made now. Ids are compared, one by one, and nothing else; only at that place, so that the
   * same ids at the stream's end are appended again; and only within the stream.
   *
   * http://docs.geteventstore.com/dotnet-api/4.0.0/optimistic-concurrency-and-idempotence/ ("If an expected version is
   * specified"), https://discuss.eventstore.com/t/idempotency-confirmation/5172, and `CheckCommit` in IndexWriter.cs (above).
   *
   * @param expected the revision that the stream must have, -1 for none
   */
  async write(stream: string, expected: number, proposed: readonly Proposed[]): Promise<Written> {
    const held = this.streams.get(stream) ?? [];
    const current = held.length - 1;
    if (expected > current) return { current };
    if (expected < current) {
      const there = proposed.map(({ id }, index) => held[expected + 1 + index]?.id === id);
      if (!there.every(Boolean)) return { current };
      const { revision, position } = held[expected + proposed.length]!;
      await this.shown(position);
      return { revision, position };
    }
    this.streams.set(stream, held);
    for (const event of proposed) {
      const kept = {
        ...event,
        stream,
        revision: held.length,
        position: this.end,
        created: Date.now() + this.clockOffMs,
      };
      this.end += sizeOf(kept);
      held.push(kept);
      this.events.push(kept);
    }
    const { revision, position } = held.at(-1)!;
    void this.commit(this.events.length);
    await this.shown(position);
    return { revision, position };
  }

  /** What a backup holds of it. */
  backup(): readonly Kept[] {
    return this.events.slice(0, this.readable);
  }

  /**
   * A backup in its place: what was written after it is gone, and its offsets are given again to what is written next.
   * https://developers.eventstore.com/server/v21.10/operations/database-backup.html (chaser.chk, how far the file was
   * read, is copied to truncate.chk, where it is cut off).
   */
  restore(backup: readonly Kept[]): void {
    this.events.splice(0, Infinity, ...backup);
    this.readable = backup.length;
    this.streams.clear();
    for (const kept of backup) {
      const held = this.streams.get(kept.stream) ?? [];
      this.streams.set(kept.stream, held);
      held.push(kept);
    }
    const last = backup.at(-1);
    this.end = last ? last.position + sizeOf(last) : 0;
  }

  /** A node has become the leader. */
  beginEpoch(): void {
    const held = this.streams.get(EPOCH)?.length ?? 0;
    const data = new TextEncoder().encode(JSON.stringify({ epochNumber: held }));
    const epoch = { id: crypto.randomUUID(), type: '$EpochInformation', contentType: 'application/json' };
    void this.write(EPOCH, held - 1, [{ ...epoch, data, metadata: new Uint8Array() }]);
  }

  /** Resolves when there is more to read than `readable` events, or `signal` aborts. */
  more(readable: number, signal: AbortSignal): Promise<void> {
    if (this.readable > readable || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  private async shown(position: number): Promise<void> {
    while ((this.events[this.readable]?.position ?? Infinity) <= position) {
      await this.more(this.readable, new AbortController().signal);
    }
  }

  private commit(upTo: number): Promise<void> {
    const delay = this.commitDelayMs;
    const before = this.committed;
    this.committed = (async () => {
      await before;
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
      this.readable = Math.max(this.readable, upTo);
      for (const wake of this.waiting) wake();
    })();
    return this.committed;
  }
}
