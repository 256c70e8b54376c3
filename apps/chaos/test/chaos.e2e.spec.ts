import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kafkaOrSkip } from '@cairn/testing';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { kindOf, planOf } from '../src/plan.js';
import { WRONGS } from '../src/verify/judge.js';

/*
 * A short chaos run, as `npm run chaos` runs it: the services as separate processes, while commands run they are killed,
 * paused and not answered, and PostgreSQL and Kafka go away. docs/explanation/chaos.md tells of the long ones.
 */
const SEED = 24850;
const POINTS = 9;
const COMMANDS = 100;

const kafka = await kafkaOrSkip();

it('strikes processes, both servers, and every answer that a service waits for', () => {
  const kinds = planOf(SEED, POINTS, COMMANDS).map(({ fault }) =>
    kindOf(fault).replace(/ (enrollment|sessions|goals|analytics)$/, ''),
  );
  expect(kinds.sort()).toEqual([
    'kill',
    'kill kafka',
    'lose append',
    'lose consumer-checkpoint',
    'lose projection-checkpoint',
    'lose publish',
    'lose relay-checkpoint',
    'pause',
    'restart postgres',
  ]);
});

(kafka ? describe : describe.skip)('a short chaos run', () => {
  let code: number | null;
  let said = '';
  let running: ReturnType<typeof execFile>;

  beforeAll(async () => {
    const main = join(import.meta.dirname, '../dist/main.js');
    const args = [main, '--points', String(POINTS), '--commands', String(COMMANDS), '--seed', String(SEED)];
    code = await new Promise((resolve) => {
      running = execFile(process.execPath, args);
      running.stdout!.on('data', (text: string) => (said += text));
      running.stderr!.on('data', (text: string) => (said += text));
      running.on('exit', resolve);
    });
  }, 240_000);
  afterAll(() => void running.kill('SIGKILL'));

  it('loses nothing, does nothing twice and keeps every order', () => {
    const figures = [...WRONGS, 'undone'].map((wrong) => `0 ${wrong}`).join(', ');
    expect(said.trim().split('\n').at(-1)).toBe(`seed ${SEED}, ${figures}`);
    expect(code).toBe(0);
  });

  it('has told which faults struck, and how to let them strike again', () => {
    expect(said).toContain(`npm run chaos -- --points ${POINTS} --commands ${COMMANDS} --seed ${SEED}`);
    expect(said).toContain(`${POINTS}/${POINTS} after`);
  });
});
