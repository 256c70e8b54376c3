import type { PoolClient } from 'pg';
import { LOG_RESTORED, type StoredEvent } from '@cairn/event-store';
import type { DeadlinePlan, DeadlineToSet } from './deadline.js';

interface Told {
  tenantId: string;
  key: string;
  through: string | null;
  complete: boolean;
}

interface Change {
  tenantId: string;
  key: string;
  /** Undefined clears it. */
  set: DeadlineToSet | undefined;
  event: StoredEvent;
}

/** Writes what a batch of events means, in four statements whatever its size. Later events win over earlier ones. */
export async function applyEvents(
  client: PoolClient,
  events: readonly StoredEvent[],
  plan: DeadlinePlan,
): Promise<void> {
  const changes = new Map<string, Change>();
  const histories = new Map<string, Told>();
  for (const event of events) {
    if (event.type === LOG_RESTORED) continue;
    const { tenantId } = event.metadata;
    for (const change of plan(event)) {
      if ('history' in change) note(histories, tenantId, change.history);
      else {
        const key = 'set' in change ? change.set.key : change.clear;
        changes.set(`${tenantId}/${key}`, {
          tenantId,
          key,
          set: 'set' in change ? change.set : undefined,
          event,
        });
      }
    }
  }
  // In a fixed order of keys, as everywhere where several rows are locked.
  const ordered = [...changes.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change);
  await tellHistories(client, [...histories.values()]);
  await clear(
    client,
    ordered.filter((change) => change.set === undefined),
  );
  await set(
    client,
    ordered.filter((change) => change.set !== undefined),
  );
  await releaseTold(client, [...histories.values()]);
}

function note(
  histories: Map<string, Told>,
  tenantId: string,
  told: { key: string; through?: string; complete: boolean },
): void {
  const id = `${tenantId}/${told.key}`;
  const before = histories.get(id);
  const through =
    [before?.through, told.through]
      .filter((each) => each != null)
      .sort()
      .at(-1) ?? null;
  histories.set(id, {
    tenantId,
    key: told.key,
    through,
    complete: told.complete || before?.complete === true,
  });
}

async function tellHistories(client: PoolClient, told: readonly Told[]): Promise<void> {
  if (told.length === 0) return;
  // What was declared once is not taken back: deadlines up to there may have been handled.
  await client.query(
    `insert into deadlines.history as h (tenant_id, history_key, through, complete)
     select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::boolean[])
     on conflict (tenant_id, history_key) do update
       set through = greatest(h.through, excluded.through), complete = h.complete or excluded.complete`,
    [
      told.map((each) => each.tenantId),
      told.map((each) => each.key),
      told.map((each) => each.through),
      told.map((each) => each.complete),
    ],
  );
}

async function clear(client: PoolClient, cleared: readonly Change[]): Promise<void> {
  if (cleared.length === 0) return;
  await client.query(
    `delete from deadlines.due d using unnest($1::uuid[], $2::text[]) c (tenant_id, key)
      where d.tenant_id = c.tenant_id and d.key = c.key`,
    [cleared.map((change) => change.tenantId), cleared.map((change) => change.key)],
  );
}

async function set(client: PoolClient, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const column = <T>(valueOf: (set: DeadlineToSet, change: Change) => T): T[] =>
    changes.map((change) => valueOf(change.set!, change));
  await client.query(
    `insert into deadlines.due (tenant_id, key, kind, subject_id, due_at, sweep_at, history_key, correlation_id, caused_by)
     select c.tenant_id, c.key, c.kind, c.subject_id, c.due_at,
            case when c.history_key is null or h.complete or c.due_at <= h.through then c.due_at end,
            c.history_key, c.correlation_id, c.caused_by
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::uuid[])
              as c (tenant_id, key, kind, subject_id, due_at, history_key, correlation_id, caused_by)
       left join deadlines.history h using (tenant_id, history_key)
     on conflict (tenant_id, key) do update
       set kind = excluded.kind, subject_id = excluded.subject_id, due_at = excluded.due_at, sweep_at = excluded.sweep_at,
           history_key = excluded.history_key, correlation_id = excluded.correlation_id,
           caused_by = excluded.caused_by, attempts = 0, failing_since = null, last_error = null`,
    [
      column((_, change) => change.tenantId),
      column(({ key }) => key),
      column(({ kind }) => kind),
      column(({ subjectId }) => subjectId),
      column(({ dueAt }) => dueAt),
      column(({ historyKey }) => historyKey ?? null),
      column((_, { event }) => event.metadata.correlationId),
      column((_, { event }) => event.id),
    ],
  );
}

async function releaseTold(client: PoolClient, told: readonly Told[]): Promise<void> {
  if (told.length === 0) return;
  await client.query(
    `update deadlines.due d set sweep_at = d.due_at
       from deadlines.history h, unnest($1::uuid[], $2::text[]) c (tenant_id, history_key)
      where h.tenant_id = c.tenant_id and h.history_key = c.history_key
        and d.tenant_id = c.tenant_id and d.history_key = c.history_key
        and d.sweep_at is null and (h.complete or d.due_at <= h.through)`,
    [told.map((each) => each.tenantId), told.map((each) => each.key)],
  );
}
