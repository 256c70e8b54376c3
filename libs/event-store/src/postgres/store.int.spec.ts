import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startPostgres, testDatabase, type TestDatabase } from '@cairn/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { collect, events, everything, followUntil, newStream, request } from '../conformance/fixtures.js';
import { EventIdConflict, START, UnstorableEvent, WrongExpectedVersion } from '../port.js';
import { isTransient, migrate, openPool, openPostgresLog, type PostgresEventStore } from './index.js';

let database: TestDatabase;
let store: PostgresEventStore;

beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.pool);
  await database.pool.query('CREATE TABLE slots (coach text, starts_at int, PRIMARY KEY (coach, starts_at))');
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

describe('positions', () => {
  it('cannot be read while a lower one may still be committed', async () => {
    const start = await store.head();
    const [first, second] = [newStream(), newStream()];
    const client = await connect();
    await client.query('BEGIN');
    await store.appendIn(client, [request(first, 0)]);
    const later = store.append(second, events(1), 0);
    await sleep(200);
    expect(await store.readAll(start, 10)).toEqual([]);
    await client.query('COMMIT');
    await later;
    expect((await store.readAll(start, 10)).map(({ stream }) => stream)).toEqual([first, second]);
    await client.end();
  });

  it('are given anew when a transaction is rolled back, unseen by anybody', async () => {
    const start = await store.head();
    const client = await connect();
    await client.query('BEGIN');
    const [lost] = await store.appendIn(client, [request(newStream(), 0)]);
    await client.query('ROLLBACK');
    const kept = await store.append(newStream(), events(1), 0);
    expect(kept.position).toBe(lost!.position);
    expect(await store.readAll(start, 10)).toHaveLength(1);
    await client.end();
  });
});

describe('a process that stands still before its COMMIT', () => {
  it('stops the log for five seconds at most, and its events are not there', async () => {
    const stream = newStream();
    const script = `
      import { openPostgresLog, openPool } from '@cairn/event-store/postgres';
      const pool = openPool({ connectionString: process.env.URL });
      const store = openPostgresLog({ pool });
      const client = await pool.connect();
      await client.query('BEGIN');
      await store.appendIn(client, JSON.parse(process.env.REQUESTS));
      console.log('appended');
      setTimeout(() => client.query('COMMIT').then(() => process.exit(0), () => process.exit(7)), 500);`;
    const env = { ...process.env, URL: database.url, REQUESTS: JSON.stringify([request(stream, 0)]) };
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    const began = performance.now();
    await store.append(newStream(), events(1), 0);
    const waited = performance.now() - began;
    expect(waited).toBeGreaterThan(1000);
    expect(waited).toBeLessThan(6000);
    child.kill('SIGCONT');
    expect((await exited)[0]).toBe(7); // its COMMIT failed, and it was told
    expect(await collect(store.readStream(stream))).toEqual([]);
  });
});

describe('group append', () => {
  it('fails only the guilty one of 64', async () => {
    const sent = Array.from({ length: 64 }, (_, n) => ({ ...request(newStream(), 0, 2), n }));
    const poison = sent[40]!.events.map((event) => ({ ...event, occurredAt: '2026-02-30T00:00:00.000Z' }));
    const fates = await Promise.allSettled(
      sent.map(({ stream, events, n }) => store.append(stream, n === 40 ? poison : events, 0)),
    );
    expect(fates.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).toEqual([40]);
    for (const { stream, n } of sent) {
      expect(await collect(store.readStream(stream))).toHaveLength(n === 40 ? 0 : 2);
    }
  });

  it('sends what waits as one call, with one notice', async () => {
    const listener = await connect();
    const notices: (string | undefined)[] = [];
    listener.on('notification', ({ payload }) => notices.push(payload));
    await listener.query('LISTEN log_appended');
    await Promise.all(Array.from({ length: 64 }, () => store.append(newStream(), events(1), 0)));
    await sleep(100);
    const head = await store.head();
    expect(notices).toEqual([head]);
    const { rows } = await database.pool.query(
      'SELECT DISTINCT xmin::text FROM log.events ORDER BY 1 DESC LIMIT 64',
    );
    const batch = await database.pool.query(
      `SELECT count(*)::int AS events FROM log.events WHERE xmin = (SELECT xmin FROM log.events WHERE position = $1)`,
      [head],
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(batch.rows).toEqual([{ events: 64 }]);
    await listener.end();
  });

  it('loses and repeats nothing when its connection is cut again and again', async () => {
    const start = await store.head();
    const written = new AbortController();
    const cuts = (async () => {
      const client = await connect();
      let cut = 0;
      for (; !written.signal.aborted; await sleep(20)) {
        const { rowCount } = await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%append%'`,
        );
        cut += rowCount!;
      }
      await client.end();
      return cut;
    })();
    const streams = Array.from({ length: 20 }, newStream);
    await Promise.all(
      streams.map(async (stream) => {
        for (let version = 0; version < 30; version += 1) {
          const sent = events(1);
          for (let acknowledged = false; !acknowledged;) {
            acknowledged = await store.append(stream, sent, version).then(
              () => true,
              () => false, // lost on the way; sent again under the same id
            );
          }
        }
      }),
    );
    written.abort();
    expect(await cuts).toBeGreaterThan(3);
    const log = await everything(store, start);
    expect(log).toHaveLength(600);
    for (const stream of streams) {
      const versions = log.filter((event) => event.stream === stream).map(({ version }) => version);
      expect(versions).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    }
  });
});

