import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RefusedError } from '@cairn/decider';
import { newId, START, type EventStore, type StoredEvent } from '@cairn/event-store';
import {
  inTransaction,
  leaveGap,
  migrate as migrateLog,
  openPool,
  openPostgresLog,
  STANDS_SECONDS,
  type PostgresEventStore,
} from '@cairn/event-store/postgres';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import type { Pool } from 'pg';
import type { Deadline, DeadlineChange, DeadlineContext } from './deadline.js';
import { startDeadlines, type Deadlines } from './deadlines.js';
import { migrate } from './schema.js';

const tenantId = newId();
const anotherTenant = newId();
const T = (minute: number) => new Date(Date.UTC(2026, 2, 1, 9, minute)).toISOString();

/** Past the end of every spec. */
const NEVER = 3_600_000;

let database: TestDatabase;
let log: PostgresEventStore;
let running: Deadlines[] = [];
let now: string;
let handled: { deadline: Deadline; context: DeadlineContext }[] = [];

beforeEach(async () => {
  database = await testDatabase();
  await migrateLog(database.pool);
  await migrate(database.pool);
  log = openPostgresLog({ pool: database.pool });
  now = T(0);
  handled = [];
});
afterEach(async () => {
  await Promise.all(running.map((each) => each.stop()));
  running = [];
  await log.close();
  await database.drop();
});

/** An event whose data are the changes that it means. */
const tell = (...changes: DeadlineChange[]): Promise<string> => tellOf(tenantId, ...changes);
async function tellOf(tenant: string, ...changes: DeadlineChange[]): Promise<string> {
  const id = newId();
  const metadata = {
    tenantId: tenant,
    commandId: newId(),
    correlationId: 'c-1',
    actor: { subject: 's', role: 'hr' },
  };
  await log.append(
    `thing-${newId()}`,
    [{ id, type: 'Told', occurredAt: now, data: { changes }, metadata }],
    0,
  );
  return id;
}

const plan = (event: StoredEvent) => (event.data as { changes: DeadlineChange[] }).changes;

function start(
  handle: (deadline: Deadline, context: DeadlineContext) => Promise<unknown> = async () => {},
  lookEveryMs?: number,
  { store = log, pool = database.pool }: { store?: EventStore; pool?: Pool } = {},
): Deadlines {
  const started = startDeadlines({
    service: 'spec',
    store,
    pool,
    clock: { now: () => new Date(now) },
    plan,
    lookEveryMs,
    handle: async (deadline, context) => {
      await handle(deadline, context);
      handled.push({ deadline, context });
    },
  });
  running.push(started);
  return started;
}

const set = (
  key: string,
  dueAt: string,
  more: { historyKey?: string; subjectId?: string } = {},
): DeadlineChange => ({
  set: { key, kind: 'expires', subjectId: key, dueAt, ...more },
});

async function until(holds: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('it did not come to pass');
    await sleep(20);
  }
}

const behind = async (of: Deadlines) => ((await of.status()).detail as { behind: boolean }).behind;
const keys = () => handled.map(({ deadline }) => deadline.key);
const rows = async () =>
  (await database.pool.query<{ key: string }>('select key from deadlines.due order by key')).rows.map(
    ({ key }) => key,
  );
const applied = async () => {
  const head = await log.head();
  await until(
    async () =>
      (await database.pool.query<{ position: string }>('select position from deadlines.checkpoint')).rows[0]
        ?.position === head,
  );
};

