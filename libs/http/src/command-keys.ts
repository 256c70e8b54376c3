import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { applyMigrations } from '@cairn/event-store';

/** An answer as it was first given, and is given again to whoever sends the same command again. */
export interface StoredResponse {
  readonly status: number;
  /** JSON text, sealed; null where there was no body. */
  readonly body: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** What beginning a command came to. */
export type Begun =
  /** Ours to run, until the lease ends or `owner` gives it back. */
  | { readonly kind: 'run'; readonly owner: string }
  /** Done before; `requestHash` is that of the request which was answered. */
  | { readonly kind: 'done'; readonly requestHash: string | null; readonly response: StoredResponse }
  /** Somebody is at it. */
  | { readonly kind: 'running' }
  /** The key belongs to another request. */
  | { readonly kind: 'other-request' };

/** After this long without a sign of life of its owner a command may be run again, under the same commandId. */
export const LEASE_SECONDS = 10;
const KEPT_DAYS = 7;

const STEPS = [
  `create table http.command_keys (
     command_id   uuid primary key,
     tenant_id    uuid not null,
     request_hash text,
     owner        uuid not null,
     lease_until  timestamptz not null,
     created_at   timestamptz not null default now(),
     status       smallint,
     headers      json,
     body         text
   );
   create index command_keys_created_at on http.command_keys using brin (created_at);`,
];

/**
 * Lets the statement's own transaction end before it is on disk, which every command would wait for twice: what a crash of
 * the server may take with it is the row alone. Never in a transaction that holds an effect.
 */
const NOT_FLUSHED = `set_config('synchronous_commit', 'off', true) as not_flushed`;

interface KeyRow {
  mine: boolean;
  known: boolean;
  request_hash: string | null;
  status: number | null;
  headers: Record<string, string> | null;
  body: string | null;
}

/**
 * The rows behind `Idempotency-Key`: who runs a command, and what was answered. They are a convenience above the streams,
 * which know each commandId for good: a row that is lost or forgotten makes nothing happen twice.
 */
export class CommandKeys {
  constructor(private readonly pool: Pool) {}

  static migrate(pool: Pool): Promise<void> {
    return applyMigrations(pool, 'http', STEPS);
  }

  /** Takes the command for this caller, or says why not. `requestHash` is null where the body has yet to be read. */
  async begin(commandId: string, tenantId: string, requestHash: string | null): Promise<Begun> {
    const owner = randomUUID();
    for (;;) {
      const { rows } = await this.pool.query<KeyRow>({
        name: 'http.begin',
        text: `
          with mine as (
            insert into http.command_keys as k (command_id, tenant_id, request_hash, owner, lease_until)
            values ($1, $2, $3, $4, now() + make_interval(secs => $5))
            on conflict (command_id) do update set owner = excluded.owner, lease_until = excluded.lease_until
              where k.status is null and k.lease_until <= now() and k.request_hash is not distinct from excluded.request_hash
            returning 1)
          select exists (select from mine) as mine, k.command_id is not null as known,
                 k.request_hash, k.status, k.headers, k.body, ${NOT_FLUSHED}
            from (values (1)) one left join http.command_keys k on k.command_id = $1`,
        values: [commandId, tenantId, requestHash, owner, LEASE_SECONDS],
      });
      const row = rows[0]!;
      if (row.mine) return { kind: 'run', owner };
      // Somebody inserted or removed the row after this statement had begun: look again.
      if (!row.known) continue;
      if (row.request_hash !== requestHash && requestHash !== null) return { kind: 'other-request' };
      if (row.status === null) return { kind: 'running' };
      const response = { status: row.status, body: row.body, headers: row.headers ?? {} };
      return { kind: 'done', requestHash: row.request_hash, response };
    }
  }

  /**
   * Keeps the answer; through `client`, in the transaction of what the command wrote. False when the lease was lost to
   * somebody else, who then gives the answer: such a transaction must be rolled back.
   */
  async complete(
    commandId: string,
    owner: string,
    { status, body, headers }: StoredResponse,
    requestHash: string | null,
    client: Pool | PoolClient = this.pool,
  ): Promise<boolean> {
    const alone = client === this.pool;
    const { rowCount } = await client.query({
      name: alone ? 'http.complete' : 'http.complete-in',
      text: `update http.command_keys set status = $3, body = $4, headers = $5, request_hash = coalesce($6, request_hash)
              where command_id = $1 and owner = $2 and status is null ${alone ? `returning ${NOT_FLUSHED}` : ''}`,
      values: [commandId, owner, status, body, JSON.stringify(headers), requestHash],
    });
    return rowCount === 1;
  }

  /** Says that the owner is alive and at it. */
  async renew(commandId: string, owner: string): Promise<void> {
    await this.pool.query(
      `update http.command_keys set lease_until = now() + make_interval(secs => $3)
        where command_id = $1 and owner = $2 and status is null`,
      [commandId, owner, LEASE_SECONDS],
    );
  }

  /** Gives a refused command's key back: nothing happened, and what is sent next is judged afresh. */
  async release(commandId: string, owner: string): Promise<void> {
    await this.pool.query(
      'delete from http.command_keys where command_id = $1 and owner = $2 and status is null',
      [commandId, owner],
    );
  }

  /** Ends the lease of a command that failed midway: the same request may be sent again at once, and no other. */
  async endLease(commandId: string, owner: string): Promise<void> {
    await this.pool.query(
      'update http.command_keys set lease_until = now() where command_id = $1 and owner = $2 and status is null',
      [commandId, owner],
    );
  }

  /** Forgets answers older than a week. */
  async forgetOld(): Promise<number> {
    const { rowCount } = await this.pool.query(
      'delete from http.command_keys where created_at < now() - make_interval(days => $1) and lease_until < now()',
      [KEPT_DAYS],
    );
    return rowCount ?? 0;
  }
}
