import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, testDatabase, type TestDatabase } from '@cairn/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { collect, events, followUntil, newStream } from '../conformance/fixtures.js';
import { START, WrongExpectedVersion } from '../port.js';
import {
  isTransient,
  migrate,
  openPool,
  openPostgresLog,
  transact,
  type PostgresEventStore,
} from './index.js';

let database: TestDatabase;
let store: PostgresEventStore;
beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.pool);
  store = openPostgresLog({ connectionString: database.url });
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: database.url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Writes the last event once more, in a stream of its own, without the log's ways in: nobody is told of it. */
async function insertNext(recordedAt = 'recorded_at'): Promise<Date> {
  const { rows } = await database.pool.query<{ at: Date }>(
    `INSERT INTO log.events (position, occurred_at, recorded_at, event_id, version, stream, type, tenant_id, data, metadata)
     SELECT position + 1, occurred_at, ${recordedAt}, event_id, version, $1, type, tenant_id, data, metadata
       FROM log.events ORDER BY position DESC LIMIT 1 RETURNING recorded_at AS at`,
    [newStream()],
  );
  return rows[0]!.at;
}

describe('the database itself', () => {
  it.each(['UPDATE log.events SET version = 7', 'DELETE FROM log.events', 'TRUNCATE log.events'])(
    'refuses %s',
    async (sql) => {
      await store.append(newStream(), events(1), 0);
      const client = await connect();
      await expect(client.query(sql)).rejects.toMatchObject({ code: 'CA003' });
      await client.query("SET session_replication_role = 'replica'");
      await expect(client.query(sql)).rejects.toMatchObject({ code: 'CA003' });
      await client.end();
      expect((await store.readAll(START, 1)).length).toBe(1);
    },
  );

  it.each([
    ['position', "SELECT position, now(), now(), gen_random_uuid(), 1, 'other', 't', 't', '{}', '{}'"],
    ['version', "SELECT 1e9, now(), now(), gen_random_uuid(), version, stream, 't', 't', '{}', '{}'"],
    ['event id', "SELECT 1e9, now(), now(), event_id, 99, stream, 't', 't', '{}', '{}'"],
  ])('refuses a second event of the same %s, whoever writes it', async (_, select) => {
    await store.append(newStream(), events(1), 0);
    const insert = database.pool.query(`INSERT INTO log.events ${select} FROM log.events LIMIT 1`);
    await expect(insert).rejects.toMatchObject({ code: '23505' });
  });
});

describe('recordedAt', () => {
  it('is that of the event before where the clock has gone back', async () => {
    await store.append(newStream(), events(1), 0);
    const recordedAt = await insertNext("recorded_at + interval '1 hour'");
    const stream = newStream();
    await store.append(stream, events(1), 0);
    const [next] = await collect(store.readStream(stream));
    expect(next!.recordedAt).toBe(recordedAt.toISOString());
  });
});

it('an append is refused where one of its ids stands further up in the stream, though that ends where it should', async () => {
  const stream = newStream();
  const [first, second, third] = events(3);
  await store.append(stream, [first!, second!], 0);
  for (const part of [
    [second!, third!],
    [third!, first!],
  ]) {
    await expect(store.append(stream, part, 2)).rejects.toThrow(WrongExpectedVersion);
    const inOne = transact(database.pool, store, async () => [{ stream, events: part, expectedVersion: 2 }]);
    await expect(inOne).rejects.toThrow(WrongExpectedVersion);
  }
  expect(await collect(store.readStream(stream))).toHaveLength(2);
});

