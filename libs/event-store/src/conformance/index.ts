import { afterAll, afterEach, beforeAll, beforeEach, describe } from '@jest/globals';
import type { AppendRequest, EventStore } from '../port.js';
import { appending } from './appending.js';
import { racing } from './racing.js';
import { reading } from './reading.js';
import { subscribing } from './subscribing.js';

/** One log and the ways to it. Each `store` call opens it anew, with connections of its own, as another process would. */
export interface LogUnderTest {
  open(): Promise<EventStore>;
  /**
   * Only where an append can stand in a longer transaction: begins one, appends, waits, then commits or rolls back.
   * Rejects when the append is refused.
   */
  inTransaction?(requests: readonly AppendRequest[], end: { holdMs: number; commit: boolean }): Promise<void>;
  dispose(): Promise<void>;
}

/** What the specs share: the log, and a store on it that is opened before each and closed after it. */
export interface Scene {
  log: LogUnderTest;
  store: EventStore;
  /** Opens another one, closed with the first. */
  another(): Promise<EventStore>;
}

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
