import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@cairn/event-store';
import { migrate, openPostgresLog, type PostgresEventStore } from '@cairn/event-store/postgres';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { DataSource } from 'typeorm';
import { Transactions } from './transact.js';

let database: TestDatabase;
let dataSource: DataSource;
let log: PostgresEventStore;

beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.pool);
  dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  log = openPostgresLog({ connectionString: database.url });
});
afterAll(async () => {
  await log.close();
  await dataSource.destroy();
  await database.drop();
});

const now = '2026-01-05T09:00:00.000Z';
const identity = {
  commandId: newId(),
  tenantId: newId(),
  actor: { subject: 'spec', role: 'hr' },
  correlationId: newId(),
  occurredAt: now,
  now,
};

describe('a transaction of enrolment', () => {
  it('is tried again where its connection is lost between two statements', async () => {
    let attempts = 0;
    const { one } = await new Transactions(dataSource, log).run(identity, async ({ manager, client }) => {
      attempts += 1;
      if (attempts === 1) {
        const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        const gone = new Promise((resolve) => client.once('end', resolve));
        await database.pool.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
        await gone;
      }
      return (await manager.query<{ one: number }[]>('SELECT 1 AS one'))[0]!;
    });
    expect(one).toBe(1);
    expect(attempts).toBe(2);
  });
});
