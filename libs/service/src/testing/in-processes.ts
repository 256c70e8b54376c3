import type { Bus } from '@cairn/messaging';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Pool } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ONE_SERVICE = fileURLToPath(new URL('one-service.js', import.meta.url));

/** What a service stands on, as `testService` has made it. */
interface Ground {
  readonly pool: Pool;
  readonly databaseUrl: string;
  readonly bus: Bus;
  readonly busUrl: string;
  readonly partitions: number;
}

/** Where a service is killed. */
interface Moment {
  /** A table that nobody may write to meanwhile: whoever does waits there. */
  readonly held?: string | undefined;
  /** Brings about what the service does by itself. */
  readonly cause: () => Promise<unknown>;
  /** Whether it has come so far. */
  readonly reached: () => Promise<boolean>;
}

/**
 * A service in processes of its own, which are killed (SIGKILL) on the way and follow each other, where `testService` has
 * made ground for it and has stopped. `appModule` is its built module.
 */
export function inProcesses({ pool, databaseUrl, bus, busUrl, partitions }: Ground, appModule: URL) {
  const children = new Set<ChildProcess>();

  const counted = async (sql: string, values: unknown[] = []): Promise<number> => {
    const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, values);
    return rows[0]!.n;
  };

  const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 60_000; !(await holds()); await sleep(10))
      if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
  };

  return {
    counted,
    until,
    /** Whether somebody waits for what is held. */
    isWaiting: async () =>
      (await counted(`pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)) > 0,
    /** Whether all that was told on a topic is noted as handled. */
    async isNoted(topic: string): Promise<boolean> {
      const { partitions: told } = (await bus.describe([topic])).get(topic)!;
      const { rows } = await pool.query<{ partition: number; offset: number }>(
        'SELECT partition, "offset"::int AS offset FROM bus_in.checkpoints WHERE topic = $1',
        [topic],
      );
      const offsets = new Map(rows.map(({ partition, offset }) => [partition, offset]));
      return told.every(({ high }, partition) => offsets.get(partition) === high - 1);
    },
    /** Resolves when it runs. Its clock shows `now` until a message sets it. */
    async start(now: string): Promise<ChildProcess> {
      const config = {
        port: 0,
        databaseUrl,
        eventStore: { kind: 'postgres' },
        bus: { kind: 'postgres', url: busUrl, partitions, createTopics: true },
        identity: { issuer: 'urn:cairn:spec', audience: 'cairn', keys: { keys: [] } },
      };
      const args = [ONE_SERVICE, appModule.href, JSON.stringify({ config, now })];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      children.add(child);
      await once(child, 'message');
      return child;
    },
    async killAt(child: ChildProcess, { held, cause, reached }: Moment): Promise<void> {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        if (held !== undefined) await client.query(`LOCK TABLE ${held} IN SHARE MODE`);
        await cause();
        await until('the moment', reached);
        child.kill('SIGKILL');
        await once(child, 'exit');
      } finally {
        await client.query('ROLLBACK');
        client.release();
      }
    },
    /** Ends those that are left. */
    end(): void {
      for (const child of children) child.kill('SIGKILL');
      children.clear();
    },
  };
}

export type InProcesses = ReturnType<typeof inProcesses>;
