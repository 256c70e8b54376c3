import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Context } from '@cairn/contracts';
import {
  openPool,
  migrate as migrateLog,
  openPostgresLog,
  type PostgresEventStore,
} from '@cairn/event-store/postgres';
import { startPostgres, testDatabase, type TestDatabase, type TestPostgres } from '@cairn/testing';
import type { Pool } from 'pg';
import {
  Consumers,
  countEffects,
  effectsByStream,
  prepareEffects,
  upTo,
  writeEffects,
} from '../conformance/effects.js';
import { publishAll, Story, uniqueName } from '../conformance/events.js';
import { quiet } from '../conformance/quiet.js';
import { until } from '../conformance/waiting.js';
import { migrate } from '../migrate.js';
import { refuseAnotherLog, refuseUnfitTopics } from '../operate/log.js';
import type { Bus, BusMessage } from '../port.js';
import { postgresBus, type PostgresBus } from '../postgres/index.js';
import { startRelay, type Relay } from './relay.js';

quiet();

/**
 * The server of a service's database is told to stop immediately: what it has not written is lost, as when its machine
 * fails. Bus and consumers are on a server of their own: no commit of theirs takes anything of the service to disk.
 */
describe('a relay whose PostgreSQL crashes', () => {
  let server: TestPostgres;
  let pool: Pool;
  let store: PostgresEventStore;
  let busDatabase: TestDatabase;
  let bus: PostgresBus;
  let relay: Relay | undefined;
  let story: Story;
  const consumers = new Consumers();

  beforeAll(async () => {
    [server, busDatabase] = await Promise.all([startPostgres({ durable: true }), testDatabase()]);
    pool = openPool({ connectionString: server.url });
    bus = postgresBus({ connectionString: busDatabase.url, partitions: 3 });
    // What is not flushed stays in memory, so that a crash takes it for sure.
    await pool.query(`ALTER SYSTEM SET wal_writer_delay = '10s'`);
    await pool.query('SELECT pg_reload_conf()');
    await migrate(pool);
    await prepareEffects(busDatabase.pool);
  });
  beforeEach(async () => {
    await migrateLog(pool);
    store = openPostgresLog({ pool });
    story = new Story(uniqueName(), 6);
  });
  afterEach(async () => {
    await relay?.stop();
    await consumers.stopAll();
    await store.close();
    await pool.query('DROP SCHEMA log CASCADE');
    await busDatabase.pool.query('TRUNCATE effects');
  });
  afterAll(async () => {
    await bus?.close();
    await pool?.end();
    await busDatabase?.drop();
    await server?.stop();
  });

  const crash = async () => {
    process.kill(server.pid, 'SIGQUIT');
    await server.restart();
  };
  const append = async (count: number) => {
    for (const [stream, of] of Map.groupBy(story.take(count), (event) => event.stream))
      await store.append(stream, of, of[0]!.version - 1);
  };
  const row = async () => {
    const { rows } = await pool.query<{ log: number | null; position: string }>(
      'SELECT log, position FROM relay.relays WHERE service = $1',
      [story.service],
    );
    return rows[0] ?? { log: null, position: '' };
  };
  const start = (over: Bus = bus) =>
    (relay = startRelay({
      service: story.service as Context,
      store,
      pool,
      bus: over,
      publish: publishAll,
    }));
  /** The bus, of which the first sending of events goes through `send`; nothing else is sent before it. */
  const firstSending = (send: (messages: readonly BusMessage[]) => ReturnType<Bus['publish']>): Bus => {
    let first = true;
    const publish: Bus['publish'] = async (messages) => {
      if (!first) return bus.publish(messages);
      if (messages[0]!.topic !== story.topic) throw new Error('no watermark yet: its mark would be flushed');
      first = false;
      return send(messages);
    };
    return Object.create(bus, { publish: { value: publish } }) as Bus;
  };
  const consume = () =>
    consumers.start(bus, busDatabase.pool, uniqueName(), [story.topic], writeEffects('one'));
  const sent = async () => {
    const { partitions } = (await bus.describe([story.topic])).get(story.topic)!;
    return partitions.reduce((sum, { high }) => sum + high, 0);
  };
  /** As a service starts: it asks first whether log and topics are its own. */
  const startService = async () => {
    await refuseAnotherLog(pool, story.service, store);
    await refuseUnfitTopics(pool, story.service, store, bus);
    start();
  };
  const expectEachOnce = async (perStream: number) => {
    await until('all effects', async () => (await countEffects(busDatabase.pool)) >= perStream * 6);
    // A repeat would come before what is published after it.
    await append(6);
    await until('what came after', async () => (await countEffects(busDatabase.pool)) >= (perStream + 1) * 6);
    const effects = await effectsByStream(busDatabase.pool);
    for (const stream of story.streams) expect(effects.get(stream)).toEqual(upTo(perStream + 1));
  };

  it.each([
    ['stays up', async () => undefined],
    [
      'ends with it',
      async () => {
        await relay!.stop();
        await startService();
      },
    ],
  ])(
    'between claiming the topics and the first sending publishes all once, where its process %s',
    async (_, then) => {
      const crashed = Promise.withResolvers<void>();
      await append(60);
      start(
        firstSending(async () => {
          await crash().then(crashed.resolve, crashed.reject);
          throw new Error('nothing was sent');
        }),
      );
      await crashed.promise;
      expect(await sent()).toBe(0);
      await then();
      await consume();
      await expectEachOnce(10);
      expect(await sent()).toBe(66);
    },
  );

  it('between the first sending and its checkpoint knows the topics for its own, and publishes again to no effect', async () => {
    const crashed = Promise.withResolvers<unknown>();
    await append(60);
    await consume();
    start(
      firstSending(async (messages) => {
        const acknowledged = await bus.publish(messages);
        await crash().then(row).then(crashed.resolve, crashed.reject);
        return acknowledged;
      }),
    );
    expect(await crashed.promise).toEqual({ log: await store.generation(), position: '' });
    await relay!.stop();
    await startService();
    await expectEachOnce(10);
    expect(await sent()).toBe(126);
  });

  it('after a checkpoint that was not on disk yet does so too, at the first sending and at later ones', async () => {
    await consume();
    let perStream = 0;
    let lost = 0;
    // Whatever else commits takes the checkpoint to disk with it, as the lease's own renewal does now and then.
    for (let crashes = 0; crashes < 6 && lost < 2; crashes++) {
      const { position: before } = await row();
      await append(60);
      perStream += 10;
      start();
      let moved = before;
      for (; moved === before; moved = (await row()).position);
      await crash();
      const { log, position } = await row();
      expect(log).toBe(await store.generation());
      if (position < moved) lost += 1;
      await relay!.stop();
      await startService();
      await until('all effects', async () => (await countEffects(busDatabase.pool)) >= perStream * 6);
      await relay!.stop();
    }
    expect(lost).toBe(2);
    await startService();
    await expectEachOnce(perStream);
  });
});
