import { randomBytes, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { readCheckpoints } from '../consumer/checkpoints.js';
import type { BatchHandler } from '../consumer/received.js';
import { PermanentFault } from '../faults.js';
import { listConsumers, rewindConsumer } from '../operate/consumers.js';
import { listDeadLetters, redriveDeadLetters, showDeadLetter } from '../operate/dead-letters.js';
import type { Bus, BusMessage } from '../port.js';
import { sleep } from '../waiting.js';
import { countEffects, effectsByStream, upTo, writeEffects } from './effects.js';
import { messagesOf, send, uniqueName } from './events.js';
import { useScene } from './scene.js';
import type { OpenBus } from './under-test.js';
import { until } from './waiting.js';

const PARTITIONS = 4;

/** @param streams of 20 events each; one event of every 50th cannot be handled */
export function describePoison(name: string, open: OpenBus, streams: number): void {
  const total = streams * 20;
  const poison = streams / 50;

  describe(`${name}: poison`, () => {
    const { scene, consumers, newStory } = useScene(open, PARTITIONS);
    let bus: Bus;
    let pool: Pool;
    beforeAll(() => void ({ bus, pool } = scene));

    const edited = (message: BusMessage, edit: (envelope: Record<string, unknown>) => void): BusMessage => {
      const envelope = JSON.parse(message.value.toString()) as Record<string, unknown>;
      edit(envelope);
      return { ...message, value: Buffer.from(JSON.stringify(envelope)) };
    };

    it(`puts ${poison} poison messages among ${total} aside, and only those; other streams go on; redrive drains them`, async () => {
      const story = await newStory(streams);
      const group = uniqueName();
      // Each stream has 20 events. The seventh of some cannot be handled: so many dead letters, 13 held behind each.
      const poisoned = new Set(story.streams.filter((_, index) => index % 50 === 5));
      expect(poisoned.size).toBe(poison);
      let mended = false;
      const handle: BatchHandler = async (batch) => {
        await writeEffects('one')(batch);
        const bad = batch.events.find(
          ({ envelope }) => poisoned.has(envelope.subject) && envelope.streamversion === 7,
        );
        if (bad && !mended) throw new PermanentFault('too-much', 'cannot be handled');
      };
      await consumers.start(bus, pool, group, [story.topic], handle);
      await send(bus, messagesOf(story, story.take(total), PARTITIONS));
      await until('all others', async () => (await countEffects(pool)) >= total - poison * 14, 120_000);
      await until('the last ones are put aside', async () => {
        const { rows } = await pool.query<{ count: number }>(
          'SELECT count(*)::int AS count FROM bus_in.dead_letters WHERE group_name = $1',
          [group],
        );
        return rows[0]!.count === poison * 14;
      });
      const letters = await listDeadLetters(pool, group);
      expect(letters).toHaveLength(poison);
      expect(new Set(letters.map(({ stream }) => stream))).toEqual(poisoned);
      expect(letters[0]).toMatchObject({ reason: 'too-much', detail: 'cannot be handled', heldBehind: 13 });
      expect(await listConsumers(pool)).toContainEqual(
        expect.objectContaining({ group, deadLetters: poison, held: poison * 13, stopped: null }),
      );
      const effects = await effectsByStream(pool);
      for (const stream of story.streams)
        expect(effects.get(stream)).toEqual(upTo(poisoned.has(stream) ? 6 : 20));

      // Nothing mended: a redrive changes nothing but the count of attempts.
      expect(await redriveDeadLetters(pool, group)).toEqual({ redriven: 0, stillBlocked: poison });
      expect(await countEffects(pool)).toBe(total - poison * 14);
      mended = true;
      // New events of a held stream, while it is being drained, come neither too early nor not at all.
      const [live] = [...poisoned];
      const feeding = send(
        bus,
        messagesOf(
          story,
          upTo(40).map(() => story.next(live!)),
          PARTITIONS,
        ),
        5,
      );
      expect(await redriveDeadLetters(pool, group)).toMatchObject({ stillBlocked: 0 });
      await feeding;
      await until('what came meanwhile', async () => {
        if ((await listConsumers(pool)).find((each) => each.group === group)!.held > 0)
          await redriveDeadLetters(pool, group);
        return (await countEffects(pool)) >= total + 40;
      });
      const drained = await effectsByStream(pool);
      for (const stream of story.streams)
        expect(drained.get(stream)).toEqual(upTo(stream === live ? 60 : 20));
      expect(await redriveDeadLetters(pool, group)).toEqual({ redriven: 0, stillBlocked: 0 });
      expect(await effectsByStream(pool)).toEqual(drained);
      expect(await listDeadLetters(pool, group)).toEqual([]);
    }, 300_000);

    it('says why each kind of bad message was put aside', async () => {
      const story = await newStory(8);
      const group = uniqueName();
      const good = messagesOf(story, story.take(8), PARTITIONS);
      const foreign = (edit: (envelope: Record<string, unknown>) => void): BusMessage => ({
        ...edited(good[1]!, edit),
        key: randomUUID(),
      });
      // Of what cannot be compressed: an index would take more than its longest entry otherwise.
      const tooLong = randomBytes(9_000).toString('base64');
      const nested = `${'['.repeat(20_000)}"\\u0000"${']'.repeat(20_000)}`;
      const deep = (value: Buffer) =>
        Buffer.from(value.toString().replace('"data":{', `"data":{"x":${nested},`));
      const bad: [string, BusMessage][] = [
        ['not-json', { ...good[0]!, value: Buffer.from('{"id":') }],
        ['not-an-event', edited(good[1]!, (e) => delete e.specversion)],
        ['no-tenant', edited(good[2]!, (e) => delete e.tenantid)],
        ['unknown-type', edited(good[3]!, (e) => (e.type = 'cairn.sessions.session-dreamt.v1'))],
        ['unknown-version', edited(good[4]!, (e) => (e.type = 'cairn.sessions.allotment-used.v9'))],
        ['breaks-schema', edited(good[5]!, (e) => ((e.data as { total: unknown }).total = 'seven'))],
        ['wrong-key', { ...good[6]!, key: good[7]!.key, partition: good[7]!.partition }],
        ['not-json', { ...good[0]!, key: null, value: Buffer.from([0xff, 0x00, 0xfe]) }],
        // What the database could not keep, in each place where it would be kept.
        ['not-json', { ...good[0]!, key: 'nothing\0of ours', value: Buffer.from('poison') }],
        ['not-an-event', foreign((e) => (e.logposition = '00\0'))],
        ['not-an-event', foreign((e) => (e.type = 'cairn.\0'))],
        ['not-an-event', foreign((e) => (e.subject = '\0'))],
        ['not-an-event', foreign((e) => ((e.data as { note: string }).note = '\0'))],
        ['not-an-event', foreign((e) => (e.log = '9999999999'))],
        ['not-an-event', foreign((e) => (e.logindex = 2 ** 31))],
        ['not-an-event', foreign((e) => (e.source = tooLong))],
        ['not-an-event', foreign((e) => (e.tenantid = 'acme'))],
        ['not-an-event', foreign((e) => (e.logposition = tooLong))],
        ['not-an-event', foreign((e) => (e.recordedtime = '2016-12-31T23:59:60Z'))],
        ['not-json', { ...good[0]!, key: tooLong, value: Buffer.from('poison') }],
        ['wrong-key', { ...good[1]!, key: tooLong }],
        ['not-json', { ...good[0]!, key: null, value: Buffer.from('poison'), headers: { tenantid: 'a\0' } }],
        ['not-an-event', { ...good[1]!, key: null, value: deep(good[1]!.value) }],
      ];
      await consumers.start(bus, pool, group, [story.topic], writeEffects('one'));
      const reasons: string[] = [];
      for (const [reason, message] of bad)
        await bus.publish([message]).then(
          () => reasons.push(reason),
          // A bus that keeps its messages in a database refuses such a key at once.
          (error: unknown) => expect([message.key, error]).toEqual(['nothing\0of ours', expect.any(Error)]),
        );
      // A field that this version does not know is no fault.
      const [fine] = messagesOf(story, [story.next(`engagement-${randomUUID()}`)], PARTITIONS);
      await bus.publish([edited(fine!, (e) => ((e.data as { addedLater: boolean }).addedLater = true))]);
      await until('the dead letters and an effect', async () => {
        const letters = await listDeadLetters(pool, group);
        return letters.length === reasons.length && (await countEffects(pool)) === 1;
      });
      const letters = await listDeadLetters(pool, group);
      expect(letters.map(({ reason }) => reason).sort()).toEqual(reasons.sort());
      const schema = letters.find(({ reason }) => reason === 'breaks-schema')!;
      expect(schema.detail).toBe('AllotmentUsed: /total must be integer');
      expect((await showDeadLetter(pool, group, schema.id))!.message).toBe(bad[5]![1].value.toString());
      // A rewind of one tenant reads the header of each, whatever stands in it.
      await rewindConsumer(pool, group, { tenantId: '22222222-2222-4222-8222-222222222222' });
      await until('it has begun again', async () =>
        (await listConsumers(pool))
          .find((each) => each.group === group)!
          .partitions.every(({ offset }) => offset !== null),
      );
    });

    it('does not move past a poison message that cannot be put aside', async () => {
      const story = await newStory(1);
      const group = uniqueName();
      const [first, second] = messagesOf(story, story.take(2), PARTITIONS);
      await consumers.start(bus, pool, group, [story.topic], writeEffects('one'));
      await until('it has begun', async () => (await readCheckpoints(pool, group)).length > 0);
      await pool.query('ALTER TABLE bus_in.dead_letters RENAME TO gone');
      try {
        await bus.publish([{ ...first!, value: Buffer.from('poison') }]);
        await bus.publish([second!]);
        // Long enough for several attempts.
        await sleep(2_000);
        const at = (await readCheckpoints(pool, group)).find(
          ({ topic, partition }) => topic === story.topic && partition === first!.partition,
        );
        expect(at!.offset).toBe(-1);
        expect(await countEffects(pool)).toBe(0);
      } finally {
        await pool.query('ALTER TABLE bus_in.gone RENAME TO dead_letters');
      }
      await until('the dead letter', async () => (await listDeadLetters(pool, group)).length === 1);
      await until(
        'the one behind it is held',
        async () => (await listDeadLetters(pool, group))[0]!.heldBehind === 1,
      );
      await sleep(100);
      expect(await countEffects(pool)).toBe(0);
    });
  });
}
