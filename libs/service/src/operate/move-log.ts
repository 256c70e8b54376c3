import { lockDeadlines, moveDeadlines } from '@cairn/deadlines';
import { copyLog, refuseTaken, type EventStore } from '@cairn/event-store';
import type { EventStoreDbBesideRows } from '@cairn/event-store/eventstoredb';
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
  NotSettled,
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
 * @throws StillRelaying where it runs; NotSettled where it did not end in order; NotPublishedFrom where the log is in the
 * other store already; LogOfAnother, LogTaken, WrongExpectedVersion, EventIdConflict where that holds something else
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
    const postgres = openPostgresLog({ connectionString: databaseUrl });
    closing.push(() => postgres.close());

    return await inTransaction(pool, async (client) => {
      await client.query('SET LOCAL idle_in_transaction_session_timeout = 0'); // for as long as the copy takes
      const published = await lockPublished(client, service);
      const refuseUnpublished = async (log: Pick<EventStore, 'generation'>) => {
        const generation = await log.generation();
        if (published.log !== undefined && generation !== published.log)
          throw new NotPublishedFrom(service, generation, published.log);
        if (published.log !== undefined && !published.settled) throw new NotSettled(service);
      };
      if (to === 'eventstoredb') await refuseUnpublished(postgres);
      const besideRows = await openEventStoreDbBesideRows({
        connectionString: eventStoreDb,
        log: service,
        databaseUrl,
        refuse: to === 'postgres' ? refuseUnpublished : (log) => refuseTaken(postgres, log),
      });
      closing.push(() => besideRows.close());
      const [from, target] = to === 'postgres' ? [besideRows, postgres] : [postgres, besideRows];
      await payAndLock(client, to, besideRows);
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

/**
 * Pays what is owed, and holds off a process that was forgotten: each append takes one of these locks. What it owes once
 * the lock is held is paid, too, and the lock let go meanwhile: striking a debt out takes it as well.
 */
async function payAndLock(
  client: PoolClient,
  to: EventStoreConfig['kind'],
  besideRows: Pick<EventStoreDbBesideRows, 'owed' | 'payAll'>,
): Promise<void> {
  await client.query('SAVEPOINT unlocked');
  for (;;) {
    await besideRows.payAll();
    if (to === 'eventstoredb') return lockLog(client);
    await client.query('LOCK TABLE owed.appends IN SHARE MODE');
    if ((await besideRows.owed()).appends === 0) return;
    await client.query('ROLLBACK TO SAVEPOINT unlocked');
  }
}

async function hasDeadlines(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('deadlines.checkpoint') IS NOT NULL AS there`,
  );
  return rows[0]!.there;
}
