/** `npm start`: installs and builds what is needed, then runs Cairn in one process until Ctrl-C. */
import { setTimeout as delay } from 'node:timers/promises';
import { bootstrap } from './bootstrap.mjs';
import { inState } from './checkout.mjs';
import { faultsOf, unusedIn, whyNotOn } from './environment.mjs';
import { isAlive, named, takeLock, updateLock } from './lock.mjs';
import { giveUp, say, working } from './progress.mjs';
import { startProgram, supervise } from './supervise.mjs';

const PROGRAM = 'apps/standalone/dist/main.js';
const faults = faultsOf(process.env);
if (faults.length > 0) giveUp(['Cairn cannot start with these variables:', ...faults].join('\n  - '));
const unused = unusedIn(process.env);
if (unused.length > 0)
  say(
    `Without effect here: ${unused.join(', ')}. npm start brings its own PostgreSQL and issuer of tokens, and keeps its ` +
      'data there; a service on a database of yours: docs/reference/configuration.md.',
  );

const port = Number(process.env.PORT || 3000);
const address = `http://localhost:${port}`;
const lock = inState('start.lock');

let leftBehind;
const holder = takeLock(lock, { address }, (left) => (leftBehind = left.program));
if (holder)
  giveUp(
    `Cairn has been started from this checkout already: process ${holder.pid}, ${holder.address}.\n` +
      'Stop it there with Ctrl-C, or start another one from a clone of its own.',
  );

if (leftBehind && isAlive(leftBehind)) await end(leftBehind);
const why = await whyNotOn(port);
if (why) giveUp(why);
const node = await bootstrap();

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
