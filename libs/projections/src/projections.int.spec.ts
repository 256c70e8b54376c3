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
  dropProjection,
  installProjections,
  listProjections,
  ProjectionRefused,
  readBuilds,
  requestRebuild,
  runProjections,
  schemaOf,
  switchProjection,
  rowWriter,
  useBuilds,
  type Build,
  type Projection,
  type ProjectionStatus,
  type RunningProjections,
} from './index.js';

let database: TestDatabase;
let store: PostgresEventStore;
const running: RunningProjections[] = [];

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
const COUNTS = `CREATE TABLE counts (stream text PRIMARY KEY, events int NOT NULL, total int NOT NULL)`;
async function count(client: PoolClient, batch: readonly StoredEvent[]): Promise<void> {
  const counts = new Map<string, { events: number; total: number }>();
  for (const { stream, data } of batch) {
    const { events, total } = counts.get(stream) ?? { events: 0, total: 0 };
    counts.set(stream, { events: events + 1, total: total + (data as { n: number }).n });
  }
  const streams = [...counts.keys()].sort();
  await client.query(
    `INSERT INTO counts AS c SELECT * FROM unnest($1::text[], $2::int[], $3::int[])
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
  tables: [{ name: 'counts', create: COUNTS }],
  concerns: () => true,
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
  projections: readonly Projection<StoredEvent>[] = [counts],
  batchSize = 7,
  onFault?: (error: unknown) => void,
): RunningProjections {
  const run = runProjections({
    pool: database.pool,
    log: store,
    projections,
    batchSize,
    ...(onFault && { onFault }),
  });
  running.push(run);
  return run;
}

const list = () => listProjections(database.pool, store, new Date());
const first: Build = { name: 'counts', version: 1, build: 1 };
const second: Build = { name: 'counts', version: 1, build: 2 };
const third: Build = { name: 'counts', version: 1, build: 3 };
const isOf = (build: Build) => (status: ProjectionStatus) =>
  status.name === build.name && status.version === build.version && status.build === build.build;
async function until(state: ProjectionStatus['state'], build = first): Promise<void> {
  while ((await list()).find(isOf(build))?.state !== state) await sleep(20);
}

/** Until so many wait for a lock of this database. */
async function waiting(count: number): Promise<void> {
  const asked = `SELECT count(*)::int AS n FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await database.pool.query<{ n: number }>(asked)).rows[0]!.n < count) await sleep(10);
}

/** Whether the client writes into that build. */
async function isIn(client: PoolClient, build: Build): Promise<boolean> {
  const { rows } = await client.query<{ at: string }>('SELECT current_schema() AS at');
  return rows[0]!.at === schemaOf(build);
}

const hash = (build = first) => contentHash(database.pool, counts.tables, build);
/** How many streams are not as the log itself says, counted by the database. */
async function wrong(build = first): Promise<number> {
  const { rows } = await database.pool.query<{ wrong: number }>(
    `SELECT count(*)::int AS wrong FROM ${schemaOf(build)}.counts c FULL JOIN
       (SELECT stream, count(*)::int AS events, sum((data->>'n')::int)::int AS total FROM log.events GROUP BY stream) l
     USING (stream) WHERE (c.events, c.total) IS DISTINCT FROM (l.events, l.total)`,
  );
  return rows[0]!.wrong;
}

