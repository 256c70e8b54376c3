import type { Pool } from 'pg';
import { BatchConsumer } from '../consumer/batch-consumer.js';
import type { BatchHandler, ConsumedBatch } from '../consumer/received.js';
import { registerGroup } from '../consumer/start.js';
import { migrate } from '../migrate.js';
import type { Bus } from '../port.js';

/** One effect in the consumer's database per event handled. Nothing makes them unique: a repetition would show. */
export async function prepareEffects(pool: Pool): Promise<void> {
  await migrate(pool);
  await pool.query(
    'CREATE TABLE effects (nr bigint GENERATED ALWAYS AS IDENTITY, who text, stream text, version int, replay boolean)',
  );
}

/** A handler that writes one effect per event. */
export const writeEffects =
  (who: string): BatchHandler =>
  async ({ client, events }: ConsumedBatch) => {
    await client.query(
      'INSERT INTO effects (who, stream, version, replay) SELECT $1, * FROM unnest($2::text[], $3::int[], $4::boolean[])',
      [
        who,
        events.map((event) => event.envelope.subject),
        events.map((event) => event.envelope.streamversion),
        events.map((event) => event.replay),
      ],
    );
  };

export async function countEffects(pool: Pool, who?: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM effects WHERE $1::text IS NULL OR who = $1',
    [who ?? null],
  );
  return rows[0]!.count;
}

/** Per stream, the versions in the order in which they took effect. */
export async function effectsByStream(pool: Pool, who?: string): Promise<Map<string, number[]>> {
  const { rows } = await pool.query<{ stream: string; versions: number[] }>(
    `SELECT stream, array_agg(version ORDER BY nr) AS versions FROM effects
      WHERE $1::text IS NULL OR who = $1 GROUP BY stream`,
    [who ?? null],
  );
  return new Map(rows.map(({ stream, versions }) => [stream, versions]));
}

/** 1 to `count`. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Consumers of one spec, all of which end with it. */
export class Consumers {
  private readonly started = new Set<BatchConsumer>();

  /** Registers the group (once) and starts a member of it. */
  async start(
    bus: Bus,
    pool: Pool,
    group: string,
    topics: readonly string[],
    handle: BatchHandler,
  ): Promise<BatchConsumer> {
    await registerGroup(pool, group, topics);
    return this.adopt(bus, pool, group, topics, handle);
  }

  /** Starts a member of a group without registering it. */
  adopt(bus: Bus, pool: Pool, group: string, topics: readonly string[], handle: BatchHandler): BatchConsumer {
    const consumer = new BatchConsumer({ bus, pool, group, topics, handle });
    this.started.add(consumer);
    consumer.start();
    return consumer;
  }

  async stop(consumer: BatchConsumer): Promise<void> {
    this.started.delete(consumer);
    await consumer.stop();
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.started].map((consumer) => this.stop(consumer)));
  }
}
