import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { clusterOf, kafkaClient } from './kafkajs.js';

/** What lies below a cluster object: connections that are made anew and given up as brokers come and go. */
interface Within {
  readonly brokerPool: { readonly seedBroker: { readonly connectionPool: { readonly pool: Connection[] } } };
}
interface Connection {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

describe('a client of Kafka', () => {
  it('leaves nothing behind on a closed connection, however often it takes its leave', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const sockets: Socket[] = [];
    const onSocket = (made: unknown) => void sockets.push((made as { socket: Socket }).socket);
    subscribe('net.client.socket', onSocket);
    const { port } = server.address() as AddressInfo;
    const cluster = clusterOf(kafkaClient([`127.0.0.1:${port}`], 'spec'));
    await expect(cluster.connect()).rejects.toThrow();
    sockets.length = 0;
    const [connection] = (cluster as unknown as Within).brokerPool.seedBroker.connectionPool.pool;
    await connection!.connect();
    await once(sockets[0]!, 'close');
    // As the retries of whoever waits for the broker do.
    for (let times = 0; times < 12; times++) await connection!.disconnect();
    unsubscribe('net.client.socket', onSocket);
    server.close();
    expect(sockets.map((socket) => socket.listenerCount('connect'))).toEqual([0]);
  });
});
