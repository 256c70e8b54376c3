import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { collect, events, everything, newStream, request } from '../conformance/fixtures.js';
import { migrate, openPostgresLog, type PostgresEventStore } from './index.js';

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
