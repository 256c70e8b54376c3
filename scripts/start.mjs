/** `npm start`: installs and builds what is needed, then runs Cairn in one process until Ctrl-C. */
import { setTimeout as delay } from 'node:timers/promises';
import { bootstrap } from './bootstrap.mjs';
import { inState } from './checkout.mjs';
import { isAlive, named, takeLock, updateLock } from './lock.mjs';
import { giveUp, working } from './progress.mjs';
import { startProgram, supervise } from './supervise.mjs';

const PROGRAM = 'apps/standalone/dist/main.js';
const address = `http://localhost:${process.env.PORT || 3000}`;
const lock = inState('start.lock');

let leftBehind;
const holder = takeLock(lock, { address }, (left) => (leftBehind = left.program));
if (holder)
  giveUp(
    `Cairn has been started from this checkout already: process ${holder.pid}, ${holder.address}.\n` +
      'Stop it there with Ctrl-C, or start another one from a clone of its own.',
  );

const node = await bootstrap();
if (leftBehind && isAlive(leftBehind)) await end(leftBehind);

const child = startProgram(node, PROGRAM, process.argv.slice(2), {
  detached: true,
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
updateLock(lock, { address, program: named(child.pid) });
supervise(child, { name: 'Cairn' });

/** The script of an earlier start was killed: its Cairn is ending by itself, and holds the port until it has. */
async function end(program) {
  await working(`Waiting for the Cairn of an earlier start (process ${program.pid}) to end`, async () => {
    for (let waited = 0; isAlive(program); waited += 100) {
      if (waited === 6000) process.kill(program.pid, 'SIGKILL');
      await delay(100);
    }
  });
}
