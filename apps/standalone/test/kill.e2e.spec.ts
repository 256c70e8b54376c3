import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PROJECTIONS } from '@cairn/analytics/app.module';
import { openPool } from '@cairn/event-store/postgres';
import { listConsumers, WATERMARKS } from '@cairn/messaging';
import { contentHash, readBuilds } from '@cairn/projections';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { nameOf, PUBLISHERS, readFeed, untilCovered } from './published.js';
import { Standalone } from './standalone.js';
import { EVENTS, figuresOf, OVERVIEW } from './story/expected.js';
import { PROGRAM } from './story/opening.js';
import { AS_OF, tellStory, type Story } from './story/story.js';
import { IMPORTER, Teller } from './story/teller.js';

/*
 * The standalone is killed (SIGKILL) in the middle of commands, again and again, and started again. Whoever tells the
 * story, and three others beside, send what got no answer again under its key. Then everything must have happened once.
 */
const KILLS = [20, 55, 90];
const LANES = 3;

let cairn: Standalone;
let story: Story;
let teller: Teller;
/** Cohorts of a programme of its own that were acknowledged, by name. */
const acknowledged = new Map<string, string>();
let crowd: string;
let analytics: Pool;
let sessions: Pool;

beforeAll(async () => {
  cairn = await Standalone.start();
  teller = new Teller(cairn.client);
  const program = { ...PROGRAM, name: 'A crowd' };
  crowd = (await teller.give('/enrollment/v1/programs', program, { as: 'hr' })).programId;

  const told = new AbortController();
  const telling = tellStory(cairn.client, teller).finally(() => told.abort());
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    const other = new Teller(cairn.client);
    for (let n = 0; !told.signal.aborted; n++) {
      const name = `${lane}.${n}`;
      const path = `/enrollment/v1/programs/${crowd}/cohorts`;
      const { cohortId } = await other.give(path, { name }, { as: 'hr', key: name });
      acknowledged.set(name, cohortId);
      await delay(40);
    }
  });
  for (const [index, kill] of KILLS.entries()) {
    while (teller.acknowledged < kill && !told.signal.aborted) await delay(1);
    // At another moment of a command each time.
    await delay(index * 4);
    await cairn.kill();
    await cairn.start();
  }
  [story] = await Promise.all([telling, ...lanes]);
  await untilCovered(cairn.client);
  const databases = await cairn.databases();
  analytics = openPool({ connectionString: databases.analytics, max: 2 });
  sessions = openPool({ connectionString: databases.sessions, max: 2 });
}, 300_000);
afterAll(async () => {
  await analytics?.end();
  await sessions?.end();
  await cairn?.stop();
});

describe('killed in the middle of commands, the standalone', () => {
  it('was away, and whoever waited for it went on', () => {
    expect(cairn.output.match(/Cairn is ready/g)).toHaveLength(KILLS.length + 1);
    expect(teller.retries).toBeGreaterThan(0);
    expect(acknowledged.size).toBeGreaterThan(LANES);
  });

  it('has lost nothing that it acknowledged, and done nothing twice', async () => {
    const { cohorts } = await cairn.client.good(
      { roles: ['hr'] },
      { path: `/enrollment/v1/programs/${crowd}` },
    );
    const opened = new Map(
      (cohorts as { name: string; cohortId: string }[]).map(({ name, cohortId }) => [name, cohortId]),
    );
    expect(opened).toEqual(acknowledged);
    expect(cohorts).toHaveLength(acknowledged.size);
  });

  it('has every event of the story as often as it happened', async () => {
    const feeds = await Promise.all(PUBLISHERS.map((service) => readFeed(cairn.client, service, true)));
    const events = feeds.flat().filter(({ data }) => (data as { programId?: string }).programId !== crowd);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    const counted = Map.groupBy(events, nameOf);
    expect(Object.fromEntries([...counted].map(([name, each]) => [name, each.length]))).toEqual(EVENTS);
  });

  it('reports what is right, and has no dead letter', async () => {
    const path = `/analytics/v1/programs/${story.programId}/overview?asOf=${AS_OF}`;
    const overview = await cairn.client.good({ roles: ['hr'] }, { path });
    expect(figuresOf(overview)).toMatchObject(OVERVIEW);
    expect(await cairn.ops('dead-letters', 'list')).toContain('No dead letters.');
  });
});

