import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inTransaction } from '@cairn/event-store/postgres';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { uniqueName } from '../conformance/events.js';
import { migrate } from '../migrate.js';
import type { Bus } from '../port.js';
import { movePublished, refuseTakenTopics } from './log.js';

describe('topics at a first start', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    await migrate(database.pool);
  });
  afterAll(() => database.drop());

  /** A bus on which somebody's events are seen when it is asked; `meanwhile` is what happens just before. */
  const written = (service: string, meanwhile: () => Promise<unknown>): Bus =>
    ({
      describe: async () => {
        await meanwhile();
        const partitions = [{ low: 0, high: 1 }];
        return new Map([[`cairn.${service}.v1`, { clusterId: 'c', topicId: 't', partitions }]]);
      },
    }) as unknown as Bus;

  it('are somebody else’s where nobody of the service has claimed them', async () => {
    const service = uniqueName();
    const bus = written(service, async () => undefined);
    await expect(refuseTakenTopics(database.pool, service, bus)).rejects.toThrow('holds events already');
  });

  it('are the service’s own where another replica claims and writes them while this one looks', async () => {
    const service = uniqueName();
    const bus = written(service, () =>
      inTransaction(database.pool, (client) => movePublished(client, service, { log: 1, position: '' })),
    );
    await refuseTakenTopics(database.pool, service, bus);
  });
});
