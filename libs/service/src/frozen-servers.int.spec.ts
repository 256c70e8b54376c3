import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HANGS, inTransaction, queryPatiently } from '@cairn/event-store/postgres';
import { developmentIssuer } from '@cairn/identity';
import { freeze, networkTo, startPostgres, type TestPostgres } from '@cairn/testing';
import { Module } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceConfig } from './config.js';
import type { ServiceDefinition, ServiceParts } from './definition.js';
import { startService, type RunningService } from './start.js';

@Module({})
class Nothing {}

const definition: ServiceDefinition = {
  name: 'goals',
  title: 'Goals',
  description: 'A service with nothing in it but its log.',
  holdsText: false,
  migrate: async () => undefined,
  module: () => ({ module: Nothing }),
  publish: () => [],
};

let postgres: TestPostgres;
let kafka: Server;
let port: number;
let home: string;
let config: ServiceConfig;
let service: RunningService;
beforeAll(async () => {
  postgres = await startPostgres();
  kafka = createServer().listen(0, '127.0.0.1');
  await once(kafka, 'listening');
  port = (kafka.address() as AddressInfo).port;
  kafka.close();
  home = await mkdtemp(join(tmpdir(), 'cairn-issuer-'));
  const { issuer, audience, jwks: keys } = await developmentIssuer(home, { issuer: 'urn:cairn:spec' });
  config = {
    port: 0,
    databaseUrl: postgres.url,
    eventStore: { kind: 'postgres' },
    bus: { kind: 'kafka', brokers: [`127.0.0.1:${port}`], partitions: 3, createTopics: true },
    identity: { issuer, audience, keys },
  };
  service = await startService(definition, config);
  // As one that is frozen: it takes connections, and says nothing.
  kafka.listen(port, '127.0.0.1');
}, 120_000);
afterAll(async () => {
  await service?.stop();
  kafka?.close();
  await postgres?.stop();
  await rm(home, { recursive: true });
});

async function flow() {
  const fastify = service.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const { statusCode, body } = await fastify.inject({ method: 'GET', url: '/goals/health/flow' });
  return { status: statusCode, body: JSON.parse(body) as { checks: object[]; servers: object[] } };
}

it('the flow names the servers that do not answer, also where they are frozen', async () => {
  const database = `database: PostgreSQL at 127.0.0.1:${postgres.port}`;
  const bus = `bus: Kafka at 127.0.0.1:${port}`;
  const before = await flow();
  expect(before.body.checks).toMatchObject([{ name: 'relay goals', detail: { stuckSeconds: 0 } }]);
  expect(before.body.servers).toEqual([
    { name: database, answers: true },
    { name: bus, answers: false },
  ]);
  const thaw = freeze(postgres.pid);
  try {
    expect(await flow()).toEqual({
      status: 503,
      body: {
        status: 'stuck',
        healthy: false,
        checks: [
          { name: 'relay goals', healthy: false, detail: 'could not be asked (no answer within 2 s)' },
        ],
        servers: [
          { name: database, answers: false },
          { name: bus, answers: false },
        ],
      },
    });
  } finally {
    thaw();
  }
  expect((await flow()).body.servers[0]).toEqual({ name: database, answers: true });
});

describe('a start on a database that is frozen', () => {
  let thaw: (() => void) | undefined;
  const frozen = () => void (thaw = freeze(postgres.pid));
  afterEach(() => thaw?.());
  const said = () => `PostgreSQL at 127.0.0.1:${postgres.port} does not answer: nothing within 10 s`;

  it('says so, and ends', async () => {
    frozen();
    await expect(startService(definition, config)).rejects.toThrow(said());
  }, 60_000);

  it('says so, and ends, also where it froze in the middle', async () => {
    const migrate = async ({ pool }: ServiceParts) => {
      frozen();
      await pool.query('SELECT');
      await pool.query('SELECT'); // by then it has been given up
    };
    await expect(startService({ ...definition, migrate }, config)).rejects.toThrow(said());
  }, 60_000);
});

it('a connection that the network swallows is given up, and another one goes on', async () => {
  const network = await networkTo(postgres.url);
  const limit = jest.replaceProperty(HANGS, 'query_timeout', 1_000);
  let parts: ServiceParts | undefined;
  const module = (given: ServiceParts) => {
    parts = given;
    return { module: Nothing };
  };
  const beside = await startService({ ...definition, module }, { ...config, databaseUrl: network.url });
  limit.restore();
  const { pool } = parts!;
  try {
    await pool.query('SELECT 1');
    network.swallow(true);
    await expect(pool.query('SELECT 1')).rejects.toThrow('Query read timeout');
    network.swallow(false);
    const client = await pool.connect();
    network.swallow(true);
    await expect(client.query('SELECT 1')).rejects.toThrow('Query read timeout');
    await expect(client.query('SELECT 1')).rejects.toThrow(/terminated|not queryable/);
    client.release();
    network.swallow(false);
    expect((await pool.query<{ one: number }>('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    // What may take longer says so.
    await expect(pool.query('SELECT pg_sleep(1.5)')).rejects.toThrow('Query read timeout');
    await inTransaction(pool, (client) => queryPatiently(client, 'SELECT pg_sleep(1.5)'));
  } finally {
    await beside.stop();
    network.close();
  }
}, 60_000);
