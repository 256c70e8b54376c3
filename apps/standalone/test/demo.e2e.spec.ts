import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPool } from '@cairn/event-store/postgres';
import { developmentIssuer } from '@cairn/identity';
import { readBuilds, schemaOf } from '@cairn/projections';
import { kafkaOrSkip, startKafka } from '@cairn/testing';
import { ISSUER } from '../src/issuer.js';
import { Client } from './client.js';
import { Demo, expectSame, expectToHold, type Told } from './demo.js';
import { Standalone } from './standalone.js';

/* The demo as a process, told to Cairn as `npm start` runs it. */
const STORY = ['--months', '2', '--start', '2025-01-07', '--seed', '1'];
const sample = process.env['CAIRN_HRIS_SAMPLE'];
if (!sample) console.warn('CAIRN_HRIS_SAMPLE names no file: the demo is not run on the real HR file.');
const hasKafka = await kafkaOrSkip();
/** On a machine that has much else to do. */
const LONG = 600_000;

let cairn: Standalone;
let demo: Demo;
beforeAll(async () => {
  cairn = await Standalone.start();
  demo = new Demo(cairn);
}, LONG);
afterAll(() => cairn?.stop());

describe('the demo', () => {
  it(
    'holds on a company that it made up, and the same seed tells the same over Kafka',
    async () => {
      const overKafka = async () => {
        const kafka = await startKafka({ own: true });
        const other = await Standalone.start({ KAFKA_BROKERS: kafka.brokers.join(',') });
        try {
          return await new Demo(other).run(STORY);
        } finally {
          await other.stop();
          await kafka.stop();
        }
      };
      const [told, again] = await Promise.all([demo.run(STORY), hasKafka ? overKafka() : undefined]);
      expectToHold(told);
      expect(told.output).toContain('a company made up for the demo');
      expect(told.output).toContain('has had another coach');
      expect(told.output).toContain('improves at work, and not in its own eyes');
      if (again) expectSame(again, told);
      await expectForetold(told);
    },
    LONG,
  );

  (sample ? it : it.skip)(
    'holds on the real HR file',
    async () => {
      const told = await demo.run(['--hris', sample!, '--months', '3']);
      expectToHold(told);
      expect(told.output).toContain('hr-dataset-v14.json');
      expect(told.output).toContain('311 rows: 311 created');
    },
    LONG,
  );
});

/** Once the month is over, Cairn says of what people think what the demo has worked out from the feeds. */
async function expectForetold({ output }: Told): Promise<void> {
  const tenantId = /tenant of its own: (\S+)/.exec(output)![1]!;
  const programId = /programs\/(\S+)\/overview/.exec(output)![1]!;
  await learnMonthEarlier(tenantId);
  const issuer = await developmentIssuer(cairn.home, { issuer: ISSUER });
  const client = new Client(`http://localhost:${cairn.port}`, issuer, tenantId);
  const path = `/analytics/v1/programs/${programId}/opinions`;
  const { items } = await client.good({ roles: ['hr'] }, { path });
  const foretold = output.slice(output.indexOf('What HR will be told'));
  for (const { source, id, item, value, bound } of items) {
    const line = new RegExp(`${source} +${id}, ${item} +(.*)\n`).exec(foretold)![1]!;
    const figure = /[+-]?\d+(\.\d+)?/.exec(line)?.[0];
    const of = line.endsWith('%') ? 100 : 1;
    expect([id, item, figure === undefined ? null : Number(figure) / of]).toEqual([
      id,
      item,
      value === null ? null : expect.closeTo(value, 1),
    ]);
    expect([id, item, line.startsWith('at ')]).toEqual([id, item, bound !== null]);
  }
  expect(items.filter(({ value }: { value: number | null }) => value !== null).length).toBeGreaterThan(8);
  await expectForetoldByCohort(client, programId, foretold.slice(foretold.indexOf('By cohort')));
}

interface Shown {
  readonly source: string;
  readonly id: string;
  readonly item: string;
  readonly group: string | null;
  readonly value: number | null;
}

