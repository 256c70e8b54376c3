import type { ReceivedContract } from '@cairn/contracts';
import type { PoolClient } from 'pg';
import type { Mark } from '../mark.js';
import type { BusRecord } from '../port.js';

/** One published event as a handler gets it: `name` narrows `data`, `envelope` holds the rest. */
export type ReceivedEvent = ReceivedContract & {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly mark: Mark;
  /**
   * True where this group has handled the event before a reset: apply it anew to what is kept, but let no reaction run.
   */
  readonly replay: boolean;
  /** The message as it came. */
  readonly raw: BusRecord;
};

/** A run of events of one partition, in order, without repetitions. */
export interface ConsumedBatch {
  readonly group: string;
  readonly events: readonly ReceivedEvent[];
  /**
   * The transaction that also moves the checkpoint: what is written here is written once. It is rolled back when the
   * handler rejects.
   */
  readonly client: PoolClient;
}

/**
 * Handles a batch. Reject with a `TransientFault` to have it tried again later, with a `PermanentFault` where a message
 * cannot be handled at all; what else is a fault of the message is found out by handling its events one by one.
 */
export type BatchHandler = (batch: ConsumedBatch) => Promise<void>;
