import { expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { watchRoom } from './room.js';

it('a disk that fills up is told once, with where and what to do, and so is room again', async () => {
  const said: string[] = [];
  let bytes = 50_000_000;
  const end = watchRoom('/data/cairn', (line) => said.push(line), { every: 5, free: async () => bytes });
  await delay(50);
  expect(said).toEqual([]);
  bytes = 3_400_000;
  await delay(50);
  bytes = 20_000_000; // too little to say that all is well
  await delay(50);
  bytes = 0;
  await delay(50);
  expect(said).toEqual([
    expect.stringMatching(
      /^The disk that holds \/data\/cairn is full: 3 MB are left\. .*Free some space there/,
    ),
  ]);
  bytes = 50_000_000;
  await delay(50);
  expect(said.slice(1)).toEqual(['There is room again on the disk that holds /data/cairn.']);
  end();
});
