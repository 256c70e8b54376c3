import { migrateImported, openImportedLog } from '@cairn/event-store/postgres';
import { migrate, registerGroup } from '@cairn/messaging';
import { postgresBus } from '@cairn/messaging/postgres';
import { placeIn, placeText } from '@cairn/service';
import { LogAlone } from '@cairn/service/testing';
import { freeze, startPostgres, testDatabase, type TestPostgres } from '@cairn/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { Client, Pool } from 'pg';

/* What `npm run ops` runs, as a process of its own, on the one database of goals that DATABASE_URL names. */
const OPS = join(import.meta.dirname, '../dist/ops.js');
const GROUP = 'goals.inbox';
const TOPIC = 'cairn.sessions.v1';

let goals: LogAlone;
beforeAll(async () => {
  goals = await LogAlone.prepare();
  await goals.start('postgres');
  await goals.append(3);
  await goals.allPublished();
  await goals.stop();
  await registerGroup(goals.database.pool, GROUP, [TOPIC]);
});
afterAll(() => goals?.remove());

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const opsIn = (env: NodeJS.ProcessEnv, command: string, ...more: string[]): Promise<Said> =>
  new Promise((resolve) => {
    execFile(process.execPath, [OPS, ...command.split(' '), ...more], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
const opsOn = (databaseUrl: string, command: string, ...more: string[]): Promise<Said> => {
  const { connectionString: EVENTSTOREDB_URL } = goals.server;
  const env = { ...process.env, DATABASE_URL: databaseUrl, EVENTSTOREDB_URL, EVENT_STORE: 'postgres' };
  return opsIn(env, command, ...more);
};
const ops = (command: string, ...more: string[]) => opsOn(goals.database.url, command, ...more);

const refused = (commands: readonly string[], about: string) =>
  refusedOn(goals.database.url, commands, about);

async function refusedOn(databaseUrl: string, commands: readonly string[], about: string): Promise<void> {
  const answers = await Promise.all(commands.map((command) => opsOn(databaseUrl, command)));
  const said = answers.map(({ code, stdout, stderr }, at) => ({
    command: commands[at],
    code,
    stdout,
    stderr,
  }));
  const stderr = expect.stringContaining(about);
  expect(said).toEqual(commands.map((command) => ({ command, code: 1, stdout: '', stderr })));
  for (const each of said) expect(each.stderr).not.toMatch(/^\s+at /m);
}

const rowsOf = async (sql: string) => (await goals.database.pool.query<object>(sql)).rows;

it('does nothing to a group that there is not, and names those that there are', async () => {
  await refused(
    [
      'consumers reset goals.outbox --to end',
      'consumers rewind goals.outbox',
      'dead-letters list goals.outbox',
      'dead-letters show goals.outbox 1',
      'dead-letters redrive goals.outbox',
    ],
    `no consumer group goals.outbox here; known: ${GROUP}; see npm run ops -- consumers list`,
  );
  expect(await rowsOf('SELECT FROM bus_in.requests')).toEqual([]);
});

it('does nothing where it is told more than it would heed', async () => {
  const before = await rowsOf('SELECT start FROM bus_in.subscriptions');
  const commands = [
    'consumers list',
    `consumers reset --to end ${GROUP}`,
    `consumers rewind ${GROUP}`,
    `dead-letters list ${GROUP}`,
    `dead-letters show ${GROUP} 1`,
    'projections list',
    'projections rebuild people 1',
    'projections switch people 1.1',
    'projections drop people 1.1',
    'texts erase goals',
    'log copy goals --to eventstoredb',
    'log restored goals',
  ];
  await refused(
    commands.map((command) => `${command} goals.outbox`),
    'does not take "goals.outbox": nothing was done',
  );
  expect(await rowsOf('SELECT start FROM bus_in.subscriptions')).toEqual(before);
});

it('works on no projections where DATABASE_URL is another service’s, and rebuilds no build that there is', async () => {
  await refused(
    [
      'projections list',
      'projections rebuild people',
      'projections switch people',
      'projections drop people 1.1',
    ],
    'DATABASE_URL is the database of goals, not of analytics: nothing was done.',
  );
  await refused(
    ['projections rebuild people 2.7'],
    'A rebuild makes a build of its own: projections rebuild people 2.',
  );
});

describe('consumers rewind', () => {
  const start = () =>
    rowsOf(`SELECT start, start_at AS at FROM bus_in.subscriptions WHERE topic = '${TOPIC}'`);

  it('refuses what is no time in UTC, and then does nothing', async () => {
    const before = await start();
    await refused(
      [
        '2026-02-30',
        '2026-02-29T09:00:00Z',
        '2026-03-02T09:00:00+01:00',
        '2026-03-02T09:00',
        '2026',
        'end',
        '9999-12-31',
      ].map((time) => `consumers rewind ${GROUP} --to ${time}`),
      'TIME in UTC, not to come, as 2026-03-02T09:00:00Z or 2026-03-02',
    );
    expect(await start()).toEqual(before);
  });

  it('takes no option twice: one of them would be passed over', async () => {
    const before = await start();
    await refused([`consumers reset ${GROUP} --to beginning --to end`], '--to is given twice');
    expect(await start()).toEqual(before);
  });

  it('goes back to an instant, or to the beginning of a day, and says to which', async () => {
    const at = '2026-03-02T09:30:00.000Z';
    const instant = await ops(`consumers rewind ${GROUP} --to 2026-03-02T09:30:00Z`);
    expect(instant).toEqual({
      code: 0,
      stdout: expect.stringContaining(`published since ${at}`),
      stderr: '',
    });
    expect(await start()).toEqual([{ start: 'time', at: new Date(at) }]);
    expect(await ops(`consumers rewind ${GROUP} --to 2026-02-28`)).toMatchObject({ code: 0 });
    expect(await start()).toEqual([{ start: 'time', at: new Date('2026-02-28T00:00:00.000Z') }]);
    const all = await ops(`consumers rewind ${GROUP}`);
    expect(all.stdout).toContain('published since the beginning');
    expect(await start()).toEqual([{ start: 'beginning', at: null }]);
  });

  it('of one tenant, goes back for that one alone', async () => {
    await goals.database.pool.query(
      `INSERT INTO bus_in.checkpoints (group_name, topic, partition, cluster_id, topic_id, "offset", seen_log, seen_position, seen_index)
       VALUES ($1, $2, 0, 'c', 't', 5, 1, '7', 0)`,
      [GROUP, TOPIC],
    );
    const tenantId = '01900000-0000-7000-8000-000000000001';
    const { stdout } = await ops(`consumers rewind ${GROUP} --tenant ${tenantId}`);
    expect(stdout).toContain(`what belongs to tenant ${tenantId} and was published since the beginning`);
    expect(await rowsOf('SELECT replay_tenant AS tenant FROM bus_in.checkpoints')).toEqual([
      { tenant: tenantId },
    ]);
  });
});

it('dead-letters discard gives up what is named, with the reason kept, and no other', async () => {
  const { rows } = await goals.database.pool.query<{ id: string }>(
    `INSERT INTO bus_in.dead_letters (group_name, topic, topic_id, partition, "offset", kind, stream, reason, headers, value)
     SELECT $1, $2, 't', 0, n, 'poison', 'session-' || n, 'not-json', '{}', '{' FROM generate_series(1, 2) n RETURNING id`,
    [GROUP, TOPIC],
  );
  const [id, other] = rows.map((row) => row.id) as [string, string];
  const settled = () =>
    rowsOf('SELECT id, settled, settled_because AS because FROM bus_in.dead_letters ORDER BY id');
  const open = { settled: null, because: null };
  await refused(
    [`dead-letters discard ${GROUP} ${id}`, `dead-letters discard ${GROUP} --because nothing`],
    'WHY',
  );
  await refused(
    [`dead-letters discard ${GROUP} ${id} 999 --because gone`, `dead-letters redrive ${GROUP} ${id} 999`],
    `${GROUP} has no open dead letter 999; npm run ops -- dead-letters list`,
  );
  expect(await rowsOf('SELECT FROM bus_in.requests')).toEqual([]);
  expect(await settled()).toEqual([
    { id, ...open },
    { id: other, ...open },
  ]);

  // As the running service would, which has nothing to handle behind it.
  await goals.database.pool.query(`CREATE FUNCTION answered() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.finished_at = now(); NEW.result = '{"redriven": 0, "stillBlocked": 0}'; RETURN NEW; END $$;
    CREATE TRIGGER answered BEFORE INSERT ON bus_in.requests FOR EACH ROW EXECUTE FUNCTION answered()`);
  const because = 'sent by a test of theirs';
  const discarded = await ops(`dead-letters discard ${GROUP} ${id} --because`, because);
  expect(discarded).toMatchObject({
    code: 0,
    stdout: 'Given up for good: 1 dead letter. Nothing was held behind.\n',
  });
  expect(await settled()).toEqual([
    { id, settled: 'discarded', because },
    { id: other, ...open },
  ]);
});

it('log copy moves the log of the service that it is, and says where it is now', async () => {
  const before = await goals.contentOf('postgres');
  await refused(
    ['log copy enrollment --to postgres', 'log copy goals --to kafka', 'log copy goals'],
    'Say which',
  );
  await refused(['log copy sessions --to eventstoredb'], 'is the database of goals, not of sessions');
  expect(await ops('log copy goals --to eventstoredb')).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^The log of goals is in eventstoredb now: 3 events, generation \d+\. Start goals/m,
    ),
    stderr: '',
  });
  expect(await goals.contentOf('eventstoredb')).toEqual(before);
});

