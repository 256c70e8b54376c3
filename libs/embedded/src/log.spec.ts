import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { openLog, whyEnded } from './log.js';

const LAST_WORDS = '[7] cairn_goals FATAL:  terminating connection due to unexpected postmaster exit\n';

it.each([
  [
    'sessions-remain',
    '[9]  FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use\n',
    'Try again in a moment',
  ],
  ['disk-full', '[9]  PANIC:  could not write: No space left on device\n', 'space'],
  ['port-taken', '[9]  LOG:  could not bind: Address already in use\n', '5432'],
  ['ended', '[9]  LOG:  shutting down\n', 'unexpected postmaster exit'],
])('says %s, however much the sessions of the server before write after it', async (code, said, message) => {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-log-'));
  try {
    await appendFile(join(directory, 'postgres.log'), 'No space left on device, of another day\n');
    const log = await openLog(directory);
    await log.file.close();
    await appendFile(log.path, said + LAST_WORDS.repeat(200));
    const error = await whyEnded(log, 5432);
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
  } finally {
    await rm(directory, { recursive: true });
  }
});
