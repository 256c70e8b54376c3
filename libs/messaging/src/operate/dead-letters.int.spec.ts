import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { registerGroup } from '../consumer/start.js';
import { migrate } from '../migrate.js';
import { UnknownGroup } from './consumers.js';
import { listDeadLetters, redriveDeadLetters, showDeadLetter } from './dead-letters.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.pool);
  await registerGroup(database.pool, 'goals.inbox', []);
});
afterAll(() => database?.drop());

it.each<[string, (group: string) => Promise<unknown>]>([
  ['listed', (group) => listDeadLetters(database.pool, group)],
  ['shown', (group) => showDeadLetter(database.pool, group, '1')],
  ['redriven', (group) => redriveDeadLetters(database.pool, group, undefined, 0)],
])('dead letters of a group that there is not are not %s', async (_, ask) => {
  await expect(ask('goals.outbox')).rejects.toThrow(UnknownGroup);
  await ask('goals.inbox');
});
