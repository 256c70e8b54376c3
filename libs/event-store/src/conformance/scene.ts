import type { AppendRequest, EventStore } from '../port.js';

/** One log and the ways to it. Each call of `open` opens it anew, with connections of its own, as another process would. */
export interface LogUnderTest {
  open(): Promise<EventStore>;
  /**
   * Only where an append can stand in a longer transaction: begins one, appends, waits, then commits or rolls back.
   * Rejects when the append is refused.
   */
  inTransaction?(requests: readonly AppendRequest[], end: { holdMs: number; commit: boolean }): Promise<void>;
  /** And there: a process that has begun such a transaction, and stands still before its COMMIT. */
  stoppedWriter?(requests: readonly AppendRequest[]): Promise<StoppedWriter>;
  dispose(): Promise<void>;
}

export interface StoppedWriter {
  /** Lets it go on, and says what has become of its COMMIT. */
  goOn(): Promise<'committed' | 'refused'>;
}

/** What the specs share: the log, and a store on it that is opened before each and closed after it. */
export interface Scene {
  log: LogUnderTest;
  store: EventStore;
  /** Opens another one, closed with the first. */
  another(): Promise<EventStore>;
}
