import { migrate as migrateLog } from '@cairn/event-store/postgres';
import { migrate as migrateMessaging, resumeRestored, type LostEvents } from '@cairn/messaging';
import type { Pool } from 'pg';
import type { EventStoreConfig } from '../config.js';

/**
 * For a service whose log was restored from a backup, wherever that is (resumeRestored). In EventStoreDB, the service's
 * database was restored to the same moment.
 * @returns what others may have heard of, and the log no longer has
 * @throws StillRelaying, AnotherLog, LogOfAnother, LogUnavailable
 */
export async function resumeRestoredLog(
  pool: Pool,
  service: string,
  eventStore: EventStoreConfig,
  above?: number,
): Promise<LostEvents> {
  await migrateMessaging(pool); // the database may be a new one, where the old is lost
  if (eventStore.kind === 'postgres') {
    await migrateLog(pool); // where the log was never here, it is told from the one that was published
    return resumeRestored(pool, service, { above });
  }
  const { migrateOwed, openEventStoreDb } = await import('@cairn/event-store/eventstoredb');
  await migrateOwed(pool);
  const log = openEventStoreDb({ connectionString: eventStore.connectionString, log: service });
  try {
    await log.claim(pool);
    return await resumeRestored(pool, service, { elsewhere: log, above });
  } finally {
    await log.close();
  }
}
