import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Standalone } from './standalone.js';
import { COACH_ROSA } from './story/people.js';

/* A file system of 200 MB, which root alone may make, filled to the brim. */
let disk: string;
let mounted = false;
let cairn: Standalone | undefined;
const filling = () => join(disk, 'filling');
const fill = () => writeFile(filling(), Buffer.alloc(200_000_000)).catch(() => undefined);

beforeEach(async () => {
  disk = await mkdtemp(join(tmpdir(), 'cairn-small-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200m,mode=755', 'tmpfs', disk], { stdio: 'ignore' });
    mounted = true;
  } catch {
    console.warn('Not run: this machine does not let this user mount a small file system, to fill it.');
  }
});
afterEach(async () => {
  await rm(filling(), { force: true });
  await cairn?.stop();
  if (mounted) execFileSync('umount', ['-l', disk]);
  await rm(disk, { recursive: true, force: true });
});

it('a full disk is told with where it is and what to do: while Cairn runs, and at a first start', async () => {
  if (!mounted) return;
  cairn = await Standalone.start({}, disk);
  const hire = (body: object) =>
    cairn!.client.send(
      { roles: ['program-admin'] },
      { method: 'POST', path: '/enrollment/v1/coaches', body },
    );
  let answer = await hire(COACH_ROSA);
  expect(answer.status).toBe(201);

  await fill();
  const more = (n: number) => hire({ ...COACH_ROSA, externalRef: `C-${n}`, name: 'x'.repeat(200) });
  for (let n = 0; answer.status < 500; n++) answer = await more(n);
  expect(answer.body.detail).toMatch(/disk .* is full/);
  const told = new RegExp(`The disk that holds ${cairn.home} is full: 0 MB are left.*Free some space`);
  for (const end = Date.now() + 60_000; !told.test(cairn.output) && Date.now() < end;) await delay(50);
  expect(cairn.output).toMatch(told);

  const home = join(disk, 'another');
  await mkdir(home);
  const { code, stderr } = await cairn.program('main', [], { CAIRN_HOME: home, PORT: '1' });
  expect(code).toBe(1);
  expect(stderr).toMatch(/could not start: The disk that holds .*another\/.cairn is full\. Free some space/);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(await readdir(join(home, '.cairn'))).toEqual([]);

  await rm(filling());
  expect((await more(9999)).status).toBe(201);
});
