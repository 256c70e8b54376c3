import { freePort } from '@cairn/embedded';
import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { awaitKafka } from './kafka-notice.js';

describe('a Kafka that does not answer', () => {
  it('is told with where and why, again and again, until it does', async () => {
    const port = await freePort();
    const said: string[] = [];
    const answers = await awaitKafka([`127.0.0.1:${port}`], (line) => said.push(line), { every: 20 });
    expect(answers()).toBe(false);
    expect(said).toEqual([expect.stringContaining(`127.0.0.1:${port}: nothing listens there`)]);
    expect(said[0]).toContain('npm run kafka');
    const holds = async (words: string) => {
      while (!said.some((line) => line.includes(words))) await delay(10);
    };
    await holds('Still no Kafka');
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    await holds('Kafka answers now.');
    expect(answers()).toBe(true);
    server.close();
    const lines = said.length;
    await delay(100);
    expect(said.length).toBe(lines);
  });

  it('is not told where one of several brokers answers', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const said: string[] = [];
    const brokers = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${port}`];
    expect((await awaitKafka(brokers, (line) => said.push(line)))()).toBe(true);
    expect(said).toEqual([]);
    server.close();
  });
});
