import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyLog, LogOfAnother, LogTaken, newId, type StoredEvent } from '@cairn/event-store';
import { migrateOwed, openEventStoreDb } from '@cairn/event-store/eventstoredb';
import { memoryLog } from '@cairn/event-store/memory';
import { openPostgresLog } from '@cairn/event-store/postgres';
import { migrate, NotPublishedFrom, NotSettled, resumeRestored, TopicsTaken } from '@cairn/messaging';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { EventStoreConfig } from '../config.js';
import { LogAlone } from '../testing/log-alone.js';
import { moveLog } from './move-log.js';
import { resumeRestoredLog } from './restored-log.js';

let alone: LogAlone;
beforeAll(async () => {
  alone = await LogAlone.prepare();
});
afterAll(() => alone.remove());

const move = (to: EventStoreConfig['kind'], onProgress?: () => void) =>
  moveLog({
    service: alone.service,
    databaseUrl: alone.database.url,
    eventStoreDb: alone.server.connectionString,
    to,
    onProgress,
  });

/** Cancels an append that waits for a lock; false where none does. */
async function cancelWaiting(): Promise<boolean> {
  const { rowCount } = await alone.database.pool.query(
    `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rowCount! > 0;
}

describe('a log that is moved to the other store and back', () => {
  it('is not moved while the service runs', async () => {
    await alone.start('postgres');
    await alone.append(30);
    await alone.allPublished();
    await expect(move('eventstoredb')).rejects.toThrow('goals still runs');
    await alone.stop();
  });

  it.each(['cairn-goals', 'cairn-goals-inbox'])(
    'is not moved while somebody is connected as %s, whoever has the lease',
    async (application_name) => {
      const client = new Client({ connectionString: alone.database.url, application_name });
      await client.connect();
      await expect(move('eventstoredb')).rejects.toThrow(
        /^goals still runs: .* Its database is used by pid \d+, from 127\.0\.0\.1 since 2\d{3}-.*pg_terminate_backend/,
      );
      await client.end();
    },
  );

  it('is not moved while the service runs, though its bus has never answered', async () => {
    const silent = await LogAlone.prepare();
    try {
      await silent.start('postgres', 'postgres://nobody@127.0.0.1:1/bus');
      await silent.append(1);
      const { service, database, server } = silent;
      const eventStoreDb = server.connectionString;
      const copying = moveLog({ service, databaseUrl: database.url, eventStoreDb, to: 'eventstoredb' });
      await expect(copying).rejects.toThrow('goals still runs');
    } finally {
      await silent.remove();
    }
  });

  it('refused, or refused to start on, leaves the other store to whomever it belongs', async () => {
    const owner = await LogAlone.prepare();
    const mistaken = await LogAlone.prepare(owner);
    try {
      await mistaken.start('postgres');
      await mistaken.append(1);
      await mistaken.allPublished();
      const { service, database, server } = mistaken;
      const eventStoreDb = server.connectionString;
      const copy = (to: EventStoreConfig['kind']) =>
        moveLog({ service, databaseUrl: database.url, eventStoreDb, to });
      await expect(copy('eventstoredb')).rejects.toThrow('goals still runs');
      await mistaken.stop();
      await sleep(2_100); // two logs that begin in one second are taken for one, and one store rounds it up
      await expect(copy('postgres')).rejects.toThrow(NotPublishedFrom);
      await database.pool.query('UPDATE relay.relays SET settled = false');
      await expect(copy('eventstoredb')).rejects.toThrow(NotSettled);
      await expect(mistaken.start('eventstoredb')).rejects.toThrow('is not the one that was published');
      await owner.start('eventstoredb');
      await owner.append(1);
      await owner.allPublished();
    } finally {
      await mistaken.remove();
      await owner.remove();
    }
  });

  it('refused for what stands in the other store already, claims nothing there', async () => {
    const mistaken = await LogAlone.prepare();
    const owner = await LogAlone.prepare(mistaken);
    try {
      await mistaken.start('postgres');
      await mistaken.append(1);
      await mistaken.allPublished();
      await mistaken.stop();
      const { service, database, server } = mistaken;
      const eventStoreDb = server.connectionString;
      const [event] = (await mistaken.contentOf('postgres')) as [StoredEvent];
      const there = openEventStoreDb({ connectionString: eventStoreDb, log: service });
      await there.copyIn([{ ...event, id: newId(), stream: 'goal-9' }]);
      await there.close();
      const copying = moveLog({ service, databaseUrl: database.url, eventStoreDb, to: 'eventstoredb' });
      await expect(copying).rejects.toThrow(LogTaken);
      await owner.start('eventstoredb');
      await owner.append(1);
      await owner.allPublished();
    } finally {
      await owner.remove();
      await mistaken.remove();
    }
  });

  it('keeps order, ids and times, and what was published is not published again', async () => {
    await alone.appendUnpublished('postgres', 7);
    const before = (await alone.contentOf('postgres')) as { id: string }[];
    // Deadlines were set up to the 20th event when the service stopped.
    await alone.database.pool.query('INSERT INTO deadlines.checkpoint (position) VALUES ($1)', [
      '20'.padStart(16, '0'),
    ]);
    const { events } = await move('eventstoredb');
    expect(events).toBe(37);
    expect(await alone.contentOf('eventstoredb')).toEqual(before);
    const { rows } = await alone.database.pool.query('SELECT position FROM deadlines.checkpoint');
    const log = openEventStoreDb({ connectionString: alone.server.connectionString, log: 'goals' });
    const [next] = await log.readAll((rows[0] as { position: string }).position, 1);
    await log.close();
    expect(next).toMatchObject({ id: before[20]!.id });

    // Once more, by mistake: there is nothing here any more that anybody publishes.
    await expect(move('eventstoredb')).rejects.toThrow(NotPublishedFrom);
    await alone.start('eventstoredb');
    await alone.append(5);
    await alone.allPublished();
    await alone.stop();
  });

  it('is not moved while more may have been published than its database knows', async () => {
    const { pool } = alone.database;
    const { rows } = await pool.query<{ position: string }>('SELECT position FROM relay.relays');
    await alone.start('eventstoredb');
    await alone.append(3);
    await alone.allPublished();
    await alone.stop();
    // As after a process that was killed, or a PostgreSQL that crashed, before the checkpoint was on disk.
    await pool.query('UPDATE relay.relays SET position = $1, settled = false', [rows[0]!.position]);
    await expect(move('postgres')).rejects.toThrow(NotSettled);
    await alone.start('eventstoredb');
    await alone.append(1);
    await alone.allPublished();
    await alone.stop();
  });

  it('does not start on the store that it was moved from', async () => {
    await expect(alone.start('postgres')).rejects.toThrow(
      'npm run ops -- log copy goals --to eventstoredb|postgres',
    );
  });

  it('comes back with what was written meanwhile, though the first try broke off', async () => {
    await alone.appendUnpublished('eventstoredb', 6);
    const before = await alone.contentOf('eventstoredb');
    const interrupted = openPostgresLog({ connectionString: alone.database.url });
    const source = openEventStoreDb({ connectionString: alone.server.connectionString, log: 'goals' });
    await interrupted.copyIn((await source.readAll('', 40)).slice(30));
    await Promise.all([interrupted.close(), source.close()]);
    await expect(move('eventstoredb')).rejects.toThrow(NotPublishedFrom);
    // Nobody has appended yet what was committed last.
    await alone.oweUnpaid();
    expect(await move('postgres')).toMatchObject({ events: before.length + 1 });
    const moved = await alone.contentOf('postgres');
    expect(moved.slice(0, -1)).toEqual(before);
    expect(moved.at(-1)).toMatchObject({ metadata: { commandId: alone.appended.at(-1) } });
    await expect(move('postgres')).rejects.toThrow(NotPublishedFrom);
    await alone.start('postgres');
    await alone.append(4);
    await alone.allPublished();
    await alone.stop();
  });

  it('has published each event once, in the order of its stream', async () => {
    const all = await alone.told();
    // Three came once more, under the place that they had: that is what consumers know it by.
    expect(all).toHaveLength(57 + 3);
    const once = [...new Map(all.map((one) => [`${one.log} ${one.logposition}`, one])).values()];
    expect(once).toHaveLength(57);
    expect(new Set(all.map(({ id }) => id)).size).toBe(57);
    for (const stream of alone.streams) {
      const seen = once.filter(({ subject }) => subject === stream).map(({ streamversion }) => streamversion);
      expect(seen).toEqual(Array.from({ length: alone.versions.get(stream)! }, (_, n) => n + 1));
    }
    expect(new Set(all.map(({ log }) => log)).size).toBe(3); // each copy began a generation
  });

  it('is not mixed with another log', async () => {
    const other = openEventStoreDb({ connectionString: alone.server.connectionString, log: 'goals' });
    const [event] = await other.readAll('', 1);
    const postgres = openPostgresLog({ connectionString: alone.database.url });
    await expect(postgres.copyIn([{ ...event!, id: newId() }])).rejects.toThrow('stands at version');
    await expect(postgres.copyIn([{ ...event!, data: { other: true } }])).rejects.toThrow('other content');
    const another = memoryLog();
    await expect(copyLog(another, postgres, [])).rejects.toThrow(LogTaken);
    await Promise.all([other.close(), postgres.close(), another.close()]);
  });

  it('goes there and back after it was restored, with all that it holds', async () => {
    await resumeRestored(alone.database.pool, alone.service);
    const ids = async (of: EventStoreConfig['kind']) =>
      (await alone.contentOf(of)).map((event) => (event as { id: string }).id);
    // What was sent after the backup is not known before the service has published what there is.
    await expect(move('eventstoredb')).rejects.toThrow(NotSettled);
    await alone.start('postgres');
    await alone.append(1);
    await alone.allPublished();
    await alone.stop();
    const before = await ids('postgres');
    await move('eventstoredb');
    expect(await ids('eventstoredb')).toEqual(before);
    await move('postgres');
    expect(await ids('postgres')).toEqual(before);
  });

  it.each([
    ['postgres', 'eventstoredb'],
    ['eventstoredb', 'postgres'],
  ] as const)('is not appended to meanwhile by a process that was forgotten, from %s', async (from, to) => {
    const { promise: copying, resolve: stopped } = Promise.withResolvers<void>();
    const append = await alone.forgotten(from);
    let parts = 0;
    const moving = move(to, () => {
      if ((parts += 1) > 1) return;
      alone.server.stop(); // the copy waits for it from here on
      stopped();
    });
    await Promise.race([copying, moving]);
    const fates: unknown[] = [];
    const appending = append(1).then(
      () => fates.push('appended'),
      (error: { code?: string }) => fates.push(error.code),
    );
    while (fates.length === 0 && !(await cancelWaiting())) await sleep(10);
    await appending;
    expect(fates).toEqual(['57014']);
    await alone.server.start();
    await moving;
  });

  it('takes along what a process that was forgotten owed when its appends were locked', async () => {
    // It stands in PostgreSQL after the moves above, or in EventStoreDB: from there it is moved.
    await move('eventstoredb').catch((error: Error) => expect(error).toBeInstanceOf(NotPublishedFrom));
    const { pool } = alone.database;
    const client = await pool.connect();
    await client.query('BEGIN');
    await alone.oweUnpaid(client);
    const moving = move('postgres');
    const waits = async () =>
      (
        await pool.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        )
      ).rowCount! > 0;
    while (!(await waits())) await sleep(10);
    await client.query('COMMIT'); // and here its process dies
    client.release();
    await moving;
    const moved = await alone.contentOf('postgres');
    expect(moved.at(-1)).toMatchObject({ metadata: { commandId: alone.appended.at(-1) } });
    expect((await pool.query('SELECT FROM owed.appends')).rowCount).toBe(0);
  });

  it('is not the log of another Cairn, whose database is another', async () => {
    await move('eventstoredb');
    const other = await LogAlone.prepare(alone);
    const { pool, url: databaseUrl } = other.database;
    const eventStore = other.eventStore('eventstoredb');
    try {
      // Long enough ago that whoever opens the log would bring it after.
      await migrateOwed(pool);
      await other.oweUnpaid();
      await pool.query(`UPDATE owed.appends SET since = now() - interval '1 minute'`);
      await expect(other.start('eventstoredb')).rejects.toThrow(LogOfAnother);
      for (const [to, says] of [
        ['eventstoredb', 'already holds another log'],
        ['postgres', 'belongs to another database'],
      ] as const)
        await expect(
          moveLog({
            service: other.service,
            databaseUrl,
            eventStoreDb: other.server.connectionString,
            to,
          }),
        ).rejects.toThrow(says);
      await migrate(pool);
      await expect(resumeRestoredLog(pool, other.service, eventStore)).rejects.toThrow(LogOfAnother);
      expect(await other.told()).toEqual([]);
      expect((await pool.query('SELECT FROM owed.appends')).rowCount).toBe(1);
    } finally {
      await other.remove();
    }
    await alone.start('eventstoredb');
    await alone.append(1);
    await alone.allPublished();
  });

  it('has no more claim to topics than before, where nothing of it was published yet', async () => {
    const fresh = await LogAlone.prepare();
    try {
      await fresh.tellAsAnother();
      await expect(fresh.start('postgres')).rejects.toThrow(TopicsTaken);
      await fresh.appendUnpublished('postgres', 3);
      await moveLog({
        service: fresh.service,
        databaseUrl: fresh.database.url,
        eventStoreDb: fresh.server.connectionString,
        to: 'eventstoredb',
      });
      expect(await fresh.contentOf('eventstoredb')).toHaveLength(3);
      await expect(fresh.start('eventstoredb')).rejects.toThrow(TopicsTaken);
    } finally {
      await fresh.remove();
    }
  });
});