/** Beside each other, so that HR sees there what was planted in one of them. */
async function expectForetoldByCohort(client: Client, programId: string, foretold: string): Promise<void> {
  const path = `/analytics/v1/programs/${programId}/outcomes?dimension=cohort`;
  const { items } = (await client.good({ roles: ['hr'] }, { path })) as { items: Shown[] };
  const thought = items.filter(({ item }) => item !== 'change');
  const measures = Map.groupBy(thought, ({ source, id, item }) => `${source} +${id}, ${item}`);
  for (const [measure, rows] of measures) {
    const line = new RegExp(`${measure} +(.*)\n`).exec(foretold)![1]!;
    const shown = line
      .match(/[+-]?\d+\.\d+|withheld/g)!
      .map((each) => (each === 'withheld' ? null : Number(each)));
    const told = rows.flatMap(({ group, value }) => (group === null ? [] : [value]));
    // The groups are ids, whose order is another one in each run.
    const near = (value: number | null) => (value === null ? null : expect.closeTo(value, 1));
    expect([measure, ...shown.sort(byValue)]).toEqual([measure, ...told.sort(byValue).map(near)]);
  }
  expect(thought.filter(({ group, value }) => group !== null && value !== null).length).toBeGreaterThan(20);
}
const byValue = (a: number | null, b: number | null): number => Number(a) - Number(b);

/** Has it that analytics learnt all of the tenant a month ago. */
async function learnMonthEarlier(tenantId: string): Promise<void> {
  const pool = openPool({ connectionString: (await cairn.databases()).analytics, max: 1 });
  const { rows } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.columns
      WHERE column_name = 'recorded_at' AND table_schema = ANY ($1)`,
    [(await readBuilds(pool)).map(schemaOf)],
  );
  for (const { name } of rows)
    await pool.query(
      `UPDATE ${name} SET recorded_at = recorded_at - interval '31 days' WHERE tenant_id = $1`,
      [tenantId],
    );
  await pool.end();
  // What it has read of a programme, it keeps in memory.
  await cairn.kill();
  await cairn.start();
}

/** Tokens that nobody has signed. */
const tokensOf = (...tenants: [string, string]) => {
  const [integration, hr] = tenants.map(
    (tenant) => `e30.${Buffer.from(JSON.stringify({ tenant })).toString('base64url')}.e30`,
  );
  return { CAIRN_INTEGRATION_TOKEN: integration!, CAIRN_HR_TOKEN: hr! };
};
const PEOPLE = 'docs/tutorial/people.csv';
const MAPPING = 'docs/tutorial/people.mapping.json';

describe('the demo says in one sentence what is wrong', () => {
  it.each([
    ['an option that there is not', '--year 1', "Unknown option '--year'", {}],
    ['a file that is not there', '--hris /nowhere.csv', 'The HR file cannot be read: ENOENT', {}],
    ['an unknown header', `--hris ${PEOPLE}`, 'apps/enrollment/mappings/hr-dataset-v14.json', {}],
    ['a small file', `--hris ${PEOPLE} --mapping ${MAPPING}`, 'the file is too small', {}],
    [
      'before the file',
      `--hris ${PEOPLE} --mapping ${MAPPING} --start 2025-01-01`,
      'that day or a later one',
      {},
    ],
    ['nobody there', '', 'Start it in another terminal with: npm start', { CAIRN_URL: 'http://localhost:1' }],
    ['tokens of somewhere else', '', "does not accept the demo's tokens", tokensOf('a', 'a')],
    ['tokens of two tenants', '', 'have to be tokens of one tenant', tokensOf('a', 'b')],
  ] as const)(
    '%s',
    async (_, args, says, environment) => {
      const { code, output } = await demo.run(args.split(' ').filter(Boolean), undefined, environment);
      expect(output).toContain(says);
      expect(output).not.toMatch(/\n {4}at /);
      expect(code).toBe(1);
    },
    LONG,
  );
});