describe('a deadline', () => {
  it('is handled when it comes and not before, as what happened then, and is gone', async () => {
    start();
    const event = await tell(set('a', T(10)));
    await applied();
    now = T(9);
    await sleep(1200);
    expect(handled).toEqual([]);
    now = T(12);
    await until(() => handled.length === 1);
    const [{ deadline, context }] = handled as [(typeof handled)[0]];
    expect(deadline).toEqual({
      tenantId,
      key: 'a',
      kind: 'expires',
      subjectId: 'a',
      dueAt: T(10),
    });
    expect(context).toMatchObject({
      tenantId,
      occurredAt: T(10),
      now: T(12),
      correlationId: 'c-1',
      causationId: event,
      actor: { subject: 'deadline:expires', role: 'system' },
    });
    await until(async () => (await rows()).length === 0);
  });

  it('that has come already is handled at once, without being looked for', async () => {
    start(undefined, NEVER);
    await sleep(300);
    await tell(set('late', T(-60)));
    await until(() => handled.length === 1);
  });

  it('wakes the sweeper when it comes on the real clock, and not before', async () => {
    const lateness: number[] = [];
    const started = startDeadlines({
      service: 'spec',
      store: log,
      pool: database.pool,
      clock: { now: () => new Date() },
      plan,
      handle: async ({ dueAt }) => void lateness.push(Date.now() - Date.parse(dueAt)),
      lookEveryMs: NEVER,
    });
    running.push(started);
    await tell(
      ...[700, 1300, 1350, 2600].map((ms) => set(`in-${ms}`, new Date(Date.now() + ms).toISOString())),
    );
    await until(() => lateness.length === 4);
    expect(Math.min(...lateness)).toBeGreaterThanOrEqual(0);
  });

  it('that is cleared or moved before is not handled then', async () => {
    await tell(set('cleared', T(1)), set('moved', T(1)), set('kept', T(1)));
    await tell({ clear: 'cleared' }, set('moved', T(30)), { clear: 'unknown' });
    now = T(2);
    start();
    await until(() => handled.length === 1);
    await sleep(1200);
    expect(keys()).toEqual(['kept']);
    expect(await rows()).toEqual(['moved']);
  });

  it('of another tenant is another one: when it is cleared, handled and put off', async () => {
    let broken = true;
    start(async (deadline) => {
      if (deadline.tenantId === tenantId && broken) throw new Error('not now');
    });
    await tell(set('same', T(1)));
    await tellOf(anotherTenant, set('same', T(20)), set('cleared', T(1)));
    await tell(set('cleared', T(30)));
    await applied();
    await tellOf(anotherTenant, { clear: 'cleared' });
    await applied();
    now = T(2);
    const state = async () => {
      const { rows: stored } = await database.pool.query<{ state: string }>(
        `select (tenant_id = $1) || ' ' || key || ' ' || attempts as state from deadlines.due order by state`,
        [tenantId],
      );
      return stored.map((each) => each.state);
    };
    const open = ['false same 0', 'true cleared 0', 'true same 1'];
    await until(async () => (await state()).includes(open[2]!));
    expect(await state()).toEqual(open);
    broken = false;
    now = T(3);
    await until(() => handled.length === 1);
    await until(async () => (await rows()).length < 3);
    expect(await state()).toEqual(open.slice(0, 2));
  });
});

