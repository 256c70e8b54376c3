import type { Bus, ConsumeOptions, Consumption } from '../port.js';
import { PostgresConsumption } from './consumption.js';
import { BusTables, type PostgresBusOptions } from './tables.js';

/** The bus of one laptop, and of anyone who would rather not run Kafka: topics and partitions as tables. */
export function postgresBus(options: PostgresBusOptions): PostgresBus {
  return new PostgresBus(options);
}

export class PostgresBus extends BusTables implements Bus {
  private readonly consumptions = new Set<Consumption>();

  consume(options: ConsumeOptions): Consumption {
    const consumption = new PostgresConsumption(this, options);
    this.consumptions.add(consumption);
    void consumption.ended.catch(() => undefined).finally(() => this.consumptions.delete(consumption));
    return consumption;
  }

  async close(): Promise<void> {
    await Promise.all([...this.consumptions].map((each) => each.close()));
    await this.pool.end();
  }
}
