import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { derivedId, type Origin } from '@cairn/event-store';
import { on, openHouse, origin, tally, type House } from './house.js';

const ONE_COMMAND = fileURLToPath(new URL('one-command.mjs', import.meta.url));

let house: House;
const children = new Set<ChildProcess>();
beforeAll(async () => {
  house = await openHouse({ log: 'eventstoredb' });
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});
afterAll(() => house.close());

const until = async (what: string, holds: () => Promise<boolean> | boolean) => {
  for (const end = Date.now() + 60_000; !(await holds()); await sleep(20))
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
};
const rowsOf = async <Row>(sql: string, values: unknown[] = []) =>
  (await house.pool.query(sql, values)).rows as Row[];
const owed = async () => (await rowsOf<{ n: number }>('SELECT count(*)::int AS n FROM owed.appends'))[0]!.n;

/** Runs one command in a process of its own. */
function inProcess(command: Record<string, unknown>): ChildProcess {
  const { databaseUrl, connectionString } = house.at;
  const child = spawn(
    process.execPath,
    [ONE_COMMAND, JSON.stringify({ databaseUrl, connectionString, ...command })],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  children.add(child);
  return child;
}

/** Lets the process come to a point, and kills it there. `prepare` sets the point up and says when it is reached. */
async function killedAt(point: Point, command: Record<string, unknown>): Promise<void> {
  const { reached, after } = await POINTS[point]();
  const child = inProcess(command);
  await until(point, reached);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await after?.();
}

const left = (...fates: Parameters<House['server']['nextAppends']>) => {
  const before = house.server.count('appends left');
  house.server.nextAppends(...fates);
  return { reached: () => house.server.count('appends left') > before, after: undefined };
};

/** Where a booking can be killed: it takes slot and unit, then follow `SessionScheduled` and `EngagementStarted`. */
const POINTS = {
  'before its rows are committed': async () => {
    const client = await house.pool.connect();
    await client.query('BEGIN; LOCK TABLE slots IN SHARE MODE');
    return {
      reached: async () =>
        (await rowsOf(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)).length > 0,
      after: async () => {
        await client.query('ROLLBACK');
        client.release();
      },
    };
  },
  'before the first event is written': async () => left('lost'),
  'after the first event is written, before its answer': async () => left('silent'),
  'between the two events': async () => left('answer', 'lost'),
  'after both events, before the answer': async () => left('answer', 'silent'),
} satisfies Record<string, () => Promise<{ reached: () => boolean | Promise<boolean>; after?: unknown }>>;
type Point = keyof typeof POINTS;
const points = Object.keys(POINTS) as Point[];

const hour = (startsAt: string) => ({
  startsAt,
  endsAt: new Date(Date.parse(startsAt) + 3_600_000).toISOString(),
  zone: 'Europe/Berlin',
});
const booked = (command: Origin) => derivedId(command.commandId, 'session:0');

async function expectOnce(engagementId: string, sessionId: string): Promise<void> {
  expect(await house.types(`session-${sessionId}`)).toEqual(['SessionScheduled']);
  const types = await house.types(`engagement-${engagementId}`);
  expect(types.filter((type) => type === 'EngagementStarted')).toHaveLength(1);
  expect(await house.sums(engagementId)).toMatchObject({ reserved: 1, used: 0 });
  expect(await rowsOf('SELECT 1 FROM slots WHERE session_id = $1', [sessionId])).toHaveLength(2);
  expect(await owed()).toBe(0);
}

describe('a process that is killed while it books', () => {
  it.each(points)('%s: sent again, it is booked once', async (point) => {
    const engagementId = await house.engagement({ allotment: 1 });
    const command = origin(on(2));
    const booking = { sessionId: booked(command), ...hour(on(10, '09:00')) };
    await killedAt(point, { origin: command, engagementId, booking });
    const attempts = [1, 2, 3].map(() => house.book(engagementId, booking.startsAt, {}, command));
    expect(await tally(attempts)).toEqual({ done: 3 });
    await expectOnce(engagementId, booking.sessionId);
  });

  it.each(points)('%s: another who wants the slot has it, or it is taken, never both', async (point) => {
    const coachId = randomUUID();
    const engagementId = await house.engagement({ coachId });
    const other = await house.engagement({ coachId });
    const command = origin(on(2));
    const booking = { sessionId: booked(command), ...hour(on(10, '09:00')) };
    await killedAt(point, { origin: command, engagementId, booking });
    const counts = await tally([house.book(other, booking.startsAt)]);
    const first = point === 'before its rows are committed' ? 0 : 1;
    expect(counts).toEqual(first === 1 ? { 'slot-taken': 1 } : { done: 1 });
    expect(await tally([house.book(engagementId, booking.startsAt, {}, command)])).toEqual(
      first === 1 ? { done: 1 } : { 'slot-taken': 1 },
    );
    const held = `SELECT 1 FROM slots WHERE holder_id = $1`;
    expect(await rowsOf(held, [coachId])).toHaveLength(1);
    expect(await house.types(`session-${booking.sessionId}`)).toHaveLength(first);
  });

  it.each(['before the first event is written', 'between the two events'] as const)(
    '%s: its events come though nobody asks again',
    async (point) => {
      const engagementId = await house.engagement();
      const command = origin(on(2));
      const booking = { sessionId: booked(command), ...hour(on(10, '09:00')) };
      await killedAt(point, { origin: command, engagementId, booking });
      await until('nothing is owed', async () => (await owed()) === 0);
      await expectOnce(engagementId, booking.sessionId);
    },
  );
});

it.each([
  'before the first event is written',
  'after the first event is written, before its answer',
] as const)(
  'a process that is killed while it cancels, %s: the slot is given to one, and the event comes',
  async (point) => {
    const coachId = randomUUID();
    const engagementId = await house.engagement({ coachId });
    const others = [await house.engagement({ coachId }), await house.engagement({ coachId })];
    const { session } = await house.book(engagementId, on(10, '09:00'));
    await killedAt(point, { origin: origin(on(2)), engagementId, cancel: session.refs.sessionId });
    expect(await tally(others.map((id) => house.book(id, on(10, '09:00'))))).toEqual({
      done: 1,
      'slot-taken': 1,
    });
    expect(await house.types(`session-${session.refs.sessionId}`)).toEqual([
      'SessionScheduled',
      'SessionCancelled',
    ]);
    expect(await house.sums(engagementId)).toMatchObject({ reserved: 0 });
  },
);

it('a process that is paused after its rows are committed sends late, and nothing comes of it', async () => {
  const engagementId = await house.engagement();
  const command = origin(on(2));
  const booking = { sessionId: booked(command), ...hour(on(10, '09:00')) };
  const { reached } = left('lost');
  const child = inProcess({ origin: command, engagementId, booking });
  await until('its append is under way', reached);
  child.kill('SIGSTOP');
  await until('another process pays', async () => (await owed()) === 0);
  await house.sessions.run(origin(on(3)), booking.sessionId, () => ({ kind: 'cancel', by: 'coachee' }));
  child.kill('SIGCONT'); // it sends again, since no answer came
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(0);
  expect(await house.types(`session-${booking.sessionId}`)).toEqual(['SessionScheduled', 'SessionCancelled']);
  expect(await house.sums(engagementId)).toMatchObject({ reserved: 0, used: 0 });
});
