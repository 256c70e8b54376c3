import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { networkTo, testDatabase, type TestDatabase } from '@cairn/testing';
import { countEffects, effectsByStream, prepareEffects, upTo } from '../conformance/effects.js';
import { messagesOf, send, Story, uniqueName } from '../conformance/events.js';
import { until } from '../conformance/waiting.js';
import { registerGroup } from '../consumer/start.js';
import { partitionKey, type Batch, type Consumption } from '../port.js';
import { postgresBus, type PostgresBus } from './bus.js';

const PROCESS = fileURLToPath(new URL('../../dist/conformance/consumer-process.js', import.meta.url));
const PARTITIONS = 4;

let busDatabase: TestDatabase;
let bus: PostgresBus;
let group: string;
let story: Story;
beforeAll(async () => {
  busDatabase = await testDatabase();
  bus = postgresBus({ connectionString: busDatabase.url });
});
beforeEach(async () => {
  group = uniqueName();
  story = new Story(uniqueName(), 12);
  await bus.ensureTopics([{ name: story.topic, partitions: PARTITIONS }]);
});
afterAll(async () => {
  await bus?.close();
  await busDatabase?.drop();
});

describe('of two processes in a group', () => {
  let database: TestDatabase;
  let members: ChildProcess[];
  let sent: number;
  beforeAll(async () => {
    database = await testDatabase();
    await prepareEffects(database.pool);
  });
  beforeEach(async () => {
    sent = 0;
    await registerGroup(database.pool, group, [story.topic]);
    members = ['one', 'other'].map((who) =>
      fork(PROCESS, [who, database.url, busDatabase.url, group, story.topic], {
        env: { ...process.env, LOG_LEVEL: 'fatal' },
      }),
    );
    await until('both have a share', async () => {
      await publish(12);
      return (await handledBy('one')) > 0 && (await handledBy('other')) > 0;
    });
  });
  afterEach(async () => {
    for (const member of members) member.kill('SIGKILL');
    await database.pool.query('TRUNCATE effects');
  });
  afterAll(() => database?.drop());

  const publish = async (count: number) => {
    await send(bus, messagesOf(story, story.take(count), PARTITIONS));
    sent += count;
  };
  const handledBy = (who?: string) => countEffects(database.pool, who);
  const allHandled = async () => (await handledBy()) >= sent;
  const expectOnceInOrder = async () => {
    const effects = await effectsByStream(database.pool);
    for (const stream of story.streams) expect(effects.get(stream)).toEqual(upTo(sent / 12));
  };

  it('one that is killed is replaced by the other, though its lease goes on', async () => {
    members[0]!.kill('SIGKILL');
    await busDatabase.pool.query(`UPDATE bus.members SET expires_at = 'infinity' WHERE group_name = $1`, [
      group,
    ]);
    await publish(120);
    await until('the other handles all', allHandled);
    await expectOnceInOrder();
  });

  it('one that stands still is replaced by the other, and has its share again when it goes on', async () => {
    members[0]!.kill('SIGSTOP');
    await publish(120);
    // In the middle of a batch, its transaction is ended after 15 s.
    await until('the other handles all', allHandled);
    members[0]!.kill('SIGCONT');
    const before = await handledBy('one');
    await until('it has a share again', async () => {
      await publish(12);
      return (await handledBy('one')) > before;
    });
    await until('all is handled', allHandled);
    await expectOnceInOrder();
  });
});

it('a partition of which a batch is in hand goes to another member only after that', async () => {
  await bus.publish([{ topic: story.topic, partition: 1, key: 'k', value: Buffer.from('v'), headers: {} }]);
  const join = (handle: (batch: Batch) => Promise<void>) => {
    const assigned = new Set<number>();
    const consumption = bus.consume({
      group,
      topics: [story.topic],
      position: async (partitions) => {
        for (const { partition } of partitions) assigned.add(partition);
        return new Map(partitions.map((each) => [partitionKey(each), 0]));
      },
      handle: async (batch) => {
        await handle(batch);
        return { next: batch.next };
      },
      trouble: () => undefined,
    });
    return { assigned, consumption };
  };
  const members: Consumption[] = [];
  const inHand = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  try {
    const one = join(() => {
      inHand.resolve();
      return done.promise;
    });
    members.push(one.consumption);
    await inHand.promise;
    expect([...one.assigned]).toEqual([0, 1, 2, 3]);
    const other = join(async () => undefined);
    members.push(other.consumption);
    await until('the other has what is free', () => other.assigned.size > 0);
    expect([...other.assigned]).toEqual([3]);
    done.resolve();
    await until('it has the one that was in hand', () => other.assigned.size > 1);
    expect([...other.assigned]).toEqual([3, 1]);
  } finally {
    done.resolve();
    await Promise.all(members.map((member) => member.close()));
  }
});

it('one whose network swallows everything gives its connections up, and goes on over others', async () => {
  const network = await networkTo(busDatabase.url);
  const cut = postgresBus({ connectionString: network.url, answersWithinMs: 1_000 });
  const said = (text: string) => [
    { topic: story.topic, partition: 0, key: 'k', value: Buffer.from(text), headers: {} },
  ];
  const seen: string[] = [];
  let trouble: Error | undefined;
  const consumption = cut.consume({
    group,
    topics: [story.topic],
    position: async (partitions) => new Map(partitions.map((each) => [partitionKey(each), 0])),
    handle: async ({ messages, next }) => {
      seen.push(...messages.map(({ value }) => value.toString()));
      return { next };
    },
    trouble: (error) => (trouble = error),
  });
  try {
    await cut.publish(said('before'));
    await until('what was said before', () => seen.includes('before'));
    network.swallow(true);
    await until('it says so', () => trouble !== undefined);
    await expect(cut.publish(said('lost'))).rejects.toThrow(/timeout/);
    network.swallow(false);
    await until('it is heard again', () =>
      cut.publish(said('after')).then(
        () => true,
        () => false,
      ),
    );
    await until('what was said after', () => seen.includes('after'));
    expect(trouble).toBeUndefined();
  } finally {
    await consumption.close();
    await cut.close();
    network.close();
  }
}, 60_000);

it('a session that breaks again and again is replaced soon each time, where it was well in between', async () => {
  const consumption = bus.consume({
    group,
    topics: [story.topic],
    position: async (assigned) => new Map(assigned.map((each) => [partitionKey(each), 0])),
    handle: async ({ next }) => ({ next }),
    trouble: () => undefined,
  });
  const withAll = async () => {
    const { rows } = await busDatabase.pool.query<{ member: string }>(
      'SELECT member FROM bus.owners WHERE group_name = $1 GROUP BY member HAVING count(*) = $2',
      [group, PARTITIONS],
    );
    return rows[0]?.member;
  };
  try {
    await until('it has all', async () => (await withAll()) !== undefined);
    let took = 0;
    for (let breaks = 1; breaks <= 7; breaks++) {
      const before = await withAll();
      const began = performance.now();
      await busDatabase.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks
          WHERE locktype = 'advisory' AND objid = $1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        [before],
      );
      await until('another session has all', async () => ![undefined, before].includes(await withAll()));
      took = performance.now() - began;
    }
    // Were the breaks counted on, it would rest for ten seconds by now.
    expect(took).toBeLessThan(8_000);
  } finally {
    await consumption.close();
  }
}, 90_000);
