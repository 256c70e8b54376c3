import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readBuilds, schemaOf } from '@cairn/projections';
import { developmentIssuer } from '@cairn/identity';
import { openPool } from '@cairn/event-store/postgres';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ISSUER } from '../src/issuer.js';
import { Client } from './client.js';
import { Demo, expectSame, expectToHold, smallCompany, type Told } from './demo.js';
import { Standalone } from './standalone.js';

/* The demo as a process, and what becomes of its story where it is killed, or Cairn is. */

/** On a machine that has much else to do. */
const LONG = 600_000;

let cairn: Standalone;
let demo: Demo;
let directory: string;
let small: string[];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cairn-demo-'));
  small = await smallCompany(directory);
  cairn = await Standalone.start();
  demo = new Demo(cairn);
}, LONG);
afterAll(async () => {
  await cairn?.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('the demo, told the file of a small company', () => {
  let told: Told;
  beforeAll(async () => {
    told = await demo.run(small);
  }, LONG);

  it('holds', () => {
    expectToHold(told);
    expect(told.output).toContain('37 rows: 37 created');
  });

  it(
    'goes on by itself where Cairn is killed, with --resume wherever it was killed itself, and names what is not as planted and a number that is false',
    async () => {
      let args: readonly string[] = small;
      let killed: Promise<void> | undefined;
      for (const point of [
        'enrolling: ',
        'Cairn answers; going on.',
        'a second HR file',
        'The same numbers',
      ]) {
        const { code } = await demo.run(args, (output, kill) => {
          if (output.includes('living: ')) killed ??= cairn.kill().then(() => cairn.start());
          return output.includes(point) && kill();
        });
        expect([point, code]).toEqual([point, null]);
        args = ['--resume'];
      }
      await killed;
      const again = await demo.run(args);
      expectSame(again, told);

      const tenantId = /tenant of its own: (\S+)/.exec(again.output)![1]!;
      await correctLateCancellations(tenantId);
      const corrected = await demo.run(args);
      expect(corrected.output).toMatch(/\n {2}all \d{3} numbers agree\n/);
      expect(corrected.output).toMatch(
        /a session cancelled late by the coachee: .*; but Cairn has it as completed\n/,
      );
      expect(corrected.output).toMatch(/The report does NOT hold\.\n$/);
      expect(corrected.code).toBe(1);

      await falsify(tenantId);
      const { output, code } = await demo.run(args);
      const completed = (of: string) => /completion-rate +\d+ % +(\d+) \//.exec(of)![1];
      expect(output).toContain(
        `completion-rate numerator: analytics says ${completed(output)}, the events say ${completed(corrected.output)}\n`,
      );
      expect(completed(output)).not.toBe(completed(corrected.output));
      expect(output).toMatch(/The report does NOT hold\.\n$/);
      expect(code).toBe(1);
    },
    LONG,
  );
});

/** Has it, within the story's time, that sessions cancelled late were held. */
async function correctLateCancellations(tenantId: string): Promise<void> {
  const issuer = await developmentIssuer(cairn.home, { issuer: ISSUER });
  const client = new Client(`http://localhost:${cairn.port}`, issuer, tenantId);
  const path = '/sessions/v1/sessions';
  const { items } = await client.good({ roles: ['program-admin'] }, { path: `${path}?state=lateCancelled` });
  for (const { sessionId } of items)
    await client.good(
      { roles: ['integration'] },
      {
        method: 'POST',
        path: `${path}/${sessionId}/correct`,
        body: { to: 'completed', reason: 'was-held' },
        headers: {
          'if-match': '*',
          'cairn-on-behalf-of': 'program-admin',
          'cairn-occurred-at': '2025-03-01T12:00:00.000Z',
        },
      },
    );
}

/** Takes one completed session of the tenant from the table that reports read. */
async function falsify(tenantId: string): Promise<void> {
  const pool = openPool({ connectionString: (await cairn.databases()).analytics, max: 1 });
  const [build] = (await readBuilds(pool)).filter(({ name }) => name === 'participation');
  const table = `${schemaOf(build!)}.session_facts_v1`;
  const { rowCount } = await pool.query(
    `UPDATE ${table} SET fact = 'unconfirmed'
      WHERE tenant_id = $1 AND fact = 'completed' AND session_id = (
        SELECT session_id FROM ${table} WHERE tenant_id = $1 GROUP BY session_id
        HAVING bool_or(fact = 'completed') AND NOT bool_or(fact = 'corrected') LIMIT 1)`,
    [tenantId],
  );
  await pool.end();
  expect(rowCount).toBe(1);
  // What analytics has read of the programme, it keeps in memory.
  await cairn.kill();
  await cairn.start();
}