it('log copy says in a sentence that the log refuses what it is owed', async () => {
  const { pool } = goals.database;
  await goals.oweUnpaid();
  // Somebody has written there past the service.
  await pool.query('UPDATE owed.appends SET expected_version = 0');
  await refused(['log copy goals --to postgres'], 'refuses what was committed for stream goal-1');
  await pool.query('TRUNCATE owed.appends');
});

it('says in a sentence that DATABASE_URL is none', () =>
  refusedOn(
    'postgres://cairn@localhost:99999/cairn',
    ['consumers list'],
    'DATABASE_URL must be postgres://',
  ));

it('says in a sentence that CAIRN_HOME is no directory', async () => {
  const env = { ...process.env, DATABASE_URL: '', CAIRN_HOME: '/none' };
  const { code, stderr } = await opsIn(env, 'consumers list');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr:
      'CAIRN_HOME is /none, which is no directory. Make it first (mkdir -p), or leave CAIRN_HOME out.\n',
  });
});

describe('where the server is frozen', () => {
  let server: TestPostgres;
  let thaw: (() => void) | undefined;
  beforeAll(async () => {
    server = await startPostgres();
    const pool = new Pool({ connectionString: server.url });
    await migrate(pool);
    await registerGroup(pool, GROUP, [TOPIC]);
    await pool.end();
  }, 60_000);
  afterEach(() => thaw?.());
  afterAll(() => server?.stop());

  const silent = () => ({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(
      `The database of DATABASE_URL (PostgreSQL at 127.0.0.1:${server.port}) does not answer`,
    ),
  });

  it('a command says so, and ends', async () => {
    thaw = freeze(server.pid);
    expect(await opsOn(server.url, 'consumers list')).toEqual(silent());
  }, 60_000);

  it('a command says so, and ends, also in the middle of what it does', async () => {
    const holder = new Client({ connectionString: server.url });
    holder.on('error', () => undefined);
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE bus_in.groups');
    const told = opsOn(server.url, `consumers rewind ${GROUP}`);
    for (;;) {
      const { rowCount } = await holder.query('SELECT FROM pg_locks WHERE NOT granted');
      if (rowCount === 1) break;
    }
    thaw = freeze(server.pid);
    expect(await told).toEqual(silent());
    thaw();
    await holder.end();
  }, 90_000);
});

