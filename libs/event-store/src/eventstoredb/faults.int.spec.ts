import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { networkTo, standInEventStore, type StandInEventStore, type StandInOptions } from '@cairn/testing';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { credentials } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { collect, events, everything, followUntil, newStream } from '../conformance/fixtures.js';
import { LogUnavailable, START, WrongExpectedVersion } from '../port.js';
import { type EventStoreDbStore, openEventStoreDb } from './index.js';
import { ANSWERS } from './reading.js';

const { AppendReq } = streams;
const { StreamIdentifier, UUID } = shared;

const servers: StandInEventStore[] = [];
const stores: EventStoreDbStore[] = [];
const unhandled: unknown[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

async function server(options?: StandInOptions): Promise<StandInEventStore> {
  const started = await standInEventStore(options);
  servers.push(started);
  return started;
}

function open({ connectionString }: StandInEventStore, log = 'sessions'): EventStoreDbStore {
  const store = openEventStoreDb({ connectionString, log });
  stores.push(store);
  return store;
}

afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await Promise.all(servers.splice(0).map((one) => one.remove()));
  expect(unhandled.splice(0)).toEqual([]);
});

describe('a read of EventStoreDB', () => {
  it('is given up where nothing comes, on connections old and new', async () => {
    const standIn = await server();
    const network = await networkTo(standIn.connectionString);
    const limit = jest.replaceProperty(ANSWERS, 'withinMs', 1_000);
    try {
      const store = open({ ...standIn, connectionString: network.url });
      const stream = newStream();
      await store.append(stream, events(2), 0);
      network.swallow(true);
      const asked = [store.readAll(START, 10), store.versionOf(stream), store.head(), store.generation()];
      await Promise.all(asked.map((each) => expect(each).rejects.toThrow('the log does not answer')));
      const fresh = open({ ...standIn, connectionString: network.url });
      await expect(collect(fresh.readStream(stream))).rejects.toThrow(LogUnavailable);
    } finally {
      limit.restore();
      network.close();
    }
  }, 90_000);
});

