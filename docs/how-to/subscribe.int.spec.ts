import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Context, ContractEvent } from '@cairn/contracts';
import { migrate as migrateLog, openPostgresLog, type PostgresEventStore } from '@cairn/event-store/postgres';
import { migrate as migrateMessaging, startRelay, type Bus } from '@cairn/messaging';
import { kafkaBus } from '@cairn/messaging/kafka';
import { kafkaOrSkip, testDatabase, type TestDatabase } from '@cairn/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/* The program of the how-to, as a process of its own, behind a real log, relay and Kafka. */
const kafka = await kafkaOrSkip();
/** A service of its own: the topics of a shared Kafka outlive a spec. */
const service = `howto${Date.now()}` as Context;
const STREAMS = Array.from({ length: 5 }, () => `engagement-${randomUUID()}`);

(kafka ? describe : describe.skip)('a downstream system in a few lines', () => {
  let database: TestDatabase;
  let store: PostgresEventStore;
  let bus: Bus;
  let subscriber: ChildProcess;
  let printed = '';
  let complaints = '';
  const versions = new Map(STREAMS.map((stream) => [stream, 0]));

  beforeAll(async () => {
    database = await testDatabase();
    await migrateLog(database.pool);
    await migrateMessaging(database.pool);
    store = openPostgresLog({ pool: database.pool });
    bus = kafkaBus({ brokers: kafka!.brokers, clientId: 'spec', partitions: 3 });
    await publish(40);
    const program = join(import.meta.dirname, 'subscribe.mjs');
    subscriber = spawn(process.execPath, [program, kafka!.brokers.join(','), `cairn.${service}.v1`]);
    subscriber.stdout!.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    subscriber.stderr!.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  });
  afterAll(async () => {
    subscriber?.kill('SIGKILL');
    await store?.close();
    await bus?.close();
    await database?.drop();
  });

  /** Appends so many events to the log, and relays it until its end. */
  async function publish(count: number): Promise<void> {
    for (let index = 0; index < count; index++) await append(STREAMS[index % STREAMS.length]!);
    const publishAll = ({ type, data }: { type: string; data: unknown }) => [
      { name: type, data } as ContractEvent,
    ];
    const relay = startRelay({ service, store, pool: database.pool, bus, publish: publishAll });
    const head = await store.head();
    const reached = 'SELECT 1 FROM relay.relays WHERE service = $1 AND position >= $2';
    while ((await database.pool.query(reached, [service, head])).rowCount === 0) await delay(50);
    await relay.stop();
  }

  async function append(stream: string): Promise<void> {
    const version = versions.get(stream)!;
    versions.set(stream, version + 1);
    const id = stream.slice('engagement-'.length);
    const refs = {
      engagementId: id,
      enrollmentId: id,
      programId: id,
      cohortId: id,
      personId: id,
      coachId: id,
    };
    const event = {
      id: randomUUID(),
      type: 'AllotmentUsed',
      occurredAt: `2026-03-03T10:00:00.${String(version).padStart(3, '0')}Z`,
      data: { ...refs, completed: version, forfeited: 0, total: version },
      metadata: {
        tenantId: '11111111-1111-4111-8111-111111111111',
        commandId: randomUUID(),
        correlationId: randomUUID(),
        actor: { subject: 'spec', role: 'hr' },
      },
    };
    await store.append(stream, [event], version);
  }

  const lines = () => printed.split('\n').slice(0, -1);
  async function untilPrinted(count: number): Promise<void> {
    for (let waited = 0; lines().length < count; waited += 100) {
      if (waited > 40_000) throw new Error(`After ${waited} ms it has printed:\n${printed}\n${complaints}`);
      await delay(100);
    }
  }

  it('hears every event, in the order of its stream', async () => {
    await untilPrinted(40);
    const byStream = Map.groupBy(lines(), (line) => line.split(' ')[2]!);
    expect([...byStream.keys()].sort()).toEqual([...STREAMS].sort());
    for (const own of byStream.values()) expect(own).toEqual([...own].sort());
    expect(lines()[0]).toContain(`cairn.sessions.allotment-used.v1`);
  });

  it('handles nothing twice when a relay sends everything again', async () => {
    await database.pool.query(`UPDATE relay.relays SET position = ''`);
    await publish(10);
    await untilPrinted(50);
    await delay(500);
    expect(lines()).toHaveLength(50);
    expect(new Set(lines()).size).toBe(50);
  });
});
