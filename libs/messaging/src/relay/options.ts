import type { Context } from '@cairn/contracts';
import type { EventStore } from '@cairn/event-store';
import type { Pool } from 'pg';
import type { Publishing } from '../envelope.js';
import type { Bus } from '../port.js';

export interface RelayOptions {
  readonly service: Context;
  readonly store: EventStore;
  /** The service's own database, for lease and checkpoint. */
  readonly pool: Pool;
  readonly bus: Bus;
  readonly publish: Publishing;
  /** How often it says how far the log is published, in milliseconds; two seconds. */
  readonly watermarkEveryMs?: number;
}
