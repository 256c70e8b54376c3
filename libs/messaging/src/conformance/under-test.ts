import type { Pool } from 'pg';
import type { Bus } from '../port.js';

export interface BusUnderTest {
  /** A client of its own, as another replica would have. Closed by the suite. */
  connect(): Bus;
  /** Deletes a topic and makes it again, empty, with as many partitions. */
  recreateTopic(topic: string, partitions: number): Promise<void>;
  /** Deletes all messages of a topic, as its retention may. */
  forget(topic: string): Promise<void>;
  /** An empty database for a consumer. */
  database(): Promise<{ readonly pool: Pool; drop(): Promise<void> }>;
  close(): Promise<void>;
}

export type OpenBus = () => Promise<BusUnderTest>;
