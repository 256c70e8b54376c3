import type { Pool, PoolClient } from 'pg';
import { RefusedError } from '@cairn/decider';
import { inSpan, type Logger } from '@cairn/telemetry';
import { deadlineCommandId, type Deadline, type DeadlineHandler } from './deadline.js';
import { awake, inTransaction } from '@cairn/event-store/postgres';

/** Rows claimed at once, and subjects handled side by side. */
const CLAIM = 32;
const SIDE_BY_SIDE = 8;
const LONGEST_BACKOFF_MS = 60_000;

interface DueRow {
  tenant_id: string;
  key: string;
  kind: string;
  subject_id: string;
  due_at: Date;
  correlation_id: string;
  caused_by: string;
  attempts: number;
}

export interface SweeperOptions {
  readonly service: string;
  readonly pool: Pool;
  readonly clock: { now(): Date };
  readonly handle: DeadlineHandler;
  readonly log: Logger;
}

/**
 * Claims some of what is due and handles it. The claim is a row lock: it ends with the process that holds it, and other
 * replicas pass over it meanwhile. Answers how many were claimed; zero says that nothing is due now.
 */
export async function sweep(options: SweeperOptions): Promise<number> {
  const { pool, clock } = options;
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<DueRow>(
      `select tenant_id, key, kind, subject_id, due_at, correlation_id, caused_by, attempts
         from deadlines.due where sweep_at <= $1 order by sweep_at limit $2 for update skip locked`,
      [clock.now(), CLAIM],
    );
    if (rows.length === 0) return 0;
    const done: DueRow[] = [];
    const failed: Failure[] = [];
    const subjects = [...Map.groupBy(rows, (row) => `${row.tenant_id}/${row.subject_id}`).values()];
    const handleSubjects = async (): Promise<void> => {
      for (let due = subjects.shift(); due; due = subjects.shift()) {
        for (const row of due.sort((a, b) => a.due_at.getTime() - b.due_at.getTime())) {
          const reason = await handleOne(row, options);
          if (reason === undefined) done.push(row);
          else failed.push({ row, reason });
        }
      }
    };
    await awake(client, Promise.all(Array.from({ length: SIDE_BY_SIDE }, handleSubjects)));
    await remove(client, done);
    await putOff(client, failed, clock.now());
    return rows.length;
  });
}

/** How long until the next deadline, in milliseconds; undefined when none is set. */
export async function untilNext({ pool, clock }: SweeperOptions): Promise<number | undefined> {
  const { rows } = await pool.query<{ next: Date | null }>({
    name: 'deadlines.next',
    text: 'select min(sweep_at) as next from deadlines.due',
  });
  const next = rows[0]?.next;
  return next ? next.getTime() - clock.now().getTime() : undefined;
}

interface Failure {
  readonly row: DueRow;
  readonly reason: string;
}

/** Why it could not be handled, or undefined. */
async function handleOne(
  row: DueRow,
  { service, clock, handle, log }: SweeperOptions,
): Promise<string | undefined> {
  const deadline: Deadline = {
    tenantId: row.tenant_id,
    key: row.key,
    kind: row.kind,
    subjectId: row.subject_id,
    dueAt: row.due_at.toISOString(),
  };
  const context = {
    commandId: deadlineCommandId(service, deadline),
    tenantId: row.tenant_id,
    occurredAt: deadline.dueAt,
    now: clock.now().toISOString(),
    correlationId: row.correlation_id,
    causationId: row.caused_by,
    actor: { subject: `deadline:${row.kind}`, role: 'system' },
  };
  try {
    await inSpan(`deadline ${row.kind}`, undefined, { 'cairn.deadline': row.key }, (traceparent) =>
      handle(deadline, { ...context, traceparent }),
    );
    return undefined;
  } catch (error) {
    log.warn(
      { err: error, kind: row.kind, key: row.key, attempts: row.attempts + 1 },
      'a deadline could not be handled',
    );
    return reasonOf(error);
  }
}

async function remove(client: PoolClient, done: readonly DueRow[]): Promise<void> {
  if (done.length === 0) return;
  await client.query(
    `delete from deadlines.due d using unnest($1::uuid[], $2::text[]) c (tenant_id, key)
      where d.tenant_id = c.tenant_id and d.key = c.key`,
    [done.map((row) => row.tenant_id), done.map((row) => row.key)],
  );
}

async function putOff(client: PoolClient, failed: readonly Failure[], now: Date): Promise<void> {
  if (failed.length === 0) return;
  const again = failed.map(
    ({ row }) => new Date(now.getTime() + Math.min(1000 * 2 ** row.attempts, LONGEST_BACKOFF_MS)),
  );
  await client.query(
    `update deadlines.due d
        set attempts = d.attempts + 1, last_error = c.reason, sweep_at = c.again, failing_since = coalesce(d.failing_since, now())
       from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) c (tenant_id, key, reason, again)
      where d.tenant_id = c.tenant_id and d.key = c.key`,
    [
      failed.map(({ row }) => row.tenant_id),
      failed.map(({ row }) => row.key),
      failed.map(({ reason }) => reason),
      again,
    ],
  );
}

/** What may be kept of an error: a slug or a name, no message, which may quote a person. */
function reasonOf(error: unknown): string {
  if (error instanceof RefusedError) return error.refusal.slug;
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return [name, code].filter((each) => typeof each === 'string').join(' ') || 'unknown';
}
