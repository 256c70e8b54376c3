import { type Position, START } from '../port.js';
import { LOG_START, type LogPosition } from './client.js';

/**
 * Of the server's two numbers the commit position: for whatever is written over gRPC both are the same, the event's own
 * offset in the transaction file. (Events of a transaction of the old TCP protocol alone share a commit position.) Padded,
 * it compares as strings do; 16 digits, as in PostgreSQL's log, are enough for a file of ten petabytes.
 */
export function toPosition(commit: bigint): Position {
  const position = String(commit).padStart(16, '0');
  if (position.length > 16) throw new RangeError(`the server's position ${commit} is beyond 16 digits`);
  return position;
}

/** @throws RangeError when it is no position of such a log */
export function positionIn(position: Position): LogPosition | typeof LOG_START {
  if (position === START) return LOG_START;
  if (!/^\d{16}$/.test(position)) throw new RangeError(`"${position}" is no position of this log`);
  const offset = BigInt(position);
  return { commit: offset, prepare: offset };
}