describe('the command of a deadline', () => {
  it('has the same id each time, and another one when it is moved', async () => {
    let fail = true;
    const ids: string[] = [];
    start(async (_, { commandId }) => {
      ids.push(commandId);
      if (fail) throw new Error('not now');
    });
    await tell(set('a', T(1)));
    now = T(2);
    await until(() => ids.length === 1);
    fail = false;
    now = T(3);
    await until(() => handled.length === 1);
    await tell(set('a', T(2)));
    await until(() => handled.length === 2);
    expect(new Set(ids.slice(0, 2)).size).toBe(1);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('comes after those of the same subject that were due before', async () => {
    now = T(30);
    const many = Array.from({ length: 40 }, (_, n) =>
      set(`k${n}`, T(29 - (n % 20)), { subjectId: `s${n % 4}` }),
    );
    await tell(...many);
    let busy = 0;
    const subjects = new Set<string>();
    start(async ({ subjectId }) => {
      expect(subjects.has(subjectId)).toBe(false);
      subjects.add(subjectId);
      busy = Math.max(busy, subjects.size);
      await sleep(5);
      subjects.delete(subjectId);
    });
    await until(() => handled.length === 40);
    expect(busy).toBeGreaterThan(1);
    for (const subject of ['s0', 's1', 's2', 's3']) {
      const times = handled
        .filter(({ deadline }) => deadline.subjectId === subject)
        .map(({ deadline }) => deadline.dueAt);
      expect(times).toEqual([...times].sort());
    }
  });
});

describe('a failure', () => {
  it('is put off and tried again, seen meanwhile, and holds up no other', async () => {
    let broken = true;
    const started = start(async ({ key }) => {
      if (key === 'bad' && broken)
        throw new RefusedError({ kind: 'conflict', slug: 'paused', detail: 'canary' });
    });
    await tell(set('bad', T(1)), set('good', T(1)));
    now = T(2);
    await until(() => handled.length === 1);
    expect(keys()).toEqual(['good']);
    await until(async () => ((await started.status()).detail as { failing: number }).failing === 1);
    expect(await started.status()).toEqual({
      name: 'deadlines',
      healthy: true,
      detail: { waiting: 0, failing: 1, behind: false, errors: ['expires: paused'] },
    });
    await database.pool.query(`update deadlines.due set failing_since = now() - interval '31 seconds'`);
    expect((await started.status()).healthy).toBe(false);
    broken = false;
    now = T(4);
    await until(() => handled.length === 2);
    await until(async () => (await started.status()).healthy);
    const { rows: stored } = await database.pool.query('select * from deadlines.due');
    expect(stored).toEqual([]);
  });

  it('is put off, and what goes well is done with, also where handling takes longer than a transaction may stand', async () => {
    const started = start(async ({ key }) => {
      if (key !== 'slow') return;
      await sleep((STANDS_SECONDS + 2) * 1000);
      throw new RefusedError({ kind: 'conflict', slug: 'paused', detail: 'canary' });
    });
    await tell(set('slow', T(1)), set('good', T(1)));
    now = T(2);
    await until(async () => ((await started.status()).detail as { failing: number }).failing === 1, 30_000);
    expect(keys()).toEqual(['good']);
  }, 60_000);

  it('waits longer each time, up to a minute', async () => {
    let tries = 0;
    start(async () => {
      tries += 1;
      throw new TypeError('canary');
    });
    await tell(set('bad', T(1)));
    now = T(2);
    const waits: number[] = [];
    for (let n = 1; n <= 8; n++) {
      await until(
        async () =>
          (await database.pool.query<{ n: number }>('select attempts as n from deadlines.due')).rows[0]?.n ===
          n,
      );
      const { rows: stored } = await database.pool.query<{ sweep_at: Date; last_error: string }>(
        'select sweep_at, last_error from deadlines.due',
      );
      waits.push((stored[0]!.sweep_at.getTime() - Date.parse(now)) / 1000);
      expect(stored[0]!.last_error).toBe('TypeError');
      now = stored[0]!.sweep_at.toISOString();
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    expect(tries).toBeGreaterThanOrEqual(8);
  }, 30_000);

  it('of the plan stops the table where it is, and shows', async () => {
    let fixed = false;
    const started = startDeadlines({
      service: 'spec',
      store: log,
      pool: database.pool,
      clock: { now: () => new Date(now) },
      plan: (event) => {
        if (!fixed) throw new Error('a defect');
        return plan(event);
      },
      handle: async (deadline) => void handled.push({ deadline } as never),
    });
    running.push(started);
    await tell(set('a', T(-1)));
    await sleep(500);
    expect(await started.status()).toMatchObject({ detail: { behind: true } });
    expect(await rows()).toEqual([]);
    fixed = true;
    await until(() => handled.length === 1);
    await until(async () => (await started.status()).healthy);
  });
});

describe('a handler that never ends', () => {
  it('shows when nothing has been swept for longer than 30 s', async () => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    let entered = false;
    const started = start(() => {
      entered = true;
      return ended;
    });
    await tell(set('a', T(1)));
    now = T(2);
    await until(() => entered);
    expect(await started.status()).toMatchObject({ healthy: true, detail: { waiting: 1 } });
    const clock = performance.now.bind(performance);
    const later = jest.spyOn(performance, 'now').mockImplementation(() => clock() + 31_000);
    try {
      expect(await started.status()).toMatchObject({ healthy: false, detail: { waiting: 1, behind: false } });
      end();
      await until(async () => (await started.status()).healthy);
    } finally {
      end();
      later.mockRestore();
    }
  });
});

describe('an imported history', () => {
  const historyKey = 'enrollment-1';
  const settled = async (...expected: string[]) => {
    await until(() => handled.length >= expected.length);
    await sleep(300);
    expect(keys()).toEqual(expected);
  };

  it('is settled only as far as it is told, and beyond once it is complete', async () => {
    now = T(59);
    start();
    await tell(
      set('h10', T(10), { historyKey }),
      set('h20', T(20), { historyKey }),
      set('h30', T(30), { historyKey }),
      set('other', T(40)),
    );
    await settled('other');
    await tell({ history: { key: historyKey, through: T(19), complete: false } });
    await settled('other', 'h10');
    await tell({ history: { key: historyKey, through: T(20), complete: false } });
    await settled('other', 'h10', 'h20');
    await tell(set('h25', T(25), { historyKey }), set('h5', T(5), { historyKey }));
    await settled('other', 'h10', 'h20', 'h5');
    await tell({ history: { key: historyKey, complete: true } });
    await settled('other', 'h10', 'h20', 'h5', 'h25', 'h30');
    await tell(set('after', T(50), { historyKey }));
    await settled('other', 'h10', 'h20', 'h5', 'h25', 'h30', 'after');
  });

  it('goes on past its end only when time does', async () => {
    now = T(15);
    start();
    await tell(set('h10', T(10), { historyKey }), set('h20', T(20), { historyKey }), {
      history: { key: historyKey, complete: true },
    });
    await settled('h10');
    now = T(21);
    await settled('h10', 'h20');
  });

  it('is never told backwards, also within one batch', async () => {
    now = T(59);
    await tell({ history: { key: historyKey, through: T(30), complete: false } });
    await tell(
      { history: { key: historyKey, through: T(10), complete: false } },
      set('h20', T(20), { historyKey }),
    );
    start();
    await settled('h20');
  });

  it('of another key, or of another tenant, does not matter', async () => {
    now = T(59);
    start();
    const complete = { history: { key: historyKey, complete: true } };
    await tell(set('h10', T(10), { historyKey }), { history: { key: 'enrollment-2', complete: true } });
    await tellOf(anotherTenant, complete);
    await tell({ history: { key: historyKey, through: T(5), complete: false } });
    await settled();
    const third = newId();
    await tellOf(third, set('theirs', T(10), { historyKey }));
    await tell(complete);
    await settled('h10');
    expect(await rows()).toEqual(['theirs']);
  });

  it('that is told further hastens nothing that was put off', async () => {
    now = T(12);
    start(() => Promise.reject(new Error('not now')), NEVER);
    const putOff = async () =>
      (await database.pool.query<{ at: Date }>('select sweep_at as at from deadlines.due where attempts = 1'))
        .rows[0]?.at;
    await tell(set('h10', T(10), { historyKey }), {
      history: { key: historyKey, through: T(11), complete: false },
    });
    await until(async () => (await putOff()) !== undefined);
    const at = await putOff();
    await tell({ history: { key: historyKey, complete: true } });
    await applied();
    expect(await putOff()).toEqual(at);
  });
});

describe('several replicas', () => {
  it('handle each deadline once between them', async () => {
    now = T(59);
    for (let n = 0; n < 10; n++) await tell(...Array.from({ length: 30 }, (_, m) => set(`k${n}-${m}`, T(n))));
    const replicas = [1, 2, 3].map(() => start(() => sleep(2)));
    await until(() => handled.length >= 300);
    await until(async () => (await rows()).length === 0);
    await sleep(300);
    expect(handled).toHaveLength(300);
    expect(new Set(keys()).size).toBe(300);
    for (const replica of replicas)
      expect(await replica.status()).toMatchObject({ healthy: true, detail: { waiting: 0, failing: 0 } });
  });

  it('take over what another one was handling when it died', async () => {
    now = T(2);
    let hang!: (error: Error) => void;
    const first = start(() => new Promise((_, reject) => (hang = reject)));
    await tell(set('a', T(1)));
    await until(() => hang !== undefined);
    start();
    await sleep(1200);
    expect(handled).toEqual([]);
    // Its connection is gone, and with it the claim.
    await database.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and state = 'idle in transaction'`);
    await until(() => handled.length === 1);
    hang(new Error('the process is gone'));
    await first.stop();
    // What was handled is gone once its transaction is.
    await until(async () => (await rows()).length === 0);
  });
});

describe('a follower that is frozen', () => {
  /** The log, to one who stops as soon as it has read something. */
  function frozenLog() {
    const { promise: thawed, resolve: thaw } = Promise.withResolvers<void>();
    let inHand = 0;
    const store = Object.assign(Object.create(log) as EventStore, {
      async *subscribe(...args: Parameters<EventStore['subscribe']>) {
        for await (const batch of log.subscribe(...args)) {
          inHand += batch.length;
          await thawed;
          yield batch;
        }
      },
    });
    return { store, thaw, inHand: () => inHand };
  }

  it('with a batch in hand sets nothing anew that another has handled meanwhile', async () => {
    now = T(2);
    const { store, inHand, thaw } = frozenLog();
    await tell(set('a', T(1)), set('b', T(30)));
    const frozen = start(undefined, undefined, { store });
    await until(() => inHand() === 1);
    start();
    await until(() => handled.length === 1);
    await tell({ clear: 'b' });
    await until(async () => (await rows()).length === 0);
    thaw();
    await until(async () => !(await behind(frozen)));
    expect(await rows()).toEqual([]);
    expect(keys()).toEqual(['a']);
  });

  it.each([
    ['and another fills it', true],
    ['checkpoint and all', false],
  ])('with a batch in hand leaves out nothing where the table was emptied, %s', async (_, fills) => {
    await tell(set('a', T(30)));
    start();
    await applied();
    await Promise.all(running.splice(0).map((each) => each.stop()));
    const { store, inHand, thaw } = frozenLog();
    start(undefined, undefined, { store });
    await tell(set('b', T(30)));
    await until(() => inHand() === 1);
    await database.pool.query('truncate deadlines.due, deadlines.history, deadlines.checkpoint');
    // The other one has begun, and not come far yet.
    if (fills) await database.pool.query('insert into deadlines.checkpoint (position) values ($1)', [START]);
    thaw();
    await applied();
    expect(await rows()).toEqual(['a', 'b']);
  });

  it('in the middle of its writing is waited for by the others', async () => {
    now = T(2);
    const named = openPool({ connectionString: database.url, application_name: 'frozen' });
    const ours = await database.pool.connect();
    try {
      await ours.query(`
        create function hold_back() returns trigger language plpgsql as $$ begin
          if current_setting('application_name') = 'frozen' then perform pg_advisory_xact_lock(1); end if;
          return new;
        end $$;
        create trigger hold_back before insert on deadlines.due for each row execute function hold_back();
        select pg_advisory_lock(1)`);
      await tell(set('a', T(1)));
      const frozen = start(undefined, undefined, { pool: named });
      await until(async () => {
        const { rowCount } = await ours.query(
          `select from pg_locks where locktype = 'advisory' and not granted`,
        );
        return rowCount === 1;
      });
      start();
      await sleep(500);
      await ours.query('select pg_advisory_unlock(1)');
      await until(async () => !(await behind(frozen)));
      await until(() => handled.length > 0);
      await until(async () => (await rows()).length === 0);
      expect(keys()).toEqual(['a']);
    } finally {
      ours.release(true);
      await Promise.all(running.map((each) => each.stop()));
      running = [];
      await named.end();
    }
  });

  it('shows when the log has been ahead of it for longer than 30 s', async () => {
    const { store, thaw } = frozenLog();
    const started = start(undefined, undefined, { store });
    await tell(set('a', T(10)));
    expect(await started.status()).toMatchObject({ healthy: true, detail: { behind: true } });
    const clock = performance.now.bind(performance);
    const later = jest.spyOn(performance, 'now').mockImplementation(() => clock() + 31_000);
    try {
      expect(await started.status()).toMatchObject({ healthy: false, detail: { behind: true, waiting: 0 } });
      thaw();
      await until(async () => (await started.status()).healthy);
    } finally {
      thaw();
      later.mockRestore();
    }
  });
});

describe('a restart', () => {
  it('goes on where it stopped, and handles nothing that the log has settled meanwhile', async () => {
    const first = start();
    await tell(set('a', T(10)), set('b', T(10)));
    await applied();
    await first.stop();
    running = [];
    for (let n = 0; n < 600; n++) await tell({ clear: `other-${n}` });
    await tell({ clear: 'a' });
    now = T(59);
    start();
    await until(() => handled.length === 1);
    await sleep(300);
    expect(keys()).toEqual(['b']);
  });

  it('of a log that was restored goes on past the event that says so, which means nothing to the plan', async () => {
    await tell(set('a', T(1)));
    await inTransaction(database.pool, (client) => leaveGap(client));
    await tell(set('b', T(1)));
    now = T(2);
    start();
    await until(() => handled.length === 2);
    expect(keys().toSorted()).toEqual(['a', 'b']);
  });

  it('makes the whole table again from the log when it was emptied', async () => {
    await tell(set('a', T(10)), set('b', T(20)), set('c', T(30)));
    await tell({ clear: 'b' });
    const first = start();
    await applied();
    await first.stop();
    running = [];
    await database.pool.query('truncate deadlines.due, deadlines.history, deadlines.checkpoint');
    start();
    await applied();
    expect(await rows()).toEqual(['a', 'c']);
  });
});
