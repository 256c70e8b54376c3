/** `npm start`: installs and builds what is needed, then runs Cairn in one process until Ctrl-C. */
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bootstrap } from './bootstrap.mjs';
import { checkout, inState, stateIn } from './checkout.mjs';
import { faultsOf, unusedIn, whyNotOn } from './environment.mjs';
import { heldByAnother, isAlive, named, takeLock, updateLock } from './lock.mjs';
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
// The program judges it too, and what only it can tell; here it is told before anything is installed or built.
const data = join(stateIn(resolve(process.env.CAIRN_HOME || checkout)), 'postgres');
const user = heldByAnother(join(data, 'owner.json'));
if (user)
  giveUp(
    `The data directory ${data} is in use by process ${user.pid}: Cairn runs on it already.\n` +
      'Stop that one first, or start this one on data of its own: CAIRN_HOME=<an existing directory> npm start',
  );
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
