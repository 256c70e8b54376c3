import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { uniqueName } from '../conformance/events.js';
import { quiet } from '../conformance/quiet.js';
import { until } from '../conformance/waiting.js';
import { migrate } from '../migrate.js';
import { listConsumers } from '../operate/consumers.js';
import type { Bus } from '../port.js';
import { postgresBus, type PostgresBus } from '../postgres/index.js';
import { WATERMARKS } from '../topics.js';
import { freshness, type Watermark } from '../watermarks.js';
import { BatchConsumer } from './batch-consumer.js';
import { registerGroup } from './start.js';

quiet();

/** What does not depend on the bus; the rest of what a consumer does is in the conformance suite. */
describe('a consumer', () => {
  let database: TestDatabase;
  let bus: PostgresBus;
  let group: string;
  let consumer: BatchConsumer | undefined;
  beforeAll(async () => {
    database = await testDatabase();
    await migrate(database.pool);
    bus = postgresBus({ connectionString: database.url, partitions: 1 });
  });
  beforeEach(() => {
    group = uniqueName();
  });
  afterEach(() => consumer?.stop());
  afterAll(async () => {
    await bus?.close();
    await database?.drop();
  });

  const start = async (on: Bus): Promise<BatchConsumer> => {
    const { pool } = database;
    const topics = ['cairn.a.v1'];
    await registerGroup(pool, group, topics);
    consumer = new BatchConsumer({
      bus: on,
      pool,
      group,
      topics,
      handle: async () => {},
      lookEveryMs: 20,
    });
    consumer.start();
    return consumer;
  };

  it('says that it runs though the bus does not answer', async () => {
    const { promise: over, resolve: end } = Promise.withResolvers<never>();
    await start(Object.create(bus, { describe: { value: () => over } }) as Bus);
    const seenAt = async () =>
      (await listConsumers(database.pool)).find((each) => each.group === group)?.seenAt?.getTime();
    const told = new Set<number | undefined>();
    try {
      await until('it is heard of again and again', async () => told.add(await seenAt()).size > 5);
    } finally {
      end(new Map() as never);
    }
  });

  it('no longer tells what was wrong with the watermarks once they are taken in again', async () => {
    const reading = await start(bus);
    const faults = async () => ((await reading.status()).detail as { faults: string[] }).faults;
    await database.pool.query('ALTER TABLE bus_in.watermarks ADD CONSTRAINT none CHECK (false) NOT VALID');
    const at = new Date().toISOString();
    const watermark: Watermark = {
      service: 'a',
      log: '1',
      head: '',
      published: '',
      covered: at,
      at,
      offsets: {},
    };
    const message = { topic: WATERMARKS.name, partition: 0, key: 'a', headers: {} };
    await bus.ensureTopics([WATERMARKS]);
    await bus.publish([{ ...message, value: Buffer.from(JSON.stringify(watermark)) }]);
    await until('it says so', async () => (await faults()).some((each) => each.startsWith(WATERMARKS.name)));
    await database.pool.query('ALTER TABLE bus_in.watermarks DROP CONSTRAINT none');
    await until('it is taken in', async () => (await freshness(database.pool, group, new Date())).length > 0);
    await until('it is over', async () => (await faults()).length === 0);
  });
});
