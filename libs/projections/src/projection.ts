import type { Position } from '@cairn/event-store';
import type { PoolClient } from 'pg';

/** What the runner must know of an event of a log. */
export interface LoggedEvent {
  readonly position: Position;
  /** When its service learnt it; ISO 8601, UTC. */
  readonly recordedAt: string;
}

export interface ProjectionTable {
  /** Named so that no other version and no other projection has it, for example `goal_facts_v1`. */
  readonly name: string;
  /** The statements that make it, with its indexes. */
  readonly create: string;
}

/**
 * A read model: tables that follow from a log and from nothing else. Its identity is (name, version): another version has
 * tables and a checkpoint of its own, and a version's meaning never changes.
 */
export interface Projection<Event extends LoggedEvent> {
  readonly name: string;
  readonly version: number;
  readonly tables: readonly ProjectionTable[];
  /**
   * Folds a batch in memory and writes it, one statement per table, through `client` alone, which is in the transaction of
   * the checkpoint. No clock, no randomness, no side effect, and no reliance on order across streams: a rebuild must give
   * the same bytes. It may not refuse an event.
   */
  apply(client: PoolClient, batch: readonly Event[]): Promise<void>;
}

export const label = ({ name, version }: { name: string; version: number }): string => `${name} v${version}`;
