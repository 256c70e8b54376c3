import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventId, newId, type StoredEvent } from '@cairn/event-store';
import { migrate, openPostgresLog, type PostgresEventStore } from '@cairn/event-store/postgres';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, type PoolClient } from 'pg';
import {
  contentHash,
  installProjections,
  listProjections,
  positionOf,
  type Projection,
  requestRebuild,
  type RunningProjection,
  startProjection,
  upsertRows,
} from './index.js';

let database: TestDatabase;
let store: PostgresEventStore;
const running: RunningProjection[] = [];

beforeEach(async () => {
  database = await testDatabase();
  await migrate(database.pool);
  store = openPostgresLog({ connectionString: database.url });
});
afterEach(async () => {
  for (const run of running.splice(0)) await run.stop();
  await store.close();
  await database.drop();
});

/** Counts what happened to each stream: an event that is applied twice, or not at all, shows. */
const COUNTS = `CREATE TABLE counts_v1 (stream text PRIMARY KEY, events int NOT NULL, total int NOT NULL)`;
async function count(client: PoolClient, batch: readonly StoredEvent[]): Promise<void> {
  const counts = new Map<string, { events: number; total: number }>();
  for (const { stream, data } of batch) {
    const { events, total } = counts.get(stream) ?? { events: 0, total: 0 };
    counts.set(stream, { events: events + 1, total: total + (data as { n: number }).n });
  }
  const streams = [...counts.keys()].sort();
  await client.query(
    `INSERT INTO counts_v1 AS c SELECT * FROM unnest($1::text[], $2::int[], $3::int[])
     ON CONFLICT (stream) DO UPDATE SET events = c.events + excluded.events, total = c.total + excluded.total`,
    [
      streams,
      streams.map((stream) => counts.get(stream)!.events),
      streams.map((stream) => counts.get(stream)!.total),
    ],
  );
}
const counts: Projection<StoredEvent> = {
  name: 'counts',
  version: 1,
  tables: [{ name: 'counts_v1', create: COUNTS }],
  apply: count,
};

async function write(streams: number, eventsEach: number): Promise<void> {
  await Promise.all(
    Array.from({ length: streams }, async () => {
      const stream = `session-${newId()}`;
      for (let version = 0; version < eventsEach; version += 1) {
        const commandId = newId();
        const metadata = {
          tenantId: 't',
          commandId,
          correlationId: commandId,
          actor: { subject: 's', role: 'hr' },
        };
        const event = { type: 'Happened', occurredAt: '2026-01-01T00:00:00.000Z', data: { n: version } };
        await store.append(stream, [{ ...event, id: eventId(commandId, 0), metadata }], version);
      }
    }),
  );
}

function start(
  projection: Projection<StoredEvent>,
  batchSize = 7,
  onFault?: (error: unknown) => void,
): RunningProjection {
  const run = startProjection({ pool: database.pool, log: store, projection, batchSize, onFault });
  running.push(run);
  return run;
}

async function caughtUp(projection = counts): Promise<void> {
  const head = await store.head();
  while ((await positionOf(database.pool, projection)) < head) await sleep(20);
}

const hash = () => contentHash(database.pool, counts.tables);
/** What the log itself says, counted by the database. */
async function counted() {
  const { rows } = await database.pool.query(
    `SELECT count(*)::int AS wrong FROM counts_v1 c FULL JOIN
       (SELECT stream, count(*)::int AS events, sum((data->>'n')::int)::int AS total FROM log.events GROUP BY stream) l
     USING (stream) WHERE (c.events, c.total) IS DISTINCT FROM (l.events, l.total)`,
  );
  return rows as { wrong: number }[];
}

