import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EventStore, START } from '../port.js';
import { events, everything, followUntil, newStream } from './fixtures.js';
import type { Scene } from './scene.js';

export function subscribing(scene: Scene): void {
  describe('subscribe', () => {
    it('catches up from any position, then goes on live, without gap or repeat', async () => {
      const writer = await scene.another();
      const start = await scene.store.head();
      for (let n = 0; n < 20; n += 1) await writer.append(newStream(), events(3), 0);
      const before = await everything(scene.store, start);
      const from = [start, before[10]!.position, before.at(-1)!.position];
      const total = 60 + 30;
      const subscriptions = from.map((position) => {
        const offset = before.filter((event) => event.position <= position).length;
        return followUntil(scene.store, position, (seen) => seen.length >= total - offset, 4);
      });
      for (let n = 0; n < 10; n += 1) {
        await writer.append(newStream(), events(3), 0);
        await sleep(n % 3);
      }
      const all = await everything(scene.store, start);
      expect(all).toHaveLength(total);
      const followed = await Promise.all(subscriptions);
      for (const [n, seen] of followed.entries()) {
        expect(seen).toEqual(all.filter(({ position }) => position > from[n]!));
      }
    });

    it('hears, while it waits, of an event that another process appended', async () => {
      const writer = await scene.another();
      const start = await scene.store.head();
      const heard = followUntil(scene.store, start, (seen) => seen.length > 0);
      await sleep(300); // it is waiting by now
      await writer.append(newStream(), events(1), 0);
      expect(await heard).toHaveLength(1);
    });

    it('gives batches of at most the size asked for, to a slow reader too', async () => {
      const start = await scene.store.head();
      await scene.store.append(newStream(), events(7), 0);
      const stop = new AbortController();
      const batches: number[] = [];
      for await (const batch of scene.store.subscribe(start, { batchSize: 3, signal: stop.signal })) {
        batches.push(batch.length);
        if (batches.length === 1) await scene.store.append(newStream(), events(1), 0);
        await sleep(20);
        if (batches.reduce((sum, size) => sum + size) === 8) stop.abort();
      }
      expect(Math.max(...batches)).toBe(3);
    });

    it('ends when its signal aborts: waiting, reading, or before it began', async () => {
      const head = await scene.store.head();
      expect(await followUntil(scene.store, START, (seen) => seen.length > 0, 5)).toHaveLength(5);
      const waiting = AbortSignal.timeout(50);
      for await (const batch of scene.store.subscribe(head, { batchSize: 5, signal: waiting })) {
        expect(batch).toEqual([]);
      }
      for await (const batch of scene.store.subscribe(START, { batchSize: 5, signal: AbortSignal.abort() })) {
        expect(batch).toEqual([]);
      }
    });

    it('ends quietly when the log is closed, while it waits and while it reads', async () => {
      const endless = async (store: EventStore, after: string) => {
        for await (const batch of store.subscribe(after, {
          batchSize: 1,
          signal: new AbortController().signal,
        })) {
          if (batch[0]!.position > START) await sleep(1);
        }
      };
      const store = await scene.another();
      const reading = endless(store, START);
      const waiting = endless(store, await store.head());
      await sleep(50);
      await store.close();
      await Promise.all([reading, waiting]);
    });
  });
}
