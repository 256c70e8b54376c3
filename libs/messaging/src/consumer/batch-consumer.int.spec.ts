import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { readByHand } from '../conformance/by-hand.js';
import { messagesOf, send, Story, uniqueName } from '../conformance/events.js';
import { quiet } from '../conformance/quiet.js';
import { until } from '../conformance/waiting.js';
import { TransientFault } from '../faults.js';
import { migrate } from '../migrate.js';
import { listConsumers } from '../operate/consumers.js';
import type { Bus } from '../port.js';
import { postgresBus, type PostgresBus } from '../postgres/index.js';
import { WATERMARKS } from '../topics.js';
import { freshness, type Watermark } from '../watermarks.js';
import { BatchConsumer } from './batch-consumer.js';
import type { BatchHandler } from './received.js';
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

  const start = async (
    on: Bus,
    topics: readonly string[] = ['cairn.a.v1'],
    handle: BatchHandler = async () => {},
  ): Promise<BatchConsumer> => {
    const { pool } = database;
    await registerGroup(pool, group, topics);
    consumer = new BatchConsumer({
      bus: on,
      pool,
      group,
      topics,
      handle,
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

  it('is listed with the partition that stands, since when and on what, until that goes on', async () => {
    const story = new Story(uniqueName(), 1);
    const { topic } = story;
    let tries = 0;
    let mended = false;
    await start(bus, [topic], async ({ events }) => {
      if (mended || events.every(({ offset }) => offset !== 1)) return;
      tries += 1;
      throw new TransientFault('not for now');
    });
    const listed = async () =>
      (await listConsumers(database.pool))
        .find((each) => each.group === group)
        ?.partitions.find((each) => each.topic === topic);
    await bus.ensureTopics([{ name: topic }]);
    await send(bus, messagesOf(story, story.take(3), 1));
    await until('it stands', async () => {
      const at = await listed();
      return at?.offset === 0 && at.fault !== null;
    });
    const standing = (await listed())!;
    expect(standing.fault).toEqual({ reason: 'TransientFault: not for now', since: expect.any(Date) });
    // However often it is tried, it has stood since then.
    const before = tries;
    await until('it was tried again', () => tries > before + 1);
    expect(await listed()).toEqual(standing);
    mended = true;
    await until('it goes on', async () => (await listed())?.offset === 2);
    expect(await listed()).toMatchObject({ fault: null });
  });

  it('that stands still in the middle of a batch lets another one handle it within half a minute', async () => {
    const { pool } = database;
    const story = new Story(uniqueName(), 1);
    const { topic } = story;
    await bus.ensureTopics([{ name: topic }]);
    await registerGroup(pool, group, [topic]);
    const stored = messagesOf(story, story.take(1), 1);
    await send(bus, stored);
    const read = (handle: BatchHandler) => readByHand({ pool, bus, group, topic }, stored, 1, handle);
    const stands = Promise.withResolvers<void>();
    const goesOn = Promise.withResolvers<void>();
    const standing = read(async () => {
      stands.resolve();
      await goesOn.promise;
    });
    await stands.promise;
    const handledByAnother = () =>
      read(async () => undefined).then(
        ({ kind }) => kind === 'handled',
        () => false,
      );
    await until('another one handles it', handledByAnother, 30_000).finally(goesOn.resolve);
    await expect(standing).rejects.toThrow();
  }, 60_000);

  it('is listed with what keeps the bus from being read', async () => {
    const fault = new TransientFault('Kafka at k:9092 does not answer');
    let away = true;
    const describe = { value: (topics: string[]) => (away ? Promise.reject(fault) : bus.describe(topics)) };
    const reading = await start(Object.create(bus, { describe }) as Bus);
    const trouble = async () =>
      (await listConsumers(database.pool)).find((each) => each.group === group)?.trouble;
    await until('it is told', async () => (await trouble()) === `TransientFault: ${fault.message}`);
    away = false;
    await until('it is over', async () => (await trouble()) === null);
    expect((await reading.status()).detail).toMatchObject({ faults: [] });
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
