import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { contracts, goldenOf, type ContractEvent } from '@cairn/contracts';
import { eventId, newId, type EventToAppend } from '@cairn/event-store';
import { registerInbox } from '@cairn/messaging';
import { standInEventStore } from '@cairn/testing';
import { Module } from '@nestjs/common';
import type { ServiceDefinition, ServiceParts } from './definition.js';
import { startService } from './start.js';
import { testService, type TestService } from './testing/index.js';

@Module({})
class Nothing {}

let service: TestService;
let parts: ServiceParts;
const definition: ServiceDefinition = {
  name: 'goals',
  title: 'Goals',
  description: 'A service with nothing in it but its log.',
  holdsText: false,
  migrate: async (given) => void (parts = given),
  module: () => ({ module: Nothing }),
  publish: ({ data }) => [{ name: 'PracticeReported', data } as ContractEvent],
};
beforeAll(async () => {
  service = await testService(definition);
});
afterAll(() => service.stop());

const golden = goldenOf(contracts.get('PracticeReported')!).data as object;

const reported = (data: object): EventToAppend => {
  const commandId = newId();
  return {
    id: eventId(commandId, 0),
    type: 'Reported',
    occurredAt: '2026-03-02T09:00:00.000Z',
    data: { ...golden, ...data },
    metadata: {
      tenantId: service.tenantId,
      commandId,
      correlationId: commandId,
      actor: { subject: 'spec', role: 'coachee' },
    },
  };
};

it('takes nothing into its log that its relay could not send, and so goes on sending', async () => {
  await expect(parts.log.append('goal-1', [reported({ done: null })], 0)).rejects.toMatchObject({
    name: 'PermanentFault',
    reason: 'unpublishable',
  });
  await parts.log.append('goal-2', [reported({ done: 'yes' })], 0);
  const feed = await service.call('GET', '/v1/events', { as: { roles: ['integration'] } });
  expect(feed.body.events).toMatchObject([{ subject: 'goal-2', data: { done: 'yes' } }]);
  const head = (feed.body.next as string).split('-').at(-1);
  const published = await service.until(
    () => service.call('GET', '/health/flow'),
    ({ body }) => JSON.stringify(body).includes(`"published":"${head}"`),
  );
  expect(published.status).toBe(200);
  expect(JSON.stringify(published.body)).toContain(`"published":"${head}"`);
});

it('does not start on topics that hold what another Cairn has published', async () => {
  await parts.log.append('goal-3', [reported({ done: 'yes' })], 0);
  await service.published();
  await expect(testService(definition, { busUrl: service.busUrl })).rejects.toThrow(
    /cairn\.goals\.v1 holds events already.*Give this one a bus of its own/,
  );
});

it('does not start on the database of another service, and changes nothing there', async () => {
  await registerInbox(service.pool, 'goals.inbox', []);
  const tables = async () =>
    (await service.pool.query(`SELECT schemaname, tablename FROM pg_tables ORDER BY 1, 2`)).rows;
  const before = await tables();
  const sessions = {
    ...definition,
    name: 'sessions',
    inbox: { group: 'sessions.inbox', topics: [] },
  } as const;
  await expect(startService(sessions, parts.config)).rejects.toThrow(
    'DATABASE_URL is the database of goals: sessions needs one of its own.',
  );
  expect(await tables()).toEqual(before);
});

it('says what its database owes to EventStoreDB, and that facts do not flow once that is older than 30 s', async () => {
  const server = await standInEventStore();
  const { connectionString } = server;
  const beside = await testService(
    { ...definition, eventSourced: true },
    { eventStore: { kind: 'eventstoredb', connectionString } },
  );
  const owed = async () => {
    const { status, body } = await beside.call('GET', '/health/flow');
    const check = (body.checks as { name: string }[]).find(({ name }) => name === 'events owed to the log');
    return { status, check };
  };
  try {
    expect(await owed()).toMatchObject({ status: 200, check: { healthy: true, detail: { appends: 0 } } });
    server.stop();
    // Left by a process that died after its COMMIT.
    await beside.pool.query(
      `INSERT INTO owed.appends (stream, debt, ordinal, expected_version, events)
       VALUES ('goal-1', gen_random_uuid(), 0, 0, $1)`,
      [JSON.stringify([reported({ done: 'yes' })])],
    );
    expect(await owed()).toMatchObject({ check: { healthy: true, detail: { appends: 1 } } });
    await beside.pool.query(`UPDATE owed.appends SET since = now() - interval '31 seconds'`);
    expect(await owed()).toMatchObject({ status: 503, check: { healthy: false, detail: { appends: 1 } } });
  } finally {
    await server.start();
    await beside.stop();
    await server.remove();
  }
});
