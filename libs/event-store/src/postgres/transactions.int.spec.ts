import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { collect, events, newStream, request } from '../conformance/fixtures.js';
import { EventIdConflict, UnstorableEvent, WrongExpectedVersion } from '../port.js';
import { migrate, openPool, openPostgresLog, type PostgresEventStore } from './index.js';

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

  it('are not said to be all up to a time at which one of them was given and not committed yet', async () => {
    const client = await connect();
    await client.query('BEGIN');
    const [given] = await store.appendIn(client, [request(newStream(), 0)]);
    const reaching = store.reach();
    await sleep(200);
    await client.query('COMMIT');
    expect((await reaching).head).toBe(given!.position);
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
  it('stops it no longer where it has asked how far the log reaches', async () => {
    const pool = openPool({ connectionString: database.url, max: 1 });
    const client = await pool.connect();
    const stands = Promise.withResolvers<void>();
    const query = client.query.bind(client) as (...asked: unknown[]) => Promise<unknown>;
    Object.assign(client, {
      query: async (...asked: unknown[]) => {
        const answer = await query(...asked);
        if (!String(asked[0]).includes('pg_advisory_xact_lock')) return answer;
        stands.resolve();
        return new Promise(() => undefined);
      },
    });
    client.release();
    void openPostgresLog({ pool })
      .reach()
      .catch(() => undefined);
    await stands.promise;
    await store.append(newStream(), events(1), 0);
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

  it('are committed by the message that appends: nobody can stand still between the two', async () => {
    const client = await connect();
    await book(client, 1);
    const query = jest.spyOn(client, 'query');
    await store.appendAndCommit(client, [request(newStream(), 0)]);
    expect(query).toHaveBeenCalledTimes(1);
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

  it('bound how long their transaction waits and stands still, unless it has bounds that are tighter', async () => {
    const client = await connect();
    const bounds = async () =>
      (
        await client.query<{ bounds: string[] }>(
          `SELECT ARRAY[current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')] AS bounds`,
        )
      ).rows[0]!.bounds;
    await client.query('BEGIN');
    await store.appendIn(client, [request(newStream(), 0)]);
    expect(await bounds()).toEqual(['10s', '5s']);
    await client.query('COMMIT');
    expect(await bounds()).toEqual(['0', '0']);
    await client.query(
      `BEGIN; SET LOCAL lock_timeout = '1s'; SET LOCAL idle_in_transaction_session_timeout = '2s'`,
    );
    await store.appendIn(client, [request(newStream(), 0)]);
    expect(await bounds()).toEqual(['1s', '2s']);
    await client.query('COMMIT');
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
