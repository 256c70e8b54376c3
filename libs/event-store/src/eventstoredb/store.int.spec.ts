import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { programsOrSkip, standInEventStore, testDatabase, type StandInEventStore } from '@cairn/testing';
import { collect, events, everything, followUntil, newStream } from '../conformance/fixtures.js';
import { LogOfAnother, START } from '../port.js';
import { type EventStoreDbStore, migrateOwed, openEventStoreDb } from './index.js';

let standIn: StandInEventStore;
const stores: EventStoreDbStore[] = [];

function open(log: string, connectionString = standIn.connectionString): EventStoreDbStore {
  const store = openEventStoreDb({ connectionString, log });
  stores.push(store);
  return store;
}

beforeAll(async () => {
  standIn = await standInEventStore();
});
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await standIn.remove();
});

describe('logs on one server', () => {
  it('are apart: each has its own events, order, head and generation', async () => {
    const [sessions, goals, empty] = [open('sessions'), open('goals'), open('session')];
    const stream = newStream();
    for (let version = 0; version < 60; version += 1) {
      await goals.append(stream, events(1), version);
      if (version % 20 === 0) await sessions.append(stream, events(1), version / 20);
    }
    for (const [store, count] of [
      [sessions, 3],
      [goals, 60],
      [empty, 0],
    ] as const) {
      const all = await everything(store, START);
      expect(all.map(({ version }) => version)).toEqual(Array.from({ length: count }, (_, n) => n + 1));
      expect(await collect(store.readStream(stream))).toEqual(all);
      expect(await store.head()).toBe(all.at(-1)?.position ?? START);
      if (count > 0) expect(await followUntil(store, START, (seen) => seen.length === count, 9)).toEqual(all);
    }
    const head = await sessions.head();
    await goals.append(stream, events(1), 60);
    expect(await sessions.head()).toBe(head);
    await sessions.append(newStream(), events(1), 0);
    expect((await sessions.head()) > head).toBe(true);
  });

  it('take only names that cannot be a part of another', () => {
    for (const log of ['', 'a/b', '$all', 'Sessions']) expect(() => open(log)).toThrow('no name of a log');
  });
});

it('appends only what is admitted', async () => {
  const asked: unknown[] = [];
  const store = openEventStoreDb({
    connectionString: standIn.connectionString,
    log: 'admitted',
    admit: (stream, version, { data }) => {
      asked.push([stream, version]);
      if ('refused' in data) throw new Error('not this one');
    },
  });
  stores.push(store);
  await store.append('session-1', events(2), 0);
  await expect(store.append('session-1', events(1, { data: { refused: true } }), 2)).rejects.toThrow(
    'not this',
  );
  expect(asked).toEqual([1, 2, 3].map((version) => ['session-1', version]));
  expect(await collect(store.readStream('session-1'))).toHaveLength(2);
});

describe('the generation of a log', () => {
  it('is raised above its own and above that of the log it was copied from', async () => {
    const store = open('raised');
    const first = await store.generation();
    const raised = await store.raiseGeneration();
    expect(raised).toBeGreaterThan(first);
    expect(await open('raised').generation()).toBe(raised);
    expect(await store.raiseGeneration(raised + 1000)).toBe(raised + 1001);
    expect(await everything(store, START)).toEqual([]);
  });

  it('is given once, though several processes ask first', async () => {
    const asked = await Promise.all(Array.from({ length: 6 }, () => open('asked').generation()));
    expect(new Set(asked).size).toBe(1);
  });
});

