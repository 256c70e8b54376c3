import { type Position, START } from '../port.js';
import { LOG_START, type LogPosition } from './client.js';

/**
 * Of the server's two numbers the commit position: for whatever is written over gRPC both are the same, the event's own
 * offset in the transaction file. (Events of a transaction of the old TCP protocol alone share a commit position.) Padded
 * to the length of the largest, it compares as strings do.
 */
export const toPosition = (commit: bigint): Position => String(commit).padStart(20, '0');

/** @throws RangeError when it is no position of such a log */
export function positionIn(position: Position): LogPosition | typeof LOG_START {
  if (position === START) return LOG_START;
  if (!/^\d{20}$/.test(position)) throw new RangeError(`"${position}" is no position of this log`);
  const offset = BigInt(position);
  return { commit: offset, prepare: offset };
}
