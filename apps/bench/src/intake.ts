import { migrateImported, openImportedLog } from '@cairn/event-store/postgres';
import type { Envelope } from '@cairn/contracts';
import { BatchConsumer, migrate as migrateMessaging, registerGroup, type Bus } from '@cairn/messaging';
import type { Pool } from 'pg';

/** As analytics calls them. */
const SCHEMA = 'imported';

/** Analytics' own log in an empty database, with what its consumer needs. */
export async function makeIntake(pool: Pool, group: string, topics: readonly string[]) {
  await migrateImported(pool, SCHEMA);
  await migrateMessaging(pool);
  await registerGroup(pool, group, topics);
}

/**
 * Runs the intake until it has taken so many events: each message decoded, validated against its contract, appended to
 * analytics' log in the transaction that moves the checkpoint. Answers milliseconds from the first batch on.
 */
export async function takeIn(
  { pool, bus, group, topics }: { pool: Pool; bus: Bus; group: string; topics: readonly string[] },
  records: number,
): Promise<number> {
  const log = openImportedLog<Envelope>({ pool, schema: SCHEMA });
  const { promise: taken, resolve } = Promise.withResolvers<void>();
  let began: number | undefined;
  let events = 0;
  const consumer = new BatchConsumer({
    bus,
    pool,
    group,
    topics,
    handle: async (batch) => {
      began ??= performance.now();
      const appended = await log.appendIn(
        batch.client,
        batch.events.map(({ envelope }) => envelope),
      );
      // Partitions are handled at the same time.
      events += appended;
      if (events >= records) resolve();
    },
  });
  consumer.start();
  await taken;
  const took = performance.now() - began!;
  // The batch in hand commits meanwhile.
  await consumer.stop();
  await log.close();
  return took;
}
