import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { countEffects, prepareEffects, writeEffects } from '../conformance/effects.js';
import { messagesOf, Story, uniqueName } from '../conformance/events.js';
import { quiet } from '../conformance/quiet.js';
import { until } from '../conformance/waiting.js';
import { PermanentFault, TransientFault } from '../faults.js';
import { listDeadLetters } from '../operate/dead-letters.js';
import { postgresBus, type PostgresBus } from '../postgres/index.js';
import { EventBatch } from './event-batch.js';
import type { ConsumedBatch } from './received.js';
import { registerGroup } from './start.js';
import { CairnTransport } from './transport.js';

quiet();

const GROUP = 'spec.inbox';
let failure: Error | undefined;

@Controller()
class Inbox {
  @EventBatch(GROUP)
  async take(batch: ConsumedBatch): Promise<void> {
    await writeEffects('nest')(batch);
    if (failure) throw failure;
  }
}

@Module({ controllers: [Inbox] })
class SpecModule {}

describe('the transport', () => {
  let database: TestDatabase;
  let busDatabase: TestDatabase;
  let bus: PostgresBus;
  let transport: CairnTransport;
  let app: INestApplication;
  const story = new Story(uniqueName(), 1);

  beforeAll(async () => {
    [database, busDatabase] = await Promise.all([testDatabase(), testDatabase()]);
    await prepareEffects(database.pool);
    await registerGroup(database.pool, GROUP, [story.topic]);
    bus = postgresBus({ connectionString: busDatabase.url, partitions: 1 });
    await bus.ensureTopics([{ name: story.topic }]);
    transport = new CairnTransport({ bus, pool: database.pool, group: GROUP, topics: [story.topic] });
    app = await NestFactory.create(SpecModule, new FastifyAdapter(), { logger: false });
    app.connectMicroservice({ strategy: transport });
    expect(await transport.flow()).toMatchObject({ healthy: false, detail: 'not started' });
    await app.startAllMicroservices();
    await app.init();
  });
  afterAll(async () => {
    await app?.close();
    await bus?.close();
    await database?.drop();
    await busDatabase?.drop();
  });

  const publish = () => bus.publish(messagesOf(story, story.take(1), 1));

  it('hands batches to the method that is marked', async () => {
    await publish();
    await until('the effect', async () => (await countEffects(database.pool)) === 1);
    expect(await transport.flow()).toMatchObject({ name: `consumer ${GROUP}`, healthy: true });
  });

  it('sees what the method throws: what passes is tried again', async () => {
    failure = new TransientFault('the weather');
    await publish();
    await until('it is retried', async () => JSON.stringify(await transport.flow()).includes('the weather'));
    expect(await listDeadLetters(database.pool)).toEqual([]);
    failure = undefined;
    await until('the effect', async () => (await countEffects(database.pool)) === 2);
  });

  it('sees what the method throws: what stays is a dead letter', async () => {
    failure = new PermanentFault('not-for-us', 'cannot be handled');
    await publish();
    await until('the dead letter', async () => (await listDeadLetters(database.pool)).length === 1);
    expect((await listDeadLetters(database.pool))[0]).toMatchObject({
      reason: 'not-for-us',
      detail: 'cannot be handled',
    });
    expect(await countEffects(database.pool)).toBe(2);
  });

  it('does not start without a method for its group', () => {
    const without = new CairnTransport({ bus, pool: database.pool, group: 'nobody', topics: [story.topic] });
    expect(() => without.listen(() => undefined)).toThrow("@EventBatch('nobody')");
  });
});
