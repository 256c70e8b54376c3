import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { goldenOf, contracts, type Envelope, type ReceivedContract } from '@cairn/contracts';
import { contentHash } from '@cairn/projections';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import * as fc from 'fast-check';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client } from 'pg';
import { factsOf } from '../../test/facts-of.js';
import { PROGRAM, TENANT, WORKED_EXAMPLE } from '../../test/worked-example.js';
import { factsOfProgram } from '../reading/facts.js';
import { momentOf } from '../reports/as-of/moment.js';
import { historyOf, type ProgramFacts } from '../reports/as-of/view.js';
import { PROJECTIONS, type Logged } from './index.js';

const TABLES = PROJECTIONS.flatMap(({ tables }) => tables);
const logged = (envelopes: readonly Envelope[]): Logged[] =>
  envelopes.map((envelope, n) => ({
    position: String(n + 1).padStart(16, '0'),
    recordedAt: envelope.recordedtime,
    envelope,
  }));

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  for (const { create } of TABLES) await database.pool.query(create);
});
afterAll(() => database.drop());

/** Empties the tables, applies these batches in a session of that time zone, and hashes what came of it. */
async function built(batches: readonly Logged[][], zone = 'UTC'): Promise<string> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(`SET TIME ZONE '${zone}'`);
    await client.query(`TRUNCATE ${TABLES.map(({ name }) => name).join(', ')}`);
    for (const batch of batches)
      for (const projection of PROJECTIONS) await projection.apply(client as never, batch);
  } finally {
    await client.end();
  }
  return contentHash(database.pool, TABLES);
}

/** The same in a process that lives in that time zone: Jest's own keeps the one that it began with. */
async function builtElsewhere(zone: string): Promise<void> {
  await database.pool.query(`TRUNCATE ${TABLES.map(({ name }) => name).join(', ')}`);
  const script = `
    import { PROJECTIONS } from '@cairn/analytics/app.module';
    import { json } from 'node:stream/consumers';
    import { Client } from 'pg';
    const { zone, url, events } = await json(process.stdin);
    if (new Date(0).getTimezoneOffset() === 0) throw new Error('this process does not live in ' + zone);
    const client = new Client({ connectionString: url });
    await client.connect();
    for (const projection of PROJECTIONS) await projection.apply(client, events);
    await client.end();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, TZ: zone },
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  child.stdin.end(JSON.stringify({ zone, url: database.url, events: logged(all) }));
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`the process in ${zone} ended with code ${code}`);
}

/** The worked example and one of every other published event. */
const all: Envelope[] = [
  ...WORKED_EXAMPLE.map(({ envelope }) => envelope),
  ...[...contracts.values()].map((contract) => ({
    ...goldenOf(contract),
    subject: `golden-${contract.name}`,
  })),
];

it.each(PROJECTIONS.map((projection) => [projection.name, projection] as const))(
  '%s writes of the events that concern it, and of no others',
  async (_, projection) => {
    for (const event of logged(all)) {
      let asked = 0;
      await projection.apply({ query: () => Promise.resolve((asked += 1)) } as never, [event]);
      expect([event.envelope.type, asked > 0]).toEqual([event.envelope.type, projection.concerns(event)]);
    }
  },
);

describe('facts are the same', () => {
  let expected: string;
  beforeAll(async () => (expected = await built([logged(all)])));

  it('when they are built again, from other batches, or twice', async () => {
    expect(await built(logged(all).map((event) => [event]))).toBe(expected);
    expect(await built([logged(all), logged(all)])).toBe(expected);
  });

  it('in tables of an earlier release, whose keys do not begin with the programme', async () => {
    const { rows } = await database.pool.query<{ table: string; key: string }>(
      `SELECT conrelid::regclass::text AS table, pg_get_constraintdef(oid) AS key FROM pg_constraint
        WHERE contype = 'p' AND pg_get_constraintdef(oid) LIKE '%(tenant_id, program_id, stream,%'`,
    );
    expect(rows).toHaveLength(6);
    const keyed = async (keyOf: (key: string) => string) => {
      for (const { table, key } of rows)
        await database.pool.query(`ALTER TABLE ${table} DROP CONSTRAINT ${table}_pkey, ADD ${keyOf(key)}`);
    };
    await keyed((key) => key.replace('program_id, ', ''));
    try {
      expect(await built([logged(all), logged(all)])).toBe(expected);
    } finally {
      await keyed((key) => key);
    }
  });

  it('under any time zone, of the session and of the process', async () => {
    for (const zone of ['Pacific/Kiritimati', 'America/St_Johns', 'Asia/Kathmandu']) {
      expect(await built([logged(all)], zone)).toBe(expected);
      await builtElsewhere(zone);
      expect(await contentHash(database.pool, TABLES)).toBe(expected);
    }
  });

  it('however streams are shuffled against each other, each keeping its order', async () => {
    const streams = [...Map.groupBy(all, (envelope) => envelope.subject).values()];
    const shuffled = fc.array(fc.nat(), { minLength: all.length, maxLength: all.length }).map((picks) => {
      const left = streams.map((stream) => [...stream]);
      return picks.map((pick) => {
        const open = left.filter((stream) => stream.length > 0);
        return open[pick % open.length]!.shift()!;
      });
    });
    await fc.assert(
      fc.asyncProperty(shuffled, fc.integer({ min: 1, max: 100 }), async (order, size) => {
        const events = logged(order);
        const batches = Array.from({ length: Math.ceil(events.length / size) }, (_, n) =>
          events.slice(n * size, (n + 1) * size),
        );
        expect(await built(batches)).toBe(expected);
      }),
      { numRuns: 15 },
    );
  }, 120_000);
});

it('what is read of a programme is what was written of it', async () => {
  await built([logged(all)]);
  const found = (await factsOfProgram(database.pool, TENANT, PROGRAM))!;
  const made = factsOf(WORKED_EXAMPLE);
  const sorted = (facts: ProgramFacts) =>
    Object.fromEntries(
      Object.entries(facts).map(([name, own]) => [
        name,
        (own as { stream: string; version: number }[])
          // P00 leads the twelve and is not enrolled.
          .filter(
            (fact) => !('personId' in fact) || made.enrollments.some((e) => e.personId === fact.personId),
          )
          .toSorted((a, b) => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : a.version - b.version)),
      ]),
    );
  expect(sorted(found)).toEqual(sorted(made));
  expect(historyOf(found)(momentOf(Date.now(), 'occurredAt'))!.participants).toHaveLength(12);
});

it('holds no name, no e-mail address and no free text: only ids, days, codes and labels', async () => {
  const { rows } = await database.pool.query<{ table_name: string; column_name: string; data_type: string }>(
    `SELECT table_name, column_name, data_type FROM information_schema.columns
      WHERE table_name = ANY ($1) AND data_type IN ('text', 'json') ORDER BY 1, 2`,
    [TABLES.map(({ name }) => name)],
  );
  const texts = new Set(rows.map(({ column_name: column }) => column));
  expect([...texts].sort()).toEqual([
    'by',
    'cleared',
    'credential',
    'department',
    'done',
    'fact',
    'issuer',
    'item',
    'kind',
    'level',
    'location',
    'moment',
    'movement',
    'name',
    'outcome',
    'position',
    'questionnaire',
    'reason',
    'results',
    'role',
    'signal',
    'stream',
    'theme',
    'themes',
    'values',
    'what',
  ]);
});

const names = (events: readonly ReceivedContract[]) => new Set(events.map(({ name }) => name));
it('the worked example tells of most of what is published', () => {
  expect(names(WORKED_EXAMPLE).size).toBeGreaterThan(35);
});
