import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '@cairn/embedded';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Proxy } from './proxy.js';
import { watchPostgres } from './watch.js';

/*
 * What the faults rest on: the server has done what was asked, and the client has not heard of it.
 */
let database: TestDatabase;
let proxy: Proxy;
let client: Client;

beforeEach(async () => {
  database = await testDatabase();
  const url = new URL(database.url);
  proxy = await Proxy.open(await freePort(), Number(url.port), () => watchPostgres('me'));
  url.port = String(proxy.port);
  client = new Client({ connectionString: url.href });
  client.on('error', () => undefined);
  await client.connect();
  await database.pool.query(
    'CREATE SCHEMA bus_in; CREATE TABLE bus_in.checkpoints (at int); INSERT INTO bus_in.checkpoints VALUES (0)',
  );
});
afterEach(async () => {
  await client.end().catch(() => undefined);
  await proxy.close();
  await database.drop();
});

const checkpoint = async () =>
  (await database.pool.query<{ at: number }>('SELECT at FROM bus_in.checkpoints')).rows[0]!.at;
const move = { name: 'bus_in.move', text: 'UPDATE bus_in.checkpoints SET at = 1' };
const note = 'UPDATE bus_in.checkpoints SET at = 2';

describe('the proxy before PostgreSQL', () => {
  it('passes everything on', async () => {
    const { rows } = await client.query('SELECT n FROM generate_series(1, 20000) AS n');
    expect(rows).toHaveLength(20_000);
  });

  it('loses the answer to the COMMIT of what was to be lost, and to nothing before it', async () => {
    const lost = proxy.loseAnswer('me', 'consumer-checkpoint', 0, AbortSignal.timeout(5_000));
    await client.query('BEGIN');
    expect((await client.query(move)).rowCount).toBe(1);
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    expect(await checkpoint()).toBe(0);
    await expect(client.query('COMMIT')).rejects.toThrow(/terminated/);
    expect(await lost).toBe(true);
    expect(await checkpoint()).toBe(1);
  });

  it('loses the answer to a statement that commits by itself, and gives that of one that fails', async () => {
    const lost = proxy.loseAnswer('me', 'consumer-checkpoint', 50, AbortSignal.timeout(5_000));
    const fails = { name: 'bus_in.move in vain', text: 'UPDATE bus_in.checkpoints SET nothing = 1' };
    await expect(client.query(fails)).rejects.toThrow(/does not exist/);
    await expect(client.query(move)).rejects.toThrow(/terminated/);
    expect(await lost).toBe(true);
    expect(await checkpoint()).toBe(1);
  });

  it.each([
    ['append', move],
    ['consumer-checkpoint', note],
  ] as const)('says so where nothing came that was to be lost: %s', async (answer, other) => {
    const lost = proxy.loseAnswer('me', answer, 0, AbortSignal.timeout(100));
    await client.query(other);
    expect(await lost).toBe(false);
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('makes answers late, and cuts', async () => {
    proxy.delay('me', 100);
    const began = Date.now();
    await client.query('SELECT 1');
    expect(Date.now() - began).toBeGreaterThanOrEqual(190);
    proxy.delay('me', 0);
    proxy.cut('me');
    await expect(client.query('SELECT 1')).rejects.toThrow();
    await expect(
      new Client({ connectionString: `postgres://a:b@127.0.0.1:${proxy.port}/x` }).connect(),
    ).rejects.toThrow();
  });
});

describe('the proxy before a server that reads slowly', () => {
  it('passes on what comes late, without piling up who waits for the server', async () => {
    const piece = Buffer.alloc(65_536);
    const pieces = 200;
    let received = 0;
    let waiting = 0;
    const server = createServer((socket) => {
      socket.on('data', ({ length }) => (received += length)).pause();
      setTimeout(() => socket.resume(), 1_000);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const sockets: Socket[] = [];
    const onSocket = (made: unknown) => void sockets.push((made as { socket: Socket }).socket);
    subscribe('net.client.socket', onSocket);
    const watch = { client: 'me', asked: () => false, answered: () => 'give' as const };
    const slow = await Proxy.open(await freePort(), (server.address() as AddressInfo).port, () => watch);
    slow.delay('me', 100);
    const sender = connect(slow.port, '127.0.0.1');
    for (let sent = 0; sent < pieces; sent++) {
      sender.write(piece);
      await sleep(2);
      waiting = Math.max(waiting, ...sockets.map((socket) => socket.listenerCount('drain')));
    }
    for (const end = Date.now() + 60_000; received < pieces * piece.length && Date.now() < end;)
      await sleep(20);
    sender.destroy();
    await slow.close();
    server.close();
    unsubscribe('net.client.socket', onSocket);
    expect({ received, waiting }).toEqual({ received: pieces * piece.length, waiting: 1 });
  });
});
