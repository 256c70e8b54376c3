import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventIdConflict, WrongExpectedVersion } from '../port.js';
import { collect, events, everything, followUntil, newStream, request } from './fixtures.js';
import type { Scene } from './scene.js';

export function racing(scene: Scene): void {
  describe('races', () => {
    it('lets one of many writers win, in one process and in several', async () => {
      const stores = [scene.store, await scene.another(), await scene.another()];
      const stream = newStream();
      for (let version = 0; version < 3; version += 1) {
        const fates = await Promise.allSettled(
          Array.from({ length: 30 }, (_, n) => stores[n % 3]!.append(stream, events(1), version)),
        );
        expect(fates.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        for (const fate of fates) {
          if (fate.status === 'rejected') expect(fate.reason).toBeInstanceOf(WrongExpectedVersion);
        }
      }
      const versions = (await collect(scene.store.readStream(stream))).map(({ version }) => version);
      expect(versions).toEqual([1, 2, 3]);
    });

    it('stores a command once, however often it is sent at the same time', async () => {
      const stores = [scene.store, await scene.another()];
      const stream = newStream();
      const sent = events(2);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) => stores[n % 2]!.append(stream, sent, 0)),
      );
      expect(answers.filter(({ fresh }) => fresh)).toHaveLength(1);
      expect(new Set(answers.map(({ version, position }) => `${version} ${position}`)).size).toBe(1);
      expect(await collect(scene.store.readStream(stream))).toHaveLength(2);
    });

    it('judges each append by itself: a refused one takes no other with it', async () => {
      const [taken, repeated] = [newStream(), newStream()];
      const known = events(1);
      await scene.store.append(taken, events(1), 0);
      await scene.store.append(repeated, known, 0);
      const fresh = Array.from({ length: 10 }, newStream);
      const [conflict, otherContent, again, ...others] = await Promise.allSettled([
        scene.store.append(taken, events(1), 0),
        scene.store.append(repeated, [{ ...known[0]!, data: {} }], 0),
        scene.store.append(repeated, known, 0),
        ...fresh.map((stream) => scene.store.append(stream, events(2), 0)),
      ]);
      expect(conflict).toMatchObject({ status: 'rejected', reason: expect.any(WrongExpectedVersion) });
      expect(otherContent).toMatchObject({ status: 'rejected', reason: expect.any(EventIdConflict) });
      expect(again).toMatchObject({ status: 'fulfilled', value: { version: 1, fresh: false } });
      expect(others.every((fate) => fate.status === 'fulfilled' && fate.value.version === 2)).toBe(true);
      for (const stream of fresh) expect(await collect(scene.store.readStream(stream))).toHaveLength(2);
    });

    it('keeps the order within each stream and over the log while many write', async () => {
      const stores = [scene.store, await scene.another()];
      const start = await scene.store.head();
      const streams = Array.from({ length: 20 }, newStream);
      await Promise.all(
        streams.map(async (stream, n) => {
          for (let version = 0; version < 20; version += 2)
            await stores[n % 2]!.append(stream, events(2), version);
        }),
      );
      const log = await everything(scene.store, start);
      expect(log).toHaveLength(400);
      const positions = log.map(({ position }) => position);
      expect(positions).toEqual([...new Set(positions)].sort());
      for (const stream of streams) {
        const versions = log.filter((event) => event.stream === stream).map(({ version }) => version);
        expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
      }
    });

    it('is held up for good by no writer that stands still before its COMMIT', async () => {
      // Where appends stand in no transaction there is nothing to stand still in.
      if (scene.log.stoppedWriter === undefined) return;
      const stream = newStream();
      const writer = await scene.log.stoppedWriter([request(stream, 0)]);
      await scene.store.append(newStream(), events(1), 0);
      const own = events(1);
      await scene.store.append(stream, own, 0); // it waits until the writer's session is ended for it
      expect(await writer.goOn()).toBe('refused');
      expect((await collect(scene.store.readStream(stream))).map(({ id }) => id)).toEqual([own[0]!.id]);
    });

    it('skips no event though commits are late and some are rolled back', async () => {
      // Where appends stand in no transaction, those to be rolled back are never sent.
      const inTransaction: NonNullable<typeof scene.log.inTransaction> =
        scene.log.inTransaction?.bind(scene.log) ??
        (async ([one], { holdMs, commit }) => {
          await sleep(holdMs);
          if (commit) await scene.store.append(one!.stream, one!.events, one!.expectedVersion);
        });
      const start = await scene.store.head();
      const reader = await scene.another();
      const committed: string[] = [];
      const write = async (writer: number) => {
        const stream = newStream();
        for (let n = 0, version = 0; n < 6; n += 1) {
          const commit = (writer + n) % 10 !== 0;
          if (n % 2 === 0)
            await inTransaction([request(stream, version)], { holdMs: (writer * 7) % 5, commit });
          else if (commit) await scene.store.append(stream, events(1), version);
          if (commit) committed.push(`${stream} ${++version}`);
        }
      };
      let writing = true;
      const writers = Promise.all(Array.from({ length: 50 }, (_, writer) => write(writer))).finally(() => {
        writing = false;
      });
      // The last event ends the subscription: everything before it must have come by then.
      const seen = await Promise.all([
        followUntil(reader, start, (events) => events.at(-1)?.type === 'LogEnded', 7),
        writers.then(() => scene.store.append(newStream(), [{ ...events(1)[0]!, type: 'LogEnded' }], 0)),
      ]).then(([all]) => all.slice(0, -1));
      expect(writing).toBe(false);
      expect(seen.map(({ stream, version }) => `${stream} ${version}`).sort()).toEqual(committed.sort());
      const positions = seen.map(({ position }) => position);
      expect(positions).toEqual([...positions].sort());
      const last = new Map<string, number>();
      for (const { stream, version } of seen) {
        expect(version).toBe((last.get(stream) ?? 0) + 1);
        last.set(stream, version);
      }
    });
  });
}
