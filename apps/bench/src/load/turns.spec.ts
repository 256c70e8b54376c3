import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { turns } from './turns.js';

describe('the turns of a connection', () => {
  it('come when they are due; those that an answer kept waiting have waited since then', async () => {
    const first = performance.now() + 50;
    const moments: number[] = [];
    for await (const moment of turns(first + 450, { first, every: 100 })) {
      moments.push(moment - first);
      if (moments.length === 2) await delay(250);
    }
    const [onTime, slow, ...rest] = moments;
    expect(onTime).toBeGreaterThan(-5);
    expect(slow).toBeGreaterThan(95);
    expect(rest.slice(0, 2).map(Math.round)).toEqual([200, 300]);
    expect(rest).toHaveLength(3);
  });

  it('end with the run, however many were due', async () => {
    const first = performance.now();
    let asked = 0;
    for await (const _ of turns(first + 100, { first, every: 1 })) {
      asked += 1;
      await delay(60);
    }
    expect(asked).toBeLessThanOrEqual(2);
  });

  it('follow each other where there is no schedule', async () => {
    const began = performance.now();
    const moments: number[] = [];
    for await (const moment of turns(began + 50)) {
      moments.push(moment);
      await delay(20);
    }
    expect(moments.length).toBeGreaterThan(0);
    expect(moments.length).toBeLessThanOrEqual(3);
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));
  });
});
