import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePort } from '@cairn/embedded';
import { eventId, metadataOf, newId, type EventToAppend, type StoredEvent } from '@cairn/event-store';
import { migrate, openPool, openPostgresLog, type PostgresEventStore } from '@cairn/event-store/postgres';
import {
  BatchConsumer,
  migrate as migrateMessaging,
  registerGroup,
  startRelay,
  topicSpecsOf,
  type Relay,
} from '@cairn/messaging';
import { postgresBus, type PostgresBus } from '@cairn/messaging/postgres';
import {
  installProjections,
  runProjections,
  type Projection,
  type RunningProjections,
} from '@cairn/projections';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import type { Pool } from 'pg';
import type { LostAnswer } from '../plan.js';
import { Proxy } from './proxy.js';
import { watchPostgres } from './watch.js';

/*
 * A fault strikes only where the proxy knows the statement again: here the real parts send theirs, each behind a proxy.
 */
const GROUP = 'sessions.inbox';
const [{ name: TOPIC }] = topicSpecsOf('sessions') as [{ name: string }];
const projection: Projection<StoredEvent> = {
  name: 'none',
  version: 1,
  tables: [],
  concerns: ({ version }) => version % 2 === 0,
  apply: async () => undefined,
};

let database: TestDatabase;
let busDatabase: TestDatabase;
let proxy: Proxy;
let pool: Pool;
let store: PostgresEventStore;
let bus: PostgresBus;
let relay: Relay;
let consumer: BatchConsumer;
let projections: RunningProjections;
beforeAll(async () => {
  [database, busDatabase] = await Promise.all([testDatabase(), testDatabase()]);
  const url = new URL(database.url);
  proxy = await Proxy.open(await freePort(), Number(url.port), () => watchPostgres('me'));
  url.port = String(proxy.port);
  await migrate(database.pool);
  await migrateMessaging(database.pool);
  await installProjections(database.pool, [projection]);
  await registerGroup(database.pool, GROUP, [TOPIC]);
  bus = postgresBus({ connectionString: busDatabase.url });
  await bus.ensureTopics(topicSpecsOf('sessions'));
  pool = openPool({ connectionString: url.href });
  store = openPostgresLog({ pool });
  relay = startRelay({ service: 'sessions', store, pool, bus, publish: () => [] });
  consumer = new BatchConsumer({ bus, pool, group: GROUP, topics: [TOPIC], handle: async () => undefined });
  consumer.start();
  projections = runProjections({ pool, log: store, projections: [projection] });
}, 60_000);
afterAll(async () => {
  await projections.stop();
  await consumer.stop();
  await relay.stop();
  await store.close();
  await pool.end();
  await bus.close();
  await proxy.close();
  await Promise.all([database.drop(), busDatabase.drop()]);
});

let version = 0;
const append = async () => {
  const commandId = newId();
  const actor = { subject: 's', role: 'hr' };
  const event: EventToAppend = {
    id: eventId(commandId, 0),
    type: 'Happened',
    occurredAt: '2026-01-01T00:00:00.000Z',
    data: {},
    metadata: metadataOf({ commandId, tenantId: newId(), actor, correlationId: commandId }),
  };
  await store.append('session-1', [event], version++);
};
/** No envelope: it is put aside, and the checkpoint moves past it. */
const publish = () =>
  bus.publish([{ topic: TOPIC, partition: 0, key: null, value: Buffer.from('?'), headers: {} }]);

it.each<[LostAnswer, () => Promise<unknown>]>([
  ['append', append],
  ['relay-checkpoint', append],
  ['consumer-checkpoint', publish],
  ['projection-checkpoint', append],
  ['projection-checkpoint', append],
])('an answer can be lost to what the services send: %s', async (answer, cause) => {
  const lost = proxy.loseAnswer('me', answer, 0, AbortSignal.timeout(20_000));
  // The append itself is struck in one of them.
  await cause().catch(() => undefined);
  expect(await lost).toBe(true);
});