describe('an append to EventStoreDB', () => {
  it.each(['cut', 'silent'] as const)('is made once when its answer was lost (%s)', async (how) => {
    const standIn = await server();
    const store = open(standIn);
    const stream = newStream();
    const sent = events(3);
    standIn.nextAppends(how);
    const appended = await store.append(stream, sent, 0);
    expect(appended).toMatchObject({ version: 3, fresh: true });
    const stored = await collect(store.readStream(stream));
    expect(stored.map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
    expect(stored.at(-1)!.position).toBe(appended.position);
    expect(await store.append(stream, sent, 0)).toEqual({ ...appended, fresh: false });
  });

  it('waits for the same command of another process, which was accepted but cannot be read yet', async () => {
    const standIn = await server();
    const [one, other] = [open(standIn), open(standIn)];
    const stream = newStream();
    const sent = events(2);
    standIn.delayCommits(300);
    const answers = await Promise.all([one.append(stream, sent, 0), other.append(stream, sent, 0)]);
    expect(answers.map(({ fresh }) => fresh).sort()).toEqual([false, true]);
    await expect(other.append(stream, events(1), 0)).rejects.toThrow(WrongExpectedVersion);
  });

  it('keeps an id that stands in two streams apart', async () => {
    const store = open(await server());
    const sent = events(1);
    const [one, other] = [newStream(), newStream()];
    await store.append(one, sent, 0);
    const changed = [{ ...sent[0]!, data: { index: 9 } }];
    expect(await store.append(other, changed, 0)).toMatchObject({ version: 1, fresh: true });
    expect((await collect(store.readStream(other)))[0]!.data).toEqual({ index: 9 });
  });

  it('says when the server does not take so much at once', async () => {
    const store = open(await server());
    const refused = store.append(newStream(), events(2, { data: { text: 'x'.repeat(600_000) } }), 0);
    await expect(refused).rejects.toMatchObject({
      name: 'UnstorableEvent',
      reason: 'too-large',
      message: expect.stringContaining('1048576'),
    });
  });
});

describe('the stand-in', () => {
  it('writes nothing of an append that its caller has given up in the middle', async () => {
    const standIn = await server();
    const store = open(standIn);
    const stream = newStream();
    await store.append(stream, events(1), 0);
    const client = new StreamsClient(new URL(standIn.connectionString).host, credentials.createInsecure());
    const given = client.append(() => undefined);
    given.on('error', () => undefined);
    const options = new AppendReq.Options();
    options.setStreamIdentifier(
      new StreamIdentifier().setStreamName(Buffer.from(`cairn/sessions/${stream}`)),
    );
    options.setRevision('0');
    given.write(new AppendReq().setOptions(options));
    for (let sent = 0; sent < 3; sent++) {
      const proposed = new AppendReq.ProposedMessage();
      proposed.setId(new UUID().setString(randomUUID()));
      proposed.getMetadataMap().set('type', 'Half').set('content-type', 'application/json');
      proposed.setData(Buffer.from('{}'));
      given.write(new AppendReq().setProposedMessage(proposed));
    }
    await sleep(200);
    given.cancel();
    await sleep(200);
    client.close();
    expect(await store.append(stream, events(1), 1)).toMatchObject({ version: 2, fresh: true });
  });
});

describe('a restart of EventStoreDB', () => {
  it('loses, repeats and reorders nothing, and ends no process', async () => {
    const standIn = await server();
    const [writer, reader] = [open(standIn), open(standIn)];
    const streams = Array.from({ length: 40 }, newStream);
    const followed = followUntil(reader, START, (seen) => seen.length >= 40 * 5, 7);
    const writing = streams.map(async (stream) => {
      for (let version = 0; version < 5; version += 1) {
        await writer.append(stream, events(1), version);
        await sleep(30);
      }
    });
    for (let restart = 0; restart < 3; restart += 1) {
      await sleep(150);
      standIn.stop();
      await sleep(150);
      await standIn.start();
    }
    await Promise.all(writing);
    const log = await everything(writer, START);
    expect(log).toHaveLength(200);
    expect(await followed).toEqual(log);
    for (const stream of streams) {
      const versions = log.filter((event) => event.stream === stream).map(({ version }) => version);
      expect(versions).toEqual([1, 2, 3, 4, 5]);
    }
  });

  it('is waited for by reads, also for the first one', async () => {
    const standIn = await server();
    const store = open(standIn);
    standIn.stop();
    const reading = collect(store.readStream(newStream()));
    await sleep(500);
    await standIn.start();
    expect(await reading).toEqual([]);
  });

  it('is not waited for for ever', async () => {
    const standIn = await server();
    const store = open(standIn);
    standIn.stop();
    const [appended, read] = await Promise.allSettled([
      store.append(newStream(), events(1), 0),
      store.readAll(START, 1),
    ]);
    for (const fate of [appended, read]) {
      expect(fate).toMatchObject({ reason: expect.any(LogUnavailable) });
      expect(fate).toMatchObject({
        reason: { code: 'ETIMEDOUT', message: expect.stringContaining('UNAVAILABLE') },
      });
    }
  });
});

describe('another leader of EventStoreDB', () => {
  it('is found by appends, reads and subscriptions', async () => {
    const standIn = await server({ nodes: 3 });
    const [writer, reader] = [open(standIn), open(standIn)];
    const stream = newStream();
    const followed = followUntil(reader, START, (seen) => seen.length >= 4);
    await writer.append(stream, events(1), 0);
    await standIn.moveLeader(1, 500); // the old leader still runs, and tells who leads
    await writer.append(stream, events(1), 1);
    const moving = standIn.moveLeader(2, 500);
    await writer.append(stream, events(1), 2); // sent while nobody leads
    await moving;
    standIn.stopNode(1); // no longer there to tell anything
    await writer.append(stream, events(1), 3);
    const log = await everything(writer, START);
    expect(log.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
    expect(await followed).toEqual(log);
  });

  it('alone is asked for anything: other nodes may be behind', async () => {
    const standIn = await server();
    const store = open(standIn);
    const stream = newStream();
    await store.append(stream, events(1), 0);
    await store.raiseGeneration();
    await followUntil(store, START, (seen) => seen.length > 0);
    await collect(store.readStream(stream));
    await Promise.all([store.versionOf(stream), store.head(), store.readAll(START, 1)]);
    expect(standIn.count('calls for any node')).toBe(0);
  });
});

describe('a subscription to EventStoreDB', () => {
  it('that breaks is opened again behind what the server had passed over, not where it began', async () => {
    const standIn = await server();
    const [ours, theirs] = [open(standIn), open(standIn, 'goals')];
    await theirs.append(newStream(), events(200), 0);
    const passed = () => standIn.count('events that a subscription passed');
    const followed = followUntil(ours, START, (seen) => seen.length > 0);
    while (passed() < 200) await sleep(10);
    await ours.head(); // over the same connection: what was sent before has come
    standIn.stop();
    const before = passed();
    await standIn.start();
    await ours.append(newStream(), events(1), 0);
    await followed;
    expect(passed() - before).toBeLessThan(200);
  });

  it('is sent no more than its reader takes', async () => {
    const standIn = await server();
    const store = open(standIn);
    const text = 'x'.repeat(2_000);
    for (let version = 0; version < 2_000; version += 200) {
      await store.append('session-long', events(200, { data: { text } }), version);
    }
    const before = standIn.count('events sent');
    const stop = new AbortController();
    let taken = 0;
    for await (const batch of store.subscribe(START, { batchSize: 10, signal: stop.signal })) {
      taken += batch.length;
      await sleep(50);
      if (taken >= 100) break; // leaving early ends the call, too
    }
    expect(standIn.count('events sent') - before).toBeLessThan(800);
    while (standIn.openReads() > 0) await sleep(10);
  });
});
