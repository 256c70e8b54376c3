import { describe, expect, it } from '@jest/globals';
import { newId } from '../ids.js';
import { EventIdConflict, LogClosed, UnstorableEvent, WrongExpectedVersion } from '../port.js';
import { collect, events, newStream, TENANT } from './fixtures.js';
import type { Scene } from './scene.js';

export function appending(scene: Scene): void {
  describe('append', () => {
    it('stores all events of a command, and gives them back as they were', async () => {
      const stream = newStream();
      const [first, second] = events(2, {
        data: {
          text: 'Grüße „bis“ 😀 "quoted" \\ back\\u0000slash \n',
          nested: { list: [1, null, { a: true }] },
          empty: {},
        },
      });
      const appended = await scene.store.append(stream, [first!, second!], 0);
      expect(appended).toMatchObject({ version: 2, fresh: true });
      const stored = await collect(scene.store.readStream(stream));
      expect(stored).toHaveLength(2);
      for (const [index, event] of [first!, second!].entries()) {
        expect(stored[index]).toEqual({
          ...event,
          stream,
          version: index + 1,
          metadata: { ...event.metadata, contentHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
          position: expect.any(String),
          recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        });
      }
      expect(stored[1]!.position).toBe(appended.position);
      expect(stored[0]!.position < stored[1]!.position).toBe(true);
    });

    it('demands the exact version', async () => {
      const stream = newStream();
      await scene.store.append(stream, events(2), 0);
      for (const expected of [0, 1, 3]) {
        const refused = scene.store.append(stream, events(1), expected);
        await expect(refused).rejects.toThrow(WrongExpectedVersion);
        await expect(refused).rejects.toMatchObject({ stream, expected, actual: 2 });
      }
      await expect(scene.store.append(newStream(), events(1), 1)).rejects.toMatchObject({
        expected: 1,
        actual: 0,
      });
      expect(await collect(scene.store.readStream(stream))).toHaveLength(2);
    });

    it('answers the same events sent again as the first time', async () => {
      const stream = newStream();
      const sent = events(3);
      const first = await scene.store.append(stream, sent, 0);
      await scene.store.append(stream, events(1), 3);
      const again = sent.map((event) => ({
        ...event,
        metadata: { ...event.metadata, correlationId: newId() },
      }));
      expect(await scene.store.append(stream, again, 0)).toEqual({ ...first, fresh: false });
      expect(await collect(scene.store.readStream(stream))).toHaveLength(4);
    });

    it('does not mind the order of members when it compares content', async () => {
      const stream = newStream();
      const [event] = events(1, { data: { b: 1, a: { d: 2, c: 3 } } });
      await scene.store.append(stream, [event!], 0);
      const data = { a: { c: 3, d: 2 }, zone: 'Europe/Zürich', index: 0, b: 1 };
      expect(await scene.store.append(stream, [{ ...event!, data }], 0)).toMatchObject({
        version: 1,
        fresh: false,
      });
    });

    it('refuses what overlaps only in part, or not as it stands there, and stores none of it', async () => {
      const stream = newStream();
      const sent = events(4);
      const [first, second, third] = sent;
      await scene.store.append(stream, [first!, second!, third!], 0);
      for (const part of [sent, sent.slice(1), [first!, third!], [second!, first!]]) {
        await expect(scene.store.append(stream, part, 0)).rejects.toThrow(WrongExpectedVersion);
      }
      expect(await collect(scene.store.readStream(stream))).toHaveLength(3);
    });

    it('refuses the same id with other content', async () => {
      const stream = newStream();
      const [event, next] = events(2);
      await scene.store.append(stream, [event!], 0);
      const others = [
        { ...event!, data: { index: 7 } },
        { ...event!, type: 'SessionCancelled' },
        { ...event!, occurredAt: '2026-03-01T09:00:00.001Z' },
      ];
      for (const other of others) {
        const refused = scene.store.append(stream, [other], 0);
        await expect(refused).rejects.toThrow(EventIdConflict);
        await expect(refused).rejects.toMatchObject({ stream, eventId: event!.id });
      }
      await expect(scene.store.append(stream, [next!, next!], 1)).rejects.toThrow(EventIdConflict);
      expect(await collect(scene.store.readStream(stream))).toHaveLength(1);
    });

    it('stores large events, and refuses those that the bus could not carry', async () => {
      const stream = newStream();
      const [large] = events(1, { data: { text: 'ü'.repeat(449_000) } });
      await scene.store.append(stream, [large!], 0);
      const [stored] = await collect(scene.store.readStream(stream));
      expect(stored!.data).toEqual(large!.data);
      const refused = scene.store.append(stream, events(1, { data: { text: 'ü'.repeat(450_000) } }), 1);
      await expect(refused).rejects.toThrow(UnstorableEvent);
      await expect(refused).rejects.toMatchObject({
        reason: 'too-large',
        message: expect.stringContaining('900000'),
      });
    });

    it('refuses NUL and lone surrogates, wherever they stand, without repeating the text', async () => {
      const stream = newStream();
      const [event] = events(1);
      const actor = { subject: 'canary\0', role: 'coach' };
      await expect(
        scene.store.append(stream, events(1, { data: { deep: [{ text: 'canary\0' }] } }), 0),
      ).rejects.toMatchObject({ reason: 'nul', message: expect.not.stringContaining('canary') });
      await expect(
        scene.store.append(stream, events(1, { data: { 'canary\ud83d': 1 } }), 0),
      ).rejects.toMatchObject({ reason: 'lone-surrogate', message: expect.not.stringContaining('canary') });
      await expect(
        scene.store.append(stream, [{ ...event!, metadata: { ...event!.metadata, actor } }], 0),
      ).rejects.toMatchObject({ reason: 'nul' });
      expect(await collect(scene.store.readStream(stream))).toHaveLength(0);
    });

    it('never lets recordedAt go back', async () => {
      await Promise.all(Array.from({ length: 40 }, () => scene.store.append(newStream(), events(2), 0)));
      const times = (await scene.store.readAll('', 10_000)).map(({ recordedAt }) => recordedAt);
      expect(times).toEqual([...times].sort());
    });

    it('is refused once the log is closed', async () => {
      const inFlight = scene.store.append(newStream(), events(1), 0);
      await scene.store.close();
      await expect(inFlight).resolves.toMatchObject({ version: 1 });
      await expect(scene.store.append(newStream(), events(1), 0)).rejects.toThrow(LogClosed);
      await expect(scene.store.readAll('', 1)).rejects.toThrow(LogClosed);
    });

    it('keeps the tenant with the event', async () => {
      const stream = newStream();
      await scene.store.append(stream, events(1, { tenantId: TENANT }), 0);
      const [stored] = await collect(scene.store.readStream(stream));
      expect(stored!.metadata.tenantId).toBe(TENANT);
    });
  });
}
