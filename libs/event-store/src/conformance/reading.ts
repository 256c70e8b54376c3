import { beforeAll, describe, expect, it } from '@jest/globals';
import { LogClosed, type Reach, START } from '../port.js';
import { collect, events, everything, followUntil, newStream, OTHER_TENANT } from './fixtures.js';
import type { Scene } from './scene.js';

export function reading(scene: Scene): void {
  describe('reading', () => {
    const long = newStream();
    beforeAll(async () => {
      const store = await scene.log.open();
      for (let version = 0; version < 10_000; version += 500) await store.append(long, events(500), version);
      await store.close();
    });

    it('gives none for a stream that is not there', async () => {
      expect(await collect(scene.store.readStream(newStream()))).toEqual([]);
    });

    it('gives a stream of 10,000 events in order, from any version on', async () => {
      let expected = 0;
      for await (const { version } of scene.store.readStream(long)) expect(version).toBe((expected += 1));
      expect(expected).toBe(10_000);
      const rest = await collect(scene.store.readStream(long, 9_499));
      expect(rest.map(({ version }) => version)).toEqual(
        Array.from({ length: 501 }, (_, index) => 9_500 + index),
      );
    });

    it('gives the log page by page, from any position on', async () => {
      await scene.store.append(newStream(), events(5), 0);
      const all = await everything(scene.store, START);
      expect(all.at(-1)!.position).toBe(await scene.store.head());
      for (const index of [0, 1, 499, 500, 5_000, all.length - 2, all.length - 1]) {
        const page = await scene.store.readAll(all[index]!.position, 3);
        expect(page).toEqual(all.slice(index + 1, index + 4));
      }
      expect(await scene.store.readAll(START, 2)).toEqual(all.slice(0, 2));
    });

    it('gives an event alike, however it is read', async () => {
      const start = await scene.store.head();
      const stream = newStream();
      await scene.store.append(stream, events(3), 0);
      await scene.store.append(stream, events(1), 3);
      const read = await collect(scene.store.readStream(stream));
      expect(await everything(scene.store, start)).toEqual(read);
      expect(await followUntil(scene.store, start, (seen) => seen.length === 4)).toEqual(read);
    });

    it('says how far it reaches: what was recorded by then is there, and nothing comes after it that was', async () => {
      const writer = await scene.another();
      const writing = Promise.all(
        Array.from({ length: 4 }, async () => {
          for (let n = 0; n < 25; n += 1) await writer.append(newStream(), events(1), 0);
        }),
      );
      const reaches: Reach[] = [];
      for (let n = 0; n < 30; n += 1) reaches.push(await scene.store.reach());
      await writing;
      const all = await everything(scene.store, START);
      for (const { at, head } of reaches)
        expect(
          all.filter(({ position, recordedAt }) => position > head && recordedAt <= at.toISOString()),
        ).toEqual([]);
      expect(reaches.at(-1)!.at.getTime()).toBeGreaterThan(Date.now() - 60_000);
    });

    it('gives the log of one tenant', async () => {
      const streams = [newStream(), newStream()];
      await scene.store.append(streams[0]!, events(3, { tenantId: OTHER_TENANT }), 0);
      await scene.store.append(newStream(), events(3), 0);
      await scene.store.append(streams[1]!, events(2, { tenantId: OTHER_TENANT }), 0);
      const page = await scene.store.readAll(START, 4, { tenantId: OTHER_TENANT });
      expect(page.map(({ stream, version }) => [stream, version])).toEqual([
        [streams[0], 1],
        [streams[0], 2],
        [streams[0], 3],
        [streams[1], 1],
      ]);
      const rest = await scene.store.readAll(page.at(-1)!.position, 4, { tenantId: OTHER_TENANT });
      expect(rest.map(({ stream, version }) => [stream, version])).toEqual([[streams[1], 2]]);
    });

    it('says when it was cut short by close: a stream is whole or an error', async () => {
      const store = await scene.another();
      const read = async () => {
        let count = 0;
        for await (const _ of store.readStream(long)) if (++count === 10) await store.close();
        return count;
      };
      await expect(read()).rejects.toThrow(LogClosed);
    });

    it('has a generation that stays', async () => {
      const other = await scene.another();
      const generation = await scene.store.generation();
      expect(generation).toBeGreaterThan(0);
      expect(await other.generation()).toBe(generation);
    });
  });
}