describe('a log that is not to hold everything', () => {
  it('refuses what its service cannot publish, by each way in, and that alone', async () => {
    const asked: [string, number][] = [];
    const choosy = openPostgresLog({
      connectionString: database.url,
      admit: (stream, version, event) => {
        asked.push([stream, version]);
        if (event.type === 'Unpublishable') throw new Error('not fit to be published');
      },
    });
    const bad = events(1).map((event) => ({ ...event, type: 'Unpublishable' }));
    const streams = [newStream(), newStream(), newStream()];
    const fates = await Promise.allSettled([
      choosy.append(streams[0]!, events(2), 0),
      choosy.append(streams[1]!, bad, 0),
      choosy.append(streams[2]!, events(1), 0),
    ]);
    expect(fates.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(asked).toEqual([
      [streams[0], 1],
      [streams[0], 2],
      [streams[1], 1],
      [streams[2], 1],
    ]);
    const inOne = transact(database.pool, choosy, async () => [
      { stream: streams[0]!, events: events(1), expectedVersion: 2 },
      { stream: streams[1]!, events: bad, expectedVersion: 0 },
    ]);
    await expect(inOne).rejects.toThrow('not fit to be published');
    const lengths = await Promise.all(
      streams.map(async (stream) => (await collect(choosy.readStream(stream))).length),
    );
    expect(lengths).toEqual([2, 0, 1]);
    await choosy.close();
  });
});

describe('a database that restarts', () => {
  it('is waited for by readers, costs writers an error, and no process', async () => {
    const server = await startPostgres({ durable: true });
    const owner = openPool({ connectionString: server.url });
    await migrate(owner);
    const restarted = openPostgresLog({ pool: owner });
    const following = followUntil(restarted, START, (seen) => seen.at(-1)?.version === 30, 5);
    const stream = newStream();
    const restart = sleep(100).then(() => server.restart());
    for (const version of Array(30).keys()) {
      const sent = events(1);
      for (let written = false; !written; await sleep(20)) {
        // What was lost on the way may have been written all the same: sent again, it answers as the first time.
        written = await restarted.append(stream, sent, version).then(
          () => true,
          (error: unknown) => {
            expect(isTransient(error)).toBe(true);
            return false;
          },
        );
      }
    }
    await restart;
    const seen = await following;
    expect(seen.map(({ version }) => version)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    await restarted.close();
    await owner.end();
    await server.stop();
  });
});

describe('subscriptions', () => {
  it('read one page ahead of their reader, and no further', async () => {
    const start = await store.head();
    await store.append(newStream(), events(7), 0);
    let pages = 0;
    const counted = Object.assign(Object.create(store) as PostgresEventStore, {
      readAll: (...asked: Parameters<PostgresEventStore['readAll']>) => {
        pages += 1;
        return store.readAll(...asked);
      },
    });
    const stop = new AbortController();
    let batches = 0;
    for await (const batch of counted.subscribe(start, { batchSize: 3, signal: stop.signal })) {
      batches += 1;
      await sleep(50);
      expect(pages).toBe(Math.min(batches + 1, 3));
      if (batch.length < 3) stop.abort();
    }
    expect(pages).toBe(3);
  });

  it('find by looking what no notice tells them of', async () => {
    const reader = openPostgresLog({ connectionString: database.url });
    const following = followUntil(reader, await store.head(), (seen) => seen.length === 2);
    await store.append(newStream(), events(1), 0);
    await sleep(300); // it has heard of that one by now
    await insertNext();
    expect(await following).toHaveLength(2);
    await reader.close();
  });

  it('go on when their connections are cut, the one for notices too', async () => {
    const reader = openPostgresLog({ connectionString: database.url });
    const start = await store.head();
    const stop = new AbortController();
    const seen: number[] = [];
    const following = (async () => {
      for await (const batch of reader.subscribe(start, { batchSize: 10, signal: stop.signal })) {
        seen.push(...batch.map(({ data }) => (data as { n: number }).n));
        if (seen.at(-1) === 9) stop.abort();
      }
    })();
    const killer = await connect();
    for (let n = 0; n < 10; n += 1) {
      await sleep(60);
      await killer.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
          AND (query LIKE 'LISTEN%' OR query LIKE '%ORDER BY position LIMIT%')`);
      await store.append(newStream(), events(1, { data: { n } }), 0);
    }
    await following;
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await killer.end();
    await reader.close();
  });
});