describe('a projection', () => {
  it('follows the log from its first event on, and goes on where it stopped', async () => {
    await installProjections(database.pool, [counts]);
    await write(10, 5);
    const run = start(counts);
    await caughtUp();
    await run.stop();
    await write(10, 5);
    expect(await listProjections(database.pool, store)).toMatchObject([
      { name: 'counts', version: 1, state: 'behind' },
    ]);
    start(counts);
    await caughtUp();
    expect(await counted()).toEqual([{ wrong: 0 }]);
    expect(await listProjections(database.pool, store)).toMatchObject([
      { state: 'live', lagSeconds: 0, position: await store.head() },
    ]);
  });

  it('gives the same bytes when it is built twice, and in whatever batches', async () => {
    await installProjections(database.pool, [counts]);
    await write(20, 5);
    const hashes: string[] = [];
    for (const batchSize of [1, 13, 1000]) {
      if (hashes.length > 0)
        expect(await requestRebuild(database.pool, 'counts')).toEqual([{ name: 'counts', version: 1 }]);
      const run = start(counts, batchSize);
      while ((await listProjections(database.pool, store))[0]!.state !== 'live') await sleep(20);
      await run.stop();
      hashes.push(await hash());
    }
    expect(new Set(hashes).size).toBe(1);
    expect(await counted()).toEqual([{ wrong: 0 }]);
  });

  it('applies each event once though several runs apply it at the same time', async () => {
    await installProjections(database.pool, [counts]);
    const runs = [start(counts, 3), start(counts, 5), start(counts, 8)];
    await write(20, 10);
    await caughtUp();
    for (const run of runs) await run.stop();
    expect(await counted()).toEqual([{ wrong: 0 }]);
  });

  it('applies each event once though its connection is cut between rows and checkpoint', async () => {
    let cuts = 0;
    const cut: Projection<StoredEvent> = {
      ...counts,
      apply: async (client, batch) => {
        await count(client, batch);
        if (cuts < 3 && batch.length > 3) {
          cuts += 1;
          await client.query('SELECT pg_terminate_backend(pg_backend_pid())');
        }
      },
    };
    await installProjections(database.pool, [cut]);
    const faults: unknown[] = [];
    await write(10, 5);
    start(cut, 7, (error) => faults.push(error));
    await caughtUp();
    expect(faults).toHaveLength(3);
    expect(await counted()).toEqual([{ wrong: 0 }]);
  });

  it('applies each event once though its process is killed between rows and checkpoint', async () => {
    await installProjections(database.pool, [counts]);
    await write(10, 5);
    const script = `
      import { openPool, openPostgresLog } from '@cairn/event-store/postgres';
      import { startProjection } from '@cairn/projections';
      const pool = openPool({ connectionString: process.env.URL });
      let batches = 0;
      const apply = async (client, batch) => {
        for (const { stream, data } of batch) {
          await client.query(\`INSERT INTO counts_v1 AS c VALUES ($1, 1, $2) ON CONFLICT (stream)
            DO UPDATE SET events = c.events + 1, total = c.total + excluded.total\`, [stream, data.n]);
        }
        if (++batches === 3) process.kill(process.pid, 'SIGKILL');
      };
      startProjection({ pool, log: openPostgresLog({ pool }), batchSize: 4,
        projection: { name: 'counts', version: 1, tables: [], apply } });`;
    const env = { ...process.env, URL: database.url };
    for (let kill = 0; kill < 2; kill += 1) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env, stdio: 'inherit' });
      expect((await once(child, 'exit'))[1]).toBe('SIGKILL');
    }
    expect((await database.pool.query('SELECT 1 FROM counts_v1')).rowCount).toBeGreaterThan(0);
    start(counts);
    await caughtUp();
    expect(await counted()).toEqual([{ wrong: 0 }]);
  });

  it('is rebuilt while events go on arriving, by any of its runs', async () => {
    await installProjections(database.pool, [counts]);
    start(counts, 50);
    start(counts, 30);
    await write(20, 10);
    await caughtUp();
    const before = await hash();
    const writing = write(20, 20);
    await requestRebuild(database.pool, 'counts');
    await writing;
    while ((await listProjections(database.pool, store))[0]!.state !== 'live') await sleep(20);
    expect(await counted()).toEqual([{ wrong: 0 }]);
    const live = await hash();
    expect(live).not.toBe(before);
    await requestRebuild(database.pool, 'counts');
    while ((await listProjections(database.pool, store))[0]!.state !== 'live') await sleep(20);
    expect(await hash()).toBe(live);
  });

  it('goes back with its checkpoint when another process has begun it anew', async () => {
    await installProjections(database.pool, [counts]);
    start(counts);
    await write(5, 5);
    await caughtUp();
    await database.pool.query(
      `BEGIN; TRUNCATE counts_v1; UPDATE projections.checkpoints SET position = ''; COMMIT`,
    );
    await write(5, 5);
    await caughtUp();
    expect(await counted()).toEqual([{ wrong: 0 }]);
  });

  it('that fails stands at its last good event, says why, and stops no other', async () => {
    let broken = true;
    const fussy: Projection<StoredEvent> = {
      name: 'fussy',
      version: 2,
      tables: [{ name: 'fussy_v2', create: 'CREATE TABLE fussy_v2 (position text PRIMARY KEY)' }],
      apply: async (client, batch) => {
        await upsertRows(
          client,
          { name: 'fussy_v2', key: ['position'], columns: { position: 'text' } },
          batch,
        );
        if (broken && batch.some(({ version }) => version === 3)) throw new Error('cannot count to three');
      },
    };
    await installProjections(database.pool, [counts, fussy]);
    await write(1, 5);
    start(counts);
    start(fussy, 1);
    await caughtUp(counts);
    let status = await listProjections(database.pool, store);
    while (status[1]!.state !== 'faulty') {
      await sleep(20);
      status = await listProjections(database.pool, store);
    }
    expect(status[1]).toMatchObject({ name: 'fussy', fault: 'Error: cannot count to three' });
    expect(status[1]!.lagSeconds).toBeGreaterThan(0);
    expect((await database.pool.query('SELECT 1 FROM fussy_v2')).rowCount).toBe(2);
    broken = false;
    await caughtUp(fussy);
    expect((await database.pool.query('SELECT 1 FROM fussy_v2')).rowCount).toBe(5);
    expect(await listProjections(database.pool, store)).toMatchObject([{ state: 'live' }, { state: 'live' }]);
  });

  it('has a checkpoint and tables of its own in each version', async () => {
    const next = {
      ...counts,
      version: 2,
      tables: [{ name: 'counts_v2', create: COUNTS.replace('counts_v1', 'counts_v2') }],
    };
    await installProjections(database.pool, [counts, next]);
    await installProjections(database.pool, [counts, next]);
    await write(2, 3);
    start(counts);
    await caughtUp();
    expect(await listProjections(database.pool, store)).toMatchObject([
      { version: 1, state: 'live' },
      { version: 2, state: 'behind', position: '' },
    ]);
    expect(await requestRebuild(database.pool, 'counts', 2)).toEqual([{ name: 'counts', version: 2 }]);
    expect(await requestRebuild(database.pool, 'nothing')).toEqual([]);
    expect((await listProjections(database.pool, store)).map(({ state }) => state)).toEqual([
      'live',
      'waiting',
    ]);
  });

  it('is not begun again when its checkpoint is gone', async () => {
    await installProjections(database.pool, [counts]);
    await write(1, 3);
    start(counts);
    await caughtUp();
    await database.pool.query('DELETE FROM projections.checkpoints');
    const fault = new Promise((resolve) => start(counts, 7, resolve));
    expect(String(await fault)).toContain('projection counts v1 has no checkpoint');
    expect(await counted()).toEqual([{ wrong: 0 }]);
  });
});