describe('a projection', () => {
  it('follows the log from its first event on, and goes on where it stopped', async () => {
    await installProjections(database.pool, [counts]);
    await write(10, 5);
    const run = start();
    await until('live');
    await run.stop();
    await write(10, 5);
    expect(await list()).toMatchObject([{ ...first, state: 'behind', isRead: true }]);
    start();
    await until('live');
    expect(await wrong()).toBe(0);
    expect(await list()).toMatchObject([{ state: 'live', lagSeconds: 0, position: await store.head() }]);
  });

  it('passes over what says nothing of it, each event once, whoever else does', async () => {
    const batches: number[][] = [];
    const openings: Projection<StoredEvent> = {
      ...counts,
      concerns: ({ version }) => version === 1,
      apply: async (client, batch) => {
        batches.push(batch.map(({ version }) => version));
        await count(client, batch);
      },
    };
    await installProjections(database.pool, [openings]);
    await write(1, 20);
    const faults: unknown[] = [];
    start([openings], 4, (fault) => faults.push(fault));
    await until('live');
    expect(batches).toEqual([[1, 2, 3, 4]]);
    for (const batchSize of [3, 5]) start([openings], batchSize, (fault) => faults.push(fault));
    await write(20, 10);
    await until('live');
    const { rows } = await database.pool.query<{ events: string; streams: string }>(
      `SELECT events, (SELECT count(*) FROM ${schemaOf(first)}.counts) AS streams FROM projections.builds`,
    );
    expect(rows).toEqual([{ events: '220', streams: '21' }]);
    expect(batches.flat().filter((version) => version === 1)).toHaveLength(21);
    expect(faults).toEqual([]);
  }, 60_000);

  it('applies each event once though several processes apply it at the same time', async () => {
    await installProjections(database.pool, [counts]);
    const runs = [3, 5, 8].map((batchSize) => start([counts], batchSize));
    await write(20, 10);
    await until('live');
    for (const run of runs) await run.stop();
    expect(await wrong()).toBe(0);
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
    start([cut], 7, (error) => faults.push(error));
    await until('live');
    expect(faults).toHaveLength(3);
    expect(await wrong()).toBe(0);
  });

  it('applies each event once though its process is killed between rows and checkpoint', async () => {
    await installProjections(database.pool, [counts]);
    await write(10, 5);
    const script = `
      import { openPool, openPostgresLog } from '@cairn/event-store/postgres';
      import { runProjections } from '@cairn/projections';
      const pool = openPool({ connectionString: process.env.URL });
      let batches = 0;
      const apply = async (client, batch) => {
        for (const { stream, data } of batch) {
          await client.query(\`INSERT INTO counts AS c VALUES ($1, 1, $2) ON CONFLICT (stream)
            DO UPDATE SET events = c.events + 1, total = c.total + excluded.total\`, [stream, data.n]);
        }
        if (++batches === 3) process.kill(process.pid, 'SIGKILL');
      };
      runProjections({ pool, log: openPostgresLog({ pool }), batchSize: 4,
        projections: [{ name: 'counts', version: 1, tables: [], concerns: () => true, apply }] });`;
    const env = { ...process.env, URL: database.url };
    for (let kill = 0; kill < 2; kill += 1) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env, stdio: 'inherit' });
      expect((await once(child, 'exit'))[1]).toBe('SIGKILL');
    }
    expect((await database.pool.query(`SELECT 1 FROM ${schemaOf(first)}.counts`)).rowCount).toBeGreaterThan(
      0,
    );
    start();
    await until('live');
    expect(await wrong()).toBe(0);
  });

  it('goes back with its checkpoint when another process has begun it anew', async () => {
    await installProjections(database.pool, [counts]);
    start();
    await write(5, 5);
    await until('live');
    await database.pool.query(
      `BEGIN; TRUNCATE ${schemaOf(first)}.counts; UPDATE projections.builds SET position = ''; COMMIT`,
    );
    await write(5, 5);
    await until('live');
    expect(await wrong()).toBe(0);
  });

  it('goes back with its checkpoint also where what comes next says nothing of it', async () => {
    const openings: Projection<StoredEvent> = {
      ...counts,
      concerns: ({ data }) => (data as { n: number }).n < 5,
    };
    await installProjections(database.pool, [openings]);
    start([openings], 5);
    await write(1, 5);
    await until('live');
    await database.pool.query(
      `BEGIN; TRUNCATE ${schemaOf(first)}.counts; UPDATE projections.builds SET position = ''; COMMIT`,
    );
    const [{ stream, metadata }] = (await store.readAll('', 1)) as [StoredEvent];
    const passing = { type: 'Happened', occurredAt: '2026-01-01T00:00:00.000Z', data: { n: 9 }, metadata };
    await store.append(stream, [{ ...passing, id: newId() }], 5);
    await until('live');
    const { rows } = await database.pool.query(`SELECT events FROM ${schemaOf(first)}.counts`);
    expect(rows).toEqual([{ events: 5 }]);
  }, 20_000);

  it('has no fault where its batch is done, though the answer was lost and nothing comes after it', async () => {
    const lossy: Projection<StoredEvent> = {
      ...counts,
      apply: async (client, batch) => {
        await count(client, batch);
        const query = client.query.bind(client) as (...asked: unknown[]) => Promise<unknown>;
        const losing = async (...asked: unknown[]) => {
          const answer = await query(...asked);
          if (asked[0] !== 'COMMIT') return answer;
          Object.assign(client, { query });
          throw new Error('nobody heard of it');
        };
        Object.assign(client, { query: losing });
      },
    };
    await installProjections(database.pool, [lossy]);
    await write(1, 5);
    const faults: unknown[] = [];
    start([lossy], 5, (fault) => faults.push(fault));
    while (faults.length === 0) await sleep(20);
    expect(faults).toEqual([new Error('nobody heard of it')]);
    expect(await list()).toMatchObject([{ state: 'live', position: await store.head() }]);
    expect(await wrong()).toBe(0);
  }, 20_000);

  it('that fails stands at its last good event, says why, and stops no other', async () => {
    let broken = true;
    const writeFussy = rowWriter({ name: 'fussy', key: ['position'], columns: { position: 'text' } });
    const fussy: Projection<StoredEvent> = {
      name: 'fussy',
      version: 2,
      tables: [{ name: 'fussy', create: 'CREATE TABLE fussy (position text PRIMARY KEY)' }],
      concerns: () => true,
      apply: async (client, batch) => {
        await writeFussy(
          client,
          batch.map(({ position }) => [position]),
        );
        if (broken && batch.some(({ version }) => version === 3)) throw new Error('cannot count to three');
      },
    };
    const fussyBuild = { name: 'fussy', version: 2, build: 1 };
    await installProjections(database.pool, [counts, fussy]);
    await write(1, 5);
    start([counts, fussy], 1);
    await until('live');
    await until('faulty', fussyBuild);
    const rows = async () =>
      (await database.pool.query(`SELECT 1 FROM ${schemaOf(fussyBuild)}.fussy`)).rowCount;
    const { fault, lagSeconds } = (await list()).find(isOf(fussyBuild))!;
    expect(fault).toBe('Error: cannot count to three');
    expect(lagSeconds).toBeGreaterThan(0);
    expect(await rows()).toBe(2);
    broken = false;
    await until('live', fussyBuild);
    expect(await rows()).toBe(5);
  });

  it('is not begun again when its checkpoint is gone', async () => {
    await installProjections(database.pool, [counts]);
    await write(1, 3);
    const run = start();
    await until('live');
    await run.stop();
    await database.pool.query('DELETE FROM projections.builds');
    await expect(installProjections(database.pool, [counts])).rejects.toThrow(
      'projection counts v1, build 1 has tables but no checkpoint',
    );
    expect(await wrong()).toBe(0);
  });
});