describe('its operator', () => {
  /** Of the builds that are read. */
  const hashes = async () => {
    const builds = await readBuilds(analytics);
    const each = PROJECTIONS.map(async ({ name, tables }) => [
      name,
      await contentHash(
        analytics,
        tables,
        builds.find((build) => build.name === name),
      ),
    ]);
    return Object.fromEntries(await Promise.all(each)) as Record<string, string>;
  };

  const untilReady = () =>
    cairn.client.until(
      IMPORTER,
      '/analytics/v1/freshness',
      ({ projections }) =>
        (projections as { state: string }[]).filter(({ state }) => state === 'ready').length ===
        PROJECTIONS.length,
    );

  it('sees every group run, and every projection live', async () => {
    const consumers = await cairn.ops('consumers', 'list');
    for (const group of ['enrollment.inbox', 'sessions.inbox', 'goals.inbox', 'analytics.intake'])
      expect(consumers).toContain(`${group}: runs; no dead letters`);
    const projections = await cairn.ops('projections', 'list');
    for (const { name, version } of PROJECTIONS)
      expect(projections).toMatch(new RegExp(`^${name} +${version}\\.1 +yes +live`, 'm'));
  });

  it('rebuilds every projection to the same rows', async () => {
    const before = await hashes();
    for (const { name, version } of PROJECTIONS)
      expect(await cairn.ops('projections', 'rebuild', name)).toContain(`${name} ${version}.2 is built`);
    await untilReady();
    for (const { name, version } of PROJECTIONS)
      expect(await cairn.ops('projections', 'switch', name)).toContain(`read from ${name} ${version}.2 now`);
    expect(await hashes()).toEqual(before);
    const { name, version } = PROJECTIONS[0]!;
    expect(await cairn.ops('projections', 'switch', name, `${version}.2`)).toContain(
      'already: nothing was done',
    );
    await expect(cairn.ops('projections', 'drop', name, `${version}.2`)).rejects.toThrow(
      'switch to another first',
    );
    await expect(cairn.ops('projections', 'drop', name, `${version}.1`)).rejects.toThrow(
      'drop it in a minute',
    );
  }, 90_000);

  it('lets a group read everything anew, and nothing is there twice', async () => {
    const before = await hashes();
    const taken = (await readFeed(cairn.client, 'analytics', true)).length;
    const groups = { 'analytics.intake': analytics, 'sessions.inbox': sessions };
    for (const [group, pool] of Object.entries(groups)) {
      const offsets = await offsetsOf(pool, group);
      expect(await cairn.ops('consumers', 'reset', group, '--to', 'beginning')).toContain(
        'reads its topics again',
      );
      await untilRead(pool, group, offsets);
    }
    expect(await readFeed(cairn.client, 'analytics', true)).toHaveLength(taken);
    expect(await hashes()).toEqual(before);
    const events = (await readFeed(cairn.client, 'sessions', true)).map(nameOf);
    expect(events.filter((name) => name === 'EngagementPlanned')).toHaveLength(EVENTS['EngagementPlanned']!);
  }, 90_000);

  const offsetsOf = async (pool: Pool, group: string) => {
    const { partitions } = (await listConsumers(pool)).find((each) => each.group === group)!;
    const events = partitions.filter(({ topic }) => topic !== WATERMARKS.name);
    return new Map(events.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]));
  };

  /** Waits until the group has read as far as it had before. */
  async function untilRead(
    pool: Pool,
    group: string,
    before: ReadonlyMap<string, number | null>,
  ): Promise<void> {
    for (const end = Date.now() + 60_000; ; await delay(100)) {
      const now = await offsetsOf(pool, group);
      if ([...before].every(([partition, offset]) => (now.get(partition) ?? -2) >= offset!)) return;
      if (Date.now() > end) throw new Error(`${group} does not read: ${JSON.stringify([...now])}`);
    }
  }

  it('is told what to do instead where it cannot be', async () => {
    await expect(cairn.ops('projections', 'rebuild', 'nothing')).rejects.toThrow('projections list');
    await expect(cairn.ops('consumers', 'reset', 'goals.outbox', '--to', 'end')).rejects.toThrow(
      'goals.inbox',
    );
  });
});
