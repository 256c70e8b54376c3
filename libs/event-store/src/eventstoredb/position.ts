import { type Position, START } from '../port.js';
import { LOG_START, type LogPosition } from './client.js';

/** A restore from a backup: what the server wrote after `at` has its position counted on from `base`. */
export interface Restore {
  readonly at: bigint;
  readonly base: bigint;
}

/**
 * Positions of the log, by the server's. Of the server's two numbers the commit position counts: for whatever is written
 * over gRPC both are the same, the event's own offset in the transaction file. (Events of a transaction of the old TCP
 * protocol alone share a commit position.) Padded, it compares as strings do; 16 digits, as in PostgreSQL's log, are enough
 * for a file of ten petabytes.
 *
 * A server that was restored gives offsets again that it gave before; what is written from then on stands further on here.
 */
export class Positions {
  /** @param restores in their order */
  constructor(private readonly restores: readonly Restore[] = []) {}

  /** What is written from now on stands beyond it: where the last restore lets the log go on. */
  get gap(): Position {
    const last = this.restores.at(-1);
    return last === undefined ? START : padded(last.base);
  }

  of(commit: bigint): Position {
    const restore = this.restores.findLast(({ at }) => commit > at);
    const position = padded(restore ? restore.base + (commit - restore.at) : commit);
    if (position.length > 16) throw new RangeError(`the server's position ${commit} is beyond 16 digits`);
    return position;
  }

  /**
   * Where the server has it. What only a history had that a restore took away lies at the restore.
   * @throws RangeError when it is no position of such a log
   */
  onServer(position: Position): LogPosition | typeof LOG_START {
    if (position === START) return LOG_START;
    if (!/^\d{16}$/.test(position)) throw new RangeError(`"${position}" is no position of this log`);
    const wanted = BigInt(position);
    const index = this.restores.findLastIndex(({ base }) => wanted >= base);
    const before = this.restores[index];
    const offset = before ? before.at + (wanted - before.base) : wanted;
    const next = this.restores[index + 1]?.at;
    const commit = next !== undefined && offset > next ? next : offset;
    return { commit, prepare: commit };
  }
}

const padded = (offset: bigint): Position => String(offset).padStart(16, '0');
