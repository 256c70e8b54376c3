import type { EventStore, Position } from '@cairn/event-store';
import { gauge, type FlowStatus } from '@cairn/telemetry';
import type { Pool } from 'pg';
import { Standstill, STUCK_MS } from '../standstill.js';
import { sleep } from '../waiting.js';

const LOOK_MS = 2_000;

/** Whether a service's log is being published, read from its database: any replica can tell, also one without the lease. */
export class Progress {
  private readonly still = new Standstill();

  constructor(
    private readonly pool: Pool,
    private readonly store: EventStore,
    private readonly service: string,
    private readonly began: Date,
  ) {}

  async watch(signal: AbortSignal): Promise<void> {
    // What cannot be read now is asked again on `status`, which then says so.
    for (; !signal.aborted; await sleep(LOOK_MS, signal)) await this.look(new Date()).catch(() => undefined);
  }

  async status(now: Date, faults: readonly string[]): Promise<FlowStatus> {
    const { position, head, watermarkAgeMs } = await this.look(now);
    const stuckMs = this.still.lasts(now.getTime());
    return {
      name: `relay ${this.service}`,
      healthy: stuckMs <= STUCK_MS && watermarkAgeMs <= STUCK_MS,
      detail: {
        published: position,
        head,
        stuckSeconds: Math.round(stuckMs / 1000),
        watermarkAgeSeconds: Math.round(watermarkAgeMs / 1000),
        faults,
      },
    };
  }

  private async look(now: Date) {
    const { rows } = await this.pool.query<{ position: Position; age_ms: number | null }>(
      `SELECT position, extract(epoch FROM $2::timestamptz - watermark_at)::float8 * 1000 AS age_ms
         FROM relay.relays WHERE service = $1`,
      [this.service, now],
    );
    const position = rows[0]?.position ?? '';
    const head = await this.store.head();
    this.still.look(now.getTime(), position < head ? new Map([[this.service, position]]) : new Map());
    const watermarkAgeMs = rows[0]?.age_ms ?? now.getTime() - this.began.getTime();
    gauge('cairn_relay_watermark_age_seconds', 'Since the relay last said how far it is', ['service']).set(
      { service: this.service },
      watermarkAgeMs / 1000,
    );
    return { position, head, watermarkAgeMs };
  }
}
