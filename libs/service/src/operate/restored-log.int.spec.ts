import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inTransaction } from '@cairn/event-store/postgres';
import { LaterLogPublished, LogFellBehind } from '@cairn/messaging';
import { listLostLetters, lostOf, lostText, type LostEvents } from '@cairn/messaging/operate';
import type { EventStoreConfig } from '../config.js';
import { LogAlone, type Told } from '../testing/log-alone.js';
import { moveLog } from './move-log.js';
import { resumeRestoredLog } from './restored-log.js';

const placeOf = ({ log, logposition }: Told): string => `${log} ${logposition}`;
const last = (told: readonly Told[]): string => told.map(placeOf).sort().at(-1) ?? '';

describe.each(['postgres', 'eventstoredb'] as const)(
  'a log in %s that was restored from a backup',
  (kind) => {
    let alone: LogAlone;
    beforeAll(async () => {
      alone = await LogAlone.prepare();
    });
    afterAll(() => alone.remove());

    /** What there is now of the log and of its relay's place, to be there again later. */
    async function backup(): Promise<() => Promise<void>> {
      const { pool } = alone.database;
      const held = alone.server.backup();
      const { rows: relays } = await pool.query<{ row: object }>(
        'SELECT to_json(r) AS row FROM relay.relays r',
      );
      const { rows: events } =
        kind === 'postgres'
          ? await pool.query<{ position: string }>('SELECT position FROM log.events')
          : { rows: [] };
      const [versions, appended] = [new Map(alone.versions), alone.appended.length];
      return async () => {
        held();
        await inTransaction(pool, async (client) => {
          if (kind === 'postgres') {
            await client.query('ALTER TABLE log.events DISABLE TRIGGER refuse_changes');
            await client.query('DELETE FROM log.events WHERE NOT position = ANY ($1)', [
              events.map(({ position }) => position),
            ]);
            await client.query('ALTER TABLE log.events ENABLE ALWAYS TRIGGER refuse_changes');
          }
          await client.query('DELETE FROM relay.relays');
          await client.query(
            'INSERT INTO relay.relays SELECT * FROM json_populate_recordset(NULL::relay.relays, $1)',
            [JSON.stringify(relays.map(({ row }) => row))],
          );
        });
        for (const [stream, version] of versions) alone.versions.set(stream, version);
        alone.appended.length = appended;
      };
    }
    const resume = (store: EventStoreConfig = alone.eventStore(kind)) =>
      resumeRestoredLog(alone.database.pool, alone.service, store);

    /** Of all that has been told, put aside by somebody who reads it: what is listed as lost, by its cause. */
    async function lostLetters(lostEvents: LostEvents): Promise<string[]> {
      const { pool } = alone.database;
      await pool.query('TRUNCATE bus_in.dead_letters');
      await pool.query(
        `INSERT INTO bus_in.dead_letters (group_name, topic, topic_id, partition, "offset", kind, stream, headers, value)
         SELECT 'analytics.intake', 'cairn.' || $1 || '.v1', 't', 0, n, 'held', told->>'subject', '{}', convert_to(told::text, 'UTF8')
           FROM json_array_elements($2) WITH ORDINALITY AS each (told, n)`,
        [alone.service, JSON.stringify(await alone.told())],
      );
      const listed = new Set((await listLostLetters(pool, lostEvents)).map(({ id }) => id));
      const { rows } = await pool.query<{ id: string; value: Buffer }>(
        'SELECT id, value FROM bus_in.dead_letters',
      );
      return rows
        .filter(({ id }) => listed.has(id))
        .map(({ value }) => (JSON.parse(value.toString()) as Told).causationid);
    }

    let restore: () => Promise<void>;
    let lost: Told[];
    it('goes on beyond all that it had published, and publishes nothing old as new', async () => {
      await alone.start(kind);
      await alone.append(9);
      await alone.allPublished();
      await alone.stop();
      await alone.appendUnpublished(kind, 3);
      restore = await backup();
      await alone.start(kind);
      await alone.append(12);
      await alone.allPublished();
      await expect(resume()).rejects.toThrow('still runs');
      await alone.stop();
      lost = await alone.told();
      const gone = alone.appended.slice(-12);

      await restore();
      // Else what it appends would be dropped as repeats.
      await expect(alone.start(kind)).rejects.toThrow(LogFellBehind);
      const lostEvents = await resume();
      expect(lostOf(lostText(lostEvents))).toEqual(lostEvents);
      await alone.start(kind);
      await alone.append(6);
      const fresh = alone.appended.slice(-6);
      await alone.allPublished();
      await alone.stop();
      const told = await alone.told();
      const known = new Set(lost.map(placeOf));
      // What the backup had not published yet comes again under its place: consumers drop it.
      for (const one of told)
        expect([known.has(placeOf(one)), placeOf(one) > last(lost)]).toEqual(
          fresh.includes(one.causationid) ? [false, true] : [true, false],
        );
      expect((await lostLetters(lostEvents)).sort()).toEqual(gone.sort());
    });

    it('goes on beyond that, too, when the same backup is restored once more', async () => {
      const before = await alone.told();
      await restore();
      await resume();
      await alone.start(kind);
      await alone.append(1);
      await alone.allPublished();
      await alone.stop();
      const again = (await alone.told()).find(({ causationid }) => causationid === alone.appended.at(-1))!;
      expect(placeOf(again) > last(before)).toBe(true);
    });

    it('does not start where the bus has a later log of it, before it is raised above that', async () => {
      await alone.start(kind);
      await alone.append(1);
      await alone.allPublished();
      await alone.stop();
      const back = await backup();
      const other = kind === 'postgres' ? 'eventstoredb' : 'postgres';
      const { url: databaseUrl } = alone.database;
      const { generation } = await moveLog({
        service: alone.service,
        databaseUrl,
        eventStoreDb: alone.server.connectionString,
        to: other,
      });
      await alone.start(other);
      await alone.append(3);
      await alone.allPublished();
      await alone.stop();
      const before = await alone.told();

      await back();
      await expect(alone.start(kind)).rejects.toThrow(LaterLogPublished);
      await resume();
      await expect(alone.start(kind)).rejects.toThrow(`log restored goals --above ${generation}`);
      await resumeRestoredLog(alone.database.pool, alone.service, alone.eventStore(kind), generation);
      await alone.start(kind);
      await alone.append(3);
      const fresh = alone.appended.slice(-3);
      await alone.allPublished();
      await alone.stop();
      const told = (await alone.told()).slice();
      const since = told.filter(({ causationid }) => fresh.includes(causationid));
      expect(since).toHaveLength(3);
      for (const one of since) expect(placeOf(one) > last(before)).toBe(true);
      // All had been published before the backup: none of it comes as new.
      expect(told).toHaveLength(before.length + 3);
    });

    it('reads on, from places before and after the restores', async () => {
      const content = await alone.contentOf(kind);
      expect(content.filter((event) => (event as { type: string }).type === 'Reported')).toHaveLength(17);
      await alone.start(kind);
      await alone.append(2);
      await alone.allPublished();
      await alone.stop();
    });

    it('is not taken for one in the other store', async () => {
      const other = alone.eventStore(kind === 'postgres' ? 'eventstoredb' : 'postgres');
      // A log's first generation is the second in which it begins: a later one than any that begins now.
      await resumeRestoredLog(alone.database.pool, alone.service, alone.eventStore(kind), 999_999_999);
      await expect(resume(other)).rejects.toThrow('is not the one that was published so far');
    });
  },
);
