import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { contracts, type Envelope } from '@cairn/contracts';
import { newId } from '@cairn/event-store';
import { schemaOf, useBuilds, type ReadBuild } from '@cairn/projections';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import * as fc from 'fast-check';
import type { ClientBase } from 'pg';
import { PROGRAM, TENANT, WORKED_EXAMPLE } from '../../test/worked-example.js';
import { migrateLog, openLog, SCHEMA } from '../intake/log.js';
import { PROJECTIONS, type Logged } from '../projections/index.js';
import { momentOf, type Moment } from '../reports/as-of/moment.js';
import { historyOf, type ProgramHistory } from '../reports/as-of/view.js';
import { factsOfProgram } from './facts.js';
import { Histories } from './histories.js';

const TABLES = PROJECTIONS.flatMap(({ tables }) => tables.map(({ name }) => name));
const C1 = WORKED_EXAMPLE.find(({ name }) => name === 'CoachApproved')!.envelope;
const suspended: Envelope = {
  ...C1,
  id: newId(),
  type: contracts.get('CoachSuspended')!.type,
  streamversion: 99,
  time: '2026-02-10T09:00:00.000Z',
  recordedtime: '2026-02-10T09:00:00.200Z',
  data: { coachId: (C1.data as { coachId: string }).coachId, reason: 'on-leave' },
};
const EVENTS = [...WORKED_EXAMPLE.map(({ envelope }) => envelope), suspended];
const MOMENTS: readonly Moment[] = [
  momentOf(Date.now(), 'occurredAt'),
  momentOf(Date.parse('2026-02-15T12:00:00Z'), 'occurredAt'),
  momentOf(Date.parse('2026-03-01T12:00:00Z'), 'recordedAt'),
];

let database: TestDatabase;
let log: ReturnType<typeof openLog>;
beforeAll(async () => {
  database = await testDatabase();
  await migrateLog(database.pool);
  log = openLog(database.pool);
  for (const { tables } of PROJECTIONS) for (const { create } of tables) await database.pool.query(create);
});
afterAll(async () => {
  await log.close();
  await database.drop();
});

/** Analytics' database while it takes in these events: each projection comes as far as it comes. */
class Analytics {
  private readonly positions = new Map(PROJECTIONS.map(({ name }) => [name, 0]));
  private constructor(private readonly events: readonly Logged[]) {}

  static async filled(envelopes: readonly Envelope[]): Promise<Analytics> {
    await database.pool.query(`TRUNCATE ${TABLES.join(', ')}`);
    await database.pool.query(`ALTER TABLE ${SCHEMA}.events DISABLE TRIGGER ALL`);
    await database.pool.query(`DELETE FROM ${SCHEMA}.events`);
    const client = await database.pool.connect();
    await log.appendIn(client, envelopes);
    client.release();
    return new Analytics(await log.readAll('', 10_000));
  }

  get builds(): ReadBuild[] {
    return PROJECTIONS.map(({ name, version }) => ({
      name,
      version,
      build: 1,
      position: String(this.positions.get(name)).padStart(16, '0'),
    }));
  }

  async project(name: string, count: number): Promise<void> {
    const from = this.positions.get(name)!;
    const batch = this.events.slice(from, from + count);
    const client = await database.pool.connect();
    if (batch.length > 0) await PROJECTIONS.find((each) => each.name === name)!.apply(client, batch);
    client.release();
    this.positions.set(name, from + batch.length);
  }

  async projectAll(): Promise<void> {
    for (const { name } of PROJECTIONS) await this.project(name, this.events.length);
  }
}

/** Everything that can be seen of a programme from these moments, without the functions in it. */
const seenIn = (history: ProgramHistory | undefined) =>
  MOMENTS.map((moment) => {
    const view = history?.(moment);
    const participants = view?.participants.map((participant) => ({
      ...participant,
      managers: [...view.managersOf(participant.personId)],
      coached: participant.matches.map(({ coachId }) => coachId && view.couldCoach(coachId, moment.at)),
      places: ['2026-01-15', '2026-03-15'].map((day) => view.person(participant.personId, day)),
    }));
    return JSON.stringify({ program: view?.program, participants });
  });

const asked = (
  histories: Histories,
  builds: readonly ReadBuild[],
  client: Pick<ClientBase, 'query'> = database.pool,
) => histories.of(client, builds, TENANT, PROGRAM);
const loaded = async (client: Pick<ClientBase, 'query'> = database.pool) => {
  const facts = await factsOfProgram(client, TENANT, PROGRAM);
  return facts && historyOf(facts);
};

/** How often the whole of the programme was read, and how often what had come meanwhile. */
function counted(client: Pick<ClientBase, 'query'>) {
  const counts = { whole: 0, tail: 0 };
  const query = (asked: { name?: string; text?: string }, ...rest: unknown[]) => {
    if (asked.name === 'histories.tail') counts.tail += 1;
    if (asked.text?.includes('FROM program_facts')) counts.whole += 1;
    return (client.query as (...all: unknown[]) => unknown)(asked, ...rest);
  };
  return { counts, client: { query } as unknown as Pick<ClientBase, 'query'> };
}

