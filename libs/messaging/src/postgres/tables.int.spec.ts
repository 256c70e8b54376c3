import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { uniqueName } from '../conformance/events.js';
import { postgresBus, type PostgresBus } from './bus.js';

let database: TestDatabase;
let bus: PostgresBus;
beforeAll(async () => {
  database = await testDatabase();
  bus = postgresBus({ connectionString: database.url });
});
afterAll(async () => {
  await bus?.close();
  await database?.drop();
});

it('what is published at once is sent in statements that a string can hold, however large the messages are', async () => {
  const topic = uniqueName();
  await bus.ensureTopics([{ name: topic, partitions: 2 }]);
  const value = Buffer.alloc(900_000, 'x');
  const messages = Array.from({ length: 30 }, (_, n) => ({
    topic,
    partition: n % 2,
    key: String(n),
    value,
    headers: {},
  }));
  const query = jest.spyOn(bus.pool, 'query');
  const last = await bus.publish(messages);
  const sent = query.mock.calls.map(([, values]) => (values as unknown as Buffer[][])[4]!);
  query.mockRestore();
  expect(last).toEqual(
    new Map([
      [`${topic}/0`, 14],
      [`${topic}/1`, 14],
    ]),
  );
  expect(sent.flat()).toHaveLength(messages.length);
  for (const values of sent) expect(Buffer.concat(values).length).toBeLessThan(9_000_000);
  for (const partition of [0, 1]) {
    const keys = (await bus.read(topic, partition, 0, 100)).map(({ key }) => Number(key));
    expect(keys).toEqual(Array.from({ length: 15 }, (_, n) => n * 2 + partition));
  }
});
