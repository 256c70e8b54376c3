import type { Position } from '@cairn/event-store';
import type { PoolClient } from 'pg';

/** What the runner must know of an event of a log. */
export interface LoggedEvent {
  readonly position: Position;
  /** When its service learnt it; ISO 8601, UTC. */
  readonly recordedAt: string;
}

export interface ProjectionTable {
  /** Without a schema: each build of the projection has one of its own. */
  readonly name: string;
  /** The statements that make it. */
  readonly create: string;
  /**
   * The statements that make what it is read by, each with IF NOT EXISTS. A build beside the one that is read gets these
   * when it has caught up: until then its rows are written in half the time.
   */
  readonly indexes?: string;
}

/**
 * A read model: tables that follow from a log and from nothing else. Its identity is (name, version): a version's meaning
 * never changes. Each time that it is built, it is built into a schema of its own, beside the one that is read.
 */
export interface Projection<Event extends LoggedEvent> {
  readonly name: string;
  readonly version: number;
  readonly tables: readonly ProjectionTable[];
  /** Whether it says anything of this read model; where no event of a batch does, nothing but the checkpoint is written. */
  concerns(event: Event): boolean;
  /**
   * Folds a batch in memory and writes it, one statement per table, through `client` alone, which is in the transaction of
   * the checkpoint and finds the build's tables by their bare names. No clock, no randomness, no side effect, and no
   * reliance on order across streams: another build must give the same bytes. It may not refuse an event.
   */
  apply(client: PoolClient, batch: readonly Event[]): Promise<void>;
}
