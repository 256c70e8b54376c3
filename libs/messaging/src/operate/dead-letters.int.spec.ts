import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { applyMigrations } from '@cairn/event-store';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { messagesOf, Story, uniqueName } from '../conformance/events.js';
import { redrive } from '../consumer/redrive.js';
import { steps } from '../consumer/schema.js';
import { registerGroup } from '../consumer/start.js';
import { migrate } from '../migrate.js';
import { UnknownGroup } from './consumers.js';
import { sleep } from '../waiting.js';
import {
  discardDeadLetters,
  listDeadLetters,
  NoSuchDeadLetter,
  redriveDeadLetters,
  showDeadLetter,
} from './dead-letters.js';

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

it('one that is merely held is shown, and given up, like another', async () => {
  const { pool } = database;
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO bus_in.dead_letters (group_name, topic, topic_id, partition, "offset", kind, stream, reason, headers, value)
     SELECT 'goals.inbox', 'cairn.sessions.v1', '', 0, n, CASE n WHEN 1 THEN 'poison' ELSE 'held' END, 'session-1',
            CASE n WHEN 1 THEN 'not-json' END, '{}', '{' FROM generate_series(1, 2) AS n RETURNING id`,
  );
  const [poison, held] = rows.map(({ id }) => id) as [string, string];
  expect(await showDeadLetter(pool, 'goals.inbox', held)).toMatchObject({ id: held, reason: null });
  await discardDeadLetters(pool, 'goals.inbox', [held], 'lost', 0);
  expect(await listDeadLetters(pool, 'goals.inbox')).toMatchObject([{ id: poison, heldBehind: 0 }]);
});

it('one that is being handled again is not given up meanwhile', async () => {
  const { pool } = database;
  const story = new Story(uniqueName(), 1);
  const [message] = messagesOf(story, story.take(1), 1);
  const group = uniqueName();
  await registerGroup(pool, group, []);
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO bus_in.dead_letters (group_name, topic, topic_id, partition, "offset", kind, stream, reason, headers, value)
     VALUES ($1, $2, '', 0, 0, 'poison', $3, 'handler-failed', $4, $5) RETURNING id`,
    [group, story.topic, message!.key, JSON.stringify(message!.headers), message!.value],
  );
  const [inHand, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const redriving = redrive(pool, group, undefined, async () => {
    inHand.resolve();
    await done.promise;
  });
  await inHand.promise;
  const discarding = discardDeadLetters(pool, group, [rows[0]!.id], 'lost', 0);
  await Promise.race([discarding.catch(() => undefined), sleep(500)]);
  done.resolve();
  await expect(discarding).rejects.toThrow(NoSuchDeadLetter);
  expect(await redriving).toEqual({ redriven: 1, stillBlocked: 0 });
});

it('headers that were kept as they came are readable after an update', async () => {
  const { pool, drop } = await testDatabase();
  try {
    await applyMigrations(pool, 'bus_in', steps.slice(0, 4));
    await pool.query(
      `INSERT INTO bus_in.dead_letters (group_name, topic, topic_id, partition, "offset", kind, headers, value)
       VALUES ('goals.inbox', 'cairn.goals.v1', '', 0, 0, 'poison', $1, '')`,
      [JSON.stringify({ tenantid: 'a\0', id: '\ud83d', source: 'ü😀' })],
    );
    await applyMigrations(pool, 'bus_in', steps);
    const { rows } = await pool.query(
      `SELECT headers->>'tenantid' AS tenant, headers->>'id' AS id, headers->>'source' AS source FROM bus_in.dead_letters`,
    );
    expect(rows).toEqual([{ tenant: 'a\ufffd', id: '\ufffd', source: 'ü😀' }]);
  } finally {
    await drop();
  }
});