it('belongs to one database, whoever else claims it at the same time, through every generation', async () => {
  const databases = await Promise.all([1, 2, 3].map(() => testDatabase()));
  await Promise.all(databases.map(({ pool }) => migrateOwed(pool)));
  const claimed = () =>
    Promise.allSettled(databases.map(({ pool }) => open('claimed').claim(pool))).then((all) =>
      all.map(({ status }) => status),
    );
  const first = await claimed();
  expect([...first].sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  await open('claimed').raiseGeneration();
  expect(await claimed()).toEqual(first);

  // A log that was there before logs were claimed keeps the generation that is published.
  const older = open('older');
  const generation = await older.generation();
  await older.claim(databases[0]!.pool);
  expect(await older.generation()).toBe(generation);
  await expect(older.claim(databases[1]!.pool)).rejects.toThrow(LogOfAnother);
  await Promise.all(databases.map((each) => each.drop()));
});

describe('recordedAt', () => {
  it('does not go back after what a writer has read, though the clock of the server does', async () => {
    const store = open('clocks');
    const stream = newStream();
    await store.append(stream, events(1), 0);
    const [first] = await collect(store.readStream(stream));
    standIn.shiftClock(-60_000);
    await store.append(stream, events(1), 1);
    await store.append(newStream(), events(1), 0);
    standIn.shiftClock(0);
    const times = (await everything(store, START)).map(({ recordedAt }) => recordedAt);
    expect(times).toEqual([first!.recordedAt, first!.recordedAt, first!.recordedAt]);
  });
});

describe('a log that is copied in', () => {
  it('keeps its order, ids, versions and times, and a copy that broke off is continued', async () => {
    const from = open('copied-from');
    const streams = [newStream(), newStream()];
    await from.append(streams[0]!, events(2), 0);
    await from.append(streams[1]!, events(1), 0);
    await from.append(streams[0]!, events(3, { data: { text: 'x'.repeat(300_000) } }), 2);
    await from.append(streams[1]!, events(1), 1);
    const log = (await everything(from, START)).map((event, second) => ({
      ...event,
      recordedAt: `2025-01-01T00:00:0${second}.000Z`,
    }));
    const to = open('copied-to');
    await to.copyIn(log.slice(0, 4));
    const last = await to.copyIn(log);
    const copied = await everything(to, START);
    expect(copied).toEqual(log.map((event, index) => ({ ...event, position: copied[index]!.position })));
    expect(last).toBe(await to.head());
    await to.append(streams[1]!, events(1), 2);
    const [after] = await collect(to.readStream(streams[1]!, 2));
    expect(after!.recordedAt > log.at(-1)!.recordedAt).toBe(true);
  });
});

// Certificates are made for the moment.
const tls = programsOrSkip('who may, on EventStoreDB over TLS', 'openssl');
(tls ? describe : describe.skip)('who may', () => {
  it('is said by user and password over TLS, whose authority the connection string names', async () => {
    const secure = await standInEventStore({ secure: true });
    try {
      const store = open('sessions', secure.connectionString);
      const stream = newStream();
      await store.append(stream, events(1), 0);
      expect(await collect(store.readStream(stream))).toHaveLength(1);
      expect(await followUntil(store, START, (seen) => seen.length > 0)).toHaveLength(1);
      const stranger = open('sessions', secure.strangersConnectionString);
      const denied = { name: 'LogUnavailable', cause: { type: 'access-denied' } };
      await expect(stranger.append(stream, events(1), 1)).rejects.toMatchObject(denied);
      await expect(stranger.readAll(START, 1)).rejects.toMatchObject(denied);
      await expect(followUntil(stranger, START, () => true)).rejects.toMatchObject(denied);
      expect(secure.count('calls refused')).toBe(3); // none is tried again
      const untrusting = open('sessions', secure.connectionString.replace(/&tlsCAFile=[^&]*/, ''));
      await expect(untrusting.readAll(START, 1)).rejects.toThrow(/self-signed|certificate/i);
    } finally {
      await secure.remove();
    }
  });

  it('is said by a user certificate in place of a password', async () => {
    const secure = await standInEventStore({ secure: 'certificate' });
    try {
      expect(secure.connectionString).not.toContain('@');
      const store = open('sessions', secure.connectionString);
      expect(await store.append(newStream(), events(1), 0)).toMatchObject({ version: 1 });
      const without = secure.connectionString.replace(/&userCertFile=.*$/, '');
      await expect(open('sessions', without).readAll(START, 1)).rejects.toThrow();
    } finally {
      await secure.remove();
    }
  });
});

describe('a connection string', () => {
  it.each([
    ['postgres://host', 'begins with esdb://'],
    ['esdb://', 'begins with esdb://'],
    ['esdb:///', 'begins with esdb://'],
    ['esdb://user:password@/?tls=false', 'begins with esdb://'],
    ['esdb://admin:hush@host?operationTimeout=3', '"operationTimeout" is no option'],
    ['esdb://admin:hush@host?tls=true&tlsVerifyCert=false', 'tlsCAFile'],
    ['esdb://admin:hush@host?throwOnAppendFailure=false', '"throwOnAppendFailure" is no option'],
    ['esdb://admin:hush@host?tls=perhaps', 'true or false'],
  ])('that is wrong is refused, without its password: %s', (connectionString, words) => {
    let message = '';
    try {
      open('sessions', connectionString);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(words);
    expect(message).not.toContain('hush');
  });

  it('may use the name that the server has now', () => {
    for (const given of ['kurrentdb://host?tls=false', 'kurrentdb+discover://a,b:2114?tls_ca_file=x']) {
      if (given.includes('ca_file')) expect(() => open('sessions', given)).toThrow('certificate file');
      else expect(() => open('sessions', given)).not.toThrow();
    }
  });
});
