import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SOCKET_VARIABLE } from '../shared/ask.js';
import { kafkaOrSkip } from './kafka-or-skip.js';

/* The process that specs ask for a Kafka, answering as it does where there is none, and where there is one. */
let directory: string;
let server: Server;
let answer: object;
const before = { CI: process.env['CI'], [SOCKET_VARIABLE]: process.env[SOCKET_VARIABLE] };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cairn-ask-'));
  server = createServer((_, response) => response.end(JSON.stringify(answer)));
  const socket = join(directory, 'socket');
  await new Promise<void>((listening) => server.listen(socket, listening));
  process.env[SOCKET_VARIABLE] = socket;
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  server.close();
  await rm(directory, { recursive: true, force: true });
});

const heard = () => {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => write.mock.calls.map(([chunk]) => String(chunk)).join('');
};

describe('without a Kafka', () => {
  beforeEach(() => {
    answer = { unavailable: 'neither Docker nor Java is here' };
  });

  it('a spec is skipped, and it is said loudly', async () => {
    delete process.env['CI'];
    const said = heard();
    expect(await kafkaOrSkip()).toBeUndefined();
    expect(said()).toContain('!! NOT TESTED OVER KAFKA: neither Docker nor Java is here.');
    expect(said()).toContain('Set KAFKA_BROKERS');
  });

  it('CI=true fails', async () => {
    process.env['CI'] = 'true';
    const said = heard();
    await expect(kafkaOrSkip()).rejects.toThrow(/neither Docker nor Java is here\. Set KAFKA_BROKERS/);
    expect(said()).toBe('');
  });
});

it('with one, says where it is, also with CI=true', async () => {
  process.env['CI'] = 'true';
  answer = { brokers: ['localhost:9092'] };
  expect(await kafkaOrSkip()).toEqual({ brokers: ['localhost:9092'] });
});