it('log restored lets a service begin again, on an empty database too, and no other than its own', async () => {
  await refused(['log restored', 'log restored kafka'], 'Say which');
  await refused(['log restored enrollment', 'log restored analytics'], 'the database of goals, not of');
  const empty = await testDatabase();
  try {
    const restored = await opsOn(empty.url, 'log restored goals');
    expect(restored).toEqual({
      code: 0,
      stdout: expect.stringContaining(
        'This database held no log: that of goals begins anew. goals may start: what it publishes from now on counts as new',
      ),
      stderr: '',
    });
    // As it says, in the database of one that has put aside what is gone.
    const [, command] = /npm run ops -- (dead-letters list --lost \S+)$/m.exec(restored.stdout)!;
    expect((await ops(command!)).stdout).toBe('No dead letters here of events that goals lost.\n');
    const { rows: letters } = await goals.database.pool.query<{ id: string }>(
      `INSERT INTO bus_in.dead_letters (group_name, topic, topic_id, partition, "offset", kind, stream, headers, value)
       VALUES ($1, 'cairn.goals.v1', 'lost', 0, 1, 'held', 'goal-1', '{}', '{"log":"1","logposition":"0000000000000001"}')
       RETURNING id`,
      [GROUP],
    );
    const { stdout } = await ops(command!);
    expect(stdout).toContain('1 dead letter of an event that goals lost when it was restored');
    expect(stdout).toContain(
      `npm run ops -- dead-letters discard ${GROUP} ${letters[0]!.id} --because 'lost when goals was restored'`,
    );
    await refused(['dead-letters list --lost yesterday'], 'as "log restored" has said it');
    const { rows } = await empty.pool.query('SELECT service, log FROM relay.relays');
    expect(rows).toEqual([{ service: 'goals', log: expect.anything() }]);
  } finally {
    await empty.drop();
  }
});

