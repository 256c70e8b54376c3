import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { SERVICES, type ServiceName } from '../src/databases.js';
import { openCairn, type Cairn } from './harness.js';
import { PROGRAM } from './story/opening.js';
import { Teller } from './story/teller.js';

/*
 * A relay, a consumer and a projection are frozen where a process would be that was stopped in the middle: the row that
 * they have to move is held by somebody else. Work waits, and whoever asks for the flow is told so; readers are answered.
 */
process.env['LOG_LEVEL'] = 'fatal';
const WITHIN_SECONDS = 40;
/** What stands still, by service; and the check that says so. */
const FROZEN: readonly { service: ServiceName; check: string; lock: string }[] = [
  { service: 'goals', check: 'relay goals', lock: 'SELECT FROM relay.relays FOR UPDATE' },
  {
    service: 'sessions',
    check: 'consumer sessions.inbox',
    lock: `SELECT FROM bus_in.checkpoints WHERE group_name = 'sessions.inbox' ORDER BY topic, partition FOR UPDATE`,
  },
  {
    service: 'analytics',
    check: 'projections',
    lock: `SELECT FROM projections.builds WHERE name = 'programs' FOR UPDATE`,
  },
];

interface Flow {
  readonly status: number;
  /** The checks that are not content. */
  readonly stuck: readonly string[];
}

let cairn: Cairn;
const holding: PoolClient[] = [];
beforeAll(async () => {
  cairn = await openCairn('postgres');
  await untilAllFlow();
}, 90_000);
afterAll(async () => {
  for (const client of holding) client.release(true);
  await cairn?.stop();
});

async function flowOf(service: ServiceName): Promise<Flow> {
  const { status, body } = await cairn.client.send(null, { path: `/${service}/health/flow` });
  const checks = body.checks as { name: string; healthy: boolean }[];
  return { status, stuck: checks.filter(({ healthy }) => !healthy).map(({ name }) => name) };
}

async function untilAllFlow(): Promise<void> {
  for (const end = Date.now() + 60_000; ; await delay(250)) {
    const flows = await Promise.all(SERVICES.map(flowOf));
    if (flows.every(({ status }) => status === 200)) return;
    if (Date.now() > end) throw new Error(`it does not flow: ${JSON.stringify(flows)}`);
  }
}

const readiness = () =>
  Promise.all(
    SERVICES.map(
      async (service) => (await cairn.client.send(null, { path: `/${service}/health/ready` })).status,
    ),
  );

it('tells of a frozen relay, consumer and projection within 40 s, while readers are answered', async () => {
  const teller = new Teller(cairn.client);
  const { programId } = await teller.give(
    '/enrollment/v1/programs',
    { ...PROGRAM, name: 'Before' },
    { as: 'hr' },
  );
  const overview = `/analytics/v1/programs/${programId}/overview`;
  await cairn.client.until({ roles: ['hr'] }, overview, () => true);

  for (const { service, lock } of FROZEN) {
    const client = await cairn.databases[service].pool.connect();
    holding.push(client);
    await client.query('BEGIN');
    await client.query(lock);
  }
  const frozenAt = Date.now();
  await teller.give(
    '/enrollment/v1/programs',
    { ...PROGRAM, name: 'Meanwhile' },
    { as: 'hr', key: 'meanwhile' },
  );

  const toldAfter = new Map<string, number>();
  while (toldAfter.size < FROZEN.length) {
    const seconds = (Date.now() - frozenAt) / 1000;
    for (const { service, check } of FROZEN) {
      const { status, stuck } = await flowOf(service);
      if (status === 503 && stuck.includes(check) && !toldAfter.has(check)) toldAfter.set(check, seconds);
    }
    // Only what stands still is not content, and every process can answer.
    expect(await flowOf('enrollment')).toEqual({ status: 200, stuck: [] });
    expect(await readiness()).toEqual([200, 200, 200, 200]);
    if (seconds > WITHIN_SECONDS) break;
    await delay(250);
  }
  expect([...toldAfter.keys()].sort()).toEqual(FROZEN.map(({ check }) => check).sort());
  expect(Math.max(...toldAfter.values())).toBeLessThan(WITHIN_SECONDS);
  const stale = await cairn.client.good({ roles: ['hr'] }, { path: overview });
  expect(stale).toMatchObject({ stale: true, program: { name: 'Before' } });
  expect((await cairn.client.send(null, { path: '/health/flow' })).status).toBe(503);
  expect((await cairn.client.send(null, { path: '/health/ready' })).status).toBe(200);

  for (const client of holding.splice(0)) {
    await client.query('ROLLBACK');
    client.release();
  }
  await cairn.client.until({ roles: ['hr'] }, overview, ({ stale: isStale }) => isStale === false);
  await untilAllFlow();
}, 150_000);
