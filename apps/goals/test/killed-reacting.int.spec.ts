import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newId } from '@cairn/event-store';
import { testService, type TestService } from '@cairn/service/testing';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { definition } from '../src/app.module.js';
import { engaged, newRefs, program, type Refs } from './told.js';

const ONE_SERVICE = fileURLToPath(new URL('one-service.mjs', import.meta.url));
const NOW = '2026-07-02T09:00:00.000Z';

/** Tables that nobody may write to while the service is killed (SIGKILL): whoever does waits there. */
const POINTS = {
  'before its events are committed': 'log.events',
  'before it is noted': 'bus_in.checkpoints',
};

let goals: TestService;
const children = new Set<ChildProcess>();
/** A coachee for each point, with a goal and three raters. */
const coached = new Map<string, Refs>();

beforeAll(async () => {
  goals = await testService(definition, { clock: { now: () => new Date(NOW) } });
  const programId = newId();
  await goals.tell(program(programId));
  for (const point of Object.keys(POINTS)) {
    const refs = await engaged(goals, newRefs({ programId }));
    const coachee = { roles: ['coachee' as const], personId: refs.personId };
    const coach = { roles: ['coach' as const], coachId: refs.coachId };
    const path = `/v1/engagements/${refs.engagementId}`;
    const post = (to: string, as: object, body?: object) =>
      goals.call('POST', to, { as, headers: { 'if-match': '*' }, ...(body && { body }) });
    const terms = { theme: 'giving-feedback', weight: 1, targetDate: '2026-12-01', text: 'Sooner.' };
    const { body } = await post(`${path}/goals`, coachee, terms);
    await post(`/v1/goals/${body.goalId}/agree`, coach);
    for (let n = 0; n < 3; n++) {
      const { raterId } = (await post(`${path}/pulse-raters`, coachee, {})).body;
      await post(`${path}/pulse-raters/${raterId}/approve`, { roles: ['program-admin'] });
    }
    coached.set(point, refs);
  }
  await goals.published();
  await goals.service.stop();
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});
afterAll(() => goals.stop());

const until = async (what: string, holds: () => Promise<boolean>) => {
  for (const end = Date.now() + 60_000; !(await holds()); await sleep(10))
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
};
const counted = async (sql: string, values: unknown[] = []) => {
  const { rows } = await goals.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, values);
  return rows[0]!.n;
};
const isNoted = async (topic: string) => {
  const { partitions } = (await goals.bus.describe([topic])).get(topic)!;
  const { rows } = await goals.pool.query<{ partition: number; offset: number }>(
    'SELECT partition, "offset"::int AS offset FROM bus_in.checkpoints WHERE topic = $1',
    [topic],
  );
  return rows.every(({ partition, offset }) => offset === partitions[partition]!.high - 1);
};

/** The service in a process of its own. */
async function inProcess(): Promise<ChildProcess> {
  const config = {
    port: 0,
    databaseUrl: goals.databaseUrl,
    eventStore: { kind: 'postgres' },
    bus: { kind: 'postgres', url: goals.busUrl, partitions: goals.partitions, createTopics: true },
    identity: { issuer: 'urn:cairn:spec', audience: 'cairn', keys: { keys: [] } },
  };
  const child = spawn(process.execPath, [ONE_SERVICE, JSON.stringify({ config, now: NOW })], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  children.add(child);
  await once(child, 'message');
  return child;
}

it.each(Object.entries(POINTS))('killed %s, goals asks a pulse once', async (point, held) => {
  const refs = coached.get(point)!;
  const times = () =>
    counted(`log.events WHERE type = 'PulseRequested' AND data->>'engagementId' = $1`, [refs.engagementId]);
  const isWaiting = async () =>
    (await counted(`pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)) > 0;
  const sessionId = newId();
  const child = await inProcess();
  // It listens, and what was said before is behind it: nothing but the session is in its hands then.
  await goals.tell(program(newId()));
  for (const topic of ['cairn.enrollment.v1', 'cairn.goals.v1'])
    await until('it has heard what came before', () => isNoted(topic));
  const client = await goals.pool.connect();
  try {
    await client.query(`BEGIN; LOCK TABLE ${held} IN SHARE MODE`);
    await goals.tell({
      name: 'SessionScheduled',
      stream: `session-${sessionId}`,
      version: 1,
      at: NOW,
      data: {
        sessionId,
        ...refs,
        startsAt: '2026-07-16T08:00:00.000Z',
        endsAt: '2026-07-16T08:45:00.000Z',
        zone: 'Europe/Berlin',
        by: 'coach',
      },
    });
    await until(point, async () => (held === 'log.events' || (await times()) === 1) && (await isWaiting()));
    child.kill('SIGKILL');
    await once(child, 'exit');
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
  await inProcess();
  await until('it is handled', async () => (await times()) > 0 && (await isNoted('cairn.sessions.v1')));
  await sleep(300);
  expect(await times()).toBe(1);
  expect(await counted('pulses WHERE engagement_id = $1', [refs.engagementId])).toBe(1);
});
