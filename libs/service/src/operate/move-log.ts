import { lockDeadlines, moveDeadlines } from '@cairn/deadlines';
import { copyLog } from '@cairn/event-store';
import {
  inTransaction,
  lockLog,
  migrate as migrateLog,
  openPool,
  openPostgresLog,
} from '@cairn/event-store/postgres';
import {
  lockPublished,
  migrate as migrateMessaging,
  movePublished,
  NotPublishedFrom,
} from '@cairn/messaging';
import type { PoolClient } from 'pg';
import type { EventStoreConfig } from '../config.js';

export interface MoveLogOptions {
  /** Of an event-sourced service: sessions or goals. */
  readonly service: string;
  readonly databaseUrl: string;
  /** `esdb://…` */
  readonly eventStoreDb: string;
  readonly to: EventStoreConfig['kind'];
  readonly onProgress?: (events: number) => void;
}

export interface MovedLog {
  readonly events: number;
  readonly generation: number;
}

/**
 * Copies a service's log to the other store, and all places in it that the service's database keeps: how far it is
 * published, how far its deadlines are set. The service is stopped meanwhile, and started on the other store afterwards.
 * Broken off, nothing has moved, and it can be run again.
 * @throws StillRelaying where it runs; NotPublishedFrom where the log is in the other store already; LogOfAnother,
 * LogTaken, WrongExpectedVersion, EventIdConflict where that holds something else
 */
export async function moveLog({
  service,
  databaseUrl,
  eventStoreDb,
  to,
  onProgress,
}: MoveLogOptions): Promise<MovedLog> {
  const { migrateOwed, openEventStoreDbBesideRows } = await import('@cairn/event-store/eventstoredb');
  const pool = openPool({ connectionString: databaseUrl, max: 2, application_name: `cairn-log-copy` });
  const closing: (() => Promise<unknown>)[] = [() => pool.end()];
  try {
    await migrateLog(pool);
    await migrateOwed(pool);
    await migrateMessaging(pool);
    const besideRows = await openEventStoreDbBesideRows({
      connectionString: eventStoreDb,
      log: service,
      databaseUrl,
    });
    closing.push(() => besideRows.close());
    const postgres = openPostgresLog({ connectionString: databaseUrl });
    closing.push(() => postgres.close());
    const [from, target] = to === 'postgres' ? [besideRows, postgres] : [postgres, besideRows];

    return await inTransaction(pool, async (client) => {
      await client.query('SET LOCAL idle_in_transaction_session_timeout = 0'); // for as long as the copy takes
      const published = await lockPublished(client, service);
      const source = await from.generation();
      if (published.log !== undefined && source !== published.log)
        throw new NotPublishedFrom(service, source, published.log);
      await besideRows.payAll();
      await lockWriters(client, to);
      const deadlines = (await hasDeadlines(client)) ? await lockDeadlines(client) : undefined;
      const kept = [published.position, ...(deadlines === undefined ? [] : [deadlines])];
      const { events, generation, places } = await copyLog(from, target, kept, onProgress);
      // A log of which nothing was published yet has no claim to the topics: they may be another Cairn's.
      if (published.log !== undefined)
        await movePublished(client, service, { log: generation, position: places.get(published.position)! });
      if (deadlines !== undefined) await moveDeadlines(client, places.get(deadlines)!);
      return { events, generation };
    });
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** A process that was forgotten cannot append to the log that is copied: each append takes one of these. */
async function lockWriters(client: PoolClient, to: EventStoreConfig['kind']): Promise<void> {
  if (to === 'postgres') await client.query('LOCK TABLE owed.appends IN SHARE MODE');
  else await lockLog(client);
}

async function hasDeadlines(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('deadlines.checkpoint') IS NOT NULL AS there`,
  );
  return rows[0]!.there;
}
