import { afterAll, afterEach, beforeAll, beforeEach, describe } from '@jest/globals';
import type { EventStore } from '../port.js';
import { appending } from './appending.js';
import { racing } from './racing.js';
import { reading } from './reading.js';
import type { LogUnderTest, Scene } from './scene.js';
import { subscribing } from './subscribing.js';

export type { LogUnderTest } from './scene.js';
export { stoppedWriter } from './stopped-writer.js';

/** What every adapter of the port must do, on one log that fills up as the specs run. */
export function describeEventStore(name: string, make: () => Promise<LogUnderTest>): void {
  describe(`${name} as an event store`, () => {
    const opened: EventStore[] = [];
    const scene = {} as Scene;
    scene.another = async () => {
      const store = await scene.log.open();
      opened.push(store);
      return store;
    };
    beforeAll(async () => {
      scene.log = await make();
    });
    beforeEach(async () => {
      scene.store = await scene.another();
    });
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });
    afterAll(() => scene.log.dispose());

    appending(scene);
    racing(scene);
    reading(scene);
    subscribing(scene);
  });
}
