import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { applyMigrations } from '@cairn/event-store';
import { Gathering, textArray } from '@cairn/event-store/postgres';

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

interface Asked {
  readonly commandId: string;
  readonly tenantId: string;
  readonly requestHash: string | null;
  readonly owner: string;
}

interface Kept {
  readonly commandId: string;
  readonly owner: string;
  readonly response: StoredResponse;
  readonly requestHash: string | null;
}

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
  /** Each asks the database for many commands at once: the way there costs more than what is done. */
  private readonly beginning: Gathering<Asked, KeyRow>;
  private readonly completing: Gathering<Kept, boolean>;

  constructor(private readonly pool: Pool) {
    this.beginning = new Gathering(
      (asked) => this.beginAll(asked),
      () => 1,
    );
    this.completing = new Gathering(
      (kept) => complete(pool, kept, true),
      ({ response }) => response.body?.length ?? 0,
    );
  }

  static migrate(pool: Pool): Promise<void> {
    return applyMigrations(pool, 'http', STEPS);
  }

  /** Takes the command for this caller, or says why not. `requestHash` is null where the body has yet to be read. */
  async begin(commandId: string, tenantId: string, requestHash: string | null): Promise<Begun> {
    const owner = randomUUID();
    for (;;) {
      const row = await this.beginning.add({ commandId, tenantId, requestHash, owner });
      if (row.mine) return { kind: 'run', owner };
      // Somebody inserted or removed the row after this statement had begun, or within it: look again.
      if (!row.known) continue;
      if (row.request_hash !== requestHash && requestHash !== null) return { kind: 'other-request' };
      if (row.status === null) return { kind: 'running' };
      const response = { status: row.status, body: row.body, headers: row.headers ?? {} };
      return { kind: 'done', requestHash: row.request_hash, response };
    }
  }

  /** Of one command that is asked for twice in a batch, the first is it. */
  private async beginAll(asked: readonly Asked[]): Promise<KeyRow[]> {
    const { rows } = await this.pool.query<KeyRow>({
      name: 'http.begin',
      text: `
        with asked as (
          select command_id::uuid, tenant_id::uuid, request_hash, owner::uuid, n
            from unnest($1::text[], $2::text[], $3::text[], $4::text[])
                 with ordinality as a (command_id, tenant_id, request_hash, owner, n)),
        mine as (
          insert into http.command_keys as k (command_id, tenant_id, request_hash, owner, lease_until)
          select distinct on (command_id) command_id, tenant_id, request_hash, owner, now() + make_interval(secs => $5)
            from asked order by command_id, n
          on conflict (command_id) do update set owner = excluded.owner, lease_until = excluded.lease_until
            where k.status is null and k.lease_until <= now() and k.request_hash is not distinct from excluded.request_hash
          returning owner)
        select mine.owner is not null or (k.owner = asked.owner and k.status is null) as mine,
               k.command_id is not null as known, k.request_hash, k.status, k.headers, k.body, ${NOT_FLUSHED}
          from asked left join mine on mine.owner = asked.owner
               left join http.command_keys k on k.command_id = asked.command_id
         order by asked.n`,
      values: [
        textArray(asked.map(({ commandId }) => commandId)),
        textArray(asked.map(({ tenantId }) => tenantId)),
        textArray(asked.map(({ requestHash }) => requestHash)),
        textArray(asked.map(({ owner }) => owner)),
        LEASE_SECONDS,
      ],
    });
    return rows;
  }

  /** Keeps the answer. False when the lease was lost to somebody else, who then gives the answer. */
  complete(
    commandId: string,
    owner: string,
    response: StoredResponse,
    requestHash: string | null,
  ): Promise<boolean> {
    return this.completing.add({ commandId, owner, response, requestHash });
  }

  /** The same in the transaction of what the command wrote: where it is false, that must be rolled back. */
  async completeIn(client: PoolClient, ...kept: Parameters<CommandKeys['complete']>): Promise<boolean> {
    const [commandId, owner, response, requestHash] = kept;
    const [done] = await complete(client, [{ commandId, owner, response, requestHash }], false);
    return done!;
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

/** @param alone nothing else is in the transaction */
async function complete(
  client: Pool | PoolClient,
  kept: readonly Kept[],
  alone: boolean,
): Promise<boolean[]> {
  const responses = kept.map(({ response }) => response);
  const { rows } = await client.query<{ owner: string }>({
    name: alone ? 'http.complete' : 'http.complete-in',
    text: `
      update http.command_keys k
         set status = a.status::smallint, body = a.body, headers = a.headers::json,
             request_hash = coalesce(a.request_hash, k.request_hash)
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
             as a (command_id, owner, status, body, headers, request_hash)
       where k.command_id = a.command_id::uuid and k.owner = a.owner::uuid and k.status is null
      returning k.owner ${alone ? `, ${NOT_FLUSHED}` : ''}`,
    values: [
      textArray(kept.map(({ commandId }) => commandId)),
      textArray(kept.map(({ owner }) => owner)),
      textArray(responses.map(({ status }) => String(status))),
      textArray(responses.map(({ body }) => body)),
      textArray(responses.map(({ headers }) => JSON.stringify(headers))),
      textArray(kept.map(({ requestHash }) => requestHash)),
    ],
  });
  const done = new Set(rows.map(({ owner }) => owner));
  return kept.map(({ owner }) => done.has(owner));
}