describe('upsertRows', () => {
  const shape = {
    name: 'things',
    key: ['tenant', 'id'],
    columns: {
      tenant: 'text',
      id: 'int',
      at: 'timestamptz',
      day: 'date',
      score: 'double precision',
      done: 'boolean',
      tags: 'text[]',
      extra: 'jsonb',
    },
  };
  beforeEach(async () => {
    const columns = Object.entries(shape.columns).map(([column, type]) => `${column} ${type}`);
    await database.pool.query(`CREATE TABLE things (${columns.join(', ')}, PRIMARY KEY (tenant, id))`);
  });
  const rows = async () =>
    (await database.pool.query(`SELECT *, day::text FROM things ORDER BY tenant, id`)).rows as unknown[];

  it('writes values of every type, and replaces rows whose key is there', async () => {
    const tags = ['plain', 'with "quotes", {braces} and \\', null];
    const full = {
      tenant: 'a',
      id: 1,
      at: new Date(5),
      day: '2026-02-28',
      score: 0.1,
      done: false,
      tags,
      extra: { x: [1] },
    };
    const empty = { tenant: 'a', id: 2 };
    await upsertRows(database.pool, shape, [empty, full]);
    const nothing = { at: null, day: null, score: null, done: null, tags: null, extra: null };
    expect(await rows()).toEqual([full, { ...empty, ...nothing }]);
    await upsertRows(database.pool, shape, [{ ...full, score: 2 }]);
    await upsertRows(database.pool, shape, []);
    expect(await rows()).toEqual([
      { ...full, score: 2 },
      { ...empty, ...nothing },
    ]);
  });

  it('lets writers of the same rows wait for each other instead of locking each other out', async () => {
    const batch = Array.from({ length: 200 }, (_, id) => ({ tenant: 'a', id, score: id }));
    await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        upsertRows(database.pool, shape, n % 2 === 0 ? batch : batch.toReversed()),
      ),
    );
    expect(await rows()).toHaveLength(200);
  });
});

describe('contentHash', () => {
  it('is the same in every time zone, and whatever the order of writing', async () => {
    const tables = [{ name: 'a' }, { name: 'b' }];
    await database.pool.query(`CREATE TABLE a (t timestamptz, n double precision); CREATE TABLE b (s text);
      INSERT INTO a VALUES ('2026-03-29T01:30:00Z', 0.1), ('2026-01-01T00:00:00Z', 2); INSERT INTO b VALUES ('x')`);
    const hashes = new Set<string>();
    for (const zone of ['UTC', 'Pacific/Auckland', 'America/St_Johns']) {
      const pool = new Pool({
        connectionString: database.url,
        options: `-c TimeZone=${zone} -c DateStyle=German`,
      });
      hashes.add(await contentHash(pool, tables));
      hashes.add(await contentHash(pool, tables.toReversed()));
      await pool.end();
    }
    await database.pool.query(
      'CREATE TABLE c AS SELECT * FROM a ORDER BY n DESC; DROP TABLE a; ALTER TABLE c RENAME TO a',
    );
    hashes.add(await contentHash(database.pool, tables));
    expect(hashes.size).toBe(1);
    await database.pool.query("UPDATE b SET s = 'y'");
    expect(hashes.has(await contentHash(database.pool, tables))).toBe(false);
  });
});
