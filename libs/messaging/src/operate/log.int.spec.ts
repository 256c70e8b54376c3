import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore } from '@cairn/event-store';
import { inTransaction } from '@cairn/event-store/postgres';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { uniqueName } from '../conformance/events.js';
import { migrate } from '../migrate.js';
import type { Bus } from '../port.js';
import { WATERMARKS } from '../topics.js';
import { movePublished, refuseUnfitTopics } from './log.js';

describe('topics at a start', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    await migrate(database.pool);
  });
  afterAll(() => database.drop());

  const store = { generation: async () => 1, goesOnBeyond: async () => '' } as unknown as EventStore;
  const refuse = (service: string, bus: Bus) => refuseUnfitTopics(database.pool, service, store, bus);
  const claim = (service: string) =>
    inTransaction(database.pool, (client) => movePublished(client, service, { log: 1, position: '' }));

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
    await expect(refuse(service, bus)).rejects.toThrow('holds events already');
  });

  it('are the service’s own where another replica claims and writes them while this one looks', async () => {
    const service = uniqueName();
    await refuse(
      service,
      written(service, () => claim(service)),
    );
  });

  it('are asked about once, and a bus that does not answer is not waited for', async () => {
    const service = uniqueName();
    const asked: string[] = [];
    const silent = {
      describe: (topics: string[]) => new Promise(() => asked.push(...topics)),
      lastOf: (topic: string) => new Promise(() => asked.push(`end of ${topic}`)),
    } as unknown as Bus;
    const own = [`cairn.${service}.v1`, `cairn.${service}.sensitive.v1`];
    await refuse(service, silent);
    expect(asked.splice(0)).toEqual([...own, WATERMARKS.name]);
    await claim(service);
    await refuse(service, silent);
    expect(asked).toEqual(own.map((topic) => `end of ${topic}`));
  }, 30_000);
});
