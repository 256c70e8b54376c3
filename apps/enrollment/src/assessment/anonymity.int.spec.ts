import { hashOfLinkToken } from '@cairn/identity';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { answer, asked, link, raters, request } from '../../test/assessing.js';
import { enrollmentApp, eventually, type TestApp } from '../../test/app.js';
import { active, expectStatus, programme, type Programme } from '../../test/given.js';

/*
 * Whoever can read every table may tie an answer to its rater until answering is over, since both are written by one
 * transaction. Afterwards nobody may.
 */
let app: TestApp;
let to: Programme;
beforeAll(async () => {
  app = await enrollmentApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  app.clock.set('2026-01-05T08:00:00.000Z');
  to = await programme(app, { themes: ['giving-feedback'] });
});

const query = <Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> =>
  app.dataSource.query(sql, parameters);
const end = async (assessmentId: string, action: string) =>
  expectStatus(200, await app.as('hr').post(`/assessments/${assessmentId}/${action}`));

/** So many peers, who answer 1, 2, 3 … in this order. */
async function answered(count: number) {
  const { enrollmentId, personId } = await active(app, to);
  const assessmentId = await request(app, enrollmentId, ['peer']);
  const tokens: string[] = [];
  for (let n = 0; n < count; n++) tokens.push(await asked(app, personId, assessmentId, 'peer'));
  for (const [n, token] of tokens.entries()) expectStatus(204, await answer(app, token, n + 1));
  return { assessmentId, tokens };
}

/** What was answered, in the order of the table, and by which transaction it was written. */
const lying = async (assessmentId: string) =>
  (
    await query<{ value: number; by: string }>(
      `SELECT (items->'giving-feedback'->>0)::int AS value, xmin::text AS by FROM assessment_answers
        WHERE assessment_id = $1 ORDER BY ctid`,
      [assessmentId],
    )
  ).map(({ value, by }) => ({ value, by }));

const tied = (assessmentId: string) =>
  query(
    `SELECT r.rater_id, count(*) FROM assessment_raters r JOIN assessment_answers a USING (assessment_id)
      WHERE r.assessment_id = $1 AND r.xmin::text = a.xmin::text GROUP BY 1 HAVING count(*) = 1`,
    [assessmentId],
  );

it('has no column for a rater, a time or an order', async () => {
  const columns = await query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'assessment_answers' ORDER BY 1`,
  );
  expect(columns.map(({ name }) => name)).toEqual(['answer_key', 'assessment_id', 'category', 'items']);
});

it.each([
  ['by hand', (assessmentId: string) => end(assessmentId, 'close')],
  [
    'by its deadline',
    async (assessmentId: string) => {
      app.clock.set('2026-01-19T23:00:00.000Z');
      const status = async () => (await app.as('hr').get(`/assessments/${assessmentId}`)).body.status;
      await eventually(status, (is) => is === 'closed');
    },
  ],
])('ends what transactions and places in the table tell, with answering, %s', async (_, close) => {
  const inOrder: boolean[] = [];
  for (let n = 0; n < 4; n++) {
    app.clock.set('2026-01-05T08:00:00.000Z');
    const { assessmentId } = await answered(5);
    // This is what has to go.
    expect(await tied(assessmentId)).toHaveLength(5);
    expect((await lying(assessmentId)).map(({ value }) => value)).toEqual([1, 2, 3, 4, 5]);
    await close(assessmentId);
    expect(await tied(assessmentId)).toEqual([]);
    const rows = await lying(assessmentId);
    expect(rows.map(({ value }) => value).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(rows.map(({ by }) => by)).size).toBe(1);
    inOrder.push(rows.every(({ value }, index) => value === index + 1));
    const left = await query(
      'SELECT 1 FROM assessment_raters WHERE assessment_id = $1 AND (answered OR token_hash IS NOT NULL)',
      [assessmentId],
    );
    expect(left).toEqual([]);
  }
  // By chance one in 120 each.
  expect(inOrder).not.toEqual([true, true, true, true]);
});

it('leaves an answer in no other table: no event, no key, nothing of the link', async () => {
  const { enrollmentId, personId } = await active(app, to);
  const assessmentId = await request(app, enrollmentId, ['peer', 'self']);
  const token = await asked(app, personId, assessmentId, 'peer');
  const self = (await raters(app, assessmentId)).find(({ category }) => category === 'self')!;
  const tables = await query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  /** Of every table, its rows as text, but for what goes on by itself. */
  const everything = async () => {
    const rows: string[] = [];
    for (const { name } of tables)
      for (const { line } of await query<{ line: string }>(`SELECT t::text AS line FROM ${name} t`))
        rows.push(`${name} ${line}`);
    return rows;
  };
  const written = (rows: string[]) =>
    Map.groupBy(
      rows.filter((row) => /^(http|log|public)\./.test(row)),
      (row) => row.split(' ', 1)[0]!,
    );
  const before = written(await everything());
  expectStatus(204, await answer(app, token, 4));
  const rows = await everything();
  const after = written(rows);
  const changed = [...after].filter(([name, now]) => {
    const known = new Set(before.get(name));
    return now.some((row) => !known.has(row));
  });
  expect(changed.map(([name]) => name)).toEqual([
    'public.assessment_answers',
    'public.assessment_raters',
    'public.assessments',
  ]);
  for (const table of ['log.events', 'http.command_keys'])
    expect(after.get(table)?.length).toBe(before.get(table)?.length);
  expect(after.get('log.events')?.length).toBeGreaterThan(5);
  expect(after.get('http.command_keys')?.length).toBeGreaterThan(5);
  // Nor is a link kept, with or without its answer.
  await link(app, assessmentId, self.raterId);
  expect((await everything()).filter((row) => row.includes(token))).toEqual([]);
  await end(assessmentId, 'close');
  const hash = hashOfLinkToken(token).toString('hex');
  const [{ key }] = (await query<{ key: string }>('SELECT answer_key AS key FROM assessment_answers')) as [
    { key: string },
  ];
  const last = await everything();
  expect(last.filter((row) => row.includes(hash))).toEqual([]);
  expect(last.filter((row) => row.includes(key))).toHaveLength(1);
});

it('is deleted when results are released, or will never be', async () => {
  for (const action of ['release', 'withdraw']) {
    const { assessmentId } = await answered(3);
    await end(assessmentId, 'close');
    await end(assessmentId, action);
    expect(await lying(assessmentId)).toEqual([]);
  }
});
