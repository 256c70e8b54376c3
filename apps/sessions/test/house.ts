import { randomUUID } from 'node:crypto';
import { RefusedError } from '@cairn/decider';
import { derivedId, type Origin } from '@cairn/event-store';
import { migrateOwed, openEventStoreDbBesideRows } from '@cairn/event-store/eventstoredb';
import { migrate as migrateLog, openPostgresLog, type TransactionalLog } from '@cairn/event-store/postgres';
import { policy } from '@cairn/service/testing';
import { standInEventStore, testDatabase } from '@cairn/testing';
import { Pool } from 'pg';
import { EngagementHandler } from '../src/engagement/engagement.handler.js';
import { migrate } from '../src/migrations/index.js';
import { SessionHandler, type Booking } from '../src/session/session.handler.js';

export const TENANT = '11111111-1111-4111-8111-111111111111';

/** How many of the attempts succeeded, and with which slugs the others were refused. */
export async function tally(attempts: readonly Promise<unknown>[]) {
  const counts: Record<string, number> = {};
  for (const result of await Promise.allSettled(attempts)) {
    const how =
      result.status === 'fulfilled'
        ? 'done'
        : result.reason instanceof RefusedError
          ? result.reason.refusal.slug
          : String(result.reason);
    counts[how] = (counts[how] ?? 0) + 1;
  }
  return counts;
}

/** March 2026, UTC. */
export const on = (day: number, time = '12:00') => `2026-03-${String(day).padStart(2, '0')}T${time}:00.000Z`;

/** A command by an importer, at a time. */
export const origin = (at: string, commandId = randomUUID()): Origin => ({
  commandId,
  tenantId: TENANT,
  actor: { subject: 'spec', role: 'integration' },
  correlationId: commandId,
  at,
  exact: true,
});

/** Where a house may keep its events. */
export const STORES = ['postgres', 'eventstoredb'] as const;

/** The service's handlers on a database of their own; `connections` is how many of them can be at work at once. */
export async function openHouse({ connections = 20, log = 'postgres' as (typeof STORES)[number] } = {}) {
  const database = await testDatabase();
  await migrateLog(database.pool);
  await migrateOwed(database.pool);
  await migrate(database.pool);
  const pool = new Pool({ connectionString: database.url, max: connections });
  pool.on('error', () => undefined);
  const server = log === 'eventstoredb' ? await standInEventStore() : undefined;
  const store: TransactionalLog =
    server === undefined
      ? openPostgresLog({ pool })
      : await openEventStoreDbBesideRows({
          connectionString: server.connectionString,
          log: 'sessions',
          databaseUrl: database.url,
        });
  const sessions = new SessionHandler(pool, store);
  const engagements = new EngagementHandler(pool, store, sessions);

  /** A programme that is known here. */
  async function knownProgram(themes = ['giving-feedback', 'navigating-conflict']): Promise<string> {
    const programId = randomUUID();
    const facts = {
      endsOn: '2026-06-30',
      zone: 'Europe/Berlin',
      cadence: 'weekly',
      sessionPolicy: policy,
      themes,
    };
    await pool.query(
      `INSERT INTO known_programs (program_id, version, tenant_id, effective_on, facts) VALUES ($1, 1, $2, '-infinity', $3)`,
      [programId, TENANT, facts],
    );
    return programId;
  }

  return {
    pool,
    store,
    /** Of a house whose events are in EventStoreDB. */
    get server() {
      return server!;
    },
    at: { databaseUrl: database.url, connectionString: server?.connectionString },
    sessions,
    engagements,
    knownProgram,

    /** A planned engagement with so many units. */
    async engagement({
      allotment = 6,
      coachId = randomUUID(),
      personId = randomUUID(),
      coachPersonId = undefined as string | undefined,
      programId = undefined as string | undefined,
    } = {}): Promise<string> {
      const matchId = randomUUID();
      const engagementId = derivedId(matchId, 'engagement');
      const refs = {
        engagementId,
        enrollmentId: randomUUID(),
        programId: programId ?? (await knownProgram()),
        cohortId: randomUUID(),
        personId,
        coachId,
      };
      const terms = {
        endsOn: '2026-06-30',
        cadence: 'weekly' as const,
        zone: 'Europe/Berlin',
        allotment,
        policy,
      };
      await engagements.run(origin(on(1)), engagementId, {
        kind: 'plan',
        refs,
        matchId,
        ...terms,
        ...(coachPersonId !== undefined && { coachPersonId }),
      });
      return engagementId;
    },

    /** An hour from `startsAt` on, booked by the coachee on 2 March. */
    book(engagementId: string, startsAt: string, of: Partial<Booking> = {}, command = origin(on(2))) {
      const endsAt = new Date(Date.parse(startsAt) + 3_600_000).toISOString();
      return sessions.book(command, engagementId, {
        sessionId: derivedId(command.commandId, 'session:0'),
        startsAt,
        endsAt,
        zone: 'Europe/Berlin',
        by: () => 'coachee',
        ...of,
      });
    },

    /** The engagement's sums in the ledger, as they stand. */
    async sums(engagementId: string) {
      const { rows } = await pool.query<{
        granted: number;
        allotted: number;
        reserved: number;
        used: number;
      }>('SELECT granted, allotted, reserved, used FROM engagements WHERE engagement_id = $1', [
        engagementId,
      ]);
      return rows[0]!;
    },

    /** The states of the engagement's sessions, each once. */
    async states(engagementId: string): Promise<string[]> {
      const { rows } = await pool.query<{ state: string }>(
        'SELECT DISTINCT state FROM sessions WHERE engagement_id = $1 ORDER BY state',
        [engagementId],
      );
      return rows.map(({ state }) => state);
    },

    async types(stream: string): Promise<string[]> {
      const types: string[] = [];
      for await (const { type } of store.readStream(stream)) types.push(type);
      return types;
    },

    async close() {
      await store.close();
      await server?.remove();
      await pool.end();
      await database.drop();
    },
  };
}

export type House = Awaited<ReturnType<typeof openHouse>>;
