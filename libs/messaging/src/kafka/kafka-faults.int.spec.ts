import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import type { Context } from '@cairn/contracts';
import { freePort } from '@cairn/embedded';
import { migrate as migrateLog, openPostgresLog, type PostgresEventStore } from '@cairn/event-store/postgres';
import { freeze, kafkaOrSkip, startKafka, testDatabase, type Kafka, type TestDatabase } from '@cairn/testing';
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
import type { BatchConsumer } from '../consumer/batch-consumer.js';
import { TopicMissing } from '../faults.js';
import { listConsumers } from '../operate/consumers.js';
import type { Bus } from '../port.js';
import { startRelay, type Relay } from '../relay/relay.js';
import { sleep } from '../waiting.js';
import { kafkaBus } from './index.js';
import { kafkaClient } from './kafkajs.js';

quiet();

/** Everybody may do everything to what nothing is said about. */
const WITH_ACCESS_CONTROL = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'allow.everyone.if.no.acl.found': 'true',
};

((await kafkaOrSkip()) ? describe : describe.skip)('over a Kafka that fails', () => {
  let port: number;
  let kafka: Kafka | undefined;
  let database: TestDatabase;
  let store: PostgresEventStore;
  let bus: Bus;
  let relay: Relay;
  const story = new Story(uniqueName(), 8);
  const group = uniqueName();
  const consumers = new Consumers();
  let consumer: BatchConsumer;
  const warnings: string[] = [];
  const onWarning = ({ name }: Error) => void warnings.push(name);
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown) => void unhandled.push(error);

  beforeAll(async () => {
    process.on('warning', onWarning);
    process.on('unhandledRejection', onUnhandled);
    port = await freePort();
    database = await testDatabase();
    await prepareEffects(database.pool);
    await migrateLog(database.pool);
    store = openPostgresLog({ pool: database.pool });
    bus = kafkaBus({ brokers: [`127.0.0.1:${port}`], clientId: 'spec', partitions: 3 });
  });
  afterAll(async () => {
    await relay?.stop();
    await consumers.stopAll();
    await bus?.close();
    await store?.close();
    await database?.drop();
    await kafka?.stop();
    process.off('warning', onWarning);
    process.off('unhandledRejection', onUnhandled);
  });

  const append = async (count: number) => {
    for (const [stream, of] of Map.groupBy(story.take(count), (event) => event.stream))
      await store.append(stream, of, of[0]!.version - 1);
  };

  it('waits for a broker that is not there yet, and says so', async () => {
    relay = startRelay({
      service: story.service as Context,
      store,
      pool: database.pool,
      bus,
      publish: publishAll,
    });
    consumer = await consumers.start(bus, database.pool, group, [story.topic], writeEffects('one'));
    await append(80);
    const says = async (part: { status(): Promise<unknown> }) =>
      JSON.stringify(await part.status()).includes('KafkaJS');
    await until('both say so', async () => (await says(relay)) && (await says(consumer)));
    // The process is there, whatever the broker does: whoever lists the consumers sees it.
    const seenAt = async () =>
      (await listConsumers(database.pool)).find((each) => each.group === group)?.seenAt;
    const last = await seenAt();
    await until('it is heard of again', async () => ((await seenAt()) ?? 0) > (last ?? 0));
    kafka = await startKafka({ own: true, port, settings: WITH_ACCESS_CONTROL });
    await until('80 effects', async () => (await countEffects(database.pool)) >= 80);
  }, 120_000);

  it('loses and repeats nothing while the broker is stopped and started under load', async () => {
    const enough = new AbortController();
    let appended = 80;
    const load = (async () => {
      while (!enough.signal.aborted) {
        await append(40);
        appended += 40;
        await sleep(20);
      }
    })();
    await sleep(1_000);
    await kafka!.restart();
    await kafka!.restart();
    await sleep(500);
    enough.abort();
    await load;
    await until(`${appended} effects`, async () => (await countEffects(database.pool)) >= appended, 60_000);
    const effects = await effectsByStream(database.pool);
    for (const stream of story.streams) expect(effects.get(stream)).toEqual(upTo(appended / 8));
  }, 150_000);

  it('is named where it is frozen: connections open, and no answers', async () => {
    // In a container it is no process of ours.
    if (kafka!.pid === undefined) return;
    const silent = `Kafka at 127.0.0.1:${port} does not answer`;
    const trouble = async () =>
      (await listConsumers(database.pool)).find((each) => each.group === group)?.trouble;
    const thaw = freeze(kafka!.pid);
    try {
      await until('it is named', async () => (await trouble())?.includes(silent) === true);
      expect(JSON.stringify(await consumer.status())).toContain(silent);
    } finally {
      thaw();
    }
    await until('it answers again', async () => (await trouble()) === null, 90_000);
  }, 180_000);

  it('commits offsets for lag tools to see', async () => {
    const admin = kafkaClient([`127.0.0.1:${port}`], 'spec').admin();
    await admin.connect();
    try {
      await until('they catch up', async () => {
        await append(8);
        await sleep(500);
        const [of] = await admin.fetchOffsets({ groupId: group, topics: [story.topic] });
        const ends = (await bus.describe([story.topic])).get(story.topic)!.partitions;
        // A partition that no stream falls into has nothing to commit.
        return of!.partitions.every(
          ({ partition, offset }) =>
            ends[partition]!.high === 0 || Number(offset) > ends[partition]!.high / 2,
        );
      });
    } finally {
      await admin.disconnect();
    }
  });

  it('names the topic to create where it may not create any', async () => {
    const strict = kafkaBus({ brokers: [`127.0.0.1:${port}`], clientId: 'spec', createTopics: false });
    try {
      const missing = strict.ensureTopics([{ name: 'cairn.missing.v1', partitions: 6 }]);
      await expect(missing).rejects.toThrow(TopicMissing);
      await expect(missing).rejects.toThrow('--create --topic cairn.missing.v1 --partitions 6');
      await strict.ensureTopics([{ name: story.topic }]);
    } finally {
      await strict.close();
    }
  });

  it('names the topic to create where the broker does not let it', async () => {
    const admin = kafkaClient([`127.0.0.1:${port}`], 'spec').admin();
    const { CLUSTER, TOPIC } = AclResourceTypes;
    const { ALL, ANY, CREATE, DESCRIBE } = AclOperationTypes;
    const cluster = { resourceType: CLUSTER, resourceName: 'kafka-cluster' };
    const topic = { resourceType: TOPIC, resourceName: 'cairn.refused.v1' };
    const resourcePatternType = ResourcePatternTypes.LITERAL;
    const anybody = { principal: 'User:ANONYMOUS', host: '*', resourcePatternType };
    const { ALLOW, DENY, ANY: EITHER } = AclPermissionTypes;
    await admin.connect();
    try {
      await admin.createAcls({
        acl: [
          { ...cluster, ...anybody, operation: ALL, permissionType: ALLOW },
          { ...cluster, ...anybody, operation: CREATE, permissionType: DENY },
          { ...topic, ...anybody, operation: DESCRIBE, permissionType: ALLOW },
        ],
      });
      const asked = { ...topic, resourcePatternType, operation: ANY, permissionType: EITHER };
      await until('it knows', async () => (await admin.describeAcls(asked)).resources.length > 0);
    } finally {
      await admin.disconnect();
    }
    const refused = bus.ensureTopics([{ name: 'cairn.refused.v1' }]);
    await expect(refused).rejects.toThrow(TopicMissing);
    await expect(refused).rejects.toThrow(
      'the broker refuses to create it (TOPIC_AUTHORIZATION_FAILED); create it with 3 partition(s)',
    );
  });

  it('leaves no error unhandled and no timer in the past', () => {
    expect(unhandled).toEqual([]);
    expect(warnings.filter((name) => name === 'TimeoutNegativeWarning')).toEqual([]);
  });
});
