import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { messagesOf, send, Story, uniqueName } from '../conformance/events.js';
import { migrate } from '../migrate.js';
import { postgresBus, type PostgresBus } from '../postgres/index.js';
import { WATERMARKS } from '../topics.js';
import { remember } from '../watermarks.js';
import { readCheckpoints } from './checkpoints.js';
import { Lag } from './lag.js';
import { positionsOf, registerGroup } from './start.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

describe('how far a consumer is behind', () => {
  let database: TestDatabase;
  let busDatabase: TestDatabase;
  let bus: PostgresBus;
  const story = new Story(uniqueName(), 3);
  const group = `${story.service}.inbox`;
  const topics = [story.topic, WATERMARKS.name];
  let lag: Lag;

  beforeAll(async () => {
    [database, busDatabase] = await Promise.all([testDatabase(), testDatabase()]);
    await migrate(database.pool);
    bus = postgresBus({ connectionString: busDatabase.url, partitions: 1 });
    await bus.ensureTopics([{ name: story.topic }, WATERMARKS]);
    await registerGroup(database.pool, group, [story.topic]);
    await positionsOf(
      database.pool,
      bus,
      group,
      topics.map((topic) => ({ topic, partition: 0 })),
    );
    lag = new Lag(bus, database.pool, group, topics, at(0));
  });
  afterAll(async () => {
    await bus?.close();
    await database?.drop();
    await busDatabase?.drop();
  });

  const handledUpTo = (offset: number) =>
    database.pool.query('UPDATE bus_in.checkpoints SET "offset" = $3 WHERE group_name = $1 AND topic = $2', [
      group,
      story.topic,
      offset,
    ]);
  const covered = async (seconds: number) => {
    const watermark = {
      service: story.service,
      log: '1',
      head: 'x',
      published: 'x',
      covered: at(seconds).toISOString(),
      at: at(seconds).toISOString(),
      offsets: {},
    };
    await remember(database.pool, group, watermark, await readCheckpoints(database.pool, group));
  };
  const status = (seconds: number, stopped = false) => lag.status(at(seconds), stopped, []);

  it('is unhealthy when it stands for 30 s while messages wait, and healthy again with the next step', async () => {
    await send(bus, messagesOf(story, story.take(5), 1));
    await covered(0);
    await lag.look(at(0));
    await lag.look(at(20));
    await covered(20);
    expect(await status(30)).toMatchObject({ healthy: true, detail: { behind: 5, stuckSeconds: 30 } });
    expect(await status(31)).toMatchObject({ healthy: false, detail: { stuckSeconds: 31 } });
    await handledUpTo(2);
    await lag.look(at(40));
    await covered(40);
    expect(await status(45)).toMatchObject({ healthy: true, detail: { behind: 2, stuckSeconds: 5 } });
  });

  it('is healthy however long nothing waits, as long as its sources say that nothing came', async () => {
    await handledUpTo(4);
    await lag.look(at(100));
    await covered(1_000);
    expect(await status(1_029)).toMatchObject({ healthy: true, detail: { behind: 0, stuckSeconds: 0 } });
    expect(await status(1_031)).toMatchObject({
      healthy: false,
      detail: { stuckSeconds: 0, sources: [{ source: story.service, ageSeconds: 31 }] },
    });
  });

  it('is unhealthy at once when it has stopped by itself', async () => {
    expect(await status(1_001, true)).toMatchObject({ healthy: false });
  });

  it('takes a source that has said nothing for as old as the process', async () => {
    const silent = new Lag(bus, database.pool, group, [...topics, 'cairn.silent.v1'], at(2_000));
    await covered(2_010);
    expect(await silent.status(at(2_030), false, [])).toMatchObject({ healthy: true });
    expect(await silent.status(at(2_031), false, [])).toMatchObject({ healthy: false });
  });

  it('stops where a topic that it has handled stays away: it was deleted, or its cluster replaced', async () => {
    await lag.look(at(3_000));
    // Without watermarks it is told how old all looks; the group goes on.
    const deleteTopic = (name: string) =>
      busDatabase.pool.query('DELETE FROM bus.topics WHERE name = $1', [name]);
    await database.pool.query('UPDATE bus_in.checkpoints SET "offset" = 0 WHERE topic = $1', [
      WATERMARKS.name,
    ]);
    await deleteTopic(WATERMARKS.name);
    await lag.look(at(3_001));
    await lag.look(at(3_040));
    await deleteTopic(story.topic);
    await lag.look(at(3_041));
    await lag.look(at(3_071));
    await expect(lag.look(at(3_072))).rejects.toThrow(`topic ${story.topic} is not there any more`);
    await bus.ensureTopics([{ name: story.topic }]);
    await expect(lag.look(at(3_073))).rejects.toThrow('was deleted and made again');
  });
});