it('log restored begins no log in the database of the bus', async () => {
  const bus = await testDatabase();
  try {
    const made = postgresBus({ connectionString: bus.url });
    await made.ensureTopics([{ name: 'cairn.goals.v1', partitions: 1 }]);
    await made.close();
    await refusedOn(bus.url, ['log restored goals'], 'the database of the bus, not of goals');
  } finally {
    await bus.drop();
  }
});

it('log restored knows the database of a service, also where an older release has left it', async () => {
  const older = await testDatabase();
  try {
    await migrate(older.pool);
    await registerGroup(older.pool, GROUP, [TOPIC]);
    await older.pool.query(
      `ALTER TABLE bus_in.groups DROP COLUMN trouble;
       ALTER TABLE bus_in.checkpoints DROP COLUMN fault, DROP COLUMN fault_after, DROP COLUMN fault_since;
       DELETE FROM bus_in.migrations WHERE step = (SELECT max(step) FROM bus_in.migrations)`,
    );
    await refusedOn(older.url, ['log restored sessions'], 'is the database of goals, not of sessions');
    expect(await opsOn(older.url, 'log restored goals')).toMatchObject({ code: 0, stderr: '' });
  } finally {
    await older.drop();
  }
});

it('log restored lets the readers of analytics’ feed begin anew', async () => {
  const analytics = await testDatabase();
  try {
    await refusedOn(analytics.url, ['log restored analytics'], 'its service has never started');
    await migrateImported(analytics.pool, 'imported');
    const log = openImportedLog({ pool: analytics.pool, schema: 'imported' });
    const place = placeText({ service: 'analytics', generation: await log.generation(), position: '' });
    await placeIn('analytics', log, place);
    expect(await opsOn(analytics.url, 'log restored analytics')).toEqual({
      code: 0,
      stdout: expect.stringContaining('analytics may start'),
      stderr: '',
    });
    await expect(placeIn('analytics', log, place)).rejects.toMatchObject({
      refusal: { slug: 'feed-began-anew' },
    });
    await log.close();
  } finally {
    await analytics.drop();
  }
});

it('says that a database is busy, in a sentence, where its rows are held for long', async () => {
  const holder = await goals.database.pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM bus_in.groups FOR UPDATE');
    await holder.query('SELECT FROM bus_in.checkpoints FOR UPDATE');
    await refused([`consumers reset ${GROUP} --to beginning`], 'so nothing was changed. Try again.');
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
}, 30_000);
