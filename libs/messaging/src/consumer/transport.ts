import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { FlowStatus } from '@cairn/telemetry';
import type { Pool } from 'pg';
import { from, isObservable, lastValueFrom } from 'rxjs';
import type { Bus } from '../port.js';
import { BatchConsumer } from './batch-consumer.js';
import type { ConsumedBatch } from './received.js';

export interface CairnTransportOptions {
  readonly bus: Bus;
  /** The service's own database. */
  readonly pool: Pool;
  readonly group: string;
  readonly topics: readonly string[];
}

/**
 * Brings the bus to a Nest application: `app.connectMicroservice({ strategy: new CairnTransport(…) })`. The method marked
 * `@EventBatch(group)` gets the batches. Guards, pipes and filters of the HTTP side do not reach it: what arrives has been
 * validated against its contract.
 */
export class CairnTransport extends Server implements CustomTransportStrategy {
  private consumer: BatchConsumer | undefined;

  constructor(private readonly options: CairnTransportOptions) {
    super();
  }

  /** Calls back at once: whether the bus is reachable is a matter of `/health/flow`, not of starting. */
  listen(callback: () => void): void {
    const handler = this.getHandlerByPattern(this.options.group);
    if (!handler) throw new Error(`no method is marked @EventBatch('${this.options.group}')`);
    this.consumer = new BatchConsumer({
      ...this.options,
      handle: async (batch: ConsumedBatch) => {
        const result: unknown = await handler(batch, undefined);
        // A handler that threw gives an observable, which rejects only when somebody subscribes to it.
        if (isObservable(result)) await lastValueFrom(from(result), { defaultValue: undefined });
      },
    });
    this.consumer.start();
    callback();
  }

  async close(): Promise<void> {
    await this.consumer?.stop();
  }

  /** For `/health/flow`. */
  async flow(): Promise<FlowStatus> {
    if (!this.consumer)
      return { name: `consumer ${this.options.group}`, healthy: false, detail: 'not started' };
    return this.consumer.status();
  }

  on(): never {
    throw new Error('this transport emits no events');
  }

  unwrap<T>(): T {
    return this.options.bus as T;
  }
}
