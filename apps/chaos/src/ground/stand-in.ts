import { standInEventStore } from '@cairn/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answered, Told } from './event-store.js';

/** The stand-in's process: see `EventStoreProcess`. It ends with the process that started it. */
const AWAY_MS = 500;

const server = await standInEventStore();
const answer = (with_: Answered) => process.send!(with_);

async function carryOut(what: Told): Promise<void> {
  if (what === 'restart') {
    server.stop();
    await sleep(AWAY_MS);
    await server.start();
    answer('restarted');
    return;
  }
  const before = server.count('appends left');
  server.nextAppends('silent');
  while (server.count('appends left') === before) await sleep(10);
  answer('answer lost');
}

process.on('message', (what: Told) => void carryOut(what));
process.on('disconnect', () => process.exit());
answer({ connectionString: server.connectionString });
