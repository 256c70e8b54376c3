import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@cairn/embedded';
import { programsOrSkip } from '@cairn/testing';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/*
 * The tutorial as it is written, and the how-tos that go on after it: every ```sh block of them, in one shell, against the
 * standalone with data of its own.
 */
const root = join(import.meta.dirname, '../..');
let home: string;
let address: string;
let standalone: ChildProcess;
let said = '';
const runs = programsOrSkip('the tutorial', 'bash', 'curl');

beforeAll(async () => {
  if (!runs) return;
  home = await mkdtemp(join(tmpdir(), 'cairn-tutorial-'));
  // Started by root, PostgreSQL runs under an account that has to pass through.
  await chmod(home, 0o711);
  const port = await freePort();
  address = `http://localhost:${port}`;
  const { KAFKA_BROKERS: _, ...env } = process.env;
  standalone = spawn(process.execPath, ['apps/standalone/dist/main.js'], {
    cwd: root,
    env: { ...env, PORT: String(port), CAIRN_HOME: home },
  });
  for (const stream of [standalone.stdout!, standalone.stderr!])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while (!said.includes('Cairn is ready')) {
    if (standalone.exitCode !== null) throw new Error(`Cairn did not start:\n${said}`);
    await delay(50);
  }
}, 60_000);

afterAll(async () => {
  if (!runs) return;
  if (standalone.exitCode === null) {
    standalone.kill('SIGTERM');
    await once(standalone, 'exit');
  }
  await rm(home, { recursive: true, force: true });
});

(runs ? describe : describe.skip)('the first quarter of an hour', () => {
  /** What each block printed, of the tutorial and of the how-tos. */
  let printed: string[];
  let assessed: string[];
  let pulsed: string[];
  let lookedAfter: string[];
  let filled: string[];

  beforeAll(async () => {
    const blocksOf = async (name: string) => {
      const page = await readFile(join(import.meta.dirname, name), 'utf8');
      return [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
    };
    const tutorial = await blocksOf('first-quarter-of-an-hour.md');
    const assessment = await blocksOf('../how-to/run-an-assessment.md');
    const pulses = await blocksOf('../how-to/ask-for-pulses.md');
    // Matches come after these: with them Marta's engagement ends.
    const matches = await blocksOf('../how-to/look-after-matches.md');
    const places = await blocksOf('../how-to/fill-places.md');
    const blocks = [...tutorial, ...assessment, ...pulses, ...matches, ...places];
    const { stdout } = await promisify(execFile)(
      'bash',
      ['-eu', '-o', 'pipefail', '-c', blocks.join('\nprintf "\\n=====\\n"\n')],
      { cwd: root, env: { ...process.env, CAIRN: address, CAIRN_HOME: home }, maxBuffer: 10_000_000 },
    );
    const all = stdout.split('\n=====\n');
    const next = ({ length }: readonly string[]) => all.splice(0, length);
    printed = next(tutorial);
    assessed = next(assessment);
    pulsed = next(pulses);
    lookedAfter = next(matches);
    filled = next(places);
  }, 180_000);

  const blockWith = (text: string) => {
    const found = printed.find((block) => block.includes(text));
    if (found === undefined) throw new Error(`Nothing printed "${text}":\n${printed.join('\n')}`);
    return found;
  };

  it('imports thirty people, after a dry run that says so', () => {
    const imported = blockWith('"status":"dry-run"');
    expect(imported).toContain('"wouldBe":"applied"');
    expect(imported).toMatch(/"status":"applied","counts":\{"rows":30,"created":30/);
  });

  it('shows two teams that lost people', () => {
    const baseline = blockWith('teamSizeOnFirstDay');
    expect(baseline).toMatch(/,8,3,2,2\.94\d+,7,1,/);
    expect(baseline).toMatch(/,6,2,2,3\.26\d+,6,1,/);
  });

  it('finds the two of their managers eligible, and says why', () => {
    const eligible = blockWith('"eligible": true');
    expect(eligible.match(/"eligible": true/g)).toHaveLength(2);
    expect(eligible).toContain('baselineLeft is at least 2: holds (3)');
  });

  it('matches, holds three sessions, and moves a goal', () => {
    expect(blockWith('"name":"Rosa Lind","years"')).toContain('"status":"active"');
    expect(blockWith('completed\n').trim().split('\n')).toEqual([
      'completed',
      'completed',
      'completed',
      'inProgress',
    ]);
  });

  it('books the next session, and shows the two what happened since the last', () => {
    const brief = blockWith('sinceLastSession');
    expect(brief).toContain('scheduled\n');
    expect(brief).toContain('"what":"CheckInRecorded"');
  });

  it('ends in a report: what is held, who is stuck, and a signal that clears itself', () => {
    const report = blockWith('completion-rate,,1,3,3,1,system');
    expect(report).toContain('cost-to-date,,540,540,3,1,system');
    expect(report).toContain('funnel,matched,0.5,1,2,2,system');
    expect(report).toMatch(/"Nothing has been booked for \d\d days, and no coach is matched yet\."/);
    expect(report).not.toContain('every week');
    expect(printed.at(-2)!.trim()).toBe('1\n[]');
    expect(printed.at(-1)).toContain('"value":1,"numerator":2,"denominator":2');
  });

  it('goes on to an assessment, whose raters are told what is anonymous, and whose results hide who is too few', () => {
    const [, approved, link, answered, results, priorities] = assessed as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    expect(approved.trim().split('\n')).toEqual(Array.from({ length: 5 }, () => 'collecting'));
    expect(link).toMatch(/\/answer#[\w-]{43}$/m);
    expect(answered.match(/Your answers are anonymous/g)).toHaveLength(5);
    expect(answered.match(/Your answers are not anonymous/g)).toHaveLength(1);
    expect(answered).not.toContain('urn:cairn:problem');
    expect(results).toMatch(/^\s*closed\nreleased\n/);
    expect(results).toContain('[\n  "directReport"\n]');
    expect(results).toContain('"category": "peer"');
    expect(priorities.trim()).toBe('released\ntrue');
  });

  it('goes on to pulses, which come to the two as means of three and more', () => {
    const [, removed, approved, link, answered, brief] = pulsed as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    expect(removed.trim()).toBe('true');
    expect(approved.trim().split('\n')).toEqual(Array.from({ length: 4 }, () => 'true'));
    expect(link).toMatch(/\/answer#[\w-]{43}$/m);
    expect(answered.trim()).toMatch(/^Your answers are anonymous/);
    const { asked, released } = JSON.parse(brief) as { asked: object[]; released: object[] };
    expect(asked).toMatchObject([{ raters: 4, enoughAnswers: true }]);
    expect(released).toHaveLength(4);
    for (const item of released) expect(item).toMatchObject({ raters: 3, mean: 5 });
  });

  it('goes on to coaches and matches: from a coach’s vetting to a next coach, without blame', () => {
    expect(lookedAfter.map((block) => block.trim().replaceAll(/\s+/g, ' '))).toEqual([
      'screened interviewed approved PCC',
      '0 approved',
      'completed third-session',
      'cancelledInTime cancelledInTime [ [ "moves-in-a-row" ] ]',
      'atRisk proposed active',
      '[ [ "time-to-rematch", 1 ], [ "rematch-rate", 0 ] ]',
      'suspended 1',
      '2 []',
    ]);
  });

  it('goes on to a second invitation, a waitlist, more time and more sessions', () => {
    expect(filled.map((block) => block.trim().replaceAll(/\s+/g, ' '))).toEqual([
      '',
      'expired invited',
      'waitlisted waitlisted 2',
      'declined',
      '1 8',
    ]);
  });
});
