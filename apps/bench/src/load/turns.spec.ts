import { describe, expect, it } from '@jest/globals';
import { turns, type Schedule } from './turns.js';

/** The moments of a run that begins at 0, whose answers take so long in turn, the last of them always; timers are late by `late`. */
async function momentsOf(end: number, answers: readonly number[], schedule?: Schedule, late = 0) {
  let clock = 0;
  const time = { now: () => clock, delay: async (ms: number) => void (clock += ms + late) };
  const moments: number[] = [];
  for await (const moment of turns(end, schedule, time)) {
    moments.push(moment);
    clock += answers[moments.length - 1] ?? answers.at(-1)!;
  }
  return moments;
}

describe('the turns of a connection', () => {
  it('come when they are due; those that an answer kept waiting have waited since then', async () => {
    const moments = await momentsOf(500, [10, 250, 10], { first: 50, every: 100 });
    expect(moments).toEqual([50, 150, 250, 350, 450]);
  });

  it('begin when a late timer lets them, which is not the service’s doing', async () => {
    expect(await momentsOf(300, [10], { first: 50, every: 100 }, 5)).toEqual([55, 155, 255]);
  });

  it('end with the run, however many were due', async () => {
    expect(await momentsOf(100, [60], { first: 0, every: 1 })).toEqual([0, 1]);
  });

  it('follow each other where there is no schedule', async () => {
    expect(await momentsOf(50, [20])).toEqual([0, 20, 40]);
    expect(await momentsOf(0, [20])).toEqual([0]);
  });
});
