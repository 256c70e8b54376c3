import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inTransaction } from '@cairn/event-store/postgres';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { readByHand } from '../conformance/by-hand.js';
import { effectsByStream, prepareEffects, upTo, writeEffects } from '../conformance/effects.js';
import { messagesOf, send, Story, uniqueName } from '../conformance/events.js';
import { PermanentFault } from '../faults.js';
import type { BusMessage } from '../port.js';
import { postgresBus, type PostgresBus } from '../postgres/index.js';
import { sleep } from '../waiting.js';
import { putAside } from './dead-letters.js';
import type { BatchHandler } from './received.js';
import { redrive, runRequests } from './redrive.js';
import { registerGroup } from './start.js';

describe('a redrive', () => {
  let database: TestDatabase;
  let bus: PostgresBus;
  beforeAll(async () => {
    database = await testDatabase();
    await prepareEffects(database.pool);
    bus = postgresBus({ connectionString: database.url, partitions: 1 });
  });
  afterAll(async () => {
    await bus?.close();
    await database?.drop();
  });

  it('is waited for by what comes on its stream meanwhile, so that nothing is held behind what it has drained', async () => {
    const { pool } = database;
    const story = new Story(uniqueName(), 1);
    const { topic } = story;
    const group = uniqueName();
    await bus.ensureTopics([{ name: topic }]);
    await registerGroup(pool, group, [topic]);
    const stored = messagesOf(story, story.take(2), 1);
    await send(bus, stored);
    const read = (next: number, handle: BatchHandler) =>
      readByHand({ pool, bus, group, topic }, stored, next, handle);
    const failing = () => Promise.reject(new PermanentFault('too-much', 'cannot be handled'));
    expect(await read(1, failing)).toMatchObject({ dead: 1 });

    const entered = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const redriving = redrive(pool, group, undefined, async (batch) => {
      await writeEffects('redriven')(batch);
      entered.resolve();
      await mayEnd.promise;
    });
    await entered.promise;
    const live = read(2, writeEffects('live'));
    await sleep(200);
    mayEnd.resolve();
    expect(await redriving).toEqual({ redriven: 1, stillBlocked: 0 });
    expect(await live).toMatchObject({ kind: 'handled', events: 1, held: 0 });
    expect((await effectsByStream(pool)).get(story.streams[0]!)).toEqual(upTo(2));
  });

  it('begins with what was put aside before its topic was made again, whose offsets were higher', async () => {
    const { pool } = database;
    const story = new Story(uniqueName(), 1);
    const group = uniqueName();
    const [first, second] = messagesOf(story, story.take(2), 1);
    const fault = { reason: 'too-much', detail: 'cannot be handled' };
    const aside = (topicId: string, message: BusMessage, offset: number) =>
      inTransaction(pool, (client) =>
        putAside(client, group, topicId, [{ message: { ...message, offset }, fault, replay: false }]),
      );
    await aside('made first', first!, 7);
    await aside('made again', second!, 0);
    const seen: number[] = [];
    await redrive(pool, group, undefined, async ({ events }) => {
      seen.push(...events.map(({ envelope }) => envelope.streamversion));
    });
    expect(seen).toEqual([1, 2]);
  });

  it('is left where the process stops, and another one goes on at once', async () => {
    const { pool } = database;
    const story = new Story(uniqueName(), 3);
    const group = uniqueName();
    const fault = { reason: 'too-much', detail: 'cannot be handled' };
    await inTransaction(pool, (client) =>
      putAside(
        client,
        group,
        'topic',
        messagesOf(story, story.take(3), 1).map((message, offset) => ({ message: { ...message, offset }, fault, replay: false })), // prettier-ignore
      ),
    );
    await pool.query('INSERT INTO bus_in.requests (group_name) VALUES ($1)', [group]);
    const stopping = new AbortController();
    const handled: string[] = [];
    await runRequests(
      pool,
      group,
      async ({ events }) => {
        handled.push(...events.map(({ envelope }) => envelope.subject));
        stopping.abort();
      },
      stopping.signal,
    );
    expect(handled).toHaveLength(1);
    await runRequests(pool, group, async ({ events }) => void handled.push(...events.map(({ envelope }) => envelope.subject)), new AbortController().signal); // prettier-ignore
    expect(new Set(handled)).toEqual(new Set(story.streams));
    const { rows } = await pool.query('SELECT result FROM bus_in.requests WHERE group_name = $1', [group]);
    expect(rows).toEqual([{ result: { redriven: 2, stillBlocked: 0 } }]);
  });

  it('is carried out by another process where the one that took it has died, and by none while it may live', async () => {
    const { pool } = database;
    const group = uniqueName();
    const taken = (until: string) =>
      pool.query(`INSERT INTO bus_in.requests (group_name, taken_until) VALUES ($1, now() + $2::interval)`, [
        group,
        until,
      ]);
    await taken('-1 second');
    await taken('1 hour');
    await runRequests(pool, group, () => Promise.resolve(), new AbortController().signal);
    const { rows } = await pool.query(
      'SELECT finished_at IS NOT NULL AS finished FROM bus_in.requests WHERE group_name = $1 ORDER BY id',
      [group],
    );
    expect(rows).toEqual([{ finished: true }, { finished: false }]);
  });
});