describe('the history of a programme', () => {
  let histories: Histories;
  beforeEach(() => void (histories = new Histories()));

  it('is that of all its facts, however they come, each projection at its own pace', async () => {
    const streams = [...Map.groupBy(EVENTS, ({ subject }) => subject).values()];
    const order = fc.array(fc.nat(), { minLength: EVENTS.length, maxLength: EVENTS.length }).map((picks) => {
      const left = streams.map((stream) => [...stream]);
      return picks.map((pick) => {
        const open = left.filter((stream) => stream.length > 0);
        return open[pick % open.length]!.shift()!;
      });
    });
    const steps = fc.array(
      fc.record({
        name: fc.constantFrom(...PROJECTIONS.map(({ name }) => name)),
        count: fc.nat({ max: 90 }),
      }),
      { minLength: 8, maxLength: 16 },
    );
    // From far on, what comes is little beside what is there, so that it is followed.
    const starts = fc.constantFrom(0, 150, 300);
    let followed = 0;
    await fc.assert(
      fc.asyncProperty(order, starts, steps, async (envelopes, start, paces) => {
        histories = new Histories();
        const analytics = await Analytics.filled(envelopes);
        for (const { name } of PROJECTIONS) await analytics.project(name, start);
        const { client, counts } = counted(database.pool);
        for (const { name, count } of paces) {
          await analytics.project(name, count);
          expect(seenIn(await asked(histories, analytics.builds, client))).toEqual(seenIn(await loaded()));
        }
        await analytics.projectAll();
        expect(seenIn(await asked(histories, analytics.builds, client))).toEqual(seenIn(await loaded()));
        followed += counts.tail;
      }),
      { numRuns: 12 },
    );
    expect(followed).toBeGreaterThan(0);
  }, 120_000);

  it('is read once for all who ask at the same time, and not again while nothing is new', async () => {
    const analytics = await Analytics.filled(EVENTS);
    await analytics.projectAll();
    const { client, counts } = counted(database.pool);
    const found = await Promise.all(
      Array.from({ length: 20 }, () => asked(histories, analytics.builds, client)),
    );
    expect(new Set(found).size).toBe(1);
    expect(found[0]!(MOMENTS[0]!)!.participants).toHaveLength(12);
    expect(counts).toEqual({ whole: 1, tail: 0 });
  });

  it('is as the asker’s own state of the database has it, also where others have seen more', async () => {
    const analytics = await Analytics.filled(EVENTS);
    for (const { name } of PROJECTIONS) await analytics.project(name, EVENTS.length - 60);
    const client = await database.pool.connect();
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const before = seenIn(await loaded(client));
      const { builds } = analytics;
      await analytics.projectAll();
      const after = seenIn(await asked(histories, analytics.builds));
      expect(after).not.toEqual(before);
      expect(seenIn(await asked(histories, builds, client))).toEqual(before);
      expect(seenIn(await asked(histories, analytics.builds))).toEqual(after);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  it('is that of a database which was set back, once it is', async () => {
    const analytics = await Analytics.filled(EVENTS);
    await analytics.projectAll();
    await asked(histories, analytics.builds);
    const restored = await Analytics.filled(EVENTS.toReversed().slice(100));
    await restored.project('programs', 300);
    await restored.project('participation', 50);
    expect(seenIn(await asked(histories, restored.builds))).toEqual(seenIn(await loaded()));
    await restored.projectAll();
    expect(seenIn(await asked(histories, restored.builds))).toEqual(seenIn(await loaded()));
  });

  it('has what is told again in a place of its stream once, as it was told last', async () => {
    const completed = WORKED_EXAMPLE.find(({ name }) => name === 'SessionCompleted')!.envelope;
    const again = [
      ...EVENTS.slice(-150).map((each) => ({ ...each, log: String(Number(each.log) + 1) })),
      // As by a service that was restored from a backup, and has gone on otherwise.
      {
        ...completed,
        id: newId(),
        logposition: '9000000000000000',
        type: contracts.get('SessionUnconfirmed')!.type,
      },
    ];
    const analytics = await Analytics.filled([...EVENTS, ...again]);
    for (const { name } of PROJECTIONS) await analytics.project(name, EVENTS.length);
    const before = seenIn(await asked(histories, analytics.builds));
    await analytics.projectAll();
    const { client, counts } = counted(database.pool);
    const after = seenIn(await asked(histories, analytics.builds, client));
    expect(counts).toEqual({ whole: 0, tail: 1 });
    expect(after).toEqual(seenIn(await loaded()));
    expect(after).not.toEqual(before);
  });

  it('is that of the build that is read, though another one that came as far was read before', async () => {
    const analytics = await Analytics.filled(EVENTS);
    await analytics.projectAll();
    const before = seenIn(await asked(histories, analytics.builds));
    const client = await database.pool.connect();
    try {
      await client.query('BEGIN');
      const { tables } = PROJECTIONS.find(({ name }) => name === 'participation')!;
      const builds = analytics.builds.map((each) => ({
        ...each,
        build: each.name === 'participation' ? 2 : 1,
      }));
      const other = builds.find(({ build }) => build === 2)!;
      await client.query(`CREATE SCHEMA ${schemaOf(other)}`);
      await useBuilds(client, [other]);
      for (const { create } of tables) await client.query(create);
      const switched = seenIn(await asked(histories, builds, client));
      expect(switched).toEqual(seenIn(await loaded(client)));
      expect(switched).not.toEqual(before);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    expect(seenIn(await asked(histories, analytics.builds))).toEqual(before);
  });

  it('of no programme of the tenant’s is none, also where another tenant or programme has just been asked for', async () => {
    const analytics = await Analytics.filled(EVENTS);
    await analytics.projectAll();
    expect(await asked(histories, analytics.builds)).toBeDefined();
    const other = '00000000-0000-4000-8000-000000000000';
    expect(await histories.of(database.pool, analytics.builds, other, PROGRAM)).toBeUndefined();
    expect(await histories.of(database.pool, analytics.builds, TENANT, other)).toBeUndefined();
  });
});