describe('another build of a projection', () => {
  /** As a report does: which build, and what is in it, in one transaction. */
  async function read(): Promise<{ version: number; streams: number; sums: number }> {
    const client = await database.pool.connect();
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const builds = await readBuilds(client);
      await useBuilds(client, builds);
      const { rows } = await client.query(
        'SELECT count(*)::int AS streams, coalesce(sum(events), 0)::int AS sums FROM counts',
      );
      await client.query('COMMIT');
      return { version: builds[0]!.version, ...(rows[0] as { streams: number; sums: number }) };
    } finally {
      client.release();
    }
  }

  it('gives the same bytes, in whatever batches, and in whatever time zone the process lives', async () => {
    await installProjections(database.pool, [counts]);
    await write(20, 5);
    const hashes = new Set<string>();
    for (const [index, [batchSize, zone]] of (
      [
        [1, 'Pacific/Auckland'],
        [13, 'America/St_Johns'],
        [1000, 'UTC'],
      ] as const
    ).entries()) {
      if (index > 0) await requestRebuild(database.pool, 'counts');
      const script = `
        import { openPool, openPostgresLog } from '@cairn/event-store/postgres';
        import { runProjections } from '@cairn/projections';
        const pool = openPool({ connectionString: process.env.URL });
        const apply = async (client, batch) => {
          for (const { stream, data } of batch) {
            await client.query(\`INSERT INTO counts AS c VALUES ($1, 1, $2) ON CONFLICT (stream)
              DO UPDATE SET events = c.events + 1, total = c.total + excluded.total\`, [stream, data.n]);
          }
        };
        runProjections({ pool, log: openPostgresLog({ pool }), batchSize: ${batchSize},
          projections: [{ name: 'counts', version: 1, tables: [{ name: 'counts', create: ${JSON.stringify(COUNTS)} }], concerns: () => true, apply }] });`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, URL: database.url, TZ: zone },
        stdio: 'inherit',
      });
      const build = { ...first, build: index + 1 };
      await until(index === 0 ? 'live' : 'ready', build);
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await wrong(build)).toBe(0);
      hashes.add(await hash(build));
    }
    expect(hashes.size).toBe(1);
  }, 60_000);

  it('is built while events go on arriving and reads go on, and is switched to in one step', async () => {
    const doubled: Projection<StoredEvent> = {
      ...counts,
      version: 2,
      apply: async (client, batch) => {
        await count(client, batch);
        // Slow enough that it is read and written meanwhile.
        await sleep(3);
      },
    };
    await installProjections(database.pool, [counts]);
    await write(20, 10);
    const before = start();
    await until('live');
    await before.stop();

    await installProjections(database.pool, [counts, doubled]);
    start([counts, doubled], 5);
    const other = { name: 'counts', version: 2, build: 1 };
    const done = new AbortController();
    const reads: Awaited<ReturnType<typeof read>>[] = [];
    const reading = (async () => {
      while (!done.signal.aborted) reads.push(await read());
    })();
    const writers = write(20, 10);
    const parts: number[] = [];
    while ((await list()).find(isOf(other))!.state !== 'ready') {
      const { progress } = (await list()).find(isOf(other))!;
      if (progress) parts.push(progress.part);
      await sleep(5);
    }
    await writers;
    expect(await switchProjection(database.pool, [counts, doubled], 'counts')).toEqual(other);
    await write(5, 10);
    await until('live', other);
    done.abort();
    await reading;

    expect(await wrong(other)).toBe(0);
    expect(parts[0]).toBeLessThan(0.5);
    expect(Math.max(...parts)).toBeLessThanOrEqual(1);
    expect(parts.at(-1)).toBeGreaterThan(0.5);
    // Never an error, never less than before, and from one version to the other once.
    const sums = reads.map((each) => each.sums);
    expect(sums).toEqual([...sums].sort((a, b) => a - b));
    expect(sums[0]).toBeGreaterThanOrEqual(200);
    const versions = reads.map((each) => each.version);
    expect(versions).toEqual([...versions].sort());
    expect(new Set(versions)).toEqual(new Set([1, 2]));
  }, 60_000);

  it('gets what it is read by when it has caught up, and is not read before', async () => {
    const seen: (string | null)[] = [];
    let slow = 0;
    const indexed: Projection<StoredEvent> = {
      ...counts,
      tables: [
        {
          name: 'counts',
          create: COUNTS,
          indexes: 'CREATE INDEX IF NOT EXISTS by_total ON counts (total); SELECT pg_sleep(0.3)',
        },
      ],
      apply: async (client, batch) => {
        const { rows } = await client.query<{ at: string; there: string | null }>(
          "SELECT current_schema() AS at, to_regclass('by_total')::text AS there",
        );
        if (rows[0]!.at === schemaOf(second)) seen.push(rows[0]!.there);
        await sleep(slow);
        await count(client, batch);
      },
    };
    const index = async (build: Build) =>
      (await database.pool.query('SELECT to_regclass($1) AS i', [`${schemaOf(build)}.by_total`])).rows[0] as {
        i: string | null;
      };
    await installProjections(database.pool, [indexed]);
    expect((await index(first)).i).not.toBeNull();
    await write(10, 5);
    start([indexed], 5);
    await until('live');
    slow = 20;
    await requestRebuild(database.pool, 'counts');
    await until('building', second);
    await expect(switchProjection(database.pool, [counts], 'counts', {}, 0)).rejects.toThrow(
      'has not come to where',
    );
    await until('indexing', second);
    await expect(switchProjection(database.pool, [counts], 'counts', {}, 0)).rejects.toThrow(
      'has not come to where',
    );
    expect((await index(second)).i).toBeNull();
    await until('ready', second);
    expect((await index(second)).i).not.toBeNull();
    expect(seen).toEqual(Array.from({ length: 10 }, () => null));
    await switchProjection(database.pool, [counts], 'counts');
    await write(2, 5);
    await until('live', second);
    expect(await wrong(second)).toBe(0);
  }, 60_000);

  it('is switched to where there are several, and none of the earlier ones when that is sent again', async () => {
    await installProjections(database.pool, [counts]);
    start();
    await until('live');
    const third = { ...second, build: 3 };
    for (const build of [second, third]) {
      expect(await requestRebuild(database.pool, 'counts')).toEqual(build);
      await until('ready', build);
    }
    expect(await switchProjection(database.pool, [counts], 'counts')).toEqual(third);
    await expect(switchProjection(database.pool, [counts], 'counts')).rejects.toThrow('no new build');
    expect(await switchProjection(database.pool, [counts], 'counts', second)).toEqual(second);
  });

  it('is switched back to, since the one that was read is kept up to date until it is dropped', async () => {
    await installProjections(database.pool, [counts]);
    await write(5, 5);
    start();
    await until('live');
    expect(await requestRebuild(database.pool, 'counts')).toEqual(second);
    await until('ready', second);
    expect(await switchProjection(database.pool, [counts], 'counts')).toEqual(second);
    // Sent again, it does not go back.
    await expect(switchProjection(database.pool, [counts], 'counts')).rejects.toThrow(
      'no new build to switch to that this release keeps up to date, and counts v1, build 2 is read',
    );
    expect(await switchProjection(database.pool, [counts], 'counts', second)).toEqual(second);
    await write(5, 5);
    await until('live', second);
    expect(await switchProjection(database.pool, [counts], 'counts', { build: 1 })).toEqual(first);
    expect(await wrong(first)).toBe(0);
    await expect(dropProjection(database.pool, first)).rejects.toThrow('switch to another first');
    await expect(dropProjection(database.pool, second)).rejects.toThrow('drop it in a minute');
    await database.pool.query(`UPDATE projections.builds SET retired_at = now() - interval '2 minutes'`);
    await dropProjection(database.pool, second);
    expect((await list()).map(({ build }) => build)).toEqual([1]);
    const { rowCount } = await database.pool.query('SELECT FROM pg_namespace WHERE nspname = $1', [
      schemaOf(second),
    ]);
    expect(rowCount).toBe(0);
    await write(5, 5);
    await until('live');
    expect(await wrong()).toBe(0);
  }, 60_000);

  it('is not switched to before it has what the old one has, and says what is asked in vain', async () => {
    await installProjections(database.pool, [counts]);
    await write(5, 5);
    const run = start();
    await until('live');
    await expect(switchProjection(database.pool, [counts], 'counts')).rejects.toThrow(
      'no new build to switch to',
    );
    await run.stop();
    await requestRebuild(database.pool, 'counts');
    expect((await list()).map(({ state }) => state)).toEqual(['live', 'waiting']);
    await expect(switchProjection(database.pool, [counts], 'counts')).rejects.toThrow('nobody has begun it');
    const slow = { ...counts, apply: () => Promise.reject(new Error('not now')) };
    start([slow]);
    await until('faulty', second);
    await expect(switchProjection(database.pool, [counts], 'counts', {}, 300)).rejects.toThrow(
      'has not come to where',
    );
    expect((await readBuilds(database.pool)).map(({ build }) => build)).toEqual([1]);
    for (const asked of [
      () => requestRebuild(database.pool, 'nothing'),
      () => requestRebuild(database.pool, 'counts', 7),
      () => switchProjection(database.pool, [counts], 'nothing'),
      () => dropProjection(database.pool, { ...first, build: 9 }),
    ])
      await expect(asked()).rejects.toThrow(ProjectionRefused);
  }, 60_000);

  it('is not switched to where the one that is read has gone on without it, though it was ready', async () => {
    let held = false;
    const holding: Projection<StoredEvent> = {
      ...counts,
      apply: async (client, batch) => {
        if (held && (await isIn(client, second))) throw new Error('not now');
        await count(client, batch);
      },
    };
    await installProjections(database.pool, [holding]);
    await write(5, 5);
    start([holding]);
    await requestRebuild(database.pool, 'counts');
    await until('ready', second);
    held = true;
    await write(5, 5);
    await until('live');
    await until('faulty', second);
    await expect(switchProjection(database.pool, [counts], 'counts', {}, 0)).rejects.toThrow(
      'has not come to where',
    );
    expect(await readBuilds(database.pool)).toMatchObject([first]);
    held = false;
    expect(await switchProjection(database.pool, [counts], 'counts')).toEqual(second);
    expect(await wrong(second)).toBe(0);
  }, 60_000);

  /** Its indexes are not done before whoever holds lock 7 lets go. */
  const held: Projection<StoredEvent> = {
    ...counts,
    tables: [
      {
        name: 'counts',
        create: COUNTS,
        indexes: 'CREATE INDEX IF NOT EXISTS by_total ON counts (total); SELECT pg_advisory_xact_lock(7)',
      },
    ],
  };

  it('gets what it is read by from one process, however many build it', async () => {
    await installProjections(database.pool, [held]);
    await write(5, 5);
    const faults: unknown[] = [];
    for (let process = 0; process < 2; process += 1) start([held], 7, (error) => faults.push(error));
    await until('live');
    const client = await database.pool.connect();
    try {
      await client.query('SELECT pg_advisory_lock(7)');
      await requestRebuild(database.pool, 'counts');
      await waiting(2);
    } finally {
      await client.query('SELECT pg_advisory_unlock_all()');
      client.release();
    }
    await until('ready', second);
    expect(faults).toEqual([]);
  });

  it('that is dropped while what it is read by is made is no fault of anybody who makes it', async () => {
    await installProjections(database.pool, [held]);
    await write(5, 5);
    const faults: unknown[] = [];
    const runs = [1, 2].map(() => start([held], 7, (error) => faults.push(error)));
    await until('live');
    const client = await database.pool.connect();
    try {
      await client.query('SELECT pg_advisory_lock(7)');
      await requestRebuild(database.pool, 'counts');
      await waiting(2);
      const dropped = dropProjection(database.pool, second);
      await waiting(3);
      await client.query('SELECT pg_advisory_unlock_all()');
      await dropped;
    } finally {
      client.release();
    }
    for (const run of runs) await run.stop();
    expect(faults).toEqual([]);
    expect((await list()).map(({ build }) => build)).toEqual([1]);
  });

  it('is faulty while what it is read by cannot be made, and ready once it is', async () => {
    const indexed: Projection<StoredEvent> = {
      ...counts,
      tables: [
        { name: 'counts', create: COUNTS, indexes: 'SELECT 1 / count(*) FROM public.mended WHERE mended' },
      ],
    };
    await database.pool.query('CREATE TABLE mended AS SELECT true AS mended');
    await installProjections(database.pool, [indexed]);
    await write(5, 5);
    start([indexed]);
    await until('live');
    await database.pool.query('UPDATE mended SET mended = false');
    await requestRebuild(database.pool, 'counts');
    await until('faulty', second);
    expect((await list())[1]!.fault).toContain('division by zero');
    await database.pool.query('UPDATE mended SET mended = true');
    await until('ready', second);
  });

  it('that cannot be begun says why, and stops no other', async () => {
    await installProjections(database.pool, [counts]);
    await write(5, 5);
    await database.pool.query(`CREATE SCHEMA ${schemaOf(second)}`);
    await requestRebuild(database.pool, 'counts');
    start();
    await until('live');
    await until('faulty', second);
    expect((await list())[1]!.fault).toContain('has tables but no checkpoint');
    await database.pool.query(`DROP SCHEMA ${schemaOf(second)}`);
    await until('ready', second);
    expect(await wrong(second)).toBe(0);
  });

  it('that was asked for and is dropped before anybody began it is not built', async () => {
    await installProjections(database.pool, [counts]);
    await write(5, 5);
    await requestRebuild(database.pool, 'counts');
    await dropProjection(database.pool, second);
    expect(await requestRebuild(database.pool, 'counts')).toEqual(third);
    start();
    await until('ready', third);
    expect((await list()).map(({ build }) => build)).toEqual([1, 3]);
  });

  it('that is dropped while several build it is let go by all, and another one is not taken for it', async () => {
    const slow: Projection<StoredEvent> = {
      ...counts,
      apply: async (client, batch) => {
        if (await isIn(client, second)) await sleep(20);
        await count(client, batch);
      },
    };
    await installProjections(database.pool, [slow]);
    await write(10, 10);
    const faults: unknown[] = [];
    for (const batchSize of [1, 2]) start([slow], batchSize, (error) => faults.push(error));
    await until('live');
    await requestRebuild(database.pool, 'counts');
    while (((await list()).find(isOf(second))?.progress?.part ?? 0) === 0) await sleep(20);
    await dropProjection(database.pool, second);
    // No event comes that would tell whoever still waits for one.
    expect(await requestRebuild(database.pool, 'counts')).toEqual(third);
    await until('ready', third);
    expect(await wrong(third)).toBe(0);
    expect(faults).toEqual([]);
    // Nobody goes on asking for it: each only looks twice a second which builds there are.
    let asked = Infinity;
    database.pool.on('acquire', () => (asked += 1));
    while (asked > 8) {
      asked = 0;
      await sleep(1000);
    }
  }, 60_000);

  it('is switched to one after the other, and not to what is dropped meanwhile', async () => {
    await installProjections(database.pool, [counts]);
    await write(2, 2);
    const run = start();
    await requestRebuild(database.pool, 'counts');
    await requestRebuild(database.pool, 'counts');
    for (const build of [second, third]) await until('ready', build);
    await run.stop();

    const client = await database.pool.connect();
    try {
      await client.query(`BEGIN; SELECT FROM projections.builds WHERE build = 1 FOR UPDATE`);
      const switched = Promise.all([
        switchProjection(database.pool, [counts], 'counts', second),
        switchProjection(database.pool, [counts], 'counts', third),
      ]);
      await waiting(2);
      await client.query('COMMIT');
      expect(await switched).toEqual([second, third]);

      await database.pool.query(`UPDATE projections.builds SET retired_at = now() - interval '2 minutes'`);
      const [read] = await readBuilds(database.pool);
      await client.query(`BEGIN; LOCK TABLE ${schemaOf(first)}.counts IN ACCESS SHARE MODE`);
      const dropped = dropProjection(database.pool, first);
      await waiting(1);
      const refused = expect(switchProjection(database.pool, [counts], 'counts', first)).rejects.toThrow(
        'no such build to switch to',
      );
      await waiting(2);
      await client.query('COMMIT');
      await Promise.all([dropped, refused]);
      expect(await readBuilds(database.pool)).toEqual([read]);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  it('tells how far it is, and how long the rest takes at the speed so far', async () => {
    await installProjections(database.pool, [counts]);
    await write(10, 5);
    const run = start();
    await until('live');
    await run.stop();
    await requestRebuild(database.pool, 'counts');
    const progress = async (events: number) => {
      await database.pool.query(
        `UPDATE projections.builds SET state = 'building', events = $1, began_at = '2026-01-01T08:00:00Z' WHERE build = 2`,
        [events],
      );
      return (await listProjections(database.pool, store, new Date('2026-01-01T08:00:30Z')))[1]!.progress;
    };
    expect(await progress(10)).toEqual({ part: 0.2, secondsLeft: 120 });
    expect(await progress(50)).toEqual({ part: 1, secondsLeft: 0 });
    expect(await progress(0)).toEqual({ part: 0, secondsLeft: null });
  });

  it('is built as often as it is asked for, also at the same time', async () => {
    await installProjections(database.pool, [counts]);
    const builds = await Promise.all(
      Array.from({ length: 5 }, () => requestRebuild(database.pool, 'counts')),
    );
    expect(builds.map(({ build }) => build).sort()).toEqual([2, 3, 4, 5, 6]);
  });

  it('that was only asked for is not read by a release that goes back to its version', async () => {
    await installProjections(database.pool, [counts]);
    await write(5, 5);
    const before = start();
    await until('live');
    await before.stop();
    await installProjections(database.pool, [{ ...counts, version: 2 }]);
    expect(await requestRebuild(database.pool, 'counts', 1)).toEqual(second);
    await installProjections(database.pool, [counts]);
    expect(await readBuilds(database.pool)).toMatchObject([first]);
    start();
    await until('ready', second);
    expect(await wrong(second)).toBe(0);
  });

  it('is switched to by a release that has it, and not the newer version that is read', async () => {
    await installProjections(database.pool, [counts]);
    await write(5, 5);
    await installProjections(database.pool, [{ ...counts, version: 2 }]);
    expect(await requestRebuild(database.pool, 'counts', 1)).toEqual(second);
    start();
    await until('ready', second);
    expect(await switchProjection(database.pool, [counts], 'counts')).toEqual(second);
  });

  it('is read in the version that a release has, where it has not the one that was read: there and back', async () => {
    const other: Projection<StoredEvent> = { ...counts, version: 2 };
    await installProjections(database.pool, [counts]);
    await write(5, 4);
    const before = start();
    await until('live');
    await before.stop();

    await installProjections(database.pool, [other]);
    const newer = { ...first, version: 2 };
    expect(await readBuilds(database.pool)).toMatchObject([{ ...newer, position: '' }]);
    expect((await list()).find(isOf(first))).toMatchObject({ state: 'retired' });
    // A process of each release reads what it has, beside the other.
    const readBy = (release: Projection<StoredEvent>) => readBuilds(database.pool, [release]);
    expect(await readBy(counts)).toMatchObject([first]);
    expect(await readBy(other)).toMatchObject([newer]);
    const after = start([other]);
    await until('live', newer);
    expect(await wrong(newer)).toBe(0);
    // Nothing has come since, so the old one has all that the new one has; yet nobody keeps it up to date.
    await expect(switchProjection(database.pool, [other], 'counts', first)).rejects.toThrow(
      'that this release keeps up to date',
    );
    await after.stop();

    await write(5, 4);
    await installProjections(database.pool, [counts]);
    expect(await readBuilds(database.pool)).toMatchObject([first]);
    expect(await readBy(counts)).toMatchObject([first]);
    expect(await readBy(other)).toMatchObject([newer]);
    start();
    await until('live');
    expect(await wrong()).toBe(0);
    // What is read goes before what was, and that before what is being built.
    await requestRebuild(database.pool, 'counts');
    await until('ready', second);
    expect(await readBy(counts)).toMatchObject([first]);
    expect(await switchProjection(database.pool, [counts], 'counts')).toEqual(second);
    expect(await readBy(counts)).toMatchObject([second]);
  });
});

describe('rowWriter', () => {
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
  const write = rowWriter(shape);
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
    await write(database.pool, [Object.values(empty), Object.values(full)]);
    const nothing = { at: null, day: null, score: null, done: null, tags: null, extra: null };
    expect(await rows()).toEqual([full, { ...empty, ...nothing }]);
    await write(database.pool, [Object.values({ ...full, score: 2 })]);
    await write(database.pool, []);
    expect(await rows()).toEqual([
      { ...full, score: 2 },
      { ...empty, ...nothing },
    ]);
  });

  it('lets writers of the same rows wait for each other instead of locking each other out', async () => {
    const batch = Array.from({ length: 200 }, (_, id) => ['a', id]);
    await Promise.all(
      Array.from({ length: 12 }, (_, n) => write(database.pool, n % 2 === 0 ? batch : batch.toReversed())),
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
