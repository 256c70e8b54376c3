import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kafkaOrSkip } from '@cairn/testing';
import { execFile } from 'node:child_process';
import { join } from 'node:path';

/*
 * A short chaos run, as `npm run chaos` runs it: the services as separate processes, while commands run they are killed,
 * paused and cut off, and so are PostgreSQL and Kafka. docs/explanation/chaos.md tells of the long ones.
 */
const SEED = 1306;
const POINTS = 7;

const kafka = await kafkaOrSkip();

(kafka ? describe : describe.skip)('a short chaos run', () => {
  let code: number | null;
  let said = '';
  let running: ReturnType<typeof execFile>;

  beforeAll(async () => {
    const main = join(import.meta.dirname, '../dist/main.js');
    const args = [main, '--points', String(POINTS), '--commands', '60', '--seed', String(SEED)];
    code = await new Promise((resolve) => {
      running = execFile(process.execPath, args);
      running.stdout!.on('data', (text: string) => (said += text));
      running.stderr!.on('data', (text: string) => (said += text));
      running.on('exit', resolve);
    });
  }, 240_000);
  afterAll(() => void running.kill('SIGKILL'));

  it('loses nothing, does nothing twice and keeps every order', () => {
    const figures = '0 lost, 0 twice, 0 disordered, 0 aside, 0 unlike-rebuild, 0 died, 0 undone';
    expect(said.trim().split('\n').at(-1)).toBe(`seed ${SEED}, ${figures}`);
    expect(code).toBe(0);
  });

  it('has told which faults struck, and how to let them strike again', () => {
    expect(said).toContain(`npm run chaos -- --points ${POINTS} --commands 60 --seed ${SEED}`);
    expect(said).toContain(`${POINTS}/${POINTS} after`);
  });
});
