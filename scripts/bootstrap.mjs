import { setTimeout as delay } from 'node:timers/promises';
import { build, isBuilt } from './build.mjs';
import { inState } from './checkout.mjs';
import { install, isInstalled, pinnedNode } from './install.mjs';
import { heldByAnother, releaseLock, takeLock } from './lock.mjs';
import { giveUp, working } from './progress.mjs';

/**
 * Installs and builds what is missing or out of date, and answers the path of the pinned Node to go on with.
 * Written for Node 20 without any package, since it is what brings the packages.
 */
export async function bootstrap({ builds = true } = {}) {
  if (Number(process.versions.node.split('.')[0]) < 20)
    giveUp(`Cairn needs Node 20 or newer to start from; this is ${process.version}.`);
  if ((await isInstalled()) && (!builds || isBuilt())) return pinnedNode();

  const lock = inState('install.lock');
  await waitFor(lock);
  if (!(await isInstalled())) {
    const running = heldByAnother(inState('start.lock'));
    if (running)
      giveUp(
        `The packages have to be installed anew, and Cairn runs on them: process ${running.pid}, ${running.address}.\n` +
          'Stop it there with Ctrl-C first; npm start then installs what is needed.',
      );
    await install();
  }
  const node = pinnedNode();
  if (builds && !isBuilt()) {
    const complaint = await build(node);
    if (complaint) giveUp(`The build failed:\n${complaint}`);
  }
  releaseLock(lock);
  return node;
}

/** Two at once would remove each other's packages: the second waits for the first. */
async function waitFor(lock) {
  let holder = takeLock(lock);
  if (!holder) return;
  await working(`Waiting for process ${holder.pid}, which installs and builds in this checkout`, async () => {
    while (holder) {
      await delay(200);
      holder = takeLock(lock);
    }
  });
}