describe('rows and events in one transaction', () => {
  let coach: string;
  beforeEach(() => {
    coach = newStream();
  });
  const slots = async () =>
    (
      await database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM slots WHERE coach = $1', [
        coach,
      ])
    ).rows[0]!.n;
  const book = async (client: Client, at: number) => {
    await client.query('BEGIN');
    await client.query('INSERT INTO slots VALUES ($1, $2)', [coach, at]);
  };

  it('are both there once appendAndCommit has returned, and the connection is free again', async () => {
    const client = await connect();
    const stream = newStream();
    const text = `it's "quoted" \\ back, {braces}, ünïcode 😀, $1`;
    const sent = events(2, { data: { text } });
    for (const at of [1, 2]) {
      await book(client, at);
      const other = { stream: newStream(), events: events(1), expectedVersion: 0 };
      const answer = await store.appendAndCommit(client, [
        { stream, events: [sent[at - 1]!], expectedVersion: at - 1 },
        other,
      ]);
      expect(answer.map(({ version, fresh }) => [version, fresh])).toEqual([
        [at, true],
        [1, true],
      ]);
    }
    expect(await slots()).toBe(2);
    const stored = await collect(store.readStream(stream));
    expect(stored.map(({ data }) => data)).toEqual(sent.map(({ data }) => data));
    await client.end();
  });

  it('are neither there when the append is refused', async () => {
    const client = await connect();
    const stream = newStream();
    const known = events(1);
    await store.append(stream, known, 0);
    const refusals = [
      [{ stream, events: events(1), expectedVersion: 0 }, WrongExpectedVersion],
      [{ stream, events: [{ ...known[0]!, data: {} }], expectedVersion: 0 }, EventIdConflict],
      [{ stream, events: events(1, { data: { text: '\0' } }), expectedVersion: 1 }, UnstorableEvent],
    ] as const;
    for (const [refused, error] of refusals) {
      for (const way of [store.appendAndCommit, store.appendIn]) {
        await book(client, 1);
        const fresh = request(newStream(), 0);
        const attempt = way.call(store, client, [fresh, refused]);
        await expect(attempt).rejects.toThrow(error);
        if (way === store.appendIn) await client.query('ROLLBACK');
        expect(await slots()).toBe(0);
        expect(await collect(store.readStream(fresh.stream))).toEqual([]);
      }
    }
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
  });

  it('sent again give the rows no second life and the events their first answer', async () => {
    const client = await connect();
    const sent = request(newStream(), 0, 2);
    await book(client, 1);
    const [first] = await store.appendAndCommit(client, [sent]);
    await client.query('BEGIN');
    const [again] = await store.appendAndCommit(client, [sent]);
    expect(again).toEqual({ ...first, fresh: false });
    await client.end();
  });

  it('may append to one stream twice, each on what the one before left', async () => {
    const client = await connect();
    const stream = newStream();
    await client.query('BEGIN');
    await store.appendIn(client, [request(stream, 0), request(stream, 1, 2)]);
    await store.appendIn(client, [request(stream, 3)]);
    await store.appendAndCommit(client, [request(stream, 4)]);
    expect((await collect(store.readStream(stream))).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    await client.end();
  });

  it('commit the rows alone when there is nothing to append', async () => {
    const client = await connect();
    await book(client, 1);
    expect(await store.appendAndCommit(client, [])).toEqual([]);
    expect(await slots()).toBe(1);
    await client.end();
  });

  it('are refused in a transaction that would not see what others have committed', async () => {
    const client = await connect();
    for (const level of ['REPEATABLE READ', 'SERIALIZABLE']) {
      await client.query(`BEGIN ISOLATION LEVEL ${level}`);
      await expect(store.appendIn(client, [request(newStream(), 0)])).rejects.toMatchObject({
        code: 'CA004',
      });
      await client.query('ROLLBACK');
    }
    await client.end();
  });

  it('race for one slot and for one stream: one has both, the others nothing', async () => {
    const stream = newStream();
    const fates = await Promise.allSettled(
      Array.from({ length: 20 }, async (_, n) => {
        const client = await connect();
        try {
          await book(client, n % 4);
          return await store.appendAndCommit(client, [request(stream, 0)]);
        } finally {
          await client.end();
        }
      }),
    );
    expect(fates.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await slots()).toBe(1);
    expect(await collect(store.readStream(stream))).toHaveLength(1);
  });
});

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
  it('read the next page only when it is asked for', async () => {
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
    for await (const batch of counted.subscribe(start, { batchSize: 3, signal: stop.signal })) {
      const before = pages;
      await sleep(50);
      expect(pages).toBe(before);
      if (batch.length < 3) stop.abort();
    }
    expect(pages).toBe(3);
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
