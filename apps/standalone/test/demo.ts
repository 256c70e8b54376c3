import { expect } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Standalone } from './standalone.js';

const ROOT = join(import.meta.dirname, '../../..');

/** How a run of the demo ended, and what it said. */
export interface Told {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly output: string;
}

/** The demo as `npm run demo` runs it: a process of its own, with the keys of the Cairn that it is told to. */
export class Demo {
  constructor(private readonly cairn: Standalone) {}

  /** @param onOutput called with all of its output so far, and what kills it */
  async run(
    args: readonly string[],
    onOutput?: (output: string, kill: () => void) => void,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Told> {
    const child = spawn(process.execPath, ['apps/demo/dist/main.js', ...args], {
      cwd: ROOT,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        CAIRN_HOME: dirname(this.cairn.home),
        CAIRN_URL: `http://localhost:${this.cairn.port}`,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        onOutput?.(output, () => child.kill('SIGKILL'));
      });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }
}

/** What HR reads, from its first line to the proof: nothing in it is an id, an address or a time of day. */
const reportIn = ({ output }: Told): string =>
  output.slice(output.indexOf('What HR sees'), output.indexOf('The same numbers'));

/** How many events each service has published in the end. */
const eventsIn = ({ output }: Told): string => output.match(/\d+ events of enrollment.*/g)!.at(-1)!;

/** It proves every number of its report, and finds what it planted. */
export function expectToHold({ output, code }: Told): void {
  expect(output).toMatch(/\n {2}all \d{3} numbers agree\n/);
  expect(output).toMatch(/went silent after \S+; the first signal came \d+ days later/);
  expect(output).toMatch(/The report holds\.\n$/);
  expect(code).toBe(0);
}

/** The same story, whatever came between: the same report, of as many events. */
export function expectSame(again: Told, told: Told): void {
  expectToHold(again);
  expect(reportIn(told).split('\n').length).toBeGreaterThan(40);
  expect(reportIn(again)).toBe(reportIn(told));
  expect(eventsIn(again)).toBe(eventsIn(told));
}

const TEAMS = 6;

/** A company of 37 in six teams, all of them under strain, with names that are no ASCII. @returns how the demo is told of it */
export async function smallCompany(directory: string): Promise<string[]> {
  const row = (id: number, title: string, lead: string, score: number) =>
    `${id};"Öztürk-${id}, Zoë";${title};${lead};07.03.2019;;here;${score}`;
  const rows = Array.from({ length: TEAMS }, (_, team) => {
    const lead = 100 * (team + 1);
    const members = [1, 2, 3, 4, 5].map((n) => row(lead + n, 'Clerk', String(lead), n));
    return [row(lead, 'Team Lead', '1', 4), ...members];
  });
  const csv = ['id;name;title;lead;came;went;state;score', row(1, 'Owner', '', 5), ...rows.flat(), ''].join(
    '\n',
  );
  const day = (column: string) => ({ column, formats: ['DD.MM.YYYY'] });
  const mapping = {
    name: 'small-company',
    snapshotDate: '2025-01-07',
    employeeId: 'id',
    fullName: 'name',
    position: 'title',
    manager: { id: 'lead' },
    level: { column: 'title', rules: [{ level: 'manager', words: ['Lead'] }], otherwise: 'individual' },
    hiredOn: day('came'),
    leftOn: day('went'),
    status: { column: 'state', active: ['here'], voluntary: ['resigned'], involuntary: ['dismissed'] },
    engagementScore: { column: 'score', surveyedOn: '2024-12-01', scale: { lowest: 1, highest: 5 } },
  };
  const [file, how] = [join(directory, 'small.csv'), join(directory, 'small.json')];
  await writeFile(file, csv, 'latin1');
  await writeFile(how, JSON.stringify(mapping));
  return ['--hris', file, '--mapping', how, '--months', '2'];
}
