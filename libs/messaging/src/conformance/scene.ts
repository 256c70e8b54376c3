import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { Pool } from 'pg';
import type { Bus } from '../port.js';
import { Consumers, prepareEffects } from './effects.js';
import { Story, uniqueName } from './events.js';
import type { BusUnderTest, OpenBus } from './under-test.js';

/** What the specs of consumers share: the bus, as two replicas see it, and a database for their effects. */
export interface Scene {
  under: BusUnderTest;
  bus: Bus;
  other: Bus;
  pool: Pool;
}

/** Opens a scene before the specs of a block and closes it after them; consumers and effects end with each spec. */
export function useScene(open: OpenBus, partitions: number) {
  const scene = {} as Scene;
  const consumers = new Consumers();
  let drop: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    scene.under = await open();
    const database = await scene.under.database();
    drop = () => database.drop();
    scene.pool = database.pool;
    await prepareEffects(scene.pool);
    scene.bus = scene.under.connect();
    scene.other = scene.under.connect();
  });
  afterEach(async () => {
    await consumers.stopAll();
    await scene.pool.query('TRUNCATE effects');
  });
  afterAll(async () => {
    await scene.bus?.close();
    await scene.other?.close();
    await drop?.();
    await scene.under?.close();
  });

  return {
    scene,
    consumers,
    /** Streams on a topic of their own. */
    newStory: async (streams: number, tenants?: readonly string[]): Promise<Story> => {
      const story = new Story(uniqueName(), streams, tenants);
      await scene.bus.ensureTopics([{ name: story.topic, partitions }]);
      return story;
    },
  };
}
